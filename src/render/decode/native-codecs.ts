import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SallyportError } from '../../core/errors.ts';

/**
 * The codecs of dcmjs-codecs, driven without its JavaScript layer: that one loads dcmjs, keeps one instance for ever
 * even after a trap, and logs what the libraries say. The WebAssembly module holds IJG libjpeg 6b at 8, 12 and 16 bits
 * (with the lossless patch), CharLS 2.3.4, OpenJPEG 2.5, OpenJPH 0.18.2 and libjxl 0.11.2.
 */
export type NativeCodec =
  | 'DecodeJpeg'
  | 'DecodeJpegLs'
  | 'DecodeJpeg2000'
  | 'DecodeHtJpeg2000'
  | 'DecodeJpegXl';

/** What the codec is told of the frame; taken from the code stream, so that the two cannot disagree. */
export interface NativeFrame {
  readonly columns: number;
  readonly rows: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed: boolean;
}

/** An instance whose memory grew beyond this is not kept for the next frame. */
const maxKeptMemoryBytes = 512 * 2 ** 20;
/**
 * Memory of an instance while it decodes, bytes: what it begins with, and for each sample several times what any codec
 * was seen to need (at most 6). Headers of a few bytes can ask for layers and precincts by the gigabyte.
 */
const initialMemoryBytes = 256 * 2 ** 20;
const memoryBytesPerSample = 24;
/** Number of RGB in the module's enumeration of photometric interpretations; no conversion is asked for in any case. */
const photometricRgb = 3;
const photometricMonochrome2 = 1;

/** The part of the JavaScript API of WebAssembly used here; TypeScript ships it with the DOM only. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

type WasmFunction = (...args: number[]) => number;
interface Instance {
  readonly memory: WasmMemory;
  readonly call: (name: string, ...args: number[]) => number;
  /** Growing beyond this ends the work, bytes. */
  maxMemoryBytes: number;
  /** Set by the diagnostics of a decode that went on over damaged data. */
  damaged: boolean;
}

let compiled: WasmModule | undefined;
let kept: Instance | undefined;

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const path = createRequire(import.meta.url).resolve('dcmjs-codecs/build/dcmjs-native-codecs.wasm');
  return new Uint8Array(readFileSync(path));
}

/**
 * Words of the libraries' diagnostics (fixed with the package version) by which they say that a scan was cut short or
 * broken and they filled the rest with guesses. Not among them: "extraneous bytes before marker 0xd9", padding that
 * devices write before the end of image, and "Invalid SOS parameters", a wrong field without effect that others write.
 */
const damageWords = [
  'premature end of',
  'bad Huffman code',
  'found marker',
  'Inconsistent progression sequence',
  'extraneous bytes before marker',
  'terminated early',
  'Error decoding a codeblock',
  'Malformed',
];
const harmless = 'extraneous bytes before marker 0xd9';

function instantiate(): Instance {
  compiled ??= new WebAssembly.Module(moduleBytes());
  const text = (pointer: number, length: number): string =>
    Buffer.from(memory.buffer, pointer, Math.min(length, 1000)).toString('latin1');
  const diagnose = (message: string): void => {
    if (!message.includes(harmless) && damageWords.some((words) => message.includes(words)))
      instance.damaged = true;
  };
  const writeZero = (pointer: number): void => new DataView(memory.buffer).setUint32(pointer, 0, true);
  const wasm = new WebAssembly.Instance(compiled, {
    env: {
      emscripten_notify_memory_growth: () => {
        if (memory.buffer.byteLength > instance.maxMemoryBytes)
          throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'the decoder asks for too much memory' });
      },
      onCodecsInfo: (pointer: number, length: number) => diagnose(text(pointer, length)),
      onCodecsTrace: () => undefined,
      onCodecsException: () => {
        throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'refused by the decoder' });
      },
    },
    wasi_snapshot_preview1: {
      environ_get: () => 0,
      environ_sizes_get: (count: number, size: number) => {
        writeZero(count);
        writeZero(size);
        return 0;
      },
      proc_exit: () => {
        throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'the decoder gave up' });
      },
      clock_time_get: (_id: number, _precision: bigint, pointer: number) => {
        new DataView(memory.buffer).setBigUint64(pointer, 0n, true);
        return 0;
      },
      fd_write: (_descriptor: number, vectors: number, count: number, written: number) => {
        const view = new DataView(memory.buffer);
        let total = 0;
        for (let i = 0; i < count; i++) {
          const length = view.getUint32(vectors + 8 * i + 4, true);
          diagnose(text(view.getUint32(vectors + 8 * i, true), length));
          total += length;
        }
        view.setUint32(written, total, true);
        return 0;
      },
      fd_seek: () => 0,
      fd_close: () => 0,
    },
  });
  const functions = wasm.exports as Record<string, WasmFunction>;
  const memory = wasm.exports.memory as WasmMemory;
  const instance: Instance = {
    memory,
    call: (name, ...args) => (functions[name] as WasmFunction)(...args),
    maxMemoryBytes: Number.POSITIVE_INFINITY,
    damaged: false,
  };
  instance.call('_initialize');
  return instance;
}

