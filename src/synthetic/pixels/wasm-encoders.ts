import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export type EncoderName = 'EncodeJpegLs' | 'EncodeJpeg2000' | 'EncodeHtJpeg2000' | 'EncodeJpegXl';

export interface EncoderOptions {
  readonly columns: number;
  readonly rows: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly lossy?: boolean;
  /** JPEG-LS: largest difference of a sample. */
  readonly allowedError?: number;
  /** JPEG 2000: ratio of compression. */
  readonly rate?: number;
  /** JPEG 2000: LRCP, RLCP, RPCL, PCRL, CPRL as 0 to 4. */
  readonly progression?: number;
  /** JPEG 2000: the multiple component transformation may be used for three samples; true where left out. */
  readonly componentTransformation?: boolean;
}

/** The part of the JavaScript API of WebAssembly used here; TypeScript ships it with the DOM only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};
type Call = (name: string, ...args: number[]) => number;
interface Instance {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly call: Call;
}

let compiled: object | undefined;
let kept: Instance | undefined;

function instantiate(): Instance {
  const path = createRequire(import.meta.url).resolve('dcmjs-codecs/build/dcmjs-native-codecs.wasm');
  compiled ??= new WebAssembly.Module(new Uint8Array(readFileSync(path)));
  const words: string[] = [];
  const refuse = (): never => {
    throw new Error(`the encoder refused: ${words.join(' ').slice(0, 500)}`);
  };
  const hear = (pointer: number, length: number): void => {
    words.push(Buffer.from(memory.buffer, pointer, length).toString('latin1'));
  };
  const zeros = (...pointers: number[]): number => {
    for (const pointer of pointers) new DataView(memory.buffer).setUint32(pointer, 0, true);
    return 0;
  };
  const { exports } = new WebAssembly.Instance(compiled, {
    env: {
      emscripten_notify_memory_growth: () => undefined,
      onCodecsInfo: hear,
      onCodecsTrace: () => undefined,
      onCodecsException: (pointer: number, length: number) => {
        hear(pointer, length);
        refuse();
      },
    },
    wasi_snapshot_preview1: {
      environ_get: () => 0,
      environ_sizes_get: zeros,
      proc_exit: refuse,
      clock_time_get: () => 0,
      fd_write: (_descriptor: number, _vectors: number, _count: number, written: number) => zeros(written),
      fd_seek: () => 0,
      fd_close: () => 0,
    },
  });
  const memory = exports.memory as { readonly buffer: ArrayBuffer };
  const functions = exports as Record<string, (...args: number[]) => number>;
  const call: Call = (name, ...args) => {
    const found = functions[name];
    if (found === undefined) throw new Error(`no function ${name} in the module`);
    return found(...args);
  };
  call('_initialize');
  return { memory, call };
}

const monochrome2 = 1;
const rgb = 3;

/**
 * Encodes one frame with the encoders of dcmjs-codecs (CharLS, OpenJPEG, OpenJPH, libjxl). `samples` are interleaved
 * little-endian cells, sign-extended where signed. Throws an Error where the encoder refuses; for tests only.
 */
export function encodeByWasm(name: EncoderName, samples: Uint8Array, options: EncoderOptions): Uint8Array {
  // Given up when an encoder throws: `kept` is set again at the end alone.
  const instance = kept ?? instantiate();
  kept = undefined;
  const { memory, call } = instance;
  const context = call('CreateCodecsContext');
  call('SetColumns', context, options.columns);
  call('SetRows', context, options.rows);
  call('SetBitsAllocated', context, options.bitsAllocated);
  call('SetBitsStored', context, options.bitsStored);
  call('SetSamplesPerPixel', context, options.samplesPerPixel);
  call('SetPixelRepresentation', context, options.signed ? 1 : 0);
  call('SetPlanarConfiguration', context, 0);
  call('SetPhotometricInterpretation', context, options.samplesPerPixel === 1 ? monochrome2 : rgb);
  call('SetDecodedBufferSize', context, samples.length);
  new Uint8Array(memory.buffer).set(samples, call('GetDecodedBuffer', context));
  const parameters = call('CreateEncoderParameters');
  call('SetLossy', parameters, options.lossy === true ? 1 : 0);
  call('SetAllowedLossyError', parameters, options.allowedError ?? 2);
  call('SetProgressionOrder', parameters, options.progression ?? 0);
  call('SetRate', parameters, options.rate ?? 2);
  call('SetAllowMct', parameters, options.componentTransformation === false ? 0 : 1);
  call(name, context, parameters);
  const start = call('GetEncodedBuffer', context);
  const encoded = new Uint8Array(memory.buffer, start, call('GetEncodedBufferSize', context)).slice();
  call('ReleaseEncoderParameters', parameters);
  call('ReleaseCodecsContext', context);
  kept = instance;
  return encoded;
}
