import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import t, { type Test } from 'tap';
import { encodeFileMeta } from '../../src/dicom/file-meta.ts';
import {
  AssociationLog,
  maxConnectionsKept,
  maxEchoesKept,
  maxEndedKept,
  maxRejectionsKept,
  maxRunningKept,
} from '../../src/observe/association-log.ts';
import type { AssociationNews } from '../../src/observe/association-observer.ts';
import type { ListenerSettings } from '../../src/receive/settings.ts';
import {
  associateRequest,
  CT,
  command,
  dataSet,
  dataTf,
  defaults,
  FakeIntake,
  IMPLICIT,
  pdv,
  RawPeer,
  type Running,
  running,
  tool,
  until,
  VERIFICATION,
} from '../receive/fakes.ts';

const dcmtk = (await tool('echoscu', ['--version']).catch(() => ({ code: 1 }))).code === 0;
const skip = dcmtk ? false : 'DCMTK (echoscu, storescu) is not installed';
const openssl = (await tool('openssl', ['version']).catch(() => ({ code: 1 }))).code === 0;
const skipTls = dcmtk && openssl ? false : 'DCMTK or openssl is not installed';

async function watched(
  t: Test,
  settings: Partial<ListenerSettings> = {},
  intake = new FakeIntake(),
): Promise<Running & { log: AssociationLog }> {
  const all = { ...defaults, ...settings };
  const log = new AssociationLog({ ...all, idleTimeoutMs: all.idleTimeoutMs }, Date.now);
  return { ...(await running(t, settings, intake, log.observer)), log };
}

async function ctFile(folder: string): Promise<string> {
  const path = join(folder, 'ct.dcm');
  const meta = encodeFileMeta({ sopClassUid: CT, sopInstanceUid: '1.2.3.4.5', transferSyntaxUid: IMPLICIT });
  await writeFile(path, Buffer.concat([meta, dataSet(300_000)]));
  return path;
}

t.test('a C-ECHO of the PACS is in the log with its titles and its address', { skip }, async (t) => {
  const { port, log } = await watched(t);
  const { code } = await tool('echoscu', ['-aet', 'PACS1', '-aec', 'SALLYPORT', '127.0.0.1', port]);
  t.equal(code, 0);
  await until(() => log.list()[0]?.state === 'ended');
  t.match(log.echoes(), [
    { callingAeTitle: 'PACS1', calledAeTitle: 'SALLYPORT', address: '127.0.0.1', tls: false },
  ]);
  const [association] = log.list();
  t.match(association, {
    state: 'ended',
    echoes: 1,
    instances: 0,
    contexts: { accepted: 1, refused: 0, list: [{ sopClass: 'Verification', accepted: true, fix: null }] },
    ended: { how: 'released', fix: null },
  });
  t.equal(log.echoes()[0]?.associationId, association?.id);
  t.same(log.connections(), []);
});

t.test('instances are counted by status, each refusal with what to do', { skip }, async (t) => {
  const { port, log, intake } = await watched(t);
  const file = await ctFile(t.testdir());
  t.equal((await tool('storescu', ['-aet', 'PACS1', '127.0.0.1', port, file])).code, 0);
  await until(() => log.list()[0]?.state === 'ended');
  const [good] = log.list();
  t.match(good, {
    instances: 1,
    refused: 0,
    statuses: [{ status: '0x0000', code: null, count: 1, fix: null }],
  });
  t.equal(good?.bytes, 300_000, 'bytes of the data set');
  intake.commitFails = 'STORAGE_FULL';
  await tool('storescu', ['127.0.0.1', port, file]);
  await until(() => log.list().length === 2 && log.list()[0]?.state === 'ended');
  t.match(log.list()[0], {
    instances: 0,
    refused: 1,
    statuses: [{ status: '0xA700', code: 'STORAGE_FULL', count: 1, fix: /storage\.reserve/ }],
  });
});

