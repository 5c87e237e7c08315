import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SallyportError } from '../core/errors.ts';
import type { RedactionBox } from '../core/redaction.ts';
import type { Part10 } from '../dicom/part10.ts';
import { firstNumber } from '../dicom/values.ts';
import type { EightBitImage } from '../render/output/sharp.ts';
import { encodePicture, sideBySide } from '../render/output/side-by-side.ts';
import { drawAll } from '../render/render.ts';
import { type DrawSettings, standardRenderSettings } from '../render/settings.ts';

/** Pictures of one instance at most. */
export const maxPictures = 12;
const numberOfFrames = 0x00280008;

/** What is drawn of an instance. */
export type Drawable = Pick<Part10, 'dataSet' | 'transferSyntaxUid'>;

export interface CompareTask {
  readonly before: Drawable;
  /** Undefined for an instance that is held: the right side then shows the boxes, the left one none. */
  readonly after: Drawable | undefined;
  readonly boxes: readonly RedactionBox[];
  readonly folder: string;
  /** Beginning of the names; nothing of a data set. */
  readonly name: string;
  readonly onProgress?: () => void;
}

/** As a person sees them, in stored pixels: what boxes count in. */
const settings: DrawSettings = {
  ...standardRenderSettings,
  frames: { kind: 'all' },
  aspectRatio: 'stored',
  overlays: false,
  shutters: false,
};

/**
 * The folder for pictures that show identified pixels: its owner's alone. Throws STORAGE_UNUSABLE where it cannot be made,
 * and where others may look into one that is there.
 */
export function openPictureFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    readdirSync(folder);
    if ((statSync(folder).mode & 0o077) === 0) return;
  } catch (cause) {
    throw new SallyportError('STORAGE_UNUSABLE', { detail: 'the folder of pictures', cause });
  }
  throw new SallyportError('STORAGE_UNUSABLE', {
    detail: 'others may read the folder of pictures; give it mode 0700, or name one that is not there yet',
  });
}

/**
 * Writes pictures of an instance before and after, side by side, its boxes outlined: of the first frame, and of each from
 * which the boxes are others, evenly chosen where these are more than `maxPictures`. An instance that cannot be drawn
 * gets fewer. Throws the errors of `node:fs`.
 */
export async function comparePictures({
  before,
  after,
  boxes,
  folder,
  name,
  onProgress,
}: CompareTask): Promise<{ readonly names: readonly string[]; readonly leftOut: number }> {
  const changes = framesWithOtherBoxes(boxes, firstNumber(before.dataSet, numberOfFrames) ?? 1);
  const wanted = evenly(changes, maxPictures);
  const names: string[] = [];
  const show = async (frame: number, left: EightBitImage, right: EightBitImage): Promise<void> => {
    const own = boxes.filter((box) => box.frame <= frame && frame < box.frame + box.frames);
    const picture = sideBySide(
      { image: left, boxes: after === undefined ? [] : own },
      { image: right, boxes: own },
    );
    const { extension, data } = await encodePicture(picture);
    const file = `${name}-frame-${String(frame).padStart(5, '0')}.${extension}`;
    writeFileSync(join(folder, file), data, { mode: 0o600 });
    names.push(file);
  };
  try {
    await drawBoth(before, after, wanted, show, onProgress);
  } catch (error) {
    // What cannot be drawn has a code of its own where it matters; here only a picture is missing, and is counted.
    if (!(error instanceof SallyportError)) throw error;
  }
  return { names, leftOut: changes.length - names.length };
}

async function drawBoth(
  before: Drawable,
  after: Drawable | undefined,
  wanted: readonly number[],
  show: (frame: number, left: EightBitImage, right: EightBitImage) => Promise<void>,
  onProgress: (() => void) | undefined,
): Promise<void> {
  const surroundings = onProgress === undefined ? {} : { onProgress };
  const last = wanted.at(-1) ?? 0;
  const others =
    after === undefined ? undefined : drawAll(after.dataSet, after.transferSyntaxUid, settings, surroundings);
  try {
    for await (const { frame, image } of drawAll(
      before.dataSet,
      before.transferSyntaxUid,
      settings,
      surroundings,
    )) {
      // The memory of a drawn frame may be used again for the next one.
      const left = { ...image, pixels: image.pixels.slice() };
      const other = await others?.next();
      onProgress?.();
      if (wanted.includes(frame)) await show(frame, left, other?.value?.image ?? left);
      if (frame >= last) return;
    }
  } finally {
    await others?.return(undefined);
  }
}

/** The first frame, and each at which boxes begin or end, in order; every frame where there are no boxes. */
export function framesWithOtherBoxes(boxes: readonly RedactionBox[], frames: number): number[] {
  if (boxes.length === 0) return Array.from({ length: Math.max(1, frames) }, (_, index) => index + 1);
  const found = new Set([1]);
  for (const { frame, frames: count } of boxes) {
    found.add(frame);
    if (frame + count <= frames) found.add(frame + count);
  }
  return [...found].sort((a, b) => a - b);
}

/** At most so many of a list, evenly spread, the first and the last among them. */
export function evenly(list: readonly number[], most: number): number[] {
  if (list.length <= most) return [...list];
  return Array.from(
    { length: most },
    (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))] as number,
  );
}
