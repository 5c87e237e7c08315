import t from 'tap';
import { cleanPixels } from '../../../src/deidentify/pixels/clean.ts';
import type { DataElement, DataSet } from '../../../src/dicom/data-set.ts';
import { bytesElement } from '../../../src/dicom/edit.ts';
import { rawBytes } from '../../../src/dicom/values.ts';
import { at, bigEndian, ct, explicit, number16 } from '../build.ts';

function pixels(...values: readonly number[]): DataElement {
  const all = new Uint16Array(16);
  all.set(values);
  return bytesElement(0x7fe00010, 'OW', new Uint8Array(all.buffer));
}

function cleaned(dataSet: DataSet, syntax = explicit): number[] | 'unchanged' {
  const result = cleanPixels(dataSet, syntax);
  if (result.kind === 'held') throw new Error(result.code);
  if (result.cleaned.length === 0) return 'unchanged';
  const element = at(result.dataSet, 0x7fe00010);
  const bytes = element === undefined ? new Uint8Array() : new Uint8Array(rawBytes(element));
  return [...new Uint16Array(bytes.buffer, 0, 4)];
}

t.test('pixels that use their bits only stay the very same', async (t) => {
  const dataSet = ct(pixels(1, 0xfff, 0x800, 0));
  const result = cleanPixels(dataSet, explicit);
  t.equal(result.kind === 'clean' && result.dataSet, dataSet);
});

t.test('an overlay drawn in the unused bits is taken out', async (t) => {
  t.strictSame(cleaned(ct(pixels(0x8001, 0x1fff, 0x800, 0xf000))), [0x001, 0xfff, 0x800, 0]);
  const left = [number16(0x00280101, 12), number16(0x00280102, 15)];
  t.strictSame(
    cleaned(ct(...left, pixels(0x0011, 0xfff7, 0, 0))),
    [0x0010, 0xfff0, 0, 0],
    'bits below the value',
  );
});

t.test('a sign extension is no overlay', async (t) => {
  const signed = number16(0x00280103, 1);
  t.equal(cleaned(ct(signed, pixels(0xf800, 0xffff, 0x0fff, 5))), 'unchanged');
  t.strictSame(cleaned(ct(signed, pixels(0x1005, 0x9800, 0, 0))), [5, 0xf800, 0, 0]);
  const plane = bytesElement(0x60000102, 'US', Uint8Array.of(15, 0));
  const strict = ct(signed, plane, pixels(0x0fff, 5, 0, 0));
  t.equal(cleaned(strict), 'unchanged', 'nothing set above');
  t.strictSame(cleaned(ct(signed, plane, pixels(0x8fff, 0x8005, 0, 0))), [0xffff, 5, 0, 0]);
});

t.test('a declared padding value may use any bit', async (t) => {
  t.equal(cleaned(ct(number16(0x00280120, 0xf830), pixels(0xf830, 7, 0xf830))), 'unchanged');
});

t.test('bytes behind the last frame go, zeros and the pad byte stay', async (t) => {
  const longer = (tail: string): DataElement =>
    bytesElement(0x7fe00010, 'OW', Buffer.concat([Buffer.alloc(32), Buffer.from(tail, 'latin1')]));
  const result = cleanPixels(ct(longer('Jane Doe')), explicit);
  t.equal(result.kind === 'clean' && rawBytes(at(result.dataSet, 0x7fe00010) as DataElement).length, 32);
  t.equal(cleaned(ct(longer('\0\0\0\0'))), 'unchanged');
});

t.test('big endian pixels are read in their order', async (t) => {
  const dataSet = { ...ct(), encoding: { explicitVr: true, littleEndian: false } };
  const swapped = dataSet.elements.map((element) =>
    element.vr === 'US'
      ? { ...element, body: { kind: 'bytes' as const, bytes: Uint8Array.from(rawBytes(element)).reverse() } }
      : element,
  );
  const words = Buffer.alloc(32);
  words.writeUInt16BE(0x8001, 0);
  words.writeUInt16BE(0x0801, 2);
  const withPixels = swapped.map((element) =>
    element.tag === 0x7fe00010 ? bytesElement(0x7fe00010, 'OW', words) : element,
  );
  const result = cleanPixels({ ...dataSet, elements: withPixels }, bigEndian);
  const bytes =
    result.kind === 'clean'
      ? Buffer.from(rawBytes(at(result.dataSet, 0x7fe00010) as DataElement))
      : Buffer.alloc(4);
  t.strictSame([bytes.readUInt16BE(0), bytes.readUInt16BE(2)], [1, 0x0801]);
});

t.test('pixels that lie at an odd address are read', async (t) => {
  const odd = (...values: readonly number[]): DataElement => {
    const bytes = Buffer.from(new ArrayBuffer(41), 1, 32);
    for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index);
    return bytesElement(0x7fe00010, 'OW', bytes);
  };
  t.equal(cleaned(ct(odd(1, 2, 0xfff))), 'unchanged');
  t.strictSame(cleaned(ct(odd(1, 0x1002))).slice(0, 2), [1, 2]);
});

t.test('native pixels under an encapsulated syntax are held, and so is an unknown syntax', async (t) => {
  t.match(cleanPixels(ct(), '1.2.840.10008.1.2.4.50'), { kind: 'held', code: 'PIXEL_DATA_INVALID' });
  t.match(cleanPixels(ct(), '1.2.3.4'), { kind: 'held', code: 'TRANSFER_SYNTAX_UNKNOWN' });
});

t.test('large pixel data is cleared as it is read, and not held in memory for it', async (t) => {
  const words = new Uint16Array(20 * 1024 * 1024);
  for (const index of [0, 1, 600_000, words.length - 1]) words[index] = 0xf123;
  const large = bytesElement(0x7fe00010, 'OW', new Uint8Array(words.buffer));
  const rows = number16(0x00280010, 4096);
  const columns = number16(0x00280011, 5120);
  const result = cleanPixels(ct(rows, columns, large), explicit);
  if (result.kind === 'held') throw new Error(result.code);
  const body = at(result.dataSet, 0x7fe00010)?.body;
  if (body?.kind !== 'source') throw new Error('in memory');
  t.equal(body.length, words.byteLength);
  const read = (offset: number, length: number): number[] => [
    ...body.source.read(body.offset + offset, length),
  ];
  t.strictSame(read(0, 5), [0x23, 0x01, 0x23, 0x01, 0]);
  t.strictSame(read(1, 2), [0x01, 0x23], 'from the middle of a word to the middle of one');
  t.strictSame(read(1_200_001, 1), [0x01]);
  t.strictSame(read(words.byteLength - 2, 2), [0x23, 0x01]);
  t.throws(() => read(words.byteLength - 1, 2), { code: 'DATA_SET_TRUNCATED' });
});
