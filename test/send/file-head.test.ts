import { join } from 'node:path';
import t from 'tap';
import { headOf, readFileHead } from '../../src/send/file-head.ts';
import { type SendResult, sendFiles } from '../../src/send/send-files.ts';
import { encodePart10, transferSyntaxes } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { corpusFiles, corpusMissing, corpusPath } from '../support/corpus.ts';
import { startGateway } from '../support/gateway.ts';
import { greyImage, secondaryCapture, uniqueUid, withElements, writeInstance } from '../support/instances.ts';

const otherMeta = [
  element(0x00020002, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
  element(0x00020003, 'UI', '1.2.3.4'),
];

t.test('the UIDs of the data set win over those of the File Meta Information', async (t) => {
  for (const transferSyntaxUid of Object.values(transferSyntaxes)) {
    const sopInstanceUid = uniqueUid();
    const elements = greyImage({ sopInstanceUid });
    const bytes = Buffer.from(encodePart10({ elements, transferSyntaxUid, meta: otherMeta }));
    const { transferSyntaxUid: found, ...head } = headOf(bytes, bytes.length);
    t.match(head, { sopClassUid: secondaryCapture, sopInstanceUid }, transferSyntaxUid);
    t.equal(found, transferSyntaxUid);
  }
});

t.test('where the data set has none that is valid, the meta stands in', async (t) => {
  const elements = withElements(
    greyImage(),
    element(0x00080016, 'UI', 'no.uid'),
    element(0x00080018, 'UI', null),
  );
  const bytes = Buffer.from(encodePart10({ elements, meta: otherMeta }));
  t.match(headOf(bytes, bytes.length), {
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: '1.2.3.4',
  });
});

/** Files of the corpus whose meta names another class or instance than the data set. */
const mislabelled = ['pydicom__rtplan.dcm', 'pydicom__badVR.dcm', 'dcm_qa_12bit__12bitUnsigned_0x0F0F.dcm'];

t.test('files with a wrong meta are taken by the gateway', { skip: corpusMissing }, async (t) => {
  const gateway = await startGateway(t);
  const target = { host: '127.0.0.1', port: gateway.dimsePort, aeTitle: 'SALLYPORT' };
  const known = new Set(corpusFiles().map(({ name }) => name));
  const paths = [
    ...mislabelled.filter((name) => known.has(name)).map(corpusPath),
    writeInstance(join(gateway.receivedDir, 'wrong-meta.dcm'), { elements: greyImage(), meta: otherMeta }),
  ];
  t.ok(paths.length > 1);
  const results: SendResult[] = [];
  for await (const result of sendFiles(paths, target)) results.push(result);
  for (const { path, outcome, statusText } of results) {
    t.equal(outcome, 'sent', `${path.split('/').at(-1)}: ${statusText}`);
  }
  await gateway.settled();
});

t.test('a text file and a cut one are no instances', async (t) => {
  const dir = t.testdir({ 'a.txt': 'nothing of the kind, but long enough to be looked at' });
  await t.rejects(readFileHead(join(dir, 'a.txt')), { code: 'NOT_DICOM' });
  const bytes = Buffer.from(encodePart10({ elements: greyImage() }));
  t.throws(() => headOf(bytes.subarray(0, 150), 150), { code: 'NOT_DICOM' });
});
