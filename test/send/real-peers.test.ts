import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN, VERIFICATION_SOP_CLASS } from '../../src/dicom/uids.ts';
import { Association } from '../../src/send/association.ts';
import { type FileHead, headOf, readFileHead } from '../../src/send/file-head.ts';
import { type SendResult, sendFiles } from '../../src/send/send-files.ts';
import { echo } from '../../src/send/store-scu.ts';
import { writeLargeInstance } from '../../src/synthetic/bulk.ts';
import { writeSyntheticStudy } from '../../src/synthetic/study.ts';
import { corpusFiles, corpusMissing } from '../support/corpus.ts';
import { startStorescp } from '../support/dcmtk.ts';
import { startFakeScp, storing } from '../support/fake-scp.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';

async function send(paths: readonly string[], port: number, aeTitle = 'PEER'): Promise<SendResult[]> {
  const results: SendResult[] = [];
  for await (const result of sendFiles(paths, { host: '127.0.0.1', port, aeTitle })) results.push(result);
  return results;
}

const deflated = '1.2.840.10008.1.2.1.99';

function paddedBytes(head: FileHead): number {
  return head.transferSyntaxUid === deflated ? head.length + (head.length % 2) : head.length;
}

/** Digest of the data set as it must arrive: deflated ones padded to even length (PS3.5 A.5). */
function dataSetDigest(head: FileHead & { readonly path: string }): string {
  const bytes = readFileSync(head.path).subarray(head.offset);
  const hash = createHash('sha256').update(bytes);
  return hash.update(Buffer.alloc(paddedBytes(head) - bytes.length)).digest('hex');
}

/** Digest of the data set in a file, whose meta is the receiver's own. */
function fileDigest(path: string): string {
  const bytes = readFileSync(path);
  return createHash('sha256')
    .update(bytes.subarray(headOf(bytes, bytes.length).offset))
    .digest('hex');
}

/** The corpus files that can be sent at all. */
async function sendable(): Promise<(FileHead & { path: string })[]> {
  const heads: (FileHead & { path: string })[] = [];
  for (const { path } of corpusFiles()) {
    const head = await readFileHead(path).catch((thrown: unknown) => {
      if (thrown instanceof SallyportError) return undefined;
      throw thrown;
    });
    if (head !== undefined) heads.push({ ...head, path });
  }
  return heads;
}

/** Transfer syntaxes of the corpus that DCMTK 3.6.7 has never heard of: it accepts the context and then aborts. */
const unknownToDcmtk = /^1\.2\.840\.10008\.1\.2\.(?:4\.(?:94|11\d|20\d)|8\.1|1\.98)$/;

t.test('every data set of the corpus is sent byte for byte', { skip: corpusMissing }, async (t) => {
  const heads = await sendable();
  t.ok(heads.length > 100, `${heads.length} of ${corpusFiles().length} can be sent`);
  const received: string[] = [];
  const scp = await startFakeScp(
    t,
    storing(({ sha256 }) => {
      received.push(sha256);
      return 0;
    }),
  );
  const results = await send(
    corpusFiles().map(({ path }) => path),
    scp.port,
  );
  t.equal(results.length, corpusFiles().length, 'one result per file');
  t.same(
    results.filter(({ outcome }) => outcome !== 'sent' && outcome !== 'unreadable'),
    [],
  );
  t.same(received.sort(), heads.map(dataSetDigest).sort());
});

t.test('storescp takes the corpus in every transfer syntax it knows', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'storescp')) return;
  const folder = t.testdir();
  // A data set of odd length is faulty; DCMTK aborts at it.
  const heads = (await sendable())
    .filter(({ transferSyntaxUid }) => !unknownToDcmtk.test(transferSyntaxUid))
    .filter((head) => paddedBytes(head) % 2 === 0);
  t.ok(heads.length > 85, `${heads.length} files`);
  const scp = await startStorescp(t, {
    directory: join(folder, 'in'),
    accept: {
      sopClassUids: heads.map(({ sopClassUid }) => sopClassUid),
      transferSyntaxUids: heads.map(({ transferSyntaxUid }) => transferSyntaxUid),
    },
  });
  const results = await send(
    heads.map(({ path }) => path),
    scp.port,
  );
  t.same(
    results.filter(({ outcome }) => outcome !== 'sent'),
    [],
  );
  const received = (await scp.received()).map((name) => fileDigest(join(scp.directory, name)));
  t.same(received.sort(), heads.map(dataSetDigest).sort());
});

t.test('Orthanc gets the synthetic study as it is', async (t) => {
  if (!requirePeer(t, 'Orthanc', 'pydicom')) return;
  const orthanc = await startOrthanc(t);
  const folder = t.testdir();
  const paths = await writeSyntheticStudy({ directory: folder, seed: 'orthanc', images: 2, size: 64 });
  const results = await send(paths, orthanc.dicomPort, 'ORTHANC');
  t.same(
    results.map(({ outcome }) => outcome),
    Array(paths.length).fill('sent'),
  );
  const ids = await orthanc.instances();
  t.equal(ids.length, paths.length);
  const kept: string[] = [];
  for (const [index, id] of ids.entries()) {
    kept.push(join(folder, `${index}.kept`));
    writeFileSync(kept[index] ?? '', await orthanc.file(id));
  }
  t.ok(await sameDataSets(paths, kept), 'every element of every instance is as it was');
});

