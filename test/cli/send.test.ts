import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { startFakeScp, storing } from '../support/fake-scp.ts';
import { startGateway } from '../support/gateway.ts';
import { greyImage, writeInstance } from '../support/instances.ts';
import { findProgram } from '../support/peers.ts';
import { collectOutput, type RunResult, run, waitFor } from '../support/run.ts';

const cli = join(import.meta.dirname, '..', '..', 'src', 'cli', 'cli.ts');
const send = (args: readonly string[]): Promise<RunResult> => run(process.execPath, [cli, 'send', ...args]);
const openssl = findProgram('openssl');

t.test(
  'send over TLS, each side with a certificate',
  { skip: openssl === undefined && 'no openssl' },
  async (t) => {
    const dir = t.testdir({ gateway: {} });
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
    const made = await run(openssl ?? '', ['req', '-x509', ...curve, '-out', cert, ...subject]);
    t.equal(made.exitCode, 0, 'a certificate is made');
    const files = [
      `--dimse.tls.certFile=${cert}`,
      `--dimse.tls.keyFile=${key}`,
      `--dimse.tls.caFile=${cert}`,
    ];
    const gateway = await startGateway(t, { directory: join(dir, 'gateway'), args: files });
    const path = writeInstance(join(dir, 'a.dcm'), greyImage());
    const to = [path, '--to', `SALLYPORT@127.0.0.1:${gateway.dimsePort}`];

    const both = await send([...to, '--tls', '--ca', cert, '--cert', cert, '--key', key]);
    t.equal(both.exitCode, 0, both.output);
    t.match(both.output, '1 files: 1 sent');
    t.equal(gateway.count('instance.received'), 1);

    const stranger = await send([...to, '--tls', '--cert', cert, '--key', key]);
    t.equal(stranger.exitCode, 1, 'the certificate of the gateway is not trusted');
    t.match(stranger.output, 'PEER_UNREACHABLE');
    const nameless = await send([...to, '--tls', '--ca', cert]);
    t.equal(nameless.exitCode, 1, 'the gateway asks for a certificate');
    const plain = await send(to);
    t.equal(plain.exitCode, 1);
    t.equal(gateway.count('instance.received'), 1);
  },
);

t.test('TLS arguments that cannot work are told before anything is sent', async (t) => {
  const dir = t.testdir({ 'no.pem': 'not a certificate' });
  const to = [dir, '--to', 'PEER@127.0.0.1:9'];
  const wrong: readonly (readonly [string[], string])[] = [
    [['--ca', 'x'], 'need --tls'],
    [['--tls', '--cert', join(dir, 'no.pem')], 'go together'],
    [['--tls', '--ca', join(dir, 'absent.pem')], 'the file of --ca cannot be read'],
    [['--tls', '--cert', join(dir, 'no.pem'), '--key', join(dir, 'no.pem')], 'no PEM file'],
  ];
  for (const [args, words] of wrong) {
    const { exitCode, output } = await send([...to, ...args]);
    t.equal(exitCode, 78, args.join(' '));
    t.match(output, words);
    t.notMatch(output, dir, 'no path of ours');
  }
});

t.test('Ctrl-C aborts the association and prints what was sent so far', async (t) => {
  const dir = t.testdir();
  for (let number = 0; number < 20; number += 1) writeInstance(join(dir, `${number}.dcm`), greyImage());
  let stored = 0;
  const script = storing(() => {
    stored += 1;
    // The fourth instance never gets its answer.
    return stored <= 3 ? 0 : undefined;
  });
  const scp = await startFakeScp(t, script);
  const child = spawn(process.execPath, [cli, 'send', dir, '--to', `PEER@127.0.0.1:${scp.port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collectOutput(child);
  await waitFor('the fourth is on its way', () => stored === 4);
  child.kill('SIGINT');
  const [exitCode, signal] = await once(child, 'close');
  t.strictSame([exitCode, signal], [1, null]);
  t.match(output(), '20 files: 3 sent, 0 sent with a warning, 0 refused, 17 failed');
  t.match(output(), /interrupted/);
  t.match(output(), /17 x failed: .*CANCELLED/);
  t.equal(scp.types.at(-1), 7, 'A-ABORT is the last that the peer hears');
  t.equal(scp.connections(), 1);
});
