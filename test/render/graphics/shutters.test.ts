import t from 'tap';
import { drawFrames } from '../../../src/render/render.ts';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { draw, limits } from '../drawn.ts';
import { type ImageOptions, image } from '../image.ts';

const rows = 40;
const columns = 50;
const level = 200;
const on = { ...limits, shutters: true };
const window = [element(0x00281050, 'DS', '128'), element(0x00281051, 'DS', '256')];

function drawn(options: Partial<ImageOptions>): Buffer[] {
  const { more = [], ...others } = options;
  const pixels = new Uint8Array(rows * columns).fill(level);
  const { dataSet, transferSyntaxUid } = image({
    rows,
    columns,
    pixels,
    ...others,
    more: [...window, ...more],
  });
  return [...drawFrames(dataSet, transferSyntaxUid, on)].map((frame) => Buffer.from(frame.image.pixels));
}

const rectangle = (left: number, right: number, upper: number, lower: number): WriterElement[] => [
  element(0x00181602, 'IS', String(left)),
  element(0x00181604, 'IS', String(right)),
  element(0x00181606, 'IS', String(upper)),
  element(0x00181608, 'IS', String(lower)),
];
const circle = (row: number, column: number, radius: number): WriterElement[] => [
  element(0x00181610, 'IS', [String(row), String(column)]),
  element(0x00181612, 'IS', String(radius)),
];
const polygon = (...vertices: number[]): WriterElement[] => [element(0x00181620, 'IS', vertices.map(String))];
const shutter = (names: readonly string[], ...parts: readonly WriterElement[]): WriterElement[] => [
  element(0x00181600, 'CS', names),
  ...parts,
];

/** 1 where the image is to be seen, by numpy: `program` sets `mask` from `r` and `c`, rows and columns counted from 1. */
async function mask(program: string): Promise<number[]> {
  const found = await pydicom(`
import numpy
r, c = numpy.mgrid[1:${rows + 1}, 1:${columns + 1}]
${program}
print(json.dumps(mask.astype(int).ravel().tolist()))`);
  return found as number[];
}
const seen = (pixels: Uint8Array | undefined): number[] =>
  [...(pixels ?? [])].map((value) => (value === level ? 1 : 0));

t.test('shutters leave visible what numpy says', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const triangle = [5, 25, 35, 45, 35, 5];
  const inTriangle = `
def side(r0, c0, r1, c1): return (r1 - r0) * (c - c0) - (c1 - c0) * (r - r0)
a, b, d = side(5, 25, 35, 45), side(35, 45, 35, 5), side(35, 5, 5, 25)
mask = ((a >= 0) & (b >= 0) & (d >= 0)) | ((a <= 0) & (b <= 0) & (d <= 0))`;
  const cases: [string, WriterElement[], string][] = [
    [
      'rectangle',
      shutter(['RECTANGULAR'], ...rectangle(11, 30, 6, 25)),
      'mask = (c >= 11) & (c <= 30) & (r >= 6) & (r <= 25)',
    ],
    ['rectangle beyond the image', shutter(['RECTANGULAR'], ...rectangle(-5, 30, 0, 900)), 'mask = c <= 30'],
    ['circle', shutter(['CIRCULAR'], ...circle(20, 25, 10)), 'mask = (r - 20)**2 + (c - 25)**2 <= 100'],
    [
      'circle cut by the edge',
      shutter(['CIRCULAR'], ...circle(1, 50, 15)),
      'mask = (r - 1)**2 + (c - 50)**2 <= 225',
    ],
    ['polygon', shutter(['POLYGONAL'], ...polygon(...triangle)), inTriangle],
    [
      'polygon with an inlet',
      shutter(['POLYGONAL'], ...polygon(5, 5, 5, 45, 35, 45, 20, 25, 35, 5)),
      'mask = (r >= 5) & (c >= 5) & (c <= 45) & (r <= 35) & ((r - 20) * 20 <= 15 * abs(c - 25))',
    ],
    [
      'all three at once',
      shutter(
        ['RECTANGULAR', 'CIRCULAR', 'POLYGONAL'],
        ...rectangle(11, 30, 6, 25),
        ...circle(20, 25, 10),
        ...polygon(...triangle),
      ),
      `${inTriangle}
mask = mask & (c >= 11) & (c <= 30) & (r >= 6) & (r <= 25) & ((r - 20)**2 + (c - 25)**2 <= 100)`,
    ],
    [
      'circle in pixels twice as high as wide',
      [...shutter(['CIRCULAR'], ...circle(20, 25, 10)), element(0x00280034, 'IS', ['2', '1'])],
      'mask = (2 * (r - 20))**2 + (c - 25)**2 <= 100',
    ],
  ];
  for (const [name, more, program] of cases) {
    const wanted = await mask(program);
    t.ok(wanted.includes(0) && wanted.includes(1), name);
    t.same(seen(drawn({ more })[0]), wanted, name);
  }
});