t.test(
  'a wrong AE title is explained with both titles, and counted when it comes again',
  { skip },
  async (t) => {
    const { port, log } = await watched(t, {
      requireCalledAeTitle: true,
      callingPeers: [{ aeTitle: 'PACS1' }, { aeTitle: 'FAR', addresses: ['10.0.0.5'] }],
    });
    const echo = (calling: string, called: string): Promise<{ code: number }> =>
      tool('echoscu', ['-aet', calling, '-aec', called, '127.0.0.1', port]);
    for (let time = 0; time < 3; time++) t.not((await echo('PACS1', 'SALLYPRT')).code, 0);
    t.not((await echo('STRANGER', 'SALLYPORT')).code, 0);
    t.not((await echo('FAR', 'SALLYPORT')).code, 0);
    t.not((await echo('pacs1', 'SALLYPORT')).code, 0);
    await until(() => log.list().length === 4);
    const rejection = (calling: string) =>
      log.list().find(({ callingAeTitle }) => callingAeTitle === calling)?.rejection;
    const wrongCalled = rejection('PACS1');
    t.match(wrongCalled, { reason: 'called-ae-not-recognized', count: 3 });
    t.match(wrongCalled?.what, "'SALLYPRT'");
    t.match(wrongCalled?.fix, "'SALLYPORT'");
    t.match(rejection('STRANGER')?.fix, "add { aeTitle: 'STRANGER', addresses: ['127.0.0.1'] }");
    t.match(rejection('FAR')?.fix, "add '127.0.0.1' to the addresses of 'FAR'");
    t.match(rejection('pacs1')?.what, 'case counts');
    t.same(
      log.list().map(({ state }) => state),
      ['rejected', 'rejected', 'rejected', 'rejected'],
    );
  },
);

t.test('an address that may not call is named', { skip }, async (t) => {
  const { port, log } = await watched(t, { allowedAddresses: ['10.1.0.0/16'] });
  t.not((await tool('echoscu', ['127.0.0.1', port])).code, 0);
  await until(() => log.list().length === 1);
  t.match(log.list()[0]?.rejection, { reason: 'address-not-allowed', fix: /'127\.0\.0\.1'/ });
});

t.test(
  'a refused presentation context says which service, and which transfer syntaxes were offered',
  async (t) => {
    const { port, log } = await watched(t);
    const peer = await RawPeer.open(port);
    await peer.associate([
      { id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] },
      { id: 3, abstractSyntax: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntaxes: [IMPLICIT] },
      { id: 5, abstractSyntax: CT, transferSyntaxes: ['1.2.840.10008.1.2.7.1', 'Doe^John'] },
      { id: 7, abstractSyntax: 'Doe^Jane', transferSyntaxes: [IMPLICIT] },
    ]);
    peer.socket.destroy();
    await until(() => log.list()[0]?.state === 'ended');
    const { contexts, ended } = log.list()[0] ?? {};
    t.match(contexts, { accepted: 1, refused: 3, leftOut: 0 });
    const [find, syntax, unknown, accepted] = contexts?.list ?? [];
    t.match(find, {
      sopClass: 'Study Root Query/Retrieve - FIND',
      reason: 'abstract-syntax-not-supported',
      fix: /does not offer Study Root/,
    });
    t.match(syntax, {
      sopClass: 'CT Image Storage',
      reason: 'transfer-syntaxes-not-supported',
      offered: { length: 2 },
    });
    t.equal(syntax?.offered[1], 'unknown', 'text that is no UID is not repeated');
    t.match(unknown, { sopClass: 'unknown', sopClassUid: '', fix: /acceptUnknownSopClasses/ });
    t.match(accepted, { accepted: true, transferSyntax: 'Implicit VR Little Endian' });
    t.match(ended, { how: 'lost' });
  },
);

t.test('storescu that offers nothing we take is told apart from one that worked', { skip }, async (t) => {
  const { port, log } = await watched(t);
  const peer = await RawPeer.open(port);
  await peer.associate([
    { id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: ['1.2.840.10008.1.2.4.50'] },
  ]);
  peer.socket.write(Buffer.from([5, 0, 0, 0, 0, 4, 0, 0, 0, 0]));
  await until(() => log.list()[0]?.state === 'ended');
  t.match(log.list()[0]?.ended, { how: 'released', fix: /refused presentation contexts/ });
});

