import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { SallyportError } from '../../src/core/errors.ts';
import { AssociationLog } from '../../src/observe/association-log.ts';
import type { ListenerSettings } from '../../src/receive/settings.ts';
import { maxTestsAtOnce, TestSender } from '../../src/send/test-sender.ts';
import { testPatientId, testPatientName } from '../../src/synthetic/test-instance.ts';
import { defaults, FakeIntake, type Running, running, tool, until } from '../receive/fakes.ts';
import { startStorescp } from '../support/dcmtk.ts';
import { pdu, startFakeScp, storing } from '../support/fake-scp.ts';
import { findProgram } from '../support/peers.ts';
import { freePort } from '../support/run.ts';

let seeds = 0;
const sender = new TestSender(() => `seed ${++seeds}`);
const own = { callingAeTitle: 'PACS1', own: true };

async function listener(
  t: Test,
  settings: Partial<ListenerSettings> = {},
): Promise<Running & { log: AssociationLog }> {
  const log = new AssociationLog({ ...defaults, ...settings }, Date.now);
  return { ...(await running(t, settings, new FakeIntake(), log.observer)), log };
}
const at = (port: number, aeTitle = 'SALLYPORT') => ({ host: '127.0.0.1', port, aeTitle });

t.test('the own listener answers C-ECHO and takes the test image, which is marked as one', async (t) => {
  const { port, intake, log } = await listener(t);
  const report = await sender.test(at(port), { ...own, instance: true });
  t.match(report, { ok: true });
  t.same(
    report.steps.map(({ name, outcome, status }) => [name, outcome, status]),
    [
      ['connect', 'ok', null],
      ['associate', 'ok', null],
      ['echo', 'ok', '0x0000'],
      ['store', 'ok', '0x0000'],
      ['release', 'ok', null],
    ],
  );
  const [taken] = intake.taken;
  t.match(taken, { state: 'committed', origin: { callingAeTitle: 'PACS1' } });
  const bytes = Buffer.concat(taken?.chunks ?? []).toString('latin1');
  t.ok(bytes.includes(testPatientName) && bytes.includes(testPatientId));
  t.notMatch(bytes, 'Head after fall');
  await until(() => log.list()[0]?.state === 'ended');
  t.match(log.list()[0], { instances: 1, echoes: 1, ended: { how: 'released' } });
  t.equal(log.echoes()[0]?.callingAeTitle, 'PACS1');
  const again = await sender.test(at(port), { ...own, instance: true });
  t.ok(again.ok);
  t.not(intake.taken[1]?.origin.sopInstanceUid, taken?.origin.sopInstanceUid, 'another instance each time');
});

t.test('a refused image tells the status and what to do', async (t) => {
  const { port, intake } = await listener(t);
  intake.commitFails = 'STORAGE_FULL';
  const { ok, steps } = await sender.test(at(port), { ...own, instance: true });
  t.notOk(ok);
  t.match(steps[3], {
    name: 'store',
    outcome: 'failed',
    status: '0xA700',
    code: 'STORAGE_FULL',
    advice: /reserve/,
  });
  t.match(steps[4], { name: 'release', outcome: 'ok' });
});

t.test('AE titles the listener does not take are named in the advice', async (t) => {
  const { port } = await listener(t, { requireCalledAeTitle: true, callingPeers: [{ aeTitle: 'PACS1' }] });
  const wrongCalled = await sender.test(at(port, 'WRONG'), own);
  t.match(wrongCalled.steps[1], {
    name: 'associate',
    outcome: 'failed',
    code: 'PEER_REJECTED',
    what: /'WRONG'/,
    advice: /dimse\.aeTitle/,
  });
  t.same(
    wrongCalled.steps.map(({ outcome }) => outcome),
    ['ok', 'failed', 'skipped', 'skipped'],
  );
  const wrongCalling = await sender.test(at(port), { ...own, callingAeTitle: 'STRANGER' });
  t.match(wrongCalling.steps[1], { what: /'STRANGER'/, advice: /dimse\.callingPeers/ });
  const address = await listener(t, { allowedAddresses: ['10.0.0.0/8'] });
  t.match((await sender.test(at(address.port), own)).steps[1], {
    outcome: 'failed',
    advice: /allowedAddresses/,
  });
});

const storescp = findProgram('storescp');

t.test(
  'a PACS that can be reached answers (storescp), also as another AE title',
  { skip: storescp === undefined && 'DCMTK is not installed' },
  async (t) => {
    const scp = await startStorescp(t, { directory: join(t.testdir(), 'in'), aeTitle: 'PACS1' });
    const report = await sender.test(at(scp.port, 'PACS1'), { callingAeTitle: 'SALLYPORT', own: false });
    t.match(report, { ok: true, steps: { length: 4 } });
    t.same(await scp.received(), []);
    const withImage = await sender.test(at(scp.port, 'PACS1'), {
      callingAeTitle: 'SALLYPORT',
      own: false,
      instance: true,
    });
    t.ok(withImage.ok, 'DCMTK takes the test image');
    t.equal((await scp.received()).length, 1);
  },
);

