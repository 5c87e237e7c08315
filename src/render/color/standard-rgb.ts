import { createHash } from 'node:crypto';
import { convertToSrgb, type EightBitImage } from '../output/sharp.ts';
import { tableColors, throughTable } from './color-table.ts';

/** Profiles whose conversion is kept; devices of a site have fewer. A table has 420 kB. */
const maxKnownProfiles = 16;
/** Pixels converted at a time: the copies this takes stay small beside the image. */
const bandPixels = 4_000_000;

/**
 * How a profile is applied: `none` where no colour changes by more than one level; a table where it comes within one level
 * of LittleCMS, which makes its own for every image anew (measured: 10 to 70 ms CPU, more than a tile of a slide takes in
 * all); else by LittleCMS.
 */
type Conversion = 'none' | 'direct' | Uint8Array;

const conversionsByHash = new Map<string, Conversion>();
const conversionsByBytes = new WeakMap<Uint8Array, Conversion>();

/**
 * Colours of the device of an ICC profile as colours of sRGB, perceptual intent (a JPEG here carries no profile, so sRGB is
 * what its colours are taken for). The image itself where its profile changes no colour by more than one level, as those of
 * most devices, or cannot be used: then colours are shown as they are stored. Grey images have no profile.
 */
export async function toStandardRgb(image: EightBitImage, profile: Uint8Array): Promise<EightBitImage> {
  if (image.channels !== 3) return image;
  const conversion = await conversionOf(profile);
  if (conversion === 'none') return image;
  if (conversion === 'direct') return directly(image, profile);
  return { ...image, pixels: throughTable(conversion, image.pixels) };
}

async function directly(image: EightBitImage, profile: Uint8Array): Promise<EightBitImage> {
  const { width, height, pixels } = image;
  const out = new Uint8Array(3 * width * height);
  const rows = Math.max(1, Math.floor(bandPixels / width));
  for (let row = 0; row < height; row += rows) {
    const count = Math.min(rows, height - row);
    const start = 3 * width * row;
    const band = pixels.subarray(start, start + 3 * width * count);
    out.set(await convertToSrgb({ width, height: count, channels: 3, pixels: band }, profile), start);
  }
  return { width, height, channels: 3, pixels: out };
}

async function conversionOf(profile: Uint8Array): Promise<Conversion> {
  const known = conversionsByBytes.get(profile);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(profile).digest('base64');
  const conversion = conversionsByHash.get(hash) ?? (await chooseConversion(profile));
  if (conversionsByHash.size >= maxKnownProfiles) conversionsByHash.clear();
  conversionsByHash.set(hash, conversion);
  conversionsByBytes.set(profile, conversion);
  return conversion;
}

async function chooseConversion(profile: Uint8Array): Promise<Conversion> {
  const nodes = tableColors();
  const table = await convertColors(nodes, profile);
  if (isWithinOne(nodes, table)) return 'none';
  const samples = samplesBetweenNodes();
  return isWithinOne(throughTable(table, samples), await convertColors(samples, profile)) ? table : 'direct';
}

function convertColors(rgb: Uint8Array, profile: Uint8Array): Promise<Uint8Array> {
  return convertToSrgb({ width: rgb.length / 3, height: 1, channels: 3, pixels: rgb }, profile);
}

/** Colours as far from the nodes of a table as can be, most of them dark, where curves are steep. */
function samplesBetweenNodes(): Uint8Array {
  const levels = [1, 2, 3, 4, 7, 12, 18, 27, 43, 62, 88, 112, 137, 163, 188, 212, 238, 253];
  return Uint8Array.from(
    levels.flatMap((red) => levels.flatMap((green) => levels.flatMap((blue) => [red, green, blue]))),
  );
}

function isWithinOne(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((level, i) => Math.abs(level - (other[i] ?? 0)) <= 1);
}