t.test('connections that make no association say what the sender spoke', { skip: skipTls }, async (t) => {
  const { port, log } = await watched(t, { associationRequestTimeoutMs: 400 });
  const kinds = (): string[] => log.connections().map(({ kind }) => kind);
  await tool('echoscu', ['+tla', '127.0.0.1', port]);
  await until(() => kinds().includes('speaks-tls'));
  const http = connectPlain(port, '127.0.0.1');
  http.write('GET / HTTP/1.0\r\n\r\n');
  await until(() => kinds().includes('not-dicom'));
  const silent = await RawPeer.open(port);
  await until(() => kinds().includes('silent'));
  await until(() => silent.closed);
  const brief = connectPlain(port, '127.0.0.1', () => brief.end());
  await until(() => kinds().includes('closed-at-once'));
  const begun = connectPlain(port, '127.0.0.1', () => begun.end(Buffer.from([1, 0, 0, 0, 0, 200, 0, 1])));
  await until(() => kinds().includes('unfinished-request'));
  const wrong = await RawPeer.open(port);
  wrong.socket.write(Buffer.from([1, 0, 0, 0, 0, 4, 0, 1, 0, 0]));
  await until(() => kinds().includes('malformed-request'));
  for (const { address, fix, what, tls } of log.connections()) {
    t.same([address, tls], ['127.0.0.1', false]);
    t.ok(fix.length > 20 && what.length > 10);
  }
  http.destroy();
  t.same(log.list(), [], 'none of them is an association');
});

