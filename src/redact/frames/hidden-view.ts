import type { Area, FoundText, Picture } from '../../ocr/picture.ts';
import { findStrokes } from '../../ocr/strokes/find-strokes.ts';
import { intersection, joined, shareInside, widened } from './areas.ts';
import { equalize } from './equalized.ts';
import { hiddenCells } from './hidden-cells.ts';
import type { StoredPlanes } from './stored-planes.ts';
import type { Plane } from './tiles.ts';

/** A further view of a frame, and the only areas of it that are worth a look. */
export interface HiddenView {
  readonly picture: Picture;
  readonly areas: readonly Area[];
}

/** Around cells with something in them: text goes on beside its first signs. */
const margin = 32;

/** How far text may go on beyond the row of strokes that gave it away, pixels. */
const reach = 128;
/** Spreading makes the most of noise as well: a row of strokes counts only where it is most like text. */
const leastScore = 0.7;
/** So much of a line must lie where something is hidden. */
const hiddenShare = 0.4;
/** So much of it in what was found in the picture as shown: it is that. */
const knownShare = 0.6;

/**
 * What the picture as shown does not show: values beyond the window, differences too small to be seen. Undefined where
 * nothing of the kind looks like text that is not `known` yet, which is the usual case. The picture is grey outside of the
 * areas; inside, values are spread by those around them (`equalize`). Only inside `within`, where given.
 */
export function hiddenView(
  shown: Picture,
  stored: StoredPlanes,
  within: readonly Area[] | undefined,
  known: readonly FoundText[],
): HiddenView | undefined {
  const { width, height } = shown;
  const plane: Plane = { width, height, ...stored };
  const cells = hiddenCells(shown, plane, within);
  if (cells.length === 0) return undefined;
  const areas = joined(cells.map((cell) => widened(cell, margin, width, height)));
  const pixels = new Uint8Array(width * height * plane.channels).fill(128);
  for (const area of areas) equalize(plane, area, pixels);
  const picture: Picture = { width, height, channels: plane.channels, pixels };
  const lines = findStrokes(picture, areas).filter(
    (line) =>
      line.score >= leastScore &&
      cells.reduce((sum, cell) => sum + shareInside(line, cell), 0) >= hiddenShare &&
      !known.some((text) => shareInside(line, text) >= knownShare),
  );
  if (lines.length === 0) return undefined;
  // A row of strokes may be but a part of its line, and of its word.
  const around = lines.map((line) => widened(longer(line), margin, width, height));
  const worth = around.flatMap((line) => areas.flatMap((area) => intersection(line, area) ?? []));
  return { picture, areas: joined(worth) };
}

function longer({ left, top, width, height, turn }: FoundText): Area {
  return turn === 0
    ? { left: left - reach, top, width: width + 2 * reach, height }
    : { left, top: top - reach, width, height: height + 2 * reach };
}
