import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { cleanPixels } from '../../../src/deidentify/pixels/clean.ts';
import { stripperOf } from '../../../src/deidentify/pixels/codestreams.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import type { DataElement, DataSet, FragmentsBody } from '../../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../../src/dicom/edit.ts';
import { type Part10, readPart10 } from '../../../src/dicom/part10.ts';
import { element, firstItem, rawBytes } from '../../../src/dicom/values.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { run as runProgram } from '../../support/run.ts';
import {
  around,
  at,
  ct,
  explicit,
  mustPass,
  number16,
  received,
  run,
  without,
  words,
  written,
} from '../build.ts';

const pixelData = 0x7fe00010;
const planted = 'Hollingdale';

function image(): DataSet {
  const samples = Uint16Array.from({ length: 32 * 32 }, (_, index) => (index * 37) % 4096);
  return ct(
    number16(0x00280010, 32),
    number16(0x00280011, 32),
    bytesElement(pixelData, 'OW', new Uint8Array(samples.buffer)),
  );
}

/** The image as GDCM compresses it, and its one code stream. */
async function compressed(folder: string, option: string): Promise<{ input: Part10; stream: Buffer }> {
  const [from, to] = [join(folder, 'plain.dcm'), join(folder, `compressed${option}.dcm`)];
  await writeFile(from, written({ ...mustPass(run(image())).value, transferSyntaxUid: explicit }));
  const { exitCode, output } = await runProgram(peerProgram('gdcmconv'), [option, from, to]);
  if (exitCode !== 0) throw new Error(output);
  const input = readPart10(memorySource(await readFile(to)));
  const body = element(input.dataSet, pixelData)?.body;
  if (body?.kind !== 'fragments') throw new Error('no fragments');
  const { source, fragments } = body;
  return {
    input,
    stream: Buffer.concat(fragments.map(({ offset, length }) => Buffer.from(source.read(offset, length)))),
  };
}

/** The same object with the stream in fragments of that size, even lengths but the last one padded. */
function refragmented({ dataSet, transferSyntaxUid }: Part10, stream: Buffer, size: number): Part10 {
  const even = stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
  const fragments: { offset: number; length: number }[] = [];
  for (let offset = 0; offset < even.length; offset += size)
    fragments.push({ offset, length: Math.min(size, even.length - offset) });
  const body: FragmentsBody = {
    kind: 'fragments',
    source: memorySource(even),
    offsetTable: { offset: 0, length: 0 },
    fragments,
  };
  const pixels: DataElement = { tag: pixelData, vr: 'OB', body };
  return received(
    { ...dataSet, elements: [...without(dataSet, pixelData).elements, pixels] },
    transferSyntaxUid,
  );
}

