import { join } from 'node:path';
import t from 'tap';
import { startReal } from '../http/real-gateway.ts';
import { findProgram } from '../support/peers.ts';
import { run } from '../support/run.ts';

const openssl = findProgram('openssl') ?? '';
const skip = openssl === '' && 'openssl is not installed';

/** An authority, and a certificate of it for 127.0.0.1 that serves and asks. */
async function certificates(folder: string): Promise<Record<'ca' | 'cert' | 'key', string>> {
  const at = (name: string): string => join(folder, name);
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const made = { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
  for (const args of [
    [
      'req',
      '-x509',
      ...ec,
      '-keyout',
      at('ca.key'),
      '-out',
      made.ca,
      '-subj',
      '/CN=Hospital CA',
      '-days',
      '2',
    ],
    [
      ...['req', '-x509', ...ec, '-keyout', made.key, '-out', made.cert, '-subj', '/CN=pacs', '-days', '2'],
      ...['-CA', made.ca, '-CAkey', at('ca.key'), '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    ],
  ]) {
    const { exitCode, output } = await run(openssl, args);
    if (exitCode !== 0) throw new Error(output);
  }
  return made;
}

t.test(
  'a test over TLS trusts the authority of the association side, and shows our certificate',
  { skip },
  async (t) => {
    const directory = t.testdir();
    const { ca, cert, key } = await certificates(directory);
    const own = [`--dimse.tls.certFile=${cert}`, `--dimse.tls.keyFile=${key}`];
    // A peer that wants a certificate of the same authority, as a PACS of the hospital does.
    const peer = await startReal(t, {
      directory: join(directory, 'peer'),
      args: [...own, `--dimse.tls.caFile=${ca}`],
    });
    const ask = async (from: typeof peer, host: string) =>
      (
        await from.ask(t, 'POST', '/api/test/echo', {
          body: { host, port: peer.gateway.dimsePort, calledAeTitle: 'SALLYPORT', tls: true },
        })
      ).body;
    t.match(await ask(peer, '127.0.0.1'), { ok: true });
    t.match(await ask(peer, 'localhost'), { ok: false }, 'the name is checked');
    const stranger = await startReal(t, { directory: join(directory, 'stranger'), args: own });
    t.match(await ask(stranger, '127.0.0.1'), { ok: false }, 'the public authorities did not sign it');
  },
);
