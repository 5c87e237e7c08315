import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { isRgbProfile } from '../../../src/render/color/icc-profile.ts';
import { toStandardRgb } from '../../../src/render/color/standard-rgb.ts';
import { profiledTiff } from '../../../src/render/output/profiled-tiff.ts';
import { convertToSrgb, type EightBitImage } from '../../../src/render/output/sharp.ts';
import { renderAsIs } from '../../../src/render/render.ts';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { difference, draw, limits } from '../drawn.ts';
import { type ImageOptions, image } from '../image.ts';
import { matrixProfile, standardPrimaries, tableProfile, widePrimaries } from './profiles.ts';

const swapped = [standardPrimaries[2], standardPrimaries[0], standardPrimaries[1]];
const swappedBack = [standardPrimaries[1], standardPrimaries[2], standardPrimaries[0]];
const profiles = {
  'a wide gamut': matrixProfile({ primaries: widePrimaries }),
  'swapped primaries': matrixProfile({ primaries: swapped }),
  'linear light': matrixProfile({ gamma: 1 }),
  'a table to CIELab': tableProfile(),
} as const;

/** Every combination of 17 levels of red, green and blue. */
function colors(): EightBitImage {
  const levels = Array.from({ length: 17 }, (_, i) => Math.min(255, i * 16));
  const all = levels.flatMap((red) => levels.flatMap((green) => levels.map((blue) => [red, green, blue])));
  return { width: 17 * 17, height: 17, channels: 3, pixels: Uint8Array.from(all.flat()) };
}

t.test('colours of a profile become sRGB as with LittleCMS', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const folder = t.testdir();
  const { pixels, ...size } = colors();
  writeFileSync(join(folder, 'in.rgb'), pixels);
  for (const [name, profile] of Object.entries(profiles)) {
    writeFileSync(join(folder, 'device.icc'), profile);
    await pydicom(
      `
from PIL import Image, ImageCms
folder = sys.argv[1]
image = Image.frombytes('RGB', (${size.width}, ${size.height}), open(folder + '/in.rgb', 'rb').read())
out = ImageCms.profileToProfile(image, folder + '/device.icc', ImageCms.createProfile('sRGB'), renderingIntent=0)
open(folder + '/out.rgb', 'wb').write(out.tobytes())
print('0')`,
      folder,
    );
    const ours = await toStandardRgb({ ...size, pixels }, profile);
    const theirs = readFileSync(join(folder, 'out.rgb'));
    t.ok(difference(theirs, pixels).max > 20, `${name}: not sRGB`);
    const { max } = difference(ours.pixels, theirs);
    t.ok(max <= 2, `${name}: ${max}`);
  }
});

t.test('a table of colours comes within one level of converting each', async (t) => {
  const pixels = new Uint8Array(3 * 50_000).map((_, i) => (i * 40_503 + (i >> 3) * 7919) & 0xff);
  const picture: EightBitImage = { width: 500, height: 100, channels: 3, pixels };
  for (const [name, profile] of Object.entries(profiles)) {
    const { pixels: ours } = await toStandardRgb(picture, profile);
    const { max, beyondOne } = difference(ours, await convertToSrgb(picture, profile));
    t.ok(max <= 2 && beyondOne <= 50, `${name}: ${max}, ${beyondOne} beyond one`);
  }
});

t.test('large images are converted in bands, none left out', async (t) => {
  const [width, height] = [2003, 2111];
  const pixels = new Uint8Array(3 * width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (i * 7 + (i >> 11)) & 0xff;
  const profile = profiles['a wide gamut'];
  const whole = await toStandardRgb({ width, height, channels: 3, pixels }, profile);
  const last = pixels.subarray(-3 * width);
  const row = await toStandardRgb({ width, height: 1, channels: 3, pixels: last }, profile);
  t.equal(difference(whole.pixels.subarray(-3 * width), row.pixels).max, 0);
  const middle = 3 * width * 1997;
  const other = pixels.subarray(middle, middle + 3 * width);
  const around = await toStandardRgb({ width, height: 1, channels: 3, pixels: other }, profile);
  t.equal(difference(whole.pixels.subarray(middle, middle + 3 * width), around.pixels).max, 0);
});

t.test('colours that are sRGB already, and grey images, are not touched', async (t) => {
  const picture = colors();
  const near = matrixProfile({ gamma: 2.2 });
  t.not(await toStandardRgb(picture, near), picture, 'gamma 2.2 is not the curve of sRGB');
  const standard = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } })
    .withIccProfile('srgb')
    .png()
    .toBuffer();
  const { icc } = await sharp(standard).metadata();
  if (icc === undefined) throw new Error('no profile');
  t.ok(isRgbProfile(icc));
  t.equal(await toStandardRgb(picture, icc), picture);
  const grey: EightBitImage = { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(1, 2) };
  t.equal(await toStandardRgb(grey, profiles['linear light']), grey);
});

