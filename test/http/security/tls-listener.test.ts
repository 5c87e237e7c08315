import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import t, { type Test } from 'tap';
import type { HttpSecurityConfig } from '../../../src/config/http-security-schema.ts';
import type { ClientCertificate } from '../../../src/http/security/actor.ts';
import { CertificateAuthenticator, clientCertificateOf } from '../../../src/http/security/certificates.ts';
import { CertificateWatch, tlsListenerOptions } from '../../../src/http/security/tls-listener.ts';
import type { Emit } from '../../../src/observe/events.ts';

type TlsConfig = HttpSecurityConfig['tls'];
const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';

/** A key and a certificate signed by itself. */
function makeCertificate(dir: string, name: string, subject = `/CN=${name}`, days = 90) {
  const [keyFile, certFile] = [join(dir, `${name}.key`), join(dir, `${name}.pem`)];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      keyFile,
      '-out',
      certFile,
      '-subj',
      subject,
      '-days',
      String(days),
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  return { keyFile, certFile, key: readFileSync(keyFile), cert: readFileSync(certFile) };
}

function configOf(more: Partial<TlsConfig>): TlsConfig {
  return {
    certFile: '',
    keyFile: '',
    caFile: '',
    clientAuth: 'none',
    clients: [],
    terminatedByProxy: false,
    ...more,
  };
}

