import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { withOverlays } from '../../../src/render/graphics/overlays.ts';
import { drawFrames } from '../../../src/render/render.ts';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { corpusMissing, corpusPath } from '../../support/corpus.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { difference, draw, limits, open, readPnm } from '../drawn.ts';
import { bigEndian, type ImageOptions, image, imageFile } from '../image.ts';

const on = { ...limits, overlays: true };

function drawn(options: ImageOptions): Buffer[] {
  const { dataSet, transferSyntaxUid } = image(options);
  return [...drawFrames(dataSet, transferSyntaxUid, on)].map((frame) => Buffer.from(frame.image.pixels));
}

/** Bits of rows of `#` (set) and `.`, frames one after the other without padding. */
function packed(...frames: readonly (readonly string[])[]): Uint8Array {
  const bits = [...frames.flat().join('')].map((sign) => (sign === '#' ? 1 : 0));
  const bytes = new Uint8Array(2 * Math.ceil(bits.length / 16));
  for (const [index, bit] of bits.entries())
    bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (bit << (index & 7));
  return bytes;
}

interface OverlayOptions {
  readonly group?: number;
  readonly rows: readonly string[] | readonly (readonly string[])[];
  readonly type?: string;
  readonly origin?: readonly [number, number];
  readonly frames?: number;
  readonly firstFrame?: number;
  readonly data?: Uint8Array | Uint16Array;
  readonly vr?: 'OB' | 'OW';
}

function overlay(options: OverlayOptions): WriterElement[] {
  const { group = 0x6000, type = 'G', origin = [1, 1] } = options;
  const frames = (typeof options.rows[0] === 'string' ? [options.rows] : options.rows) as string[][];
  const at = (number: number): number => group * 0x10000 + number;
  return [
    element(at(0x10), 'US', frames[0]?.length ?? 0),
    element(at(0x11), 'US', frames[0]?.[0]?.length ?? 0),
    ...(options.frames === undefined ? [] : [element(at(0x15), 'IS', String(options.frames))]),
    element(at(0x40), 'CS', type),
    element(at(0x50), 'SS', origin),
    ...(options.firstFrame === undefined ? [] : [element(at(0x51), 'US', options.firstFrame)]),
    element(at(0x100), 'US', 1),
    element(at(0x102), 'US', 0),
    element(at(0x3000), options.vr ?? 'OW', options.data ?? packed(...frames)),
  ];
}

/** The image as signs: `#` white, `.` as it was. */
function signs(pixels: Uint8Array, columns: number): string[] {
  const text = [...pixels].map((level) => (level === 255 ? '#' : '.')).join('');
  return text.match(new RegExp(`.{${columns}}`, 'g')) ?? [];
}

const flat = {
  rows: 4,
  columns: 6,
  more: [element(0x00281050, 'DS', '128'), element(0x00281051, 'DS', '256')],
};
const level = 100;
const grey = (count = 24): Uint8Array => new Uint8Array(count).fill(level);
const shape = ['......', '..##..', '..##..', '.....#'];

t.test('overlays are drawn only if asked, white, and not into the pixels of the instance', async (t) => {
  const pixels = grey();
  const part10 = image({ ...flat, pixels, more: [...flat.more, ...overlay({ rows: shape })] });
  t.same(signs(draw(part10)[0]?.image.pixels ?? new Uint8Array(), 6).join(''), '.'.repeat(24));
  const [first] = drawFrames(part10.dataSet, part10.transferSyntaxUid, on);
  t.same(signs(first?.image.pixels ?? new Uint8Array(), 6), shape);
  t.same(
    signs(draw(part10)[0]?.image.pixels ?? new Uint8Array(), 6).join(''),
    '.'.repeat(24),
    'and off again',
  );
});

