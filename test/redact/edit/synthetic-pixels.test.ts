import t from 'tap';
import { cleanPixels } from '../../../src/deidentify/pixels/clean.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { type EditOptions, editPixels } from '../../../src/redact/edit/edit-pixels.ts';
import { makePixelObject } from '../../../src/synthetic/pixels/make-pixel-object.ts';
import { type PixelCase, pixelCases } from '../../../src/synthetic/pixels/pixel-cases.ts';
import { limits } from '../../render/drawn.ts';
import { requirePeer } from '../../support/peers.ts';
import { faults, pixelValues, someBox } from './compared-pixels.ts';
import { blockFaults, codeStreams, isEditedJpeg } from './jpeg-areas.ts';
import { askForStored, type StoredJob, storedJob } from './stored-by-peers.ts';

const encodings: readonly EditOptions['encoding'][] = [
  'same',
  'native',
  'rle',
  'jpegLs',
  'jpeg2000',
  'lossless',
];

/** Of every transfer syntax with each kind of samples one object, of some two. */
function chosen(): PixelCase[] {
  const found = new Map<string, PixelCase>();
  for (const one of pixelCases()) {
    if (one.expected !== 'drawn') continue;
    const key = `${one.spec.syntax}, ${one.name.split(', ')[1]}`;
    if (!found.has(key)) found.set(key, one);
    else if (one.spec.unusedBits === 'garbage' && one.spec.signed) found.set(`${key}, garbage`, one);
  }
  return [...found.values()];
}

t.setTimeout(600_000);

t.test('a box is blanked in every kind of samples and transfer syntax', async (t) => {
  if (!requirePeer(t, 'pydicom', 'gdcmconv', 'opj_decompress', 'ojph_expand', 'djxl')) return;
  const folder = t.testdir();
  const jobs: (StoredJob & { readonly name: string })[] = [];
  const cases = chosen();
  let editedJpeg = 0;
  for (const [index, { spec, name }] of cases.entries()) {
    const input = readPart10(memorySource(makePixelObject(spec).bytes));
    const box = someBox(spec.rows, spec.columns, spec.frames);
    const before = pixelValues(input);
    const encoding = encodings[index % 2 === 0 ? 0 : index % encodings.length] ?? 'same';
    const fill = index % 3 === 0 ? 'background' : 'contrast';
    for (const onlyFramesLeave of index % 3 === 0 ? [false, true] : [false]) {
      const options: EditOptions = { fill, padding: 0, encoding, onlyFramesLeave, limits };
      const result = editPixels(input, [box], options);
      const says = `${name}: ${encoding}${onlyFramesLeave ? ', frames' : ''}`;
      if (result.kind === 'held') {
        // Partial ranges with shared chrominance have no other form.
        t.match(spec.photometric, /PARTIAL/, says);
        continue;
      }
      const after = pixelValues(result.input);
      const inBlocks = isEditedJpeg(input, result.input);
      if (inBlocks) editedJpeg += 1;
      const found = inBlocks
        ? blockFaults(codeStreams(input), before, after, [box])
        : faults(before, after, box);
      t.same(found, [], says);
      if (!result.changed) continue;
      const clean = cleanPixels(result.input.dataSet, result.input.transferSyntaxUid, onlyFramesLeave);
      t.equal(clean.kind, 'clean', `${says}: what is no pixels was taken out, or there is none`);
      if (onlyFramesLeave) continue;
      const frame = box.frame;
      const expected = new Map([[frame, storedIn(after.frames[frame - 1])]]);
      if (after.paired) continue;
      jobs.push({ ...storedJob(folder, String(index), result.input, expected), name: says });
    }
  }
  const answers = await askForStored(jobs);
  const silent: string[] = [];
  for (const [index, { name, syntax }] of jobs.entries()) {
    const answer = Object.entries(answers[index] ?? {});
    const agree = answer.filter(([, said]) => said === 0).map(([tool]) => tool);
    // None of these tools knows one-bit pixels in RLE, which came in later than they did.
    if (syntax.endsWith('.2.5') && /, (grey|inverted) 1, /.test(name)) continue;
    if (agree.length === 0) silent.push(`${name} (${syntax}): ${JSON.stringify(answer)}`);
  }
  t.same(silent, [], 'another tool reads the same stored values');
  t.ok(editedJpeg > 3, `${editedJpeg} edited block by block`);
  t.ok(jobs.length > 200, `${jobs.length} files read by other tools`);
});

function storedIn(values: Float64Array | undefined): Float64Array {
  return values ?? new Float64Array();
}