t.test(
  'a TLS port says who spoke plain, who showed no certificate and who did not trust ours',
  { skip: skipTls },
  async (t) => {
    const folder = t.testdir();
    const made = async (name: string): Promise<{ key: Buffer; cert: Buffer }> => {
      const [keyFile, certFile] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
      const files = ['-nodes', '-keyout', keyFile, '-out', certFile];
      await tool('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...files, ...subject]);
      return { key: await readFile(keyFile), cert: await readFile(certFile) };
    };
    const [ours, theirs] = [await made('ours'), await made('theirs')];
    const { port, log, events } = await watched(t, {
      tls: { ...ours, ca: ours.cert, requireClientCertificate: true },
    });
    const kinds = (): string[] => log.connections().map(({ kind }) => kind);
    await tool('echoscu', ['127.0.0.1', port]);
    await until(() => kinds().includes('speaks-plain'));
    const visit = (options: object): void => {
      const socket = connectTls({ host: '127.0.0.1', port, ...options });
      socket.on('error', () => socket.destroy());
    };
    visit({ ca: ours.cert });
    await until(() => kinds().includes('tls-no-certificate'));
    visit({ ca: ours.cert, ...theirs });
    await until(() => kinds().includes('tls-certificate-refused'));
    visit({ ...ours });
    await until(() => kinds().includes('our-certificate-refused'));
    await tool('echoscu', [
      '+tls',
      join(folder, 'ours.key'),
      join(folder, 'ours.pem'),
      '+cf',
      join(folder, 'theirs.pem'),
      '127.0.0.1',
      port,
    ]);
    await until(() =>
      log.connections().some(({ kind, count }) => kind === 'our-certificate-refused' && count === 2),
    );
    t.same(
      new Set(log.connections().map(({ address, tls }) => `${address} ${tls}`)),
      new Set(['127.0.0.1 true']),
    );
    const trusted = [
      '+tls',
      join(folder, 'ours.key'),
      join(folder, 'ours.pem'),
      '+cf',
      join(folder, 'ours.pem'),
    ];
    const { code, output } = await tool('echoscu', ['-aet', 'SECURE', ...trusted, '127.0.0.1', port]);
    t.equal(code, 0, output);
    await until(() => log.echoes().length === 1);
    t.match(log.echoes(), [{ callingAeTitle: 'SECURE', tls: true }]);
    t.notOk(JSON.stringify(events).includes('SECURE'), 'titles stay out of events');
  },
);

t.test('titles and refusals of peers never reach events', { skip }, async (t) => {
  const { port, events, log } = await watched(t, { callingPeers: [{ aeTitle: 'PACS1' }] });
  await tool('echoscu', ['-aet', 'JOHN^DOE', '-aec', 'WHATEVER', '127.0.0.1', port]);
  await until(() => log.list().length === 1);
  t.equal(log.list()[0]?.callingAeTitle, 'JOHN^DOE');
  t.match(events, [{ name: 'association.rejected' }]);
  t.notMatch(JSON.stringify(events), /JOHN|WHATEVER/);
});

t.test('an observer that throws changes no answer and is counted', { skip }, async (t) => {
  const { port, observerFailures, intake, events } = await running(t, {}, new FakeIntake(), () => {
    throw new Error('broken');
  });
  t.equal((await tool('echoscu', ['127.0.0.1', port])).code, 0);
  t.equal((await tool('storescu', ['127.0.0.1', port, await ctFile(t.testdir())])).code, 0);
  t.equal(intake.taken[0]?.state, 'committed');
  await until(() => events.filter(({ name }) => name === 'association.closed').length === 2);
  t.equal(observerFailures(), 6, 'accepted, echo and ended; accepted, stored and ended');
});

t.test('a protocol fault names its word, and a running association shows while it runs', async (t) => {
  const { port, log } = await watched(t);
  const peer = await RawPeer.open(port);
  await peer.associate([{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }]);
  peer.socket.write(dataTf(pdv(1, 'command', true, command({ field: 0x20, dataSet: false }))));
  await peer.response();
  t.match(log.list(), [
    {
      state: 'running',
      endedAt: null,
      ended: null,
      refused: 1,
      statuses: [{ status: '0x0211', fix: /only receives/ }],
    },
  ]);
  peer.socket.write(associateRequest([]));
  await until(() => log.list()[0]?.state === 'ended');
  t.match(log.list()[0]?.ended, { how: 'fault', fault: 'unexpected-pdu' });
  peer.socket.destroy();
});

t.test('every list has its end, however many peers come', async (t) => {
  let now = 0;
  const log = new AssociationLog({ ...defaults }, () => now);
  const tell = (news: AssociationNews): void => log.observer(news);
  const common = { address: '10.0.0.1', tls: false };
  const titles = { callingAeTitle: 'A', calledAeTitle: 'B' };
  const manyContexts = Array.from({ length: 128 }, () => ({
    abstractSyntaxUid: CT,
    abstractSyntaxName: 'CT Image Storage',
    result: 'accepted' as const,
    transferSyntaxNames: ['x'],
  }));
  tell({ kind: 'accepted', id: 'first', ...common, titles, contexts: manyContexts });
  t.match(log.get('first')?.contexts, { accepted: 128, leftOut: 88, list: { length: 40 } });
  for (let number = 0; number < 2000; number++) {
    now += 1000;
    const id = String(number);
    tell({ kind: 'accepted', id, ...common, titles, contexts: [] });
    tell({ kind: 'echo', id });
    tell({ kind: 'ended', id, how: 'released' });
    const another = { callingAeTitle: `A${number}`, calledAeTitle: 'B' };
    tell({ kind: 'rejected', id: `r${id}`, ...common, titles: another, reason: 'storage-low' });
    tell({
      kind: 'no-association',
      id: `c${id}`,
      address: `10.0.${number >> 8}.${number & 255}`,
      tls: false,
      why: 'silent',
    });
  }
  t.equal(log.list().length, maxEndedKept + maxRejectionsKept + 1);
  t.equal(log.list()[0]?.state, 'running', 'the one that runs is first');
  t.equal(log.echoes().length, maxEchoesKept);
  t.equal(log.connections().length, maxConnectionsKept);
  t.equal(log.get('0'), undefined);
  t.equal(log.get('1999')?.state, 'ended');
  for (let number = 0; number < 2 * maxRunningKept; number++)
    tell({ kind: 'accepted', id: `run${number}`, ...common, titles, contexts: [] });
  t.equal(log.list().length, maxEndedKept + maxRejectionsKept + maxRunningKept);
});

t.test('what a title may hold is printable and short even if the listener forgets', async (t) => {
  const log = new AssociationLog({ ...defaults }, Date.now);
  const titles = { callingAeTitle: '\u001b[31mEVIL\u0007TITLE THAT IS LONG', calledAeTitle: 'ä' };
  log.observer({ kind: 'rejected', id: 'x', address: '10.0.0.1', tls: false, reason: 'storage-low', titles });
  t.match(log.list()[0], { callingAeTitle: '?[31mEVIL?TITLE ', calledAeTitle: '?' });
});
