import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { SallyportError } from '../../../src/core/errors.ts';
import { cleanPixels } from '../../../src/deidentify/pixels/clean.ts';
import type { Part10 } from '../../../src/dicom/part10.ts';
import { firstText, text } from '../../../src/dicom/values.ts';
import { editPixels } from '../../../src/redact/edit/edit-pixels.ts';
import { limits, open } from '../../render/drawn.ts';
import { corpusFiles, corpusMissing } from '../../support/corpus.ts';
import { addedErrors, iodErrors } from '../../support/iod-errors.ts';
import { requirePeer } from '../../support/peers.ts';
import { faults, type PixelValues, pixelValues, someBox } from './compared-pixels.ts';
import { blockFaults, codeStreams, isEditedJpeg } from './jpeg-areas.ts';
import { askForStored, fileOf, type StoredJob, storedJob } from './stored-by-peers.ts';

/** What dciodvfy says of some modules once an image is DERIVED or its chrominance is no longer subsampled. */
const accepted: readonly RegExp[] = [
  // An ophthalmic photograph that is derived needs more of its history than this can tell.
  /^Error - A value for Value 3 is required for DERIVED images/,
  /^Error - Missing attribute Type 2C Conditional Element=<SourceImageSequence> Module=<OphthalmicPhotographyImage>/,
  // YBR_FULL of ultrasound: planes in old editions of PS3.3 C.8.5.6, pixels in PS3.5 8.2.1 where JPEG is the form.
  /^Error - Unrecognized enumerated value {2}for value 1 of attribute <Planar Configuration>/,
];

/** Larger ones say nothing new and take their time. */
const maxSamples = 4_000_000;

t.setTimeout(900_000);

t.test(
  'a box is blanked in every file of the corpus that can be decoded',
  { skip: corpusMissing },
  async (t) => {
    if (!requirePeer(t, 'pydicom', 'gdcmconv', 'opj_decompress', 'dciodvfy')) return;
    const folder = t.testdir();
    const jobs: (StoredJob & { readonly name: string })[] = [];
    let compared = 0;
    let editedJpeg = 0;
    for (const [index, file] of corpusFiles().entries()) {
      const found = decoded(file.path);
      if (found === undefined) continue;
      const { input, before } = found;
      if (before.rows * before.columns * before.samples * before.frames.length > maxSamples) continue;
      const box = someBox(before.rows, before.columns, before.frames.length);
      const result = editPixels(input, [box], {
        fill: 'contrast',
        padding: 0,
        encoding: 'same',
        limits,
      });
      if (result.kind !== 'edited' || !result.changed) {
        t.fail(`${file.name}: ${result.kind === 'held' ? result.code : 'unchanged'}`);
        continue;
      }
      const after = pixelValues(result.input);
      const inBlocks = isEditedJpeg(input, result.input);
      if (inBlocks) editedJpeg += 1;
      const wrong = inBlocks
        ? blockFaults(codeStreams(input), before, after, [box])
        : faults(before, after, box);
      t.same(wrong, [], file.name);
      const { dataSet, transferSyntaxUid } = result.input;
      t.equal(cleanPixels(dataSet, transferSyntaxUid).kind, 'clean', `${file.name}: can go on`);
      t.not(text(dataSet, 0x00080008)[0], 'ORIGINAL', `${file.name}: derived`);
      if (/\.4\.5[0135]$/.test(input.transferSyntaxUid))
        t.equal(firstText(dataSet, 0x00282110), '01', `${file.name}: once lossy, always lossy`);
      compared += 1;
      const frame = box.frame;
      const values = after.frames[frame - 1] ?? new Float64Array();
      const job = storedJob(folder, String(index), result.input, new Map([[frame, values]]));
      const original = join(folder, `${index}-original.dcm`);
      writeFileSync(original, fileOf(input));
      t.same(
        addedErrors(await iodErrors(original), await iodErrors(job.path)).filter(
          (message) => !accepted.some((known) => known.test(message)),
        ),
        [],
        `${file.name}: no new errors of its IOD`,
      );
      if (!after.paired) jobs.push({ ...job, name: file.name });
    }
    const answers = await askForStored(jobs);
    for (const [index, { name }] of jobs.entries()) {
      const answer = answers[index] ?? {};
      t.ok(
        Object.values(answer).some((said) => said === 0),
        `${name}: read by ${JSON.stringify(answer)}`,
      );
    }
    t.ok(editedJpeg > 4, `${editedJpeg} edited block by block`);
    t.ok(compared > 60, `${compared} files`);
  },
);

function decoded(path: string): { input: Part10; before: PixelValues } | undefined {
  try {
    const input = open(path);
    return { input, before: pixelValues(input) };
  } catch (thrown) {
    if (thrown instanceof SallyportError) return undefined;
    throw thrown;
  }
}
