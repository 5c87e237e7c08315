import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import t from 'tap';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import type { Decoder } from '../../../src/render/decode/decoder-table.ts';
import { encodeDctJpeg } from '../../../src/synthetic/pixels/jpeg-dct.ts';
import { encodeLosslessJpeg } from '../../../src/synthetic/pixels/jpeg-lossless.ts';
import { type EncoderName, encodeByWasm } from '../../../src/synthetic/pixels/wasm-encoders.ts';
import { part10Of, picture } from './pictures.ts';

/**
 * Every function called of every WebAssembly module: constructors are replaced before anything that decodes is loaded,
 * which happens below, inside the tests.
 */
const calls: string[] = [];
const modules: Uint8Array[] = [];
const webAssembly = (globalThis as unknown as { WebAssembly: Record<string, never> })
  .WebAssembly as unknown as {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};
const { Module, Instance } = webAssembly;
webAssembly.Module = class extends Module {
  constructor(bytes: Uint8Array) {
    super(bytes);
    modules.push(bytes);
  }
};
webAssembly.Instance = class {
  readonly exports: Record<string, unknown>;
  constructor(module: object, imports: object) {
    const { exports } = new Instance(module, imports);
    this.exports = new Proxy(exports, {
      get: (target, name) => {
        calls.push(String(name));
        // Exports of WebAssembly are frozen, so the proxy must give them as they are.
        return target[String(name)];
      },
    });
  }
} as typeof Instance;

const root = '1.2.840.10008.1.2.4.';
const of = picture();
const samples = new Uint8Array(of.values.buffer);
const options = { columns: of.columns, rows: of.rows, components: 1 } as const;
const dct = (): Uint8Array =>
  encodeDctJpeg(of.values, {
    ...options,
    precision: 8,
    mark: 'none',
    components: [{ id: 1, horizontal: 1, vertical: 1 }],
  });
const lossless = (selection: number): Uint8Array =>
  encodeLosslessJpeg(of.values, { ...options, precision: 8, selection });
const wasm = (name: EncoderName): Uint8Array =>
  encodeByWasm(name, samples, {
    columns: of.columns,
    rows: of.rows,
    samplesPerPixel: 1,
    bitsAllocated: 8,
    bitsStored: 8,
    signed: false,
  });

/** Transfer syntax, a stream of it, the function that must be called, and a word of the library's name. */
const cases: readonly (readonly [string, () => Uint8Array, string, string])[] = [
  ['50', dct, 'DecodeJpeg', 'libjpeg'],
  ['51', dct, 'DecodeJpeg', 'libjpeg'],
  ['57', () => lossless(6), 'DecodeJpeg', 'libjpeg'],
  ['70', () => lossless(1), 'DecodeJpeg', 'libjpeg'],
  ['80', () => wasm('EncodeJpegLs'), 'DecodeJpegLs', 'CharLS'],
  ['81', () => wasm('EncodeJpegLs'), 'DecodeJpegLs', 'CharLS'],
  ['90', () => wasm('EncodeJpeg2000'), 'DecodeJpeg2000', 'OpenJPEG'],
  ['91', () => wasm('EncodeJpeg2000'), 'DecodeJpeg2000', 'OpenJPEG'],
  ['201', () => wasm('EncodeHtJpeg2000'), 'DecodeHtJpeg2000', 'OpenJPH'],
  ['202', () => wasm('EncodeHtJpeg2000'), 'DecodeHtJpeg2000', 'OpenJPH'],
  ['203', () => wasm('EncodeHtJpeg2000'), 'DecodeHtJpeg2000', 'OpenJPH'],
  ['110', () => wasm('EncodeJpegXl'), 'DecodeJpegXl', 'libjxl'],
  ['111', () => wasm('EncodeJpegXl'), 'DecodeJpegXl', 'libjxl'],
  ['112', () => wasm('EncodeJpegXl'), 'DecodeJpegXl', 'libjxl'],
];

t.test('the decoder named for a transfer syntax is the one called', async (t) => {
  const { decoded } = await import('../drawn.ts');
  const { decoders } = await import('../../../src/render/decode/decoder-table.ts');
  const file = createRequire(import.meta.url).resolve('dcmjs-codecs/build/dcmjs-native-codecs.wasm');
  const bytes = readFileSync(file);
  for (const [last, encode, called, library] of cases) {
    const syntax = root + last;
    const fragment = encode();
    modules.length = 0;
    calls.length = 0;
    decoded(readPart10(memorySource(part10Of(of, { syntax, fragment }))));
    t.same(
      calls.filter((name) => name.startsWith('Decode')),
      [called],
      syntax,
    );
    const decoder = decoders.find(({ transferSyntaxUid }) => transferSyntaxUid === syntax) as Decoder;
    t.match(decoder.library, library);
    t.match(decoder.package, 'dcmjs-codecs@');
    t.ok(
      modules.every((module) => bytes.equals(module)),
      'and it is that of the package',
    );
  }
});

t.test('the libraries named are the ones in the module', async (t) => {
  const file = createRequire(import.meta.url).resolve('dcmjs-codecs/build/dcmjs-native-codecs.wasm');
  const text = readFileSync(file).toString('latin1');
  for (const trace of ['openjph-0.18.2', 'charls-2.3.4', 'openjpeg-2.5.0', 'JpegDecoder16', 'jxl/']) {
    t.ok(text.includes(trace), trace);
  }
});

t.test('own code decodes what no library is named for', async (t) => {
  const { decoded } = await import('../drawn.ts');
  calls.length = 0;
  const plain = picture({ columns: 4, rows: 1 });
  const header = new Uint32Array(16);
  header.set([1, 64]);
  const rle = Uint8Array.from([...new Uint8Array(header.buffer), 3, ...plain.values]);
  for (const [syntax, fragment] of [
    ['1.2.840.10008.1.2.5', rle],
    ['1.2.840.10008.1.2.1.98', new Uint8Array(plain.values.buffer)],
  ] as const) {
    const found = decoded(readPart10(memorySource(part10Of(plain, { syntax, fragment }))));
    t.same([...found], [...plain.values], syntax);
  }
  t.same(calls, []);
});