const stored = [200, 160, 90];
const asSwapped = [160, 90, 200]; // what the file calls green is red, blue is green, red is blue

const encoded = async (
  options: Partial<ImageOptions>,
  format: 'jpeg' | 'png' = 'png',
): Promise<number[][]> => {
  const pixels = new Uint8Array(3 * 16 * 16).fill(0).map((_, i) => stored[i % 3] ?? 0);
  const { dataSet, transferSyntaxUid } = image({ samples: 3, rows: 16, columns: 16, pixels, ...options });
  const frames: number[][] = [];
  for await (const { data } of renderAsIs(dataSet, transferSyntaxUid, { ...limits, format, quality: 100 })) {
    const { icc } = await sharp(data).metadata();
    t.equal(icc, undefined, 'no output carries a profile');
    frames.push([...(await sharp(data).raw().toBuffer()).subarray(0, 3)]);
  }
  return frames;
};
const profileElement = (profile: Uint8Array): WriterElement =>
  element(0x00282000, 'OB', profile.length % 2 === 0 ? profile : Buffer.concat([profile, Buffer.alloc(1)]));
const isNear = (got: readonly number[] = [], wanted: readonly number[]): boolean =>
  got.length === 3 && got.every((value, i) => Math.abs(value - (wanted[i] ?? 0)) <= 4);

t.test('the profile of an image is applied before it is encoded', async (t) => {
  const more = [profileElement(matrixProfile({ primaries: swapped }))];
  t.ok(isNear((await encoded({}))[0], stored));
  const [lossless] = await encoded({ more });
  t.ok(isNear(lossless, asSwapped), String(lossless));
  const [jpeg] = await encoded({ more }, 'jpeg');
  t.ok(isNear(jpeg, asSwapped), String(jpeg));
  const entries = Uint16Array.of(200 * 257, 160 * 257);
  const palette = [
    ...[0x00281101, 0x00281102, 0x00281103].map((tag) => element(tag, 'US', [2, 0, 16])),
    element(0x00281201, 'OW', entries),
    element(
      0x00281202,
      'OW',
      entries.map((_, i) => entries[1 - i] ?? 0),
    ),
    element(0x00281203, 'OW', Uint16Array.of(90 * 257, 0)),
  ];
  const indexed = { samples: 1, photometric: 'PALETTE COLOR', pixels: new Uint8Array(256) };
  const [first] = await encoded({ ...indexed, more: [...palette, ...more] });
  t.ok(isNear(first, asSwapped), `palette: ${first}`);
  const [wide] = await encoded({
    allocated: 16,
    pixels: Uint16Array.from({ length: 768 }, (_, i) => (stored[i % 3] ?? 0) * 257),
    more,
  });
  t.ok(isNear(wide, asSwapped), `16 bits: ${wide}`);
  const grey = draw(image({ more, pixels: Uint8Array.of(1, 2, 3, 4) }));
  t.equal(grey[0]?.iccProfile, undefined, 'grey images have no colours');
});

