import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { watchBody } from '../../src/http/body-watch.ts';

const idleMs = 1_500;

/** Whether a body that comes in these pieces, every 100 ms, is taken for too slow within four times the wait. */
async function isSlow(t: Test, piece: Buffer): Promise<boolean> {
  let slow = false;
  const server = createServer((request) => {
    request.resume();
    request.on('error', () => undefined);
    watchBody(request, { wholeMs: undefined, idleMs }, () => {
      slow = true;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  t.teardown(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n');
  for (const until = performance.now() + 4 * idleMs; performance.now() < until && !slow; ) {
    socket.write(piece);
    await delay(100);
  }
  return slow;
}

t.test('a body that drips is as slow as one that stops', async (t) => {
  t.equal(await isSlow(t, Buffer.alloc(1)), true);
});

t.test('one that comes slowly, and comes, is waited for', async (t) => {
  t.equal(await isSlow(t, Buffer.alloc(8 * 1024)), false);
});