t.test('overlays in colour, of big-endian instances, and of bytes', async (t) => {
  const rgb = { ...flat, samples: 3, pixels: grey(72) };
  const [colored] = drawn({ ...rgb, more: overlay({ rows: shape }) });
  t.same(
    [...(colored ?? [])],
    [...shape.join('')].flatMap((sign) => Array(3).fill(sign === '#' ? 255 : level)),
  );
  const words = new Uint16Array(packed(shape).slice().buffer);
  const [big] = drawn({
    ...flat,
    syntax: bigEndian,
    pixels: grey(),
    more: [...flat.more, ...overlay({ rows: shape, data: words })],
  });
  t.same(signs(big ?? grey(), 6), shape, 'words');
  const [bytes] = drawn({
    ...flat,
    syntax: bigEndian,
    pixels: grey(),
    more: [...flat.more, ...overlay({ rows: shape, vr: 'OB' })],
  });
  t.same(signs(bytes ?? grey(), 6), shape, 'bytes');
});

t.test('an overlay in unused bits of the pixels', async (t) => {
  const pixels = Uint16Array.from(shape.join(''), (sign) => level | (sign === '#' ? 0x8000 : 0));
  const more = [
    ...flat.more,
    ...overlay({ rows: shape }).filter(
      ({ tag }) => tag !== 0x60003000 && tag !== 0x60000100 && tag !== 0x60000102,
    ),
  ];
  const wide = { ...flat, allocated: 16, stored: 12, pixels };
  const inPixels = (bit: number): WriterElement[] => [
    ...more,
    element(0x60000100, 'US', 16),
    element(0x60000102, 'US', bit),
  ];
  t.same(signs(drawn({ ...wide, more: inPixels(15) })[0] ?? grey(), 6), shape);
  t.same(
    signs(drawn({ ...wide, more: inPixels(14) })[0] ?? grey(), 6).join(''),
    '.'.repeat(24),
    'no bit set',
  );
  t.same(
    signs(drawn({ ...wide, more: inPixels(6) })[0] ?? grey(), 6).join(''),
    '.'.repeat(24),
    'a stored bit',
  );
  t.same(
    signs(drawn({ ...wide, more: inPixels(16) })[0] ?? grey(), 6).join(''),
    '.'.repeat(24),
    'no bit at all',
  );
});

t.test('of a region of interest the outline is drawn', async (t) => {
  const region = ['.####.', '.####.', '.####.', '......'];
  const more = [...flat.more, ...overlay({ rows: region, type: 'R' })];
  t.same(signs(drawn({ ...flat, pixels: grey(), more })[0] ?? grey(), 6), [
    '.####.',
    '.#..#.',
    '.####.',
    '......',
  ]);
});

t.test('overlays that are damaged or absurd are left out; the image is drawn', async (t) => {
  const without = '.'.repeat(24);
  const cases: [string, WriterElement[]][] = [
    ['data shorter than described', overlay({ rows: shape, data: packed(shape).subarray(0, 2) })],
    ['data shorter than its frames', overlay({ rows: shape, frames: 2 })],
    ['no data', overlay({ rows: shape }).filter(({ tag }) => tag !== 0x60003000)],
    ['no rows', overlay({ rows: shape }).filter(({ tag }) => tag !== 0x60000010)],
    ['outside the image', overlay({ rows: shape, origin: [100, -100] })],
    ['another group', overlay({ rows: shape, group: 0x6020 })],
    ['no frames', overlay({ rows: shape, frames: 0 })],
  ];
  for (const [name, more] of cases) {
    const [first] = drawn({ ...flat, pixels: grey(), more: [...flat.more, ...more] });
    t.same(signs(first ?? grey(0), 6).join(''), without, name);
  }
  const huge = overlay({ rows: shape }).map((one) =>
    one.tag === 0x60000010 ? element(one.tag, 'US', 65_535) : one,
  );
  t.same(
    signs(drawn({ ...flat, pixels: grey(), more: [...flat.more, ...huge] })[0] ?? grey(0), 6).join(''),
    without,
  );
});

