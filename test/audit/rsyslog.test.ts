import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SyslogSender } from '../../src/audit/syslog-sender.ts';
import { syslogSettings } from '../../src/audit/syslog-settings.ts';
import type { EventName } from '../../src/observe/events.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { aRecord } from '../spool/spool-fixture.ts';
import { peerProgram, requirePeer } from '../support/peers.ts';
import { run, waitFor } from '../support/run.ts';

t.setTimeout(180_000);

/** An authority, and a certificate of it for the server and one for the client, PEM files in the folder. */
async function certificates(dir: string): Promise<void> {
  const openssl = async (...args: string[]): Promise<void> => {
    const { exitCode, output } = await run('openssl', args);
    if (exitCode !== 0) throw new Error(output);
  };
  const file = (name: string): string => join(dir, name);
  await openssl(
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=Test authority'],
    ...['-keyout', file('ca.key'), '-out', file('ca.pem'), '-addext', 'basicConstraints=critical,CA:TRUE'],
  );
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  for (const name of ['server', 'client']) {
    await openssl(
      ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`],
      ...['-keyout', file(`${name}.key`), '-out', file(`${name}.csr`)],
    );
    await openssl(
      ...['x509', '-req', '-in', file(`${name}.csr`), '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
      ...['-CAcreateserial', '-days', '2', '-extfile', file('names'), '-out', file(`${name}.pem`)],
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** rsyslog that takes audit messages over TLS from whoever has a certificate of the authority, a line of the file each. */
async function rsyslog(t: Test, dir: string, port: number): Promise<ChildProcess> {
  const config = join(dir, 'rsyslog.conf');
  writeFileSync(
    config,
    `global(workDirectory="${dir}" maxMessageSize="64k" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="${dir}/ca.pem" defaultNetstreamDriverCertFile="${dir}/server.pem"
  defaultNetstreamDriverKeyFile="${dir}/server.key")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
template(name="line" type="string" string="%pri% %app-name% %msgid% %msg%\\n")
ruleset(name="audit") { action(type="omfile" file="${dir}/audit.log" template="line") }
input(type="imtcp" address="127.0.0.1" port="${port}" ruleset="audit")
`,
  );
  const child = spawn(peerProgram('rsyslogd'), ['-n', '-f', config, '-i', join(dir, `${Date.now()}.pid`)], {
    stdio: 'ignore',
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

t.test('rsyslog gets every record over mutual TLS; cut, killed and stopped, nothing is lost', async (t) => {
  if (!requirePeer(t, 'rsyslogd', 'RsyslogTls', 'openssl', 'xmllint')) return;
  const dir = t.testdir();
  await certificates(dir);
  const port = await freePort();
  const ledger = await SqliteLedger.open(join(dir, 'storage'));
  t.teardown(() => ledger.close());
  const settings = syslogSettings(
    {
      host: 'localhost',
      port,
      transport: 'tls',
      caFile: join(dir, 'ca.pem'),
      certFile: join(dir, 'client.pem'),
      keyFile: join(dir, 'client.key'),
      sourceId: 'gate',
      siteId: '',
    },
    'SALLYPORT',
    { hostName: 'gate', processId: 1 },
    (file) => readFileSync(file, 'utf8'),
  );
  if (settings === undefined) throw new Error('no host');
  const heard: EventName[] = [];
  const sender = new SyslogSender({
    trail: ledger.audit,
    studiesOf: (ids) => ledger.catalogue.studiesOf(ids),
    settings,
    emit: (name) => void heard.push(name),
    timing: { pollMs: 20, confirmMs: 1_500, retryInitialMs: 50, retryMaxMs: 200 },
  });
  let filled = 0;
  const fill = async (count: number): Promise<void> => {
    await Promise.all(Array.from({ length: count }, () => ledger.insert(aRecord())));
    filled += count;
  };
  const log = join(dir, 'audit.log');
  const lines = (): string[] =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  const sequences = (): number[] => [
    ...new Set(lines().map((line) => Number(/ParticipantObjectID="(\d+):[0-9a-f]{64}"/.exec(line)?.[1]))),
  ];
  const allThere = (): Promise<void> =>
    waitFor(`${filled} records at rsyslog`, async () => sequences().length >= filled, {
      timeoutMs: 60_000,
    });

  await fill(100);
  const first = await rsyslog(t, dir, port);
  sender.start();
  await allThere();
  const killed = once(first, 'exit');
  await Promise.all([fill(300), (async () => first.kill('SIGKILL'))()]);
  await killed;
  await fill(100);
  await waitFor('told', async () => heard.includes('audit.receiverFailed'));
  const second = await rsyslog(t, dir, port);
  await allThere();
  const stopped = once(second, 'exit');
  second.kill('SIGTERM');
  await stopped;
  await fill(50);
  await rsyslog(t, dir, port);
  await allThere();
  await sender.stop();

  t.strictSame(
    sequences().sort((a, b) => a - b),
    Array.from({ length: filled }, (_, index) => index + 1),
    'every record, none twice under another number',
  );
  t.ok(heard.includes('audit.receiverBack'));
  for (const line of lines())
    if (!/^85 sallyport DICOM\+RFC3881 \ufeff?<\?xml .*<\/AuditMessage>$/.test(line))
      return t.fail(`a message was cut: ${line.slice(0, 60)} … ${line.slice(-20)}`);
  const files = lines()
    .slice(0, 20)
    .map((line, index) => {
      const file = join(dir, `${index}.xml`);
      writeFileSync(file, line.slice(line.indexOf('<?xml')));
      return file;
    });
  const schema = join(import.meta.dirname, 'audit-message.rng');
  const { exitCode, output } = await run('xmllint', ['--noout', '--relaxng', schema, ...files]);
  t.equal(exitCode, 0, output);
  return undefined;
});

t.test('a client without a certificate gets nowhere, and says so', async (t) => {
  if (!requirePeer(t, 'rsyslogd', 'RsyslogTls', 'openssl')) return;
  const dir = t.testdir();
  await certificates(dir);
  const port = await freePort();
  const ledger = await SqliteLedger.open(join(dir, 'storage'));
  t.teardown(() => ledger.close());
  await ledger.insert(aRecord());
  await rsyslog(t, dir, port);
  const ca = readFileSync(join(dir, 'ca.pem'), 'utf8');
  const heard: EventName[] = [];
  const sender = new SyslogSender({
    trail: ledger.audit,
    studiesOf: (ids) => ledger.catalogue.studiesOf(ids),
    settings: {
      host: 'localhost',
      port,
      tls: { ca },
      source: { id: 'gate', siteId: '', aeTitle: 'GATE' },
      origin: { hostName: 'gate', processId: 1 },
    },
    emit: (name) => void heard.push(name),
    timing: { pollMs: 20, confirmMs: 1_500, retryInitialMs: 50, retryMaxMs: 200 },
  });
  sender.start();
  await waitFor('told', async () => heard.includes('audit.receiverFailed'));
  t.notOk(existsSync(join(dir, 'audit.log')));
  t.equal(await ledger.audit.position('syslog'), 0, 'nothing counts as taken');
  await sender.stop();
});
