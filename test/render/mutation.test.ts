import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { tags } from '../../src/dicom/tags.ts';
import { element } from '../../src/dicom/values.ts';
import { corpusMissing, corpusPath } from '../support/corpus.ts';
import { open } from './drawn.ts';
import type { MutationResult, MutationTask } from './mutation-worker.ts';

/** One small file per codec. */
const files = [
  'pydicom__MR_small_RLE.dcm',
  'pydicom__SC_jpeg_no_color_transform.dcm',
  'pydicom__JPEG-lossy.dcm',
  'pydicom__SC_rgb_jpeg_gdcm.dcm',
  'generated/gen_dcmcjpeg_JPEGlossless-SV6_16bit_multiframe.dcm',
  'pydicom__MR_small_jpeg_ls_lossless.dcm',
  'pydicom__SC_rgb_jls_lossy_sample.dcm',
  'pydicom__SC_rgb_gdcm_KY.dcm',
  'pydicom__emri_small_jpeg_2k_lossless.dcm',
  'generated/gen_HTJ2K-lossless_16bit-signed_CT.dcm',
  'generated/gen_HTJ2K-RPCL-lossless_RGB_3frames.dcm',
  'generated/gen_JXL-lossy_8bit_DX.dcm',
  'generated/gen_DeflatedImageFrame_16bit_8frames.dcm',
];
const expected = ['drawn', 'PIXEL_DATA_INVALID', 'PIXEL_FORMAT_UNSUPPORTED', 'PIXEL_LIMIT_EXCEEDED'];
/** MUTANTS raises the number of mutants per file for a long run. */
const mutants = Number(process.env.MUTANTS ?? 15);
/** One mutant may not take longer, on a busy machine too; the gateway would replace its worker far later. */
const slowestAllowedMs = 30_000;

/** Where the value of Pixel Data begins: the first fragment. */
function pixelOffset(path: string): number {
  const body = element(open(path).dataSet, tags.PixelData)?.body;
  return body?.kind === 'fragments' ? (body.fragments[0]?.offset ?? 0) : 0;
}

async function mutateInWorker(path: string, seed: number): Promise<MutationResult> {
  const bytes = new Uint8Array(readFileSync(path));
  const workerData: MutationTask = { bytes, from: pixelOffset(path), seed, count: mutants };
  const worker = new Worker(join(import.meta.dirname, 'mutation-worker.ts'), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const deadline = setTimeout(() => void worker.terminate(), slowestAllowedMs + mutants * 2000);
  try {
    const [result] = await Promise.race([
      once(worker, 'message'),
      once(worker, 'exit').then(([code]) => {
        throw new Error(`the worker ended with ${code}`);
      }),
    ]);
    return result as MutationResult;
  } finally {
    clearTimeout(deadline);
    await worker.terminate();
  }
}

t.test(
  'mutated code streams give a picture or a code, never a crash or a hang',
  { skip: corpusMissing },
  async (t) => {
    for (const name of files) {
      const { outcomes, slowestMs } = await mutateInWorker(corpusPath(name), 1);
      t.comment(`${name}: ${JSON.stringify(outcomes)}, slowest ${slowestMs.toFixed(0)} ms`);
      // A mutated length of a fragment is the parser's to refuse.
      const unknown = Object.keys(outcomes).filter(
        (code) => !expected.includes(code) && !code.startsWith('DATA_SET_'),
      );
      t.same(unknown, [], name);
      t.ok(slowestMs < slowestAllowedMs, `${name}: slowest ${slowestMs.toFixed(0)} ms`);
    }
  },
);
