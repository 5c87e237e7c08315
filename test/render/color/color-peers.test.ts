import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { difference, draw, readPnm } from '../drawn.ts';
import { bigEndian, type ImageOptions, image, imageFile, rle } from '../image.ts';

const rows = 16;
const columns = 17;
const count = rows * columns;

/** Samples that reach every level of every component, the same at every run. */
const samples = (length: number, step = 37): Uint8Array =>
  new Uint8Array(length).map((_, i) => (i * step + (i >> 5) * 11) & 0xff);
const wide = (length: number, mask = 0xffff): Uint16Array =>
  new Uint16Array(length).map((_, i) => (i * 7919 + (i >> 4) * 311) & mask);

function ours(options: ImageOptions): Uint8Array {
  const [first] = draw(image({ rows, columns, ...options }));
  return first?.image.pixels ?? new Uint8Array();
}

function dcmtk(folder: string, options: ImageOptions): Uint8Array {
  const [input, output] = [join(folder, 'color.dcm'), join(folder, 'color.pnm')];
  writeFileSync(input, imageFile({ rows, columns, ...options }));
  const { status, stderr } = spawnSync(peerProgram('dcmj2pnm'), ['-O', '+op', input, output]);
  if (status !== 0) throw new Error(String(stderr));
  return readPnm(output).pixels;
}

const palette = (
  bits: number,
  first: number,
  entries: readonly (Uint8Array | Uint16Array)[],
  lengths: readonly number[] = entries.map((table) => table.length),
): WriterElement[] => [
  ...[0x00281101, 0x00281102, 0x00281103].map((tag, i) =>
    element(tag, first < 0 ? 'SS' : 'US', [lengths[i] === 65_536 ? 0 : (lengths[i] ?? 0), first, bits]),
  ),
  ...[0x00281201, 0x00281202, 0x00281203].map((tag, i) => element(tag, 'OW', entries[i] ?? new Uint8Array())),
];
const three = <T>(make: (i: number) => T): T[] => [make(0), make(1), make(2)];
const indexed = { photometric: 'PALETTE COLOR' };

const cases: readonly (readonly [string, ImageOptions, number])[] = [
  ['RGB', { samples: 3, pixels: samples(3 * count) }, 0],
  ['RGB by plane', { samples: 3, planar: 1, pixels: samples(3 * count) }, 0],
  ['RGB of 16 bits', { samples: 3, allocated: 16, pixels: wide(3 * count) }, 1],
  [
    'RGB of 16 bits by plane, big endian',
    { samples: 3, planar: 1, allocated: 16, pixels: wide(3 * count), syntax: bigEndian },
    1,
  ],
  ['RGB of 12 bits', { samples: 3, allocated: 16, stored: 12, pixels: wide(3 * count, 0xfff) }, 1],
  [
    'RGB of 5 bits',
    { samples: 3, allocated: 8, stored: 5, pixels: samples(3 * count).map((x) => x & 31) },
    1,
  ],
  [
    'RGB, 12 bits above bit 4',
    { samples: 3, allocated: 16, stored: 12, highBit: 15, pixels: wide(3 * count) },
    1,
  ],
  // DCMTK cuts each product of the conversion to whole numbers.
  ['YBR_FULL', { samples: 3, photometric: 'YBR_FULL', pixels: samples(3 * count) }, 2],
  ['YBR_FULL by plane', { samples: 3, planar: 1, photometric: 'YBR_FULL', pixels: samples(3 * count) }, 2],
  [
    'YBR_FULL_422',
    { samples: 3, columns: 16, photometric: 'YBR_FULL_422', pixels: samples(2 * 16 * rows) },
    2,
  ],
  [
    'YBR_PARTIAL_422',
    {
      samples: 3,
      columns: 16,
      photometric: 'YBR_PARTIAL_422',
      pixels: samples(2 * 16 * rows).map((x) => 16 + (x % 220)),
    },
    2,
  ],
  [
    'palette of 16 bits',
    {
      ...indexed,
      pixels: samples(count),
      more: palette(
        16,
        0,
        three((i) => wide(256).map((x) => x ^ (i * 0x5555))),
      ),
    },
    0,
  ],
  [
    'palette of 8 bits',
    {
      ...indexed,
      pixels: samples(count),
      more: palette(
        8,
        0,
        three((i) => samples(256, 3 + 2 * i)),
      ),
    },
    0,
  ],
  [
    'palette first mapped at 40',
    {
      ...indexed,
      pixels: samples(count),
      more: palette(
        16,
        40,
        three((i) => wide(100).map((x) => x ^ (i * 0x3333))),
      ),
    },
    0,
  ],
  [
    'palette first mapped at -100',
    {
      ...indexed,
      allocated: 16,
      signed: true,
      pixels: wide(count).map((x) => (x & 0x1ff) - 256),
      more: palette(
        16,
        -100,
        three((i) => wide(200).map((x) => x ^ (i * 0x3333))),
      ),
    },
    0,
  ],
  [
    'palette of 65,536 entries',
    {
      ...indexed,
      allocated: 16,
      pixels: wide(count),
      more: palette(
        16,
        0,
        three((i) => wide(65_536).map((x) => x ^ (i * 0x3333))),
      ),
    },
    0,
  ],
  [
    'palette of 12-bit pixels',
    {
      ...indexed,
      allocated: 16,
      stored: 12,
      pixels: wide(count, 0xfff),
      more: palette(
        16,
        0,
        three((i) => wide(4096).map((x) => x ^ (i * 0x3333))),
      ),
    },
    0,
  ],
];