t.test('frames have the profile of their optical path', async (t) => {
  const path = (id: string, ...others: WriterElement[]): WriterElement[] => [
    element(0x00480106, 'SH', id),
    ...others,
  ];
  const paths = element(0x00480105, 'SQ', {
    items: [
      path('A', profileElement(matrixProfile({ primaries: swapped }))),
      path('B'),
      path('C', profileElement(matrixProfile({ primaries: swappedBack }))),
    ],
  });
  const of = (id: string): WriterElement[] => [element(0x00480207, 'SQ', { items: [path(id)] })];
  const pixels = new Uint8Array(3 * 3 * 256).map((_, i) => stored[i % 3] ?? 0);
  const three = { frames: 3, pixels };
  const otherWay = [90, 200, 160];
  const named = await encoded({
    ...three,
    more: [paths, element(0x52009230, 'SQ', { items: [of('C'), of('B'), of('A')] })],
  });
  t.ok(
    isNear(named[0], otherWay) && isNear(named[1], stored) && isNear(named[2], asSwapped),
    JSON.stringify(named),
  );
  const implied = await encoded({ ...three, more: [paths] });
  t.ok(
    isNear(implied[0], asSwapped) && isNear(implied[1], stored) && isNear(implied[2], otherWay),
    'implied order',
  );
  const part = await encoded({
    ...three,
    more: [
      element(0x00209228, 'UL', 3),
      ...[0x00480006, 0x00480007].map((tag, i) => element(tag, 'UL', i === 0 ? 32 : 16)),
      element(0x00480303, 'US', 1),
      paths,
    ],
  });
  t.ok(
    isNear(part[0], stored) && isNear(part[1], otherWay) && isNear(part[2], otherWay),
    'implied order in a part of a concatenation',
  );
  const shared = element(0x52009229, 'SQ', { items: [of('A')] });
  t.ok(
    (await encoded({ ...three, more: [paths, shared] })).every((color) => isNear(color, asSwapped)),
    'shared',
  );
  const unknown = await encoded({ ...three, more: [paths, element(0x52009229, 'SQ', { items: [of('Z')] })] });
  t.ok(
    unknown.every((color) => isNear(color, stored)),
    'a path that is not described',
  );
});

t.test('profiles that cannot be used leave the colours as they are', async (t) => {
  const good = matrixProfile({ primaries: swapped });
  const changed = (at: number, ...bytes: number[]): Buffer => {
    const copy = Buffer.from(good);
    copy.set(bytes, at);
    return copy;
  };
  const broken: [string, Buffer][] = [
    ['empty', Buffer.alloc(2)],
    ['text', Buffer.from('this is no profile '.repeat(20))],
    ['cut short', good.subarray(0, 300)],
    ['of another device space', matrixProfile({ primaries: swapped, colorSpace: 'CMYK' })],
    ['grey', matrixProfile({ primaries: swapped, colorSpace: 'GRAY' })],
    ['device link', matrixProfile({ primaries: swapped, deviceClass: 'link' })],
    ['unknown connection space', matrixProfile({ primaries: swapped, connectionSpace: 'Luv ' })],
    ['no signature', changed(36, 0, 0, 0, 0)],
    ['thousands of tags', changed(128, 0, 1, 0, 0)],
    ['tags beyond the end', changed(136, 0x7f, 0xff, 0xff, 0xff)],
    ['larger than any', Buffer.concat([good, Buffer.alloc(4 * 1024 * 1024)])],
    // The header is right, what the tags hold is not.
    [
      'tags of zeros',
      Buffer.concat([good.subarray(0, 132 + 12 * 9), Buffer.alloc(good.length - 132 - 12 * 9)]),
    ],
  ];
  for (const [name, profile] of broken) {
    const [first] = await encoded({ more: [profileElement(profile)] });
    t.ok(isNear(first, stored), `${name}: ${first}`);
  }
});

t.test('damaged profiles neither crash nor throw', async (t) => {
  const sound = [tableProfile(), matrixProfile()];
  let seed = 4711;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    return seed % below;
  };
  const picture: EightBitImage = {
    width: 2,
    height: 1,
    channels: 3,
    pixels: Uint8Array.of(1, 2, 3, 200, 100, 50),
  };
  let usable = 0;
  for (let i = 0; i < 40; i++) {
    const profile = Buffer.from(sound[i % 2] ?? []);
    for (let n = 1 + random(6); n > 0; n--) profile[36 + random(profile.length - 36)] = random(256);
    if (!isRgbProfile(profile)) continue;
    usable += 1;
    const { pixels } = await toStandardRgb(picture, profile);
    if (pixels.length !== 6) t.fail('another size');
  }
  t.ok(usable > 10, `${usable} of 40 went through the header's checks`);
});

t.test('the TIFF that carries a profile is what sharp reads back', async (t) => {
  for (const [width, height] of [
    [1, 1],
    [3, 2],
    [700, 701],
    [100_001, 3],
  ] as const) {
    const pixels = new Uint8Array(3 * width * height).map((_, i) => (i * 31 + (i >> 8)) & 0xff);
    const profile = Buffer.from(matrixProfile());
    const tiff = profiledTiff(width, height, pixels, profile);
    const { icc } = await sharp(tiff).metadata();
    t.same(icc, profile);
    const back = await sharp(tiff, { ignoreIcc: true } as never)
      .raw()
      .toBuffer();
    t.equal(difference(back, pixels).max, 0, `${width} x ${height}`);
  }
});
