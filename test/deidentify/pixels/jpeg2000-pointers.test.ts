import t from 'tap';
import { jpeg2000Stripper } from '../../../src/deidentify/pixels/jpeg2000-segments.ts';

const marker = (code: number): Buffer => Buffer.from([0xff, code]);

/** A marker segment: marker, length, content. */
function segment(code: number, ...content: readonly number[]): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(content.length + 2);
  return Buffer.concat([marker(code), size, Buffer.from(content)]);
}

const data = Buffer.alloc(20, 0x11);

/** One tile-part with these segments in its header; `stated` is what SOT says of its length, 0 for "to the end". */
function tilePart(tile: number, headers: readonly Buffer[], toEnd = false): Buffer {
  const start = segment(0x90, 0, tile, 0, 0, 0, 0, 0, 1);
  const part = Buffer.concat([start, ...headers, marker(0x93), data]);
  if (!toEnd) part.writeUInt32BE(part.length, 6);
  return part;
}

function codestream(mainHeaders: readonly Buffer[], ...parts: readonly Buffer[]): Buffer {
  const size = segment(0x51, ...new Array<number>(39).fill(0));
  return Buffer.concat([marker(0x4f), size, ...mainHeaders, ...parts, marker(0xd9)]);
}

const kind = (stream: Buffer): string => jpeg2000Stripper.strip(stream).kind;

function left(stream: Buffer): Buffer {
  const result = jpeg2000Stripper.strip(stream);
  if (result.kind === 'whole') return stream;
  if (result.kind !== 'parts') throw new Error(result.kind);
  return Buffer.concat(result.ranges.map(([from, to]) => stream.subarray(from, to)));
}

const two = [tilePart(0, []), tilePart(1, [])];
const length = two[0]?.length ?? 0;

t.test('a list of tile-parts stays where it is true, in all its forms', async (t) => {
  t.equal(kind(codestream([], ...two)), 'whole');
  for (const listing of [
    [segment(0x55, 0, 0x00, 0, length, 0, length)],
    [segment(0x55, 0, 0x10, 0, 0, length, 1, 0, length)],
    [segment(0x55, 0, 0x60, 0, 0, 0, 0, 0, length, 0, 1, 0, 0, 0, length)],
    [segment(0x55, 0, 0x00, 0, length), segment(0x55, 1, 0x00, 0, length)],
  ])
    t.equal(kind(codestream(listing, ...two)), 'whole');
  t.equal(
    kind(codestream([segment(0x55, 0, 0x00, 0, length)], tilePart(0, [], true))),
    'whole',
    'a tile-part that reaches to the end',
  );
});

t.test('a list of tile-parts goes where anything of it is not true', async (t) => {
  const clean = codestream([], ...two);
  for (const listing of [
    [segment(0x55, ...Buffer.from('Doe^Jane'))],
    [segment(0x55, 0, 0x00, 0, length)],
    [segment(0x55, 0, 0x00, 0, length, 0, length + 1)],
    [segment(0x55, 0, 0x10, 0, 0, length, 7, 0, length)],
    [segment(0x55, 0, 0x00, 0, length, 0, length, 0x44)],
    [segment(0x55, 0, 0x01, 0, length, 0, length)],
    [segment(0x55, 9, 0x00, 0, length, 0, length)],
    [segment(0x55, 0, 0x00, 0, length, 0, length), segment(0x55, 1, 0x00, 0x44, 0x6f)],
  ])
    t.strictSame(left(codestream(listing, ...two)), clean);
});

t.test('lengths of packets stay where they are true, else nobody can take them out', async (t) => {
  const packets = (...content: readonly number[]): string =>
    kind(codestream([], tilePart(0, [segment(0x58, ...content)]), ...two.slice(1)));
  t.equal(packets(0, 12, 8), 'whole');
  t.equal(packets(0, 20), 'whole');
  t.equal(packets(0, 0x80, 20), 'stuck', 'zeros in front');
  t.equal(packets(0, 12, 9), 'stuck');
  t.equal(packets(1, 20), 'stuck');
  t.equal(packets(0, 20, 0x80), 'stuck');
  t.equal(packets(...Buffer.from('Doe^Jane')), 'stuck');
});

t.test('packed packet headers are for a person to look at', async (t) => {
  t.equal(kind(codestream([segment(0x60, 0, 1)], ...two)), 'stuck');
  t.equal(kind(codestream([], tilePart(0, [segment(0x61, 0, 1)]))), 'stuck');
});

t.test('what decoders do without goes where it holds more than it should', async (t) => {
  const clean = codestream([], ...two);
  for (const code of [0x57, 0x58, 0x63, 0x72, 0x78])
    t.strictSame(left(codestream([segment(code, ...Buffer.from('Doe^Jane'))], ...two)), clean);
  for (const code of [0x56, 0x59])
    t.strictSame(left(codestream([segment(code, ...Buffer.from('Doe^Jane Doe'))], ...two)), clean);
  t.equal(kind(codestream([segment(0x63, 0, 0, 0, 0)], ...two)), 'whole');
  t.equal(kind(codestream([segment(0x59, 0, 2)], ...two)), 'whole');
});

t.test('extensions stay where the stream says that it has them', async (t) => {
  const stream = codestream([segment(0x78, 0, 1, 7)], ...two);
  t.equal(kind(stream), 'parts');
  // Rsiz: the capability bit of part 2.
  stream[6] = 0x80;
  t.equal(kind(stream), 'whole');
});

t.test('parameters that are longer than they say are for a person to look at', async (t) => {
  const words = [...Buffer.from('Doe^Jane Doe')];
  for (const code of [0x50, 0x52, 0x53, 0x5c, 0x5d, 0x5e, 0x5f])
    t.equal(kind(codestream([segment(code, ...words)], ...two)), 'stuck', code.toString(16));
  for (const parameters of [
    segment(0x50, 0, 2, 0, 0, 0, 0),
    segment(0x52, 0, 0, 0, 1, 0, 5, 4, 4, 0, 1),
    segment(0x52, 1, 0, 0, 1, 0, 1, 4, 4, 0, 1, 0x77, 0x88),
    segment(0x53, 0, 0, 5, 4, 4, 0, 1),
    segment(0x5c, 0x40, 0x40, 0x48, 0x48, 0x50),
    segment(0x5c, 0x41, 0x12, 0x34),
    segment(0x5c, 0x42, 0x12, 0x34, 0x12, 0x35),
    segment(0x5d, 1, 0x40, 0x40, 0x48, 0x48, 0x50),
    segment(0x5e, 0, 0, 7),
    segment(0x5f, 0, 0, 0, 1, 6, 3, 1),
  ])
    t.equal(kind(codestream([parameters], ...two)), 'whole', parameters.toString('hex'));
});
