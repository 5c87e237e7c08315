import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import t from 'tap';
import { type SendResult, sendFiles } from '../../src/send/send-files.ts';
import { scriptedConnection, storing } from '../support/fake-scp.ts';
import { greyImage, writeInstance } from '../support/instances.ts';
import { findProgram } from '../support/peers.ts';
import { run } from '../support/run.ts';

const openssl = findProgram('openssl');

t.test(
  'sends over TLS, and not to a peer whose certificate is unknown',
  { skip: openssl === undefined && 'openssl is not installed' },
  async (t) => {
    const folder = t.testdir();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    const keyArgs = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
    const made = await run(openssl ?? '', ['req', '-x509', ...keyArgs, '-out', cert, ...subject]);
    t.equal(made.exitCode, 0, 'a certificate is made');
    const script = storing(() => 0);
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
      scriptedConnection(socket, (pdu) => script(pdu, socket, 1));
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const path = writeInstance(join(folder, 'a.dcm'), greyImage({ rows: 512, columns: 2048 }));
    const send = async (tls: { ca?: Buffer }): Promise<SendResult[]> => {
      const results: SendResult[] = [];
      const target = { host: '127.0.0.1', port, aeTitle: 'PEER', tls: { servername: 'localhost', ...tls } };
      for await (const result of sendFiles([path], target)) results.push(result);
      return results;
    };
    t.match(await send({ ca: readFileSync(cert) }), [{ outcome: 'sent', status: 0 }]);
    t.match(await send({}), [{ outcome: 'failed', code: 'PEER_UNREACHABLE' }]);
  },
);
