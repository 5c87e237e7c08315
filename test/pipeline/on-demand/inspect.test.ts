import { copyFileSync } from 'node:fs';
import t from 'tap';
import type { Attributes } from '../../../src/pipeline/on-demand/tasks.ts';
import { encodePart10 } from '../../../src/synthetic/dicom-writer.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { corpusFiles, corpusMissing } from '../../support/corpus.ts';
import { markedImage, withElements } from '../../support/instances.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { slice } from '../images.ts';
import { openWork } from './open-work.ts';

t.test('what a file is can be told without a value of its patient', async (t) => {
  const { work, put } = openWork(t);
  const { elements } = slice('a', 1);
  const input = put('a.dcm', encodePart10({ elements }));
  const info = await work.frameInfo({ input });
  t.strictSame(Object.keys(info).sort(), [
    'bytes',
    'columns',
    'frames',
    'framesCounted',
    'modality',
    'photometricInterpretation',
    'rows',
    'sopClassName',
    'sopClassUid',
    'transferSyntaxUid',
  ]);
  t.match(info, { sopClassName: 'CT Image Storage', modality: 'CT', rows: 32, columns: 32, frames: 1 });
  const odd = put(
    'odd.dcm',
    encodePart10({
      elements: withElements(
        elements,
        element(0x00080016, 'UI', '1.2.19631127'),
        element(0x00080060, 'CS', 'DOE JANE'),
        element(0x00280004, 'CS', 'DOE JANE'),
      ),
    }),
  );
  t.match(await work.frameInfo({ input: odd }), {
    sopClassUid: null,
    sopClassName: null,
    modality: null,
    photometricInterpretation: null,
  });
});

t.test('safe attributes are those of the de-identified header, whatever stands in the file', async (t) => {
  const { work, put } = openWork(t);
  const marked = markedImage('QZX');
  const input = put('a.dcm', encodePart10({ elements: marked.elements }));
  const safe = await work.inspectFile({ input, metadata: 'safe' });
  t.equal(safe.heldCode, null);
  t.match(safe.metadata, { PatientName: /^SP-/, PatientIdentityRemoved: 'YES' });
  t.notMatch(JSON.stringify(safe), /QZX/i);
  t.notOk('PixelData' in (safe.metadata ?? {}));
  const identified = await work.inspectFile({ input, metadata: 'identified' });
  t.match(JSON.stringify(identified.metadata), /QZX/);
  t.match(await work.inspectFile({ input, metadata: 'none' }), { metadata: null });
});

t.test('an object that no rule covers has no safe attributes, and says why', async (t) => {
  const { work, put } = openWork(t);
  const { elements } = slice('a', 1);
  const input = put(
    'a.dcm',
    encodePart10({ elements: withElements(elements, element(0x00080016, 'UI', '1.2.3.4')) }),
  );
  t.match(await work.inspectFile({ input, metadata: 'safe' }), {
    metadata: null,
    heldCode: 'PRIVATE_SOP_CLASS',
  });
});

t.test('attributes are bounded in number, length and depth', async (t) => {
  const { work, put } = openWork(t);
  let nested = [element(0x00081150, 'UI', '1.2')];
  for (let depth = 0; depth < 8; depth += 1) nested = [element(0x00081140, 'SQ', { items: [nested] })];
  const many = Array.from({ length: 500 }, () => [
    element(0x00080100, 'SH', 'A'),
    element(0x00080104, 'LO', 'B'),
    element(0x00080102, 'SH', 'C'),
  ]);
  const input = put(
    'a.dcm',
    encodePart10({
      elements: withElements(
        slice('a', 1).elements,
        ...nested,
        element(0x00081032, 'SQ', { items: many }),
        element(0x00082111, 'ST', 'x'.repeat(1000)),
        element(
          0x00201206,
          'IS',
          Array.from({ length: 300 }, (_, index) => index),
        ),
      ),
    }),
  );
  const { metadata, metadataLeftOut } = await work.inspectFile({ input, metadata: 'identified' });
  const count = (attributes: Attributes): number =>
    Object.values(attributes).reduce(
      (sum: number, value) =>
        sum +
        1 +
        (Array.isArray(value)
          ? value.reduce((inner, one) => inner + (typeof one === 'object' ? count(one) : 0), 0)
          : 0),
      0,
    );
  t.ok(count(metadata ?? {}) <= 1000);
  t.ok(metadataLeftOut > 400);
  t.equal(String(metadata?.DerivationDescription).length, 512);
  t.equal((metadata?.NumberOfStudyRelatedSeries as number[] | undefined)?.length, 64);
  t.ok(JSON.stringify(metadata).split('ReferencedImageSequence').length - 1 <= 4, 'depth');
});

t.test('identified attributes are those pydicom reads', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const { work, path } = openWork(t);
  const files = corpusFiles().filter(
    ({ sopClass, bytes }) => /CT|MR|Ultrasound/.test(sopClass) && bytes < 2e6,
  );
  t.ok(files.length > 3);
  for (const { name, path: original } of files.slice(0, 12)) {
    copyFileSync(original, path('in.dcm'));
    const { metadata } = await work.inspectFile({ input: path('in.dcm'), metadata: 'identified' });
    const known = (await pydicom(
      `
d = dcmread(sys.argv[1], force=True)
print(json.dumps({e.keyword: str(e.value) for e in d if e.VR in ('LO', 'SH', 'UI', 'DA', 'PN', 'US') and e.VM == 1 and e.keyword}))`,
      path('in.dcm'),
    )) as Record<string, string>;
    for (const keyword of [
      'PatientName',
      'PatientID',
      'StudyInstanceUID',
      'StudyDate',
      'Manufacturer',
      'Rows',
    ]) {
      const told = metadata?.[keyword];
      if (known[keyword] !== undefined)
        t.equal(
          String(told ?? '')
            .slice(0, 64)
            .trim(),
          known[keyword].slice(0, 64).trim(),
          `${name} ${keyword}`,
        );
    }
  }
});