/** What drives the module, for as long as `withCodecs` runs. */
export type Codecs = Pick<Instance, 'memory' | 'call' | 'damaged' | 'maxMemoryBytes'>;

/**
 * Runs `work` on an instance of the module, which is kept for the next call unless `work` throws or its memory grew
 * beyond what is kept: no state of a failure leaks on.
 */
export function withCodecs<T>(work: (codecs: Codecs) => T): T {
  const instance = kept ?? instantiate();
  kept = undefined;
  instance.damaged = false;
  instance.maxMemoryBytes = Number.POSITIVE_INFINITY;
  const result = work(instance);
  if (instance.memory.buffer.byteLength <= maxKeptMemoryBytes) kept = instance;
  return result;
}

/**
 * Decodes one frame. The result is a copy, interleaved, little endian, in 8- or 16-bit cells, without any conversion of
 * colour but the inverse component transformation of JPEG 2000 and JPEG XL. Throws PIXEL_DATA_INVALID where the codec
 * throws, traps or works over damaged data; the instance of WebAssembly is then given up, so that no state leaks on.
 */
export function decodeNatively(codec: NativeCodec, encoded: Uint8Array, frame: NativeFrame): Uint8Array {
  try {
    return withCodecs((codecs) => decodeWith(codecs, codec, encoded, frame));
  } catch (error) {
    if (error instanceof SallyportError) throw error;
    throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'the decoder failed', cause: error });
  }
}

/** Describes the frame to the module; gives the context that every further call names. */
export function createContext({ call }: Codecs, frame: NativeFrame): number {
  const context = call('CreateCodecsContext');
  call('SetColumns', context, frame.columns);
  call('SetRows', context, frame.rows);
  call('SetBitsAllocated', context, frame.bitsAllocated);
  call('SetBitsStored', context, frame.bitsStored);
  call('SetSamplesPerPixel', context, frame.samplesPerPixel);
  call('SetPixelRepresentation', context, frame.signed ? 1 : 0);
  call('SetPlanarConfiguration', context, 0);
  call(
    'SetPhotometricInterpretation',
    context,
    frame.samplesPerPixel === 1 ? photometricMonochrome2 : photometricRgb,
  );
  return context;
}

function decodeWith(codecs: Codecs, codec: NativeCodec, encoded: Uint8Array, frame: NativeFrame): Uint8Array {
  const { call, memory } = codecs;
  const samples = frame.columns * frame.rows * frame.samplesPerPixel;
  codecs.maxMemoryBytes = initialMemoryBytes + 2 * encoded.length + memoryBytesPerSample * samples;
  const context = createContext(codecs, frame);
  call('SetEncodedBufferSize', context, encoded.length);
  new Uint8Array(memory.buffer).set(encoded, call('GetEncodedBuffer', context));
  const parameters = call('CreateDecoderParameters');
  call('SetConvertColorspaceToRgb', parameters, 0);
  call(codec, context, parameters);
  const start = call('GetDecodedBuffer', context);
  const decoded = new Uint8Array(memory.buffer, start, call('GetDecodedBufferSize', context)).slice();
  call('ReleaseDecoderParameters', parameters);
  call('ReleaseCodecsContext', context);
  if (codecs.damaged) throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'damaged code stream' });
  return decoded;
}