t.test('colours are those of DCMTK', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const folder = t.testdir();
  for (const [name, options, tolerance] of cases) {
    const { max } = difference(ours(options), dcmtk(folder, options));
    t.ok(max <= tolerance, `${name}: ${max}`);
  }
});

/** 8-bit images of pydicom: colour tables applied, YBR converted, the highest 8 bits of each sample. */
async function byPydicom(folder: string, images: readonly ImageOptions[]): Promise<Uint8Array[]> {
  const inputs = images.map((options, i) => {
    const input = join(folder, `${i}.dcm`);
    writeFileSync(input, imageFile({ rows, columns, ...options }));
    return input;
  });
  const theirs = await pydicom(
    `
import base64
from pydicom.pixel_data_handlers.util import apply_color_lut, convert_color_space
def eight(path):
    ds = dcmread(path)
    a = ds.pixel_array
    if ds.PhotometricInterpretation == 'PALETTE COLOR': a = apply_color_lut(a, ds)
    elif ds.PhotometricInterpretation.startswith('YBR'): a = convert_color_space(a, 'YBR_FULL', 'RGB')
    if a.dtype.itemsize == 2: a = a >> 8
    return base64.b64encode(a.astype('u1').tobytes()).decode()
print(json.dumps([eight(path) for path in sys.argv[1:]]))`,
    ...inputs,
  );
  return (theirs as string[]).map((text) => Buffer.from(text, 'base64'));
}

const segments = (data: Uint8Array | Uint16Array, bits: number, length: number): WriterElement[] => [
  ...[0x00281101, 0x00281102, 0x00281103].map((tag) => element(tag, 'US', [length, 0, bits])),
  ...[0x00281221, 0x00281222, 0x00281223].map((tag) => element(tag, 'OW', data)),
];

