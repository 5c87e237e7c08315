import { widened } from '../../ocr/areas.ts';
import type { Area, FoundText, Picture } from '../../ocr/picture.ts';
import { joined, shareInside } from './areas.ts';
import { equalize } from './equalized.ts';
import { hiddenCells } from './hidden-cells.ts';
import type { StoredPlanes } from './stored-planes.ts';
import type { Plane } from './tiles.ts';

/** A further view of a frame, and the only areas of it that are worth a look. */
export interface HiddenView {
  readonly picture: Picture;
  readonly areas: readonly Area[];
  /** Whether what was found in it is of what the picture as shown does not show. */
  readonly isHidden: (text: FoundText) => boolean;
}

/** Around cells with something in them: text goes on beside its first signs. */
const margin = 32;
/** So much of a line must lie where something is hidden. */
const hiddenShare = 0.4;

/** So much of a square in a text that was found in the picture as shown: it goes with that. */
const knownShare = 0.5;

/**
 * What the picture as shown does not show: values beyond the window, differences too small to be seen. Undefined where
 * there is nothing of the kind beside what is `known`. The picture is grey outside of the areas; inside, values are spread
 * by those around them (`equalize`). Only inside `within`, where given.
 */
export function hiddenView(
  shown: Picture,
  stored: StoredPlanes,
  within: readonly Area[] | undefined,
  known: readonly FoundText[],
): HiddenView | undefined {
  const { width, height } = shown;
  const plane: Plane = { width, height, ...stored };
  const cells = hiddenCells(shown, plane, within).filter(
    (cell) => !known.some((text) => shareInside(cell, text) >= knownShare),
  );
  if (cells.length === 0) return undefined;
  const areas = joined(cells.map((cell) => widened(cell, margin, margin, { width, height })));
  const pixels = new Uint8Array(width * height * plane.channels).fill(128);
  for (const area of areas) equalize(plane, area, pixels);
  return {
    picture: { width, height, channels: plane.channels, pixels },
    areas,
    isHidden: (text) => cells.reduce((sum, cell) => sum + shareInside(text, cell), 0) >= hiddenShare,
  };
}
