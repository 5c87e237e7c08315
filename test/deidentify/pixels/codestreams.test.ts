import sharp from 'sharp';
import t from 'tap';
import { cleanPixels } from '../../../src/deidentify/pixels/clean.ts';
import { stripperOf } from '../../../src/deidentify/pixels/codestreams.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import type { DataElement, FragmentsBody } from '../../../src/dicom/data-set.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { at, ct, mustPass, received, run, words, written } from '../build.ts';

const jpeg = '1.2.840.10008.1.2.4.50';
const j2k = '1.2.840.10008.1.2.4.90';
const jxl = '1.2.840.10008.1.2.4.110';

function segment(marker: number, content: string | Buffer): Buffer {
  const body = Buffer.from(content as string, 'latin1');
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

function fragmentsElement(...fragments: readonly Buffer[]): DataElement {
  const table = Buffer.alloc(fragments.length * 4);
  let offset = 0;
  fragments.forEach((fragment, index) => {
    table.writeUInt32LE(offset, index * 4);
    offset += 8 + fragment.length;
  });
  const ranges: { offset: number; length: number }[] = [];
  let position = table.length;
  for (const { length } of fragments) {
    ranges.push({ offset: position, length });
    position += length;
  }
  const body: FragmentsBody = {
    kind: 'fragments',
    source: memorySource(Buffer.concat([table, ...fragments])),
    offsetTable: { offset: 0, length: table.length },
    fragments: ranges,
  };
  return { tag: 0x7fe00010, vr: 'OB', body };
}

function frames(element: DataElement | undefined): Buffer[] {
  if (element?.body.kind !== 'fragments') throw new Error('no fragments');
  const { source, fragments } = element.body;
  return fragments.map(({ offset, length }) => Buffer.from(source.read(offset, length)));
}

async function photograph(seed: number): Promise<Buffer> {
  const pixels = Buffer.from(Array.from({ length: 64 * 64 }, (_, index) => (index * seed) % 251));
  const encoded = await sharp(pixels, { raw: { width: 64, height: 64, channels: 1 } })
    .jpeg({ progressive: seed % 2 === 0 })
    .toBuffer();
  return encoded.length % 2 === 0 ? encoded : Buffer.concat([encoded, Buffer.alloc(1)]);
}

t.test('EXIF, XMP, comments and bytes behind the end leave a JPEG, its pixels do not change', async (t) => {
  const [plain, progressive] = [await photograph(3), await photograph(4)];
  const planted = Buffer.concat([
    plain.subarray(0, 2),
    segment(0xe1, 'Exif\0\0 Jane Doe'),
    segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0 Jane Doe'),
    segment(0xed, 'Photoshop 3.0\0 Jane Doe'),
    segment(0xfe, 'Jane Doe 1970'),
    segment(0xe2, 'ICC_PROFILE\0 Jane Doe'),
    plain.subarray(2),
    Buffer.from('Jane Doe'),
  ]);
  // Between two scans of a progressive image a segment is as legal as in front.
  const secondScan = progressive.indexOf(
    Buffer.from([0xff, 0xda]),
    progressive.indexOf(Buffer.from([0xff, 0xda])) + 2,
  );
  const between = Buffer.concat([
    progressive.subarray(0, secondScan),
    segment(0xfe, 'Jane Doe'),
    progressive.subarray(secondScan),
  ]);
  const even = between.length % 2 === 0 ? between : Buffer.concat([between, Buffer.alloc(1)]);
  const result = cleanPixels(ct(words(0x00280008, 'IS', '2'), fragmentsElement(planted, even)), jpeg);
  if (result.kind === 'held') throw new Error(result.code);
  t.strictSame(result.notes, ['codestream-metadata-removed']);
  const element = at(result.dataSet, 0x7fe00010);
  const left = frames(element);
  t.equal(left.length, 2);
  for (const frame of left) {
    t.notOk(frame.includes('Jane'));
    t.equal(frame.length % 2, 0);
  }
  for (const [index, original] of [plain, progressive].entries()) {
    const before = await sharp(original).raw().toBuffer();
    const after = await sharp(left[index]).raw().toBuffer();
    t.ok(before.equals(after), `frame ${index} decodes alike`);
  }
  const body = element?.body;
  if (body?.kind !== 'fragments') throw new Error('no fragments');
  const table = Buffer.from(body.source.read(body.offsetTable.offset, body.offsetTable.length));
  t.strictSame(
    [table.readUInt32LE(0), table.readUInt32LE(4)],
    [0, 8 + (left[0]?.length ?? 0)],
    'the offset table fits',
  );
});

t.test('a frame of several fragments is followed across their borders', async (t) => {
  const plain = await photograph(5);
  const planted = Buffer.concat([
    plain.subarray(0, 2),
    segment(0xfe, 'Jane Doe of ward 9'),
    plain.subarray(2),
  ]);
  const split = [planted.subarray(0, 10), planted.subarray(10, 200), planted.subarray(200)];
  const result = cleanPixels(ct(fragmentsElement(...split)), jpeg);
  if (result.kind === 'held') throw new Error(result.code);
  const left = frames(at(result.dataSet, 0x7fe00010));
  t.equal(left.length, 1);
  t.notOk(left[0]?.includes('Jane'));
  t.ok((await sharp(left[0]).raw().toBuffer()).equals(await sharp(plain).raw().toBuffer()));
});

t.test('an encoder may name itself, nothing changes then', async (t) => {
  const plain = await photograph(7);
  const named = Buffer.concat([
    plain.subarray(0, 2),
    segment(0xfe, 'LEAD Technologies Inc. V1.01\0'),
    plain.subarray(2),
  ]);
  const dataSet = ct(fragmentsElement(named));
  const result = cleanPixels(dataSet, jpeg);
  t.equal(result.kind === 'clean' && result.dataSet, dataSet);
});

t.test('a stream that cannot be followed is held', async (t) => {
  const plain = await photograph(9);
  const wild = Buffer.concat([
    plain.subarray(0, 2),
    Buffer.from([0xff, 0xe1, 0xff, 0xff]),
    plain.subarray(2),
  ]);
  t.match(cleanPixels(ct(fragmentsElement(wild)), jpeg), { kind: 'held', code: 'PIXEL_DATA_INVALID' });
  t.match(cleanPixels(ct(fragmentsElement(Buffer.from('no jpeg at all'))), jpeg), {
    kind: 'held',
    code: 'PIXEL_DATA_INVALID',
  });
});

const sizes = segment(0x51, Buffer.alloc(36));
const tile = Buffer.from([0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 16, 0, 1, 0xff, 0x93, 1, 2, 0xff, 0xd9]);

t.test('JPEG 2000: comments in the main header go, one in a tile-part holds', async (t) => {
  const strip = stripperOf(j2k);
  const start = Buffer.from([0xff, 0x4f]);
  const clean = Buffer.concat([start, sizes, tile]);
  t.strictSame(strip?.strip(clean), { kind: 'whole' });
  const comment = segment(0x64, '\0\x01Jane Doe');
  const planted = Buffer.concat([start, sizes, comment, tile]);
  const result = strip?.strip(planted);
  const kept =
    result?.kind === 'parts'
      ? Buffer.concat(result.ranges.map(([from, to]) => planted.subarray(from, to)))
      : undefined;
  t.ok(kept?.equals(clean));
  const named = Buffer.concat([start, sizes, segment(0x64, '\0\x01Kakadu-v7.10'), tile]);
  t.strictSame(strip?.strip(named), { kind: 'whole' });
  const deep = Buffer.concat([start, sizes, tile.subarray(0, 12), comment, tile.subarray(12)]);
  t.strictSame(strip?.strip(deep), { kind: 'stuck' });
  const box = (type: string, content: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length, 0);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content]);
  };
  const file = Buffer.concat([
    box('jP  ', Buffer.from([13, 10, 0x87, 10])),
    box('xml ', Buffer.from('Jane')),
    box('jp2c', clean),
    box('uuid', Buffer.from('Jane')),
  ]);
  const unboxed = strip?.strip(file);
  t.ok(
    unboxed?.kind === 'parts' &&
      Buffer.concat(unboxed.ranges.map(([from, to]) => file.subarray(from, to))).equals(clean),
  );
  const boxed = Buffer.concat([
    box('JXL ', Buffer.from([13, 10, 0x87, 10])),
    box('ftyp', Buffer.from('jxl \0\0\0\0jxl ')),
    box('Exif', Buffer.from('Jane')),
    box('jxlc', Buffer.from([0xff, 0x0a, 1])),
    box('brob', Buffer.from('xml Jane')),
  ]);
  const left = stripperOf(jxl)?.strip(boxed);
  t.ok(left?.kind === 'parts');
  const joined =
    left?.kind === 'parts' ? Buffer.concat(left.ranges.map(([from, to]) => boxed.subarray(from, to))) : boxed;
  t.notOk(joined.includes('Jane'));
  t.ok(joined.includes('jxlc'));
});

t.test('the whole path: a planted comment is in no byte of the file', async (t) => {
  const plain = await photograph(11);
  const planted = Buffer.concat([plain.subarray(0, 2), segment(0xfe, 'Jane Doe '), plain.subarray(2)]);
  const even = planted.length % 2 === 0 ? planted : Buffer.concat([planted, Buffer.alloc(1)]);
  const dataSet = ct(fragmentsElement(even), words(0x00280301, 'CS', 'NO'));
  const file = written(mustPass(run(received(dataSet, jpeg))).value);
  t.notOk(file.includes('Jane'));
  const again = frames(at(readPart10(memorySource(file)).dataSet, 0x7fe00010));
  t.ok((await sharp(again[0]).raw().toBuffer()).equals(await sharp(plain).raw().toBuffer()));
});