t.test('colours are those of pydicom', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const folder = t.testdir();
  const odd = { samples: 3, photometric: 'YBR_FULL', pixels: samples(3 * count) };
  const own: readonly (readonly [string, ImageOptions, number])[] = [
    ['YBR_FULL', odd, 1],
    ['YBR_FULL_422', { ...odd, columns: 16, photometric: 'YBR_FULL_422', pixels: samples(2 * 16 * rows) }, 1],
    ...cases.filter(([name]) => name.startsWith('palette') && !name.includes('8 bits')),
    [
      'segments of words',
      {
        ...indexed,
        pixels: samples(count),
        more: segments(Uint16Array.of(0, 3, 0, 900, 65_000, 1, 200, 40_000, 1, 53, 7), 16, 256),
      },
      0,
    ],
    [
      'segments of bytes',
      {
        ...indexed,
        pixels: samples(count),
        more: segments(Uint8Array.of(0, 1, 255, 1, 200, 40, 1, 55, 250, 0), 8, 256),
      },
      0,
    ],
    [
      'segments of bytes, big endian',
      {
        ...indexed,
        syntax: bigEndian,
        pixels: samples(count),
        more: segments(Uint8Array.of(1, 0, 1, 255, 40, 200, 55, 1, 0, 250), 8, 256),
      },
      0,
    ],
  ];
  // pydicom 2.3.1 takes segments of bytes as they lie in a big-endian file.
  const known = own.filter(([name]) => !name.endsWith('big endian'));
  const theirs = await byPydicom(
    folder,
    known.map(([, options]) => options),
  );
  for (const [index, [name, options, tolerance]] of known.entries()) {
    const { max } = difference(ours(options), theirs[index] ?? new Uint8Array());
    t.ok(max <= tolerance, `${name}: ${max}`);
  }
  const [, little] = own.find(([name]) => name === 'segments of bytes') ?? [];
  const [, big] = own.find(([name]) => name === 'segments of bytes, big endian') ?? [];
  if (little === undefined || big === undefined) throw new Error('no case');
  t.same(ours({ ...big, pixelVr: 'OB' }), ours(little), 'segments of bytes in words of a big-endian file');
});

t.test('8-bit entries are packed into words, of big-endian files too', async (t) => {
  const tables = three((i) => samples(256, 3 + 2 * i));
  const options = { ...indexed, pixels: samples(count) };
  const wanted = ours({ ...options, more: palette(8, 0, tables) });
  const swappedTables = tables.map((table) => table.map((_, i) => table[i ^ 1] ?? 0));
  const big = { ...options, pixelVr: 'OB' as const, syntax: bigEndian };
  t.same(ours({ ...big, more: palette(8, 0, swappedTables) }), wanted);
});

t.test(
  'indirect segments: offsets in bytes as in the standard, in words as GDCM and pydicom have them',
  async (t) => {
    // A peak from 0 up and down, then the same again: 1 + 4 + 4 + 4 + 4 entries.
    const peak = [0, 1, 0, 1, 4, 40_000, 1, 4, 0];
    const [bytes, words] = [6, 3].map((offset) => Uint16Array.of(...peak, 2, 2, offset, 0));
    const pixels = Uint8Array.from({ length: 17 }, (_, i) => i);
    const drawnWith = (data: Uint16Array | undefined): Uint8Array =>
      ours({ ...indexed, rows: 1, columns: 17, pixels, more: segments(data ?? new Uint16Array(), 16, 17) });
    const wave = [0, 10_000, 20_000, 30_000, 40_000, 30_000, 20_000, 10_000];
    const wanted = [...wave, ...wave, 0].flatMap((level) => Array(3).fill(level >> 8));
    t.same([...drawnWith(bytes)], wanted, 'bytes');
    t.same([...drawnWith(words)], wanted, 'words');
  },
);

t.test('palettes that are broken hold the image with a code', async (t) => {
  const options = { ...indexed, pixels: samples(count) };
  const without = (tag: number): WriterElement[] =>
    palette(
      16,
      0,
      three(() => wide(256)),
    ).filter((one) => one.tag !== tag);
  const broken: [string, WriterElement[]][] = [
    ['no palette', []],
    ['no green descriptor', without(0x00281102)],
    ['no blue data', without(0x00281203)],
    [
      'shorter than described',
      palette(
        16,
        0,
        three(() => wide(100)),
        [256, 256, 256],
      ),
    ],
    ['segments that begin with a line', segments(Uint16Array.of(1, 256, 5), 16, 256)],
    ['segments that end early', segments(Uint16Array.of(0, 200, 5), 16, 256)],
    ['segments of an unknown kind', segments(Uint16Array.of(7, 256, 5, 5), 16, 256)],
    ['segments that copy themselves', segments(Uint16Array.of(0, 1, 5, 2, 60_000, 6, 0), 16, 256)],
    ['segments of nothing', segments(Uint16Array.of(0, 0, 0, 0, 0, 0), 16, 256)],
    ['segments that point nowhere', segments(Uint16Array.of(0, 1, 5, 2, 1, 65_535, 65_535), 16, 256)],
  ];
  for (const [name, more] of broken)
    t.throws(() => ours({ ...options, more }), { code: 'PIXEL_DATA_INVALID' }, name);
  const uid = (value: string): WriterElement[] => [element(0x00281199, 'UI', value)];
  t.throws(
    () => ours({ ...options, more: uid('1.2.3') }),
    { code: 'PIXEL_FORMAT_UNSUPPORTED' },
    'unknown UID',
  );
  t.throws(() => ours({ ...options, more: uid('1.2.840.10008.1.5.9') }), {
    code: 'PIXEL_FORMAT_UNSUPPORTED',
  });
});