t.test('Orthanc sends an instance on to storescp as it is', async (t) => {
  if (!requirePeer(t, 'Orthanc', 'storescp', 'pydicom')) return;
  const folder = t.testdir();
  const scp = await startStorescp(t, { directory: join(folder, 'in') });
  const orthanc = await startOrthanc(t, { modalities: { scp: { aeTitle: 'STORESCP', port: scp.port } } });
  t.ok(await orthanc.echo('scp'));
  const [path = ''] = await writeSyntheticStudy({ directory: folder, seed: 'pacs', images: 1, size: 32 });
  const id = await orthanc.upload(path);
  t.type(id, 'string');
  t.same(await orthanc.store('scp', [id ?? '']), { httpStatus: 200, dimseStatus: undefined });
  const [name = ''] = await scp.received();
  t.ok(await sameDataSets([path], [join(scp.directory, name)]));
  await orthanc.remove(id ?? '');
  t.same(await orthanc.instances(), []);
});

t.test('Orthanc tells which instance a peer refused', async (t) => {
  if (!requirePeer(t, 'Orthanc')) return;
  const scp = await startFakeScp(
    t,
    storing(({ number }) => (number === 2 ? 0xa700 : 0)),
  );
  const orthanc = await startOrthanc(t, { modalities: { scp: { aeTitle: 'SCP', port: scp.port } } });
  const ids: string[] = [];
  for (const path of await writeSyntheticStudy({
    directory: t.testdir(),
    seed: 'each',
    images: 1,
    size: 32,
  })) {
    ids.push((await orthanc.upload(path)) ?? '');
  }
  t.same(await orthanc.storeEach('scp', ids), [
    { httpStatus: 200, dimseStatus: undefined },
    { httpStatus: 500, dimseStatus: 0xa700 },
    { httpStatus: 200, dimseStatus: undefined },
  ]);
});

t.test('storescp refuses what its profile does not name, and takes the rest', async (t) => {
  if (!requirePeer(t, 'storescp')) return;
  const folder = t.testdir();
  const paths = await writeSyntheticStudy({ directory: folder, seed: 'refused', images: 2, size: 32 });
  const scp = await startStorescp(t, {
    directory: join(folder, 'in'),
    accept: { sopClassUids: ['1.2.840.10008.5.1.4.1.1.2'], transferSyntaxUids: [EXPLICIT_VR_LITTLE_ENDIAN] },
  });
  const results = await send(paths, scp.port);
  t.same(
    results.map(({ path, outcome, code }) => [path.slice(-11), outcome, code]),
    [
      ['ct/0001.dcm', 'sent', undefined],
      ['ct/0002.dcm', 'sent', undefined],
      ['mr/0001.dcm', 'refused', 'PEER_CONTEXT_REFUSED'],
      ['dx/0001.dcm', 'refused', 'PEER_CONTEXT_REFUSED'],
    ],
  );
});

t.test('storescp that refuses or aborts is told as it is', async (t) => {
  if (!requirePeer(t, 'storescp')) return;
  const folder = t.testdir();
  const [path = ''] = await writeSyntheticStudy({ directory: folder, seed: 'refuse', images: 1, size: 32 });
  const aborting = await startStorescp(t, { directory: join(folder, 'b'), args: ['--abort-during'] });
  const [aborted] = await send([path], aborting.port);
  t.match(aborted, { outcome: 'failed', code: 'PEER_ABORTED' });
});

t.test('C-ECHO with storescp and Orthanc', async (t) => {
  if (!requirePeer(t, 'storescp', 'Orthanc')) return;
  const scp = await startStorescp(t, { directory: join(t.testdir(), 'in') });
  const orthanc = await startOrthanc(t);
  for (const port of [scp.port, orthanc.dicomPort]) {
    const association = await Association.open(
      { host: '127.0.0.1', port, aeTitle: 'ANY' },
      [{ sopClassUid: VERIFICATION_SOP_CLASS, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN }],
      {
        callingAeTitle: 'SALLYPORT',
        connectTimeoutMs: 5000,
        associationTimeoutMs: 5000,
        responseTimeoutMs: 5000,
      },
    );
    t.equal((await echo(association, EXPLICIT_VR_LITTLE_ENDIAN)).status, 0);
    await association.release();
  }
});

t.test('a large instance goes through in little memory and arrives whole', async (t) => {
  if (!requirePeer(t, 'storescp')) return;
  const folder = t.testdir();
  const path = join(folder, 'large.dcm');
  await writeLargeInstance({ path, pixelBytes: 300_000_000 });
  const scp = await startStorescp(t, { directory: join(folder, 'in'), args: ['--max-pdu', '131072'] });
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const [result] = await send([path], scp.port);
  clearInterval(watch);
  t.equal(result?.outcome, 'sent');
  t.ok(peak - before < 64 * 1024 * 1024, `memory grew by ${Math.round((peak - before) / 1e6)} MB`);
  const [name = ''] = await scp.received();
  const received = join(scp.directory, name);
  t.equal(await tailDigest(received), await tailDigest(path));
});

/** True where both lists hold the same data sets by value: Orthanc writes lengths of sequences its own way. */
async function sameDataSets(left: readonly string[], right: readonly string[]): Promise<boolean> {
  const same = await pydicom(
    `n = int(sys.argv[1]); uid = lambda d: d.SOPInstanceUID
def read(p):
    d = dcmread(p)
    # The VR of private elements is not known in implicit VR, and each reader puts its own guess in place.
    if d.Modality == 'MR': d.remove_private_tags()
    return d
a, b = [sorted(map(read, p), key=uid) for p in (sys.argv[2:2+n], sys.argv[2+n:])]
print(json.dumps(len(a) == len(b) and all(x == y for x, y in zip(a, b))))`,
    String(left.length),
    ...left,
    ...right,
  );
  return same === true;
}

/** Digest of the data set, read as a stream. */
async function tailDigest(path: string): Promise<string> {
  const file = await open(path, 'r');
  const window = Buffer.alloc(4096);
  await file.read(window, 0, window.length, 0);
  await file.close();
  const { offset } = headOf(window, statSync(path).size);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { start: offset })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
