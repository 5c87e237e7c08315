import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type BodyPace, watchBody } from '../../src/http/body-watch.ts';

t.setTimeout(90_000);
const idleMs = 1_500;

/** Whether a body that comes in these pieces, every 100 ms, is taken for too slow within the time. */
async function isSlow(
  t: Test,
  piece: Buffer,
  { forMs, ...pace }: BodyPace & { readonly forMs: number } = { idleMs, leastRate: 0, forMs: 4 * idleMs },
): Promise<boolean> {
  let slow = false;
  const server = createServer((request) => {
    request.resume();
    request.on('error', () => undefined);
    watchBody(request, pace, () => {
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
  for (const until = performance.now() + forMs; performance.now() < until && !slow; ) {
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

t.test(
  'a body that has to keep a rate has longer the more of it has come',
  { timeout: 60_000 },
  async (t) => {
    const leastRate = 64 * 1024;
    // Behind a beginning of ten seconds: half the rate is too slow, twice the rate is not, however long it takes.
    const [slow, steady] = await Promise.all([
      isSlow(t, Buffer.alloc(leastRate / 20), { leastRate, idleMs: 60_000, forMs: 25_000 }),
      isSlow(t, Buffer.alloc(leastRate / 5), { leastRate, idleMs: 60_000, forMs: 25_000 }),
    ]);
    t.same([slow, steady], [true, false]);
  },
);
