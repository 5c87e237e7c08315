import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { endStalledReaders } from '../../src/http/stalled-readers.ts';

const idleMs = 400;

/** A server that looks often, and a connection that has asked it for something. */
async function ask(t: Test, listener: RequestListener): Promise<Socket> {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  endStalledReaders(server, 'connection', { idleMs, everyMs: 50 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.teardown(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  return socket;
}

/** An answer without end, in pieces of 8 KiB. */
function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(8 * 1024));
    },
  });
}

t.test('who takes nothing of an answer is let go, and what it was read from is closed', async (t) => {
  const body = endless();
  const socket = await ask(t, (_request, response) => {
    body.pipe(response);
    response.once('close', () => body.destroy());
  });
  socket.pause();
  await once(body, 'close');
  t.pass('closed by the server');
});

t.test('who takes it slowly gets it all the same', async (t) => {
  const body = endless();
  const socket = await ask(t, (_request, response) => void body.pipe(response));
  let bytes = 0;
  const until = performance.now() + 6 * idleMs;
  socket.pause();
  while (performance.now() < until) {
    await delay(idleMs / 8);
    bytes += (socket.read(256 * 1024) as Buffer | null)?.length ?? 0;
    // Asks for more where less is there.
    socket.read(0);
  }
  t.equal(socket.destroyed, false);
  t.ok(bytes > 0);
  body.destroy();
});

t.test('a connection that nobody asks anything by, or whose answer is not there yet, stays', async (t) => {
  const socket = await ask(t, (request, response) => {
    if (request.url === '/') response.end('one');
  });
  await once(socket, 'data');
  await delay(3 * idleMs);
  t.equal(socket.destroyed, false);
  socket.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n');
  await delay(3 * idleMs);
  t.equal(socket.destroyed, false);
});
