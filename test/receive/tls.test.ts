import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import t from 'tap';
import { CT, command, dataSet, dataTf, IMPLICIT, pdv, RawPeer, running, tool, until } from './fakes.ts';

const openssl = (await tool('openssl', ['version']).catch(() => ({ code: 1 }))).code === 0;
const skip = openssl ? false : 'openssl is not installed';

t.test(
  'over TLS an instance arrives whole; plain bytes and a peer without certificate do not',
  { skip },
  async (t) => {
    const folder = t.testdir();
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
    await tool('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      keyFile,
      '-out',
      certFile,
      ...subject,
    ]);
    const [key, cert] = [await readFile(keyFile), await readFile(certFile)];
    const { port, intake } = await running(t, {
      tls: { key, cert, ca: cert, requireClientCertificate: true },
      associationRequestTimeoutMs: 2_000,
    });

    const socket = connect({ host: '127.0.0.1', port, ca: cert, key, cert });
    const peer = new RawPeer(socket);
    await peer.associate([{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }]);
    const bytes = dataSet(3_000_000);
    socket.write(dataTf(pdv(1, 'command', true, command())));
    for (let at = 0; at < bytes.length; at += 100_000) {
      socket.write(dataTf(pdv(1, 'data', at + 100_000 >= bytes.length, bytes.subarray(at, at + 100_000))));
    }
    t.match(await peer.response(), { status: 0 });
    t.ok(Buffer.concat(intake.taken[0]?.chunks ?? []).equals(bytes));
    socket.destroy();

    const stranger = new RawPeer(connect({ host: '127.0.0.1', port, ca: cert }));
    await until(() => stranger.closed);
    const plain = await RawPeer.open(port);
    plain.socket.write(Buffer.from([1, 0, 0, 0, 0, 68]));
    await until(() => plain.closed);
    t.equal(intake.taken.length, 1);
  },
);

t.test('handshakes that never end are limited like connections', { skip }, async (t) => {
  const folder = t.testdir();
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const files = ['-keyout', keyFile, '-out', certFile, '-subj', '/CN=localhost'];
  await tool('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files]);
  const { port, events } = await running(t, {
    tls: { key: await readFile(keyFile), cert: await readFile(certFile), requireClientCertificate: false },
    maxAssociationsPerPeer: 4,
    associationRequestTimeoutMs: 400,
  });
  const peers = await Promise.all(Array.from({ length: 60 }, () => RawPeer.open(port)));
  await until(() => peers.filter((peer) => peer.closed).length >= 48);
  t.equal(peers.filter((peer) => !peer.closed).length, 12, 'four, and eight that could wait for a rejection');
  t.match(events, [{ name: 'association.rejected', fields: { reason: 'too-many-associations' } }]);
  await until(() => peers.every((peer) => peer.closed));
  const plain = await RawPeer.open(port);
  plain.socket.write(Buffer.from('not a handshake at all'));
  await until(() => plain.closed);
  t.match(events.at(-1), { name: 'association.protocolError', fields: { fault: 'tls-handshake' } });
  const peer = new RawPeer(connect({ host: '127.0.0.1', port, rejectUnauthorized: false }));
  await peer.associate([{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }]);
  peer.socket.destroy();
});