const cases: readonly (readonly [string, number, readonly WriterElement[]])[] = [
  ['one overlay', 1, overlay({ rows: shape })],
  [
    'two groups',
    1,
    [...overlay({ rows: shape }), ...overlay({ rows: shape, group: 0x601e, origin: [2, 2] })],
  ],
  ['origin before the image', 1, overlay({ rows: shape, origin: [0, -1] })],
  ['origin inside, data beyond', 1, overlay({ rows: shape, origin: [3, 4] })],
  ['smaller than the image', 1, overlay({ rows: ['#.#', '.##'], origin: [2, 3] })],
  ['one overlay on every frame', 3, overlay({ rows: shape })],
  [
    'an overlay for each of two frames',
    3,
    overlay({ rows: [shape, shape.toReversed()], frames: 2, firstFrame: 2 }),
  ],
  ['frames without an origin', 3, overlay({ rows: [shape, shape.toReversed()], frames: 2 })],
];

t.test('overlays are drawn where DCMTK draws them', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const folder = t.testdir();
  for (const photometric of ['MONOCHROME2', 'MONOCHROME1']) {
    for (const [name, frames, more] of cases) {
      const pixels = Uint8Array.from({ length: 24 * frames }, (_, i) => (i * 7) % 200);
      const options = { ...flat, photometric, frames, pixels, more: [...flat.more, ...more] };
      const input = join(folder, 'overlay.dcm');
      writeFileSync(input, imageFile(options));
      for (const [index, ours] of drawn(options).entries()) {
        const output = join(folder, 'overlay.pnm');
        const { status } = spawnSync(peerProgram('dcmj2pnm'), [
          '+op',
          '+Wi',
          '1',
          '+F',
          String(index + 1),
          input,
          output,
        ]);
        t.equal(status, 0);
        const { max } = difference(ours, readPnm(output).pixels);
        t.ok(max <= 1, `${photometric}, ${name}, frame ${index + 1}: ${max}`);
      }
    }
  }
});

t.test('overlays of the corpus are drawn as DCMTK does', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const folder = t.testdir();
  for (const name of ['fo-dicom__OutOfBoundsOverlay.dcm', 'generated/phi_text_in_overlay_plane.dcm']) {
    const { dataSet, transferSyntaxUid } = open(corpusPath(name));
    const [plain] = drawFrames(dataSet, transferSyntaxUid, limits);
    const [first] = drawFrames(dataSet, transferSyntaxUid, on);
    if (first === undefined || plain === undefined) throw new Error('no frame');
    t.ok(difference(first.image.pixels, plain.image.pixels).max > 0, `${name}: something is drawn`);
    const { window } = first.transform;
    const output = join(folder, 'overlay.pnm');
    const range = window === undefined ? ['+Wm'] : ['+Ww', String(window.center), String(window.width)];
    spawnSync(peerProgram('dcmj2pnm'), ['+op', ...range, corpusPath(name), output]);
    const theirs = readPnm(output);
    const { max } = difference(first.image.pixels, theirs.pixels);
    t.ok(max <= 1, `${name}: ${max}`);
  }
});

t.test('pixels under an overlay stay what they were, also those of a Buffer', async (t) => {
  const pixels = Buffer.alloc(4, 7);
  const size = { rows: 2, columns: 2, top: 0, left: 0 };
  const kind = 'graphics' as const;
  const plane = {
    ...size,
    kind,
    firstFrame: 0,
    frames: 1,
    repeated: false,
    bits: Uint8Array.of(6, 0),
    bit: 0,
  };
  const image = { width: 2, height: 2, channels: 1, pixels } as const;
  const shown = withOverlays(image, [plane], 0, () => new Uint8Array());
  t.strictSame([...shown.pixels], [7, 255, 255, 7]);
  t.strictSame([...pixels], [7, 7, 7, 7]);
});
