import { request } from 'node:http';
import { connect } from 'node:net';
import t from 'tap';
import { healthOperations } from '../../src/http/operations/health.ts';
import { document, startServer } from './http-fixture.ts';

const quiet = {
  notReady: async () => [],
  metrics: async () => ({ contentType: 'text/plain', text: 'a 1\n' }),
  document,
};

t.test(
  'a body that does not come is ended with 408, and the server goes on',
  { timeout: 60_000 },
  async (t) => {
    const server = await startServer(t, healthOperations(quiet));
    const slow = request(`${server.url}/api/instances/x/release`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer operate',
        'content-type': 'application/json',
        'content-length': '100',
      },
    });
    slow.write('{"boxes":');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      slow.once('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      slow.once('error', reject);
    });
    t.equal(status, 408);
    slow.destroy();
    t.equal((await fetch(`${server.url}/healthz`)).status, 200);
  },
);

t.test(
  'headers that do not come, and lines that are no HTTP, hold nothing up',
  { timeout: 60_000 },
  async (t) => {
    const server = await startServer(t, healthOperations(quiet));
    const port = Number(new URL(server.url).port);
    const answerTo = (text: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        let answer = '';
        socket.on('data', (chunk) => {
          answer += chunk.toString('latin1');
        });
        socket.on('close', () => resolve(answer));
        socket.on('error', () => resolve(answer));
      });
    t.match(await answerTo('A\0B\r\n\r\n'), /^HTTP\/1\.1 400/);
    t.match(
      await answerTo(`GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431/,
    );
    t.match(
      await answerTo(
        'POST /api/instances/x/retry HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      ),
      /^HTTP\/1\.1 400/,
      'two lengths are how requests are smuggled',
    );
    t.match(await answerTo('GET /healthz HTTP/1.1\r\nhost: a\r\n'), /^HTTP\/1\.1 408/, 'no end of headers');
  },
);