t.test('a PACS that cannot be reached: no listener, no name, no answer, no DICOM', async (t) => {
  const remote = {
    callingAeTitle: 'SALLYPORT',
    own: false,
    connectTimeoutMs: 300,
    associationTimeoutMs: 300,
  };
  const refused = await sender.test(at(await freePort()), remote);
  t.match(refused.steps[0], {
    name: 'connect',
    outcome: 'failed',
    code: 'PEER_UNREACHABLE',
    what: /Nothing listens/,
  });
  const nobody = await sender.test(
    { host: 'no-such-host.invalid', port: 104, aeTitle: 'A' },
    { ...remote, connectTimeoutMs: 10_000 },
  );
  t.match(nobody.steps[0], { outcome: 'failed', what: /host name is not known/ });
  const silent = await startFakeScp(t, () => undefined);
  t.match((await sender.test(at(silent.port), remote)).steps[1], {
    name: 'associate',
    outcome: 'failed',
    code: 'PEER_TIMEOUT',
    advice: /TLS/,
  });
  const secret = 'HTTP/1.1 200 OK\r\nX-Secret: hunter2\r\n\r\n{"token":"hunter2"}';
  const web = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(secret));
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  t.teardown(() => web.close());
  const address = web.address();
  const report = await sender.test(at(typeof address === 'object' ? (address?.port ?? 0) : 0), remote);
  t.match(report.steps[1], { outcome: 'failed', code: 'PEER_PROTOCOL_ERROR', what: /does not speak DICOM/ });
  t.notMatch(
    JSON.stringify(report),
    /hunter2|HTTP\/|1213486160/,
    'nothing of what the peer said, not as a number either',
  );
});

t.test('the words of a peer never get into the report', async (t) => {
  const remote = { callingAeTitle: 'SALLYPORT', own: false };
  const rejecting = await startFakeScp(t, (_, socket) => socket.end(pdu(3, Buffer.from([0, 1, 9, 77]))));
  const rejected = await sender.test(at(rejecting.port), remote);
  t.match(rejected.steps[1], { outcome: 'failed', code: 'PEER_REJECTED', what: /without a reason/ });
  t.notMatch(JSON.stringify(rejected), '77');
  const talking = await startFakeScp(
    t,
    storing(() => 0xa700, { comment: 'hunter2 is the password' }),
  );
  const report = await sender.test(at(talking.port), { ...remote, instance: true, responseTimeoutMs: 500 });
  t.notMatch(JSON.stringify(report), 'hunter2');
});

t.test(
  'over TLS to a listener that wants it, and what it says where one side does not',
  { skip: findProgram('openssl') === undefined && 'openssl is not installed' },
  async (t) => {
    const folder = t.testdir();
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = [
      '-subj',
      '/CN=gateway.example.org',
      '-days',
      '2',
      '-addext',
      'subjectAltName=DNS:gateway.example.org',
    ];
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
    const { port } = await listener(t, { tls: { key, cert, ca: cert, requireClientCertificate: true } });
    const { ownListener } = await import('../../src/send/own-listener.ts');
    const target = ownListener({ host: '0.0.0.0', port, aeTitle: 'SALLYPORT', tls: { key, cert } });
    t.equal(target.host, '127.0.0.1');
    const report = await sender.test(target, { ...own, instance: true });
    t.match(report, { ok: true }, 'trusts its own certificate, whatever host it names');
    const plain = await sender.test(at(port), { ...own, associationTimeoutMs: 2_000 });
    t.match(plain.steps[1], { name: 'associate', outcome: 'failed', advice: /TLS/ });
    const without = await listener(t);
    const tls = await sender.test(
      ownListener({ host: '::', port: without.port, aeTitle: 'SALLYPORT', tls: { key, cert } }),
      own,
    );
    t.equal(tls.steps[0]?.outcome, 'failed');
    const v4 = await sender.test(
      ownListener({ host: '127.0.0.1', port: without.port, aeTitle: 'SALLYPORT', tls: { key, cert } }),
      own,
    );
    t.match(v4.steps[0], { name: 'connect', outcome: 'failed', code: 'PEER_UNREACHABLE' });
    const stranger = await sender.test(
      { ...at(port), tls: { rejectUnauthorized: true } },
      { callingAeTitle: 'A', own: false },
    );
    t.match(stranger.steps[0], { outcome: 'failed', what: /not signed by an authority|another host name/ });
  },
);

t.test(
  'wrong titles, hosts and ports are refused before anything is connected, and too many tests at once',
  async (t) => {
    const { port, listener: server } = await listener(t);
    const code = async (run: Promise<unknown>): Promise<string> =>
      run.then(
        () => 'none',
        (error: SallyportError) => error.code,
      );
    t.equal(await code(sender.test(at(port, 'MUCH TOO LONG AE TITLE'), own)), 'REQUEST_INVALID');
    t.equal(await code(sender.test(at(port), { ...own, callingAeTitle: 'A\\B' })), 'REQUEST_INVALID');
    t.equal(await code(sender.test({ ...at(port), host: 'http://x/' }, own)), 'REQUEST_INVALID');
    t.equal(await code(sender.test(at(70_000), own)), 'REQUEST_INVALID');
    t.equal(server.associations, 0);
    const silent = await startFakeScp(t, () => undefined);
    const slow = { callingAeTitle: 'A', own: false, associationTimeoutMs: 500 };
    const running = Array.from({ length: maxTestsAtOnce }, () => sender.test(at(silent.port), slow));
    t.equal(await code(sender.test(at(port), own)), 'WORKERS_BUSY');
    await Promise.all(running);
    t.equal(await code(sender.test(at(port), own)), 'none');
  },
);