function segment(marker: number, content: string): Buffer {
  const body = Buffer.from(content, 'latin1');
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

function box(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}

const insertedAt = (stream: Buffer, at: number, ...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([stream.subarray(0, at), ...parts, stream.subarray(at)]);

/** Segments that real encoders and editors write, each with the planted text. */
const jpegSegments = [
  segment(0xe1, `Exif\0\0MM\0*\0\0\0\x08${planted}`),
  segment(0xe1, `http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${planted}</x:xmpmeta>`),
  segment(0xe0, `JFXX\0\x10${planted}`),
  segment(0xe2, `ICC_PROFILE\0\x01\x01${planted}`),
  segment(0xe8, `SPIFF\0${planted}`),
  segment(0xed, `Photoshop 3.0\x008BIM${planted}`),
  segment(0xee, `Adobe${planted}`),
  segment(0xef, planted),
  segment(0xf0, planted),
  segment(0xfe, planted),
];

/** Where segments may stand in a JPEG or JPEG-LS stream: behind SOI, and before the scan. */
function jpegVariants(stream: Buffer): Record<string, Buffer> {
  const scan = stream.indexOf(Buffer.from([0xff, 0xda]));
  return {
    'behind the start': insertedAt(stream, 2, ...jpegSegments),
    'before the scan': insertedAt(stream, scan, ...jpegSegments),
    'behind the end': Buffer.concat([stream, Buffer.from(planted)]),
    'fill bytes before a marker': insertedAt(stream, 2, Buffer.from([0xff, 0xff]), ...jpegSegments),
  };
}

function jpeg2000Variants(stream: Buffer): Record<string, Buffer> {
  const size = stream.readUInt16BE(4);
  const comment = segment(0x64, `\0\x01${planted}`);
  const binary = segment(0x64, `\0\0${planted}`);
  return {
    'comments in the main header': insertedAt(stream, 4 + size, comment, binary),
    // TLM, PRF, PLM, PLT, CPF, CRG; CBD and ATK of part 2 without its capability.
    'pointers and the like that do not fit': insertedAt(
      stream,
      4 + size,
      ...[0x55, 0x56, 0x57, 0x58, 0x59, 0x63, 0x78, 0x79].map((marker) => segment(marker, planted)),
    ),
    'an unknown marker segment': insertedAt(stream, 4 + size, segment(0x70, planted)),
    'behind the end': Buffer.concat([stream, Buffer.from(planted)]),
    'boxes of a JP2 file': Buffer.concat([
      box('jP  ', Buffer.from([13, 10, 0x87, 10])),
      box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ')),
      box('uuid', Buffer.from(`0123456789abcdef${planted}`)),
      box('xml ', Buffer.from(`<a>${planted}</a>`)),
      box('jp2c', stream),
      box('asoc', box('lbl ', Buffer.from(planted))),
    ]),
  };
}

const codecs = [
  { name: 'JPEG Lossless', option: '--jpeg', variants: jpegVariants },
  { name: 'JPEG-LS', option: '--jpegls', variants: jpegVariants },
  { name: 'JPEG 2000', option: '--j2k', variants: jpeg2000Variants },
] as const;

t.test(
  'what is injected into streams of real encoders goes, however they are cut into fragments',
  async (t) => {
    if (!requirePeer(t, 'gdcmconv', 'pydicom')) return;
    const folder = t.testdir();
    const pairs: string[] = [];
    for (const { name, option, variants } of codecs) {
      const { input, stream } = await compressed(folder, option);
      const original = join(folder, `original${option}.dcm`);
      await writeFile(original, written(mustPass(run(refragmented(input, stream, 1 << 20))).value));
      for (const [place, attacked] of Object.entries(variants(stream))) {
        t.ok(attacked.includes(planted));
        for (const size of [1 << 20, 64, 14]) {
          const { value } = mustPass(run(refragmented(input, attacked, size)));
          const file = written(value);
          t.notOk(file.includes(planted), `${name}: ${place}: fragments of ${size}`);
          const path = join(folder, `${pairs.length}.dcm`);
          await writeFile(path, file);
          pairs.push(original, path);
        }
      }
    }
    const same = await pydicom(
      `
import numpy as np
a = sys.argv[1:]
print(json.dumps([bool(np.array_equal(dcmread(x).pixel_array, dcmread(y).pixel_array)) for x, y in zip(a[::2], a[1::2])]))`,
      ...pairs,
    );
    t.strictSame(same, new Array(pairs.length / 2).fill(true), 'GDCM decodes the same pixels');
  },
);

t.test('a frame whose beginning is cut apart is not taken for rubbish behind the one before', async (t) => {
  if (!requirePeer(t, 'gdcmconv')) return;
  const { input, stream } = await compressed(t.testdir(), '--jpeg');
  const twice = { ...input, dataSet: { ...input.dataSet, elements: [...input.dataSet.elements] } };
  twice.dataSet.elements.push(words(0x00280008, 'IS', '2'));
  const even = stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
  // Fragments of the second frame begin with half of its first marker.
  const both = refragmented(twice, Buffer.concat([even, even]), even.length + 1);
  t.match(run(both), { kind: 'held', code: 'PIXEL_DATA_INVALID' });
  const whole = refragmented(twice, Buffer.concat([even, even]), even.length);
  t.equal(run(whole).kind, 'deidentified');
});

t.test('a comment in a tile-part, which cannot go, holds the instance', async (t) => {
  if (!requirePeer(t, 'gdcmconv')) return;
  const { input, stream } = await compressed(t.testdir(), '--j2k');
  const tile = stream.indexOf(Buffer.from([0xff, 0x90]));
  const attacked = insertedAt(stream, tile + 12, segment(0x64, `\0\x01${planted}`));
  t.match(run(refragmented(input, attacked, 1 << 20)), { kind: 'held', code: 'DEIDENTIFICATION_FAILED' });
});

t.test('RLE frames with text in any gap are held', async (t) => {
  if (!requirePeer(t, 'gdcmconv')) return;
  const { input, stream } = await compressed(t.testdir(), '--rle');
  t.equal(run(refragmented(input, stream, 1 << 20)).kind, 'deidentified');
  const inHeader = Buffer.from(stream);
  inHeader.write(planted, 40);
  const behind = Buffer.concat([stream, Buffer.from(planted)]);
  const second = stream.readUInt32LE(8);
  const between = insertedAt(stream, second, Buffer.from(`${planted} `));
  between.writeUInt32LE(second + planted.length + 1, 8);
  for (const [place, attacked] of Object.entries({ inHeader, behind, between })) {
    t.equal(run(refragmented(input, attacked, 1 << 20)).kind, 'held', place);
  }
});

t.test('boxes of JPEG XL hold no more than their type says', async (t) => {
  const strip = (...boxes: readonly Buffer[]): Buffer | string => {
    const file = Buffer.concat(boxes);
    const result = stripperOf('1.2.840.10008.1.2.4.110')?.strip(file);
    if (result?.kind === 'whole') return file;
    if (result?.kind !== 'parts') return result?.kind ?? '';
    return Buffer.concat(result.ranges.map(([from, to]) => file.subarray(from, to)));
  };
  const signature = box('JXL ', Buffer.from([13, 10, 0x87, 10]));
  const type = box('ftyp', Buffer.from('jxl \0\0\0\0jxl '));
  const stream = box('jxlc', Buffer.from([0xff, 0x0a, 1, 2]));
  const clean = Buffer.concat([signature, type, stream]);
  t.strictSame(strip(clean), clean);
  const index = box('jxli', Buffer.from(planted));
  t.strictSame(strip(signature, type, index, box('jumb', Buffer.from(planted)), stream), clean);
  t.equal(strip(signature, box('ftyp', Buffer.from(`jxl \0\0\0\0jxl ${planted} `)), stream), 'stuck');
  t.equal(strip(signature, type, box('jxll', Buffer.from(planted)), stream), 'stuck');
  const level = box('jxll', Buffer.from([10]));
  t.strictSame(strip(signature, type, level, stream), Buffer.concat([signature, type, level, stream]));
});

function waveform(bytes: Uint8Array, ...elements: readonly DataElement[]): DataSet {
  const own = [
    number16(0x003a0005, 2),
    bytesElement(0x003a0010, 'UL', new Uint8Array(Uint32Array.of(3).buffer)),
    number16(0x54001004, 16),
    words(0x54001006, 'CS', 'SS'),
    bytesElement(0x54001010, 'OW', bytes),
  ];
  const tags = new Set(elements.map(({ tag }) => tag));
  return item(around, [
    words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.9.1.1'),
    words(0x00080018, 'UI', '1.2.3.4.5'),
    words(0x00080060, 'CS', 'ECG'),
    words(0x0020000d, 'UI', '1.2.3.4'),
    words(0x0020000e, 'UI', '1.2.3.4.1'),
    sequenceElement(0x54000100, [item(around, [...own.filter(({ tag }) => !tags.has(tag)), ...elements])]),
  ]);
}

t.test('bytes behind the last sample of a waveform go, the samples stay', async (t) => {
  const samples = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const left = (dataSet: DataSet): Buffer | undefined => {
    const group = firstItem(dataSet, 0x54000100);
    const data = group === undefined ? undefined : at(group, 0x54001010);
    return data === undefined ? undefined : Buffer.from(rawBytes(data));
  };
  const long = waveform(Buffer.concat([samples, Buffer.from(`${planted} `)]));
  for (const dataSet of [long, received(long).dataSet]) {
    const result = cleanPixels(dataSet, explicit);
    if (result.kind === 'held') throw new Error(result.code);
    t.strictSame(left(result.dataSet), samples);
    t.strictSame(result.cleaned, [0x54000100]);
  }
  t.notOk(written(mustPass(run(long)).value).includes(planted));
  for (const bytes of [samples, samples.subarray(0, 8)]) {
    const dataSet = waveform(bytes);
    const result = cleanPixels(dataSet, explicit);
    t.equal(result.kind === 'clean' && result.dataSet, dataSet, 'nothing to cut');
  }
  t.match(cleanPixels(waveform(samples, number16(0x003a0005, 0)), explicit), {
    kind: 'held',
    code: 'PIXEL_DATA_INVALID',
  });
});