t.test('shutters are applied only if asked; an absurd one is not', async (t) => {
  const pixels = new Uint8Array(rows * columns).fill(level);
  const more = [...window, ...shutter(['CIRCULAR'], ...circle(20, 25, 10))];
  t.notOk(seen(draw(image({ rows, columns, pixels, more }))[0]?.image.pixels).includes(0));
  const absurd: [string, WriterElement[]][] = [
    ['no shape', rectangle(1, 2, 3, 4)],
    ['unknown shape', shutter(['BITMAP'], ...rectangle(1, 2, 3, 4))],
    ['shape without its attributes', shutter(['CIRCULAR'], ...rectangle(1, 2, 3, 4))],
    [
      'text for numbers',
      shutter(['CIRCULAR'], element(0x00181610, 'IS', ['a', 'b']), element(0x00181612, 'IS', '5')),
    ],
    ['left of its right', shutter(['RECTANGULAR'], ...rectangle(30, 11, 6, 25))],
    ['outside the image', shutter(['CIRCULAR'], ...circle(-500, -500, 10))],
    ['two vertices', shutter(['POLYGONAL'], ...polygon(1, 1, 20, 20))],
    [
      'thousands of vertices',
      shutter(['POLYGONAL'], ...polygon(...Array.from({ length: 4000 }, (_, i) => i % 40))),
    ],
  ];
  for (const [name, parts] of absurd) t.notOk(seen(drawn({ more: parts })[0]).includes(0), name);
});

t.test('what hides the image: P-values, and CIELab in images in colour', async (t) => {
  const small = shutter(['RECTANGULAR'], ...rectangle(1, 1, 1, 1));
  const last = (options: Partial<ImageOptions>): number[] => [...(drawn(options)[0]?.subarray(-3) ?? [])];
  const grey = element(0x00181622, 'US', 0x8080);
  const red = element(0x00181624, 'US', [0x8b5f, 0xd03e, 0xc300]); // about 54.5, 80, 67: red
  t.same(last({ more: small }), [0, 0, 0], 'black where nothing is said');
  t.same(last({ more: [...small, grey] }), [128, 128, 128]);
  t.same(last({ more: [...small, grey, red] }), [128, 128, 128], 'grey images have no colour');
  const color = { samples: 3, pixels: new Uint8Array(3 * rows * columns).fill(level) };
  t.same(last({ ...color, more: [...small, grey] }), [128, 128, 128]);
  const [r = 0, g = 0, b = 0] = last({ ...color, more: [...small, grey, red] });
  t.ok(r > 250 && g < 25 && b < 25, `${r}, ${g}, ${b}`);
});

t.test(
  'each frame has the shutter of its functional groups, else the shared, else the image’s',
  async (t) => {
    const own = (column: number): WriterElement =>
      element(0x00189472, 'SQ', { items: [shutter(['RECTANGULAR'], ...rectangle(column, column, 1, rows))] });
    const perFrame = element(0x52009230, 'SQ', { items: [[own(3)], [own(7)], []] });
    const image = shutter(['RECTANGULAR'], ...rectangle(20, 20, 1, rows));
    const options = { frames: 3, pixels: new Uint8Array(3 * rows * columns).fill(level) };
    const visible = (more: WriterElement[]): number[] =>
      drawn({ ...options, more }).map((pixels) => seen(pixels).indexOf(1) + 1);
    t.same(visible([...image, perFrame]), [3, 7, 20]);
    const shared = element(0x52009229, 'SQ', { items: [[own(5)]] });
    t.same(visible([...image, shared, perFrame]), [3, 7, 5]);
  },
);
