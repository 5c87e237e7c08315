import t from 'tap';
import { element } from '../../../src/synthetic/writer-element.ts';
import { decoded } from '../drawn.ts';
import { bigEndian, encapsulatedUncompressed, image, rle } from '../image.ts';

const packed = Uint8Array.of(0xbc, 0x3a, 0x12, 0xff, 0x0f, 0x00);

t.test('packed cells of 12 bits are read as GDCM and DCMTK read them', async (t) => {
  const read = (options: object): number[] => {
    const bytes = new Uint8Array(decoded(image({ allocated: 12, pixels: packed, ...options })));
    return [...new Uint16Array(bytes.buffer)];
  };
  t.same(read({}), [0xabc, 0x123, 0xfff, 0x000]);
  t.same(read({ columns: 3 }), [0xabc, 0x123, 0xfff], 'an odd number of cells');
  t.same(read({ columns: 2, frames: 2 }), [0xabc, 0x123, 0xfff, 0x000], 'two frames');
  t.same(
    read({ syntax: encapsulatedUncompressed, pixelVr: 'OB', pixels: { fragments: [packed] } }),
    [0xabc, 0x123, 0xfff, 0x000],
  );
});

t.test('packed cells that nobody wrote are held', async (t) => {
  const held = { code: 'PIXEL_FORMAT_UNSUPPORTED' };
  const decode =
    (options: object): (() => unknown) =>
    () =>
      decoded(image({ allocated: 12, pixels: packed, ...options }));
  t.throws(decode({ syntax: bigEndian }), held, 'big endian');
  t.throws(decode({ columns: 1, rows: 1, frames: 3 }), held, 'frames that share a byte');
  t.throws(decode({ columns: 1, rows: 1, samples: 3 }), held, 'color');
  t.throws(decode({ syntax: rle, pixelVr: 'OB', pixels: { fragments: [new Uint8Array(80)] } }), held, 'RLE');
});

/** One frame of RLE of literal runs, a segment for each list of bytes. */
function rleFrame(
  segments: readonly (readonly number[])[],
  first = 64,
  tail: readonly number[] = [],
): Uint8Array {
  const header = new Uint32Array(16);
  header[0] = segments.length;
  const bodies = segments.map((bytes) => [bytes.length - 1, ...bytes]);
  let at = first;
  for (const [index, body] of bodies.entries()) {
    header[index + 1] = at;
    at += body.length;
  }
  const gap = Array.from({ length: first - 64 }, () => 0x55);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...gap, ...bodies.flat(), ...tail]);
}

t.test('RLE of every cell and number of samples', async (t) => {
  const read = (options: object, ...frame: Parameters<typeof rleFrame>): string =>
    decoded(
      image({
        pixels: { fragments: [rleFrame(...frame)] },
        syntax: rle,
        pixelVr: 'OB',
        columns: 2,
        ...options,
      }),
    ).toString('hex');
  t.equal(read({}, [[1, 2]]), '0102', '8 bits');
  t.equal(
    read({ allocated: 16 }, [
      [1, 2],
      [3, 4],
    ]),
    '03010402',
    '16 bits: the high byte first',
  );
  t.equal(
    read({ allocated: 32 }, [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]),
    '0705030108060402',
    '32 bits',
  );
  t.equal(
    read({ samples: 3 }, [
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    '010305020406',
    'RGB',
  );
  const deep = Array.from({ length: 12 }, (_, i) => [2 * i, 2 * i + 1]);
  t.equal(
    read({ samples: 3, allocated: 32 }, deep),
    '060402000e0c0a0816141210070503010f0d0b0917151311',
    '12 segments',
  );
  t.equal(read({ allocated: 1, columns: 16 }, [[0xa5, 0x5a]]), 'a55a', 'one bit');
  t.equal(read({}, [[1, 2]], 80), '0102', 'a gap behind the header');
  t.equal(read({}, [[1, 2]], 64, [0, 0, 0, 0, 0x80]), '0102', 'padding at the end');
  t.equal(
    read({ allocated: 16 }, [
      [1, 2, 9, 9],
      [3, 4, 9],
    ]),
    '03010402',
    'longer segments than needed',
  );
});

t.test('a deflated frame that is too long, too short or none is refused', async (t) => {
  const read =
    (bytes: Uint8Array): (() => unknown) =>
    () =>
      decoded(image({ syntax: '1.2.840.10008.1.2.8.1', pixelVr: 'OB', pixels: { fragments: [bytes] } }));
  const { deflateRawSync } = await import('node:zlib');
  t.same([...(read(deflateRawSync(Uint8Array.of(1, 2, 3, 4)))() as Buffer)].slice(0, 4), [1, 2, 3, 4]);
  const refused = { code: 'PIXEL_DATA_INVALID' };
  t.throws(read(deflateRawSync(new Uint8Array(3))), refused, 'short');
  t.throws(read(deflateRawSync(new Uint8Array(2 ** 26))), refused, 'a bomb');
  t.throws(read(Uint8Array.of(7, 7, 7, 7)), refused, 'none');
});

t.test('float pixels have no packed cells', async (t) => {
  const floats = image({
    allocated: 12,
    pixels: packed,
    without: [0x7fe00010],
    more: [element(0x7fe00008, 'OF', Float32Array.of(1, 2, 3, 4))],
  });
  t.throws(() => decoded(floats), { code: 'PIXEL_DATA_INVALID' });
});