t.test('the standard palettes are those pydicom ships', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const palettes = (await pydicom(
    `
import numpy
from pydicom.pixel_data_handlers.util import apply_color_lut
levels = numpy.arange(256, dtype='u1').reshape(1, 256)
palettes = [apply_color_lut(levels, palette=f'1.2.840.10008.1.5.{n + 1}') for n in range(8)]
print(json.dumps([palette.ravel().tolist() for palette in palettes]))`,
  )) as number[][];
  for (const [index, theirs] of palettes.entries()) {
    const number = index + 1;
    const more = [element(0x00281199, 'UI', `1.2.840.10008.1.5.${number}`)];
    const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);
    const { max } = difference(
      ours({ ...indexed, rows: 1, columns: 256, pixels, more }),
      Uint8Array.from(theirs),
    );
    // numpy rounds halves to even: one level apart in SUMMER.
    t.ok(max <= (number === 6 ? 1 : 0), `palette ${number}: ${max}`);
  }
});

t.test('tables of different length and origin are each clamped to their own ends', async (t) => {
  const [red, green, blue] = [
    Uint16Array.of(0x1000, 0x2000),
    Uint16Array.of(0x3000, 0x4000, 0x5000),
    Uint16Array.of(0x6000),
  ];
  const more = palette(16, 1, [red, green, blue]);
  const got = ours({ ...indexed, rows: 1, columns: 5, pixels: Uint8Array.of(0, 1, 2, 3, 200), more });
  t.same(
    [...got],
    [0x10, 0x30, 0x60, 0x10, 0x30, 0x60, 0x20, 0x40, 0x60, 0x20, 0x50, 0x60, 0x20, 0x50, 0x60],
  );
});

t.test(
  'YBR_PARTIAL_422 that is not subsampled, and native YBR_PARTIAL_420, which nothing defines',
  async (t) => {
    const partial = { rows: 1, columns: 4, samples: 3 };
    const pixels = Uint8Array.of(16, 128, 128, 235, 128, 128, 16, 128, 128, 235, 128, 128);
    const got = ours({ ...partial, photometric: 'YBR_PARTIAL_422', pixels });
    t.same([...got], [0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255]);
    t.throws(() => ours({ ...partial, photometric: 'YBR_PARTIAL_420', pixels }), {
      code: 'PIXEL_FORMAT_UNSUPPORTED',
    });
    t.throws(() => ours({ ...partial, photometric: 'HSV', pixels }), { code: 'PIXEL_FORMAT_UNSUPPORTED' });
    t.throws(() => ours({ ...partial, samples: 4, photometric: 'ARGB', pixels }), {
      code: 'PIXEL_FORMAT_UNSUPPORTED',
    });
    t.throws(() => ours({ ...partial, photometric: 'MONOCHROME2', pixels }), { code: 'PIXEL_DATA_INVALID' });
  },
);

t.test('with RLE the planar configuration means nothing', async (t) => {
  // Three segments of one literal run each: red, green, blue of four pixels.
  const header = new Uint32Array(16);
  header.set([3, 64, 70, 76]);
  const body = [1, 4, 7, 10].flatMap((_, i, all) =>
    i < 3 ? [3, ...all.map((first) => first + i), 128] : [],
  );
  const frame = Buffer.concat([Buffer.from(header.buffer), Buffer.from(body)]);
  for (const planar of [0, 1]) {
    const got = ours({
      rows: 1,
      columns: 4,
      samples: 3,
      planar,
      syntax: rle,
      pixelVr: 'OB',
      pixels: { fragments: [frame] },
    });
    t.same([...got], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], `planar configuration ${planar}`);
  }
});
