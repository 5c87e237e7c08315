import type { Area, Turn } from '../picture.ts';
import { type Canvas, sideStep, toSideStep } from './canvas.ts';
import { type Patch, patchSize, type Tone } from './patch.ts';
import { tilesOf } from './tiles.ts';

/** Longest side of a canvas: bounds the memory of a run (about 150 MB at this size). */
export const canvasSide = 832;
/** Between pieces on a canvas: they are not to be taken for parts of one line. */
const gap = 8;
/** By how much tiles overlap, on the canvas: a line cut by one border is found on both sides of it and joined. */
const overlap = 64;

/** A piece of the picture to be put on some canvas. */
export interface Piece {
  readonly area: Area;
  readonly scale: number;
  readonly turn: Turn;
  readonly tone: Tone;
}

/** Cuts what is larger than a canvas into tiles that overlap. */
export function cutToCanvas(piece: Piece): readonly Piece[] {
  const side = Math.max(1, Math.floor(canvasSide / piece.scale));
  const across = Math.min(Math.ceil(overlap / piece.scale), side >> 1);
  return tilesOf(piece.area, { side, overlap: across }).map((area) => ({ ...piece, area }));
}

interface Shelf {
  readonly top: number;
  readonly height: number;
  right: number;
}

/** Puts pieces on as few canvases as a simple order of shelves gives: high pieces first, side by side. */
export function packed(pieces: readonly Piece[]): readonly Canvas[] {
  const sized = pieces
    .flatMap(cutToCanvas)
    .map((piece, order) => ({ piece, order, ...patchSize(piece) }))
    .sort((one, other) => other.height - one.height || other.width - one.width || one.order - other.order);
  const total = sized.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0);
  const widest = sized.reduce((most, { width }) => Math.max(most, width), 0);
  const wanted = Math.max(widest, Math.ceil(Math.sqrt(total) * 1.15));
  const canvasWidth = Math.min(canvasSide, toSideStep(wanted));
  const canvases: Canvas[] = [];
  let shelves: Shelf[] = [];
  let patches: Patch[] = [];
  const finish = (): void => {
    if (patches.length > 0) canvases.push(fitted(patches));
    patches = [];
    shelves = [];
  };
  for (const { piece, width, height } of sized) {
    let shelf = shelves.find((one) => one.right + width <= canvasWidth && one.height >= height);
    if (shelf === undefined) {
      const last = shelves.at(-1);
      const top = last === undefined ? 0 : last.top + last.height + gap;
      if (top > 0 && top + height > canvasSide) finish();
      shelf = { top: shelves.length === 0 ? 0 : top, height, right: 0 };
      shelves.push(shelf);
    }
    patches.push({ ...piece, x: shelf.right, y: shelf.top });
    shelf.right += width + gap;
  }
  finish();
  return canvases;
}

function fitted(patches: readonly Patch[]): Canvas {
  let width = sideStep;
  let height = sideStep;
  for (const patch of patches) {
    const size = patchSize(patch);
    width = Math.max(width, patch.x + size.width);
    height = Math.max(height, patch.y + size.height);
  }
  return { width: toSideStep(width), height: toSideStep(height), patches };
}

/** Pixels the network has to look at. */
export function costOf(canvases: readonly Canvas[]): number {
  return canvases.reduce((sum, { width, height }) => sum + width * height, 0);
}
