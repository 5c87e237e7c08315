import { createHash } from 'node:crypto';
import { convertToSrgb, type EightBitImage } from '../output/sharp.ts';

/** Levels per colour of the grid on which a profile is tried. */
const gridLevels = 9;
/** Profiles whose result is remembered; devices of a site have fewer. */
const maxKnownProfiles = 64;
/** Pixels converted at a time: the copies this takes stay small beside the image. */
const bandPixels = 4_000_000;

const isStandardByHash = new Map<string, boolean>();
const isStandardByBytes = new WeakMap<Uint8Array, boolean>();

/**
 * Colours of the device of an ICC profile as colours of sRGB, perceptual intent (a JPEG here carries no profile, so sRGB is
 * what its colours are taken for). The image itself where its profile changes no colour by more than one level, as those of
 * most devices, or cannot be used: then colours are shown as they are stored. Grey images have no profile.
 */
export async function toStandardRgb(image: EightBitImage, profile: Uint8Array): Promise<EightBitImage> {
  if (image.channels !== 3 || (await isStandard(profile))) return image;
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

/** Whether colours may be left as they are, tried once per profile. */
async function isStandard(profile: Uint8Array): Promise<boolean> {
  const known = isStandardByBytes.get(profile);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(profile).digest('base64');
  const standard = isStandardByHash.get(hash) ?? (await tryOnGrid(profile));
  if (isStandardByHash.size >= maxKnownProfiles) isStandardByHash.clear();
  isStandardByHash.set(hash, standard);
  isStandardByBytes.set(profile, standard);
  return standard;
}

async function tryOnGrid(profile: Uint8Array): Promise<boolean> {
  const levels = Array.from({ length: gridLevels }, (_, i) => Math.round((i * 255) / (gridLevels - 1)));
  const colors = levels.flatMap((red) => levels.flatMap((green) => levels.map((blue) => [red, green, blue])));
  const pixels = Uint8Array.from(colors.flat());
  const converted = await convertToSrgb(
    { width: gridLevels * gridLevels, height: gridLevels, channels: 3, pixels },
    profile,
  );
  return pixels.every((level, i) => Math.abs(level - (converted[i] ?? 0)) <= 1);
}