/** An HTTPS server that answers with what it saw of the client. */
async function listening(t: Test, tls: TlsConfig) {
  const options = tlsListenerOptions(tls);
  if (options === null) throw new Error('no TLS');
  const server = createServer(options, (request, response) =>
    response.end(JSON.stringify(clientCertificateOf(request.socket) ?? null)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function ask(port: number, agent: Agent): Promise<ClientCertificate | null> {
  const asked = request({ host: '127.0.0.1', port, agent });
  asked.end();
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return JSON.parse(text);
}

t.test('a client certificate of the authority is told from others and from none', { skip }, async (t) => {
  const dir = t.testdir();
  const own = makeCertificate(dir, 'server');
  const known = makeCertificate(dir, 'pacs1');
  const stranger = makeCertificate(dir, 'stranger', '/CN=pacs1');
  const { port } = await listening(t, configOf({ ...own, caFile: known.certFile, clientAuth: 'request' }));
  const agentOf = (client?: { key: Buffer; cert: Buffer }) => new Agent({ ca: own.cert, ...client });
  const shown = await ask(port, agentOf(known));
  t.match(shown, { authorized: true, commonName: 'pacs1' });
  t.match(await ask(port, agentOf(stranger)), { authorized: false, commonName: 'pacs1' });
  t.equal(await ask(port, agentOf()), null);

  const required = await listening(t, configOf({ ...own, caFile: known.certFile, clientAuth: 'require' }));
  t.match(await ask(required.port, agentOf(known)), { authorized: true });
  await t.rejects(ask(required.port, agentOf()));
  await t.rejects(ask(required.port, agentOf(stranger)));
});

t.test('TLS older than 1.2 is refused', { skip }, async (t) => {
  const own = makeCertificate(t.testdir(), 'server');
  const { port } = await listening(t, configOf(own));
  const attempt = async (version: 'TLSv1.1' | 'TLSv1.2') => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca: own.cert,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    const [what] = await Promise.race([
      once(socket, 'secureConnect').then(() => ['open']),
      once(socket, 'error').then(() => ['refused']),
    ]).catch(() => ['refused']);
    socket.destroy();
    return what;
  };
  t.equal(await attempt('TLSv1.2'), 'open');
  t.equal(await attempt('TLSv1.1'), 'refused');
});

t.test('a new certificate is taken while connections go on; a wrong one is not', { skip }, async (t) => {
  const dir = t.testdir();
  const [first, second] = [makeCertificate(dir, 'first'), makeCertificate(dir, 'second')];
  const files = { certFile: join(dir, 'live.pem'), keyFile: join(dir, 'live.key') };
  const use = (cert: string, key: string): void => {
    copyFileSync(cert, files.certFile);
    copyFileSync(key, files.keyFile);
  };
  use(first.certFile, first.keyFile);
  const tls = configOf(files);
  const { server, port } = await listening(t, tls);
  const told: unknown[] = [];
  const emit: Emit = (name, fields) => void told.push([name, fields]);
  const watch = new CertificateWatch(tls, server, emit, { everyMs: 3_600_000 });
  t.teardown(() => watch.stop());

  const kept = new Agent({ ca: first.cert, keepAlive: true, maxSockets: 1 });
  t.teardown(() => kept.destroy());
  await ask(port, kept);
  watch.look();
  t.same(told, [], 'nothing changed');
  use(second.certFile, second.keyFile);
  watch.look();
  t.match(told, [['http.certificateReloaded', { validForDays: 89 }]]);
  await ask(port, kept);
  await ask(port, new Agent({ ca: second.cert }));
  await t.rejects(ask(port, new Agent({ ca: first.cert })), 'the old one is gone for new connections');

  told.length = 0;
  use(second.certFile, first.keyFile);
  watch.look();
  watch.look();
  writeFileSync(files.certFile, 'half a cert');
  watch.look();
  t.match(told, [
    ['http.certificateUnusable', { fault: 'unreadable' }],
    ['http.certificateUnusable', { fault: 'unreadable' }],
  ]);
  await ask(port, new Agent({ ca: second.cert }));
});

t.test(
  'a certificate that ends soon is told of once a day, one that ended is not taken',
  { skip },
  async (t) => {
    const dir = t.testdir();
    const short = makeCertificate(dir, 'short', '/CN=short', 5);
    const told: unknown[] = [];
    let now = Date.now();
    const files = { certFile: join(dir, 'live.pem'), keyFile: short.keyFile };
    copyFileSync(short.certFile, files.certFile);
    const server = { setSecureContext: () => void told.push('taken') };
    const emit: Emit = (name, fields) => void told.push([name, fields]);
    const watch = new CertificateWatch(configOf(files), server, emit, { now: () => now });
    t.teardown(() => watch.stop());
    watch.look();
    t.match(told, [['http.certificateUnusable', { fault: 'ends-soon', validForDays: 4 }]]);
    t.equal(told.length, 1);
    now += 86_400_000;
    watch.look();
    t.equal(told.length, 2);
    now += 10 * 86_400_000;
    told.length = 0;
    copyFileSync(short.certFile, files.certFile);
    writeFileSync(files.certFile, `${short.cert}\n`);
    watch.look();
    t.match(told[0], ['http.certificateUnusable', { fault: 'expired' }]);
    t.notOk(told.includes('taken'));
  },
);

t.test('files that cannot be used stop the start, with the option named', { skip }, async (t) => {
  const dir = t.testdir();
  const [one, two] = [makeCertificate(dir, 'one'), makeCertificate(dir, 'two')];
  t.equal(tlsListenerOptions(configOf({})), null);
  for (const [tls, detail] of [
    [{ ...one, keyFile: two.keyFile }, /key is of another certificate/],
    [{ ...one, certFile: join(dir, 'absent') }, /http\.tls\.certFile cannot be read/],
    [{ ...one, keyFile: one.certFile }, /no PEM file of its kind/],
  ] as const)
    t.throws(() => tlsListenerOptions(configOf(tls)), { code: 'CONFIGURATION_INVALID', detail });
});

t.test('only authorized certificates that are named are somebody, and not for pages of others', async (t) => {
  const fingerprint = Array(32).fill('AB').join(':');
  const authenticator = new CertificateAuthenticator(
    [
      { fingerprint256: 'ab'.repeat(32), name: 'pacs', scopes: ['operate'], aeTitle: 'PACS1' },
      { subjectCommonName: 'viewer', name: 'viewer', scopes: ['read'] },
    ],
    [],
  );
  const as = (clientCertificate: ClientCertificate, more: object = {}) =>
    authenticator.authenticate({
      address: '10.0.0.1',
      method: 'POST',
      host: 'gw',
      clientCertificate,
      ...more,
    });
  const pacs = { authorized: true, fingerprint256: fingerprint, commonName: 'viewer' };
  t.same(await as(pacs), {
    kind: 'certificate',
    name: 'pacs',
    scopes: ['operate'],
    via: 'certificate',
    aeTitle: 'PACS1',
  });
  t.match(await as({ authorized: true, fingerprint256: 'CD', commonName: 'viewer' }), {
    name: 'viewer',
    scopes: ['read'],
  });
  t.equal(await as({ ...pacs, authorized: false }), undefined);
  t.equal(await as({ authorized: true, fingerprint256: 'CD', commonName: 'other' }), undefined);
  t.equal(await as({ authorized: true, fingerprint256: 'CD' }), undefined);
  t.match(await as(pacs, { origin: 'https://evil.example' }), { refused: 'CROSS_SITE_REQUEST' });
  t.match(await as(pacs, { fetchSite: 'cross-site' }), { refused: 'CROSS_SITE_REQUEST' });
  t.match(await as(pacs, { origin: 'https://gw', fetchSite: 'same-origin' }), { name: 'pacs' });
  for (const fetchSite of ['cross-site', 'same-site'])
    t.match(
      await as(pacs, { method: 'GET', fetchSite }),
      { refused: 'CROSS_SITE_REQUEST' },
      'nor does a page of others have anything looked at',
    );
  t.match(await as(pacs, { method: 'GET', fetchSite: 'none' }), { name: 'pacs' }, 'an address typed in');
  t.match(await as(pacs, { method: 'GET' }), { name: 'pacs' }, 'a program');
});
