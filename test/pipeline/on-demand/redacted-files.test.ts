import { existsSync } from 'node:fs';
import t from 'tap';
import { basicProfile } from '../../../src/deidentify/profile.ts';
import { encodePart10 } from '../../../src/synthetic/dicom-writer.ts';
import { burnedInImages } from '../../support/burned-in.ts';
import { corpusMissing, corpusPath } from '../../support/corpus.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { slice } from '../images.ts';
import { openWork } from './open-work.ts';
import { brightest, differences, enrich } from './stored-files.ts';

t.test('with its header kept only the pixels change, and what is said of them', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const { work, folder, path } = openWork(t);
  await burnedInImages(folder);
  for (const name of ['capture', 'ultrasound']) {
    const input = path(`${name}.dcm`);
    await enrich(input);
    const output = path(`${name}-out.dcm`);
    const outcome = await work.redactFile({ input, output, header: 'keep', fill: 'contrast', padding: 0 });
    t.match(outcome, { outcome: 'redacted', pixels: { mode: 'all', complete: true, changed: true } });
    t.notOk('studyInstanceUid' in outcome, 'an identified UID is not told');
    t.strictSame(
      await differences(input, output),
      // Image Type DERIVED, a derivation, the pixels; Burned In Annotation said NO before.
      ['00080008', '00082111', '7fe00010'],
    );
    t.strictSame(
      await pydicom(
        'd = dcmread(sys.argv[1]); print(json.dumps([str(d.PatientName), d.PatientID, d.BurnedInAnnotation, list(d.ImageType)]))',
        output,
      ),
      ['Quillfeather^Ottoliné', 'ZX9081726', 'NO', ['DERIVED', 'PRIMARY']],
    );
    // Against black, a box is white: what was written there is no more.
    const inside = (await pydicom(
      `
a = dcmread(sys.argv[1]).pixel_array
if a.ndim == 2 or a.shape[-1] == 3: a = a[None]
print(json.dumps([int((a[b['frame']-1, b['top']:b['top']+b['height'], b['left']:b['left']+b['width']]).std()) for b in json.loads(sys.argv[2])]))`,
      output,
      JSON.stringify(outcome.boxes),
    )) as number[];
    for (const deviation of inside) t.equal(deviation, 0, 'a box is of one colour');
  }
});

t.test('text is looked for whatever the profile thinks of the risk', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  for (const mode of ['none', 'hold'] as const) {
    const { definition } = basicProfile;
    const profile = {
      ...definition,
      pixels: { ...definition.pixels, highRisk: mode, lowRisk: 'none' as const },
    };
    const { work, folder, path } = openWork(t, { profile });
    await burnedInImages(folder);
    const input = path('capture.dcm');
    const redacted = await work.redactFile({ input, output: path('a.dcm'), header: 'deidentify' });
    t.match(redacted, { outcome: 'deidentified', pixels: { mode: 'all', complete: true } }, mode);
    for (const value of await brightest(path('a.dcm'))) t.ok(value < 160, `${value}`);
    const plain = await work.deidentifyFile({ input, output: path('b.dcm') });
    if (mode === 'none')
      t.match(plain, { outcome: 'deidentified', pixels: { mode: 'none', complete: false } });
    else {
      t.match(plain, { outcome: 'held', code: 'BURNED_IN_TEXT_RISK', report: { shared: null } });
      t.notOk(existsSync(path('b.dcm')), 'no output');
    }
  }
});

t.test('without the identifiers of the header all text goes, never less', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const { definition } = basicProfile;
  const profile = { ...definition, pixels: { ...definition.pixels, highRisk: 'identifying' as const } };
  const { work, folder, path } = openWork(t, { profile });
  await burnedInImages(folder);
  const request = { input: path('capture.dcm'), output: path('a.dcm'), header: 'keep' } as const;
  t.match(await work.redactFile(request), { pixels: { mode: 'identifying' } });
  const without = await work.redactFile({ ...request, useMetadata: false });
  t.match(without, { outcome: 'redacted', pixels: { mode: 'all', complete: true } });
  t.notOk(
    without.boxes.some(({ reason }) => reason === 'identifier'),
    'nothing is compared with them',
  );
  for (const value of await brightest(path('a.dcm'))) t.ok(value < 160, `${value}`);
  t.match(
    await work.deidentifyFile({ ...request, pixels: { useMetadata: false } }),
    { pixels: { mode: 'all' } },
    'the same where the header is cleaned',
  );
});

t.test('padding and fill of the call are those of its boxes', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const { work, folder, path } = openWork(t);
  await burnedInImages(folder);
  const changed = async (padding: number): Promise<number> => {
    const output = path(`padded-${padding}.dcm`);
    const drawnBoxes = [{ frame: null, left: 100, top: 100, width: 20, height: 10 }];
    const fill = 'contrast';
    const input = path('ultrasound.dcm');
    await work.redactFile({ input, output, header: 'keep', fill, padding, drawnBoxes });
    const program = 'a, b = (dcmread(p).pixel_array for p in sys.argv[1:3]); print(int((a != b).sum()))';
    return (await pydicom(program, input, output)) as number;
  };
  t.equal(await changed(0), 3 * 20 * 10);
  t.equal(await changed(5), 3 * 30 * 20);
  await t.rejects(changed(65), { code: 'REQUEST_INVALID', detail: 'padding: 0 to 64' });
});

t.test('what cannot be redacted is held, and leaves no output', async (t) => {
  const { work, path, put, files } = openWork(t);
  const image = slice('a', 1).elements;
  const withoutPixels = put(
    'no-pixels.dcm',
    encodePart10({ elements: image.filter(({ tag }) => tag < 0x7fe00000) }),
  );
  const keep = (input: string) => work.redactFile({ input, output: path('out.dcm'), header: 'keep' });
  t.match(await keep(withoutPixels), { outcome: 'held', code: 'NO_PIXEL_DATA' });
  const privateClass = put(
    'private.dcm',
    encodePart10({
      elements: image.map((found) => (found.tag === 0x00080016 ? { ...found, value: '1.2.3.4.5.6' } : found)),
    }),
  );
  t.match(await keep(privateClass), { outcome: 'held', code: 'PRIVATE_SOP_CLASS', boxes: [] });
  t.notOk(files().includes('out.dcm'));
});

/** What redaction may say of pixels: their type, derivation, colours, extreme values, loss, text. */
const saidOfPixels = /^(00080008|00082111|0028(0004|0106|0107|0301|2110|2112|2114)|7fe00010)$/;

t.test('real files keep all else of their header in any encoding', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const { work, path } = openWork(t);
  for (const [name, transferSyntaxUid] of [
    ['pydicom__ExplVR_BigEnd.dcm', '1.2.840.10008.1.2.2'],
    ['pydicom__GDCMJ2K_TextGBR.dcm', '1.2.840.10008.1.2.4.90'],
    ['cornerstone3D__CT0012.fragmented_no_bot_jpeg_baseline.51.dcm', '1.2.840.10008.1.2.4.70'],
  ] as const) {
    const input = corpusPath(name);
    const outcome = await work.redactFile({ input, output: path('out.dcm'), header: 'keep' });
    t.match(outcome, { outcome: 'redacted', transferSyntaxUid, pixels: { complete: true } }, name);
    const changed = await differences(input, path('out.dcm'));
    // Group lengths are retired, and would be wrong.
    t.strictSame(
      changed.filter((tag) => !tag.endsWith('0000') && !saidOfPixels.test(tag)),
      [],
      name,
    );
  }
});
