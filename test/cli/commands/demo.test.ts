import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';

const cli = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'cli.ts');

t.test('a demo that goes on tells where the dashboard is, and a token that signs in there', async (t) => {
  const demo = spawn(process.execPath, [cli, 'demo', '--directory', join(t.testdir(), 'demo')]);
  t.teardown(() => demo.kill('SIGKILL'));
  let output = '';
  const ready = Promise.withResolvers<void>();
  for (const stream of [demo.stdout, demo.stderr])
    stream.on('data', (bytes: Buffer) => {
      output += bytes;
      if (output.includes('Ctrl-C')) ready.resolve();
    });
  const ended = once(demo, 'exit');
  await Promise.race([ready.promise, ended]);

  const address = /^ {2}open +(http:\/\/127\.0\.0\.1:\d+)\/$/m.exec(output)?.[1] ?? '';
  const token = /^ {2}sign in +(sp_\S+)$/m.exec(output)?.[1] ?? '';
  t.not(address, '', output.slice(-500));
  const page = await fetch(`${address}/`);
  t.equal(page.status, 200);
  t.match(page.headers.get('content-type'), 'text/html');
  const session = await fetch(`${address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  t.equal(session.status, 200);
  t.match(await session.json(), {
    actor: { kind: 'token', name: 'demo', scopes: ['read', 'operate', 'identify', 'admin'] },
  });
  const [cookie = ''] = session.headers.getSetCookie();
  const audit = await fetch(`${address}/api/audit?action=token.created`, {
    headers: { cookie: cookie.split(';')[0] ?? '' },
  });
  t.match(await audit.json(), {
    records: [{ actor: { kind: 'command-line' }, object: { kind: 'token', id: token.slice(3, 15) } }],
  });

  demo.kill('SIGTERM');
  t.same(await ended, [0, null]);
});
