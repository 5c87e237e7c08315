import { maxDrawnBoxes, uncovered } from '../../core/box-cover.ts';
import type { DrawnBox, PixelBox, RedactionBox } from '../../core/redaction.ts';
import type { Extent } from './geometry.ts';
import { boxInTheMiddle, fitted, movedBy } from './geometry.ts';

/** One box a person works on. */
export interface EditBox extends PixelBox {
  /** For this page alone; a box keeps it through all changes. */
  readonly id: number;
  /** First frame, from 1; null: all frames. */
  readonly frame: number | null;
  /** In so many successive frames; of no meaning for all frames. */
  readonly frames: number;
  /** What the gateway found, where the box was taken over from it. */
  readonly found: RedactionBox | null;
}

/** The boxes as they are at one moment. */
export interface Edit {
  readonly boxes: readonly EditBox[];
  readonly nextId: number;
}

/** What an instance says of its boxes. */
export interface KnownBoxes {
  readonly boxes: readonly RedactionBox[];
  readonly boxesLeftOut: number;
  readonly drawnBoxes: readonly DrawnBox[] | null;
}

/** The boxes of an instance as the contract has them, where a frame may be left out. */
export function knownOf(instance: {
  readonly boxes: readonly RedactionBox[];
  readonly boxesLeftOut: number;
  readonly drawnBoxes:
    | readonly (PixelBox & { readonly frame?: number | null; readonly frames?: number })[]
    | null;
}): KnownBoxes {
  const { boxes, boxesLeftOut, drawnBoxes } = instance;
  return {
    boxes,
    boxesLeftOut,
    drawnBoxes:
      drawnBoxes?.map((box) => ({
        frame: box.frame ?? null,
        ...areaOf(box),
        ...(box.frames === undefined ? {} : { frames: box.frames }),
      })) ?? null,
  };
}

/** Steps that can be taken back. */
export const maxSteps = 200;

/**
 * Where a person begins: the boxes of an earlier release where there are any, else what the search for text found. What rules and
 * regions found is blanked by the gateway itself beside any boxes, and is not among them.
 */
export function beginEdit({ boxes, drawnBoxes }: KnownBoxes): Edit {
  const begin: readonly Omit<EditBox, 'id'>[] =
    drawnBoxes === null
      ? boxes.filter(isReplaceable).map((box) => ({ ...areaOf(box), ...framesOf(box), found: box }))
      : drawnBoxes.map((box) => ({
          ...areaOf(box),
          frame: box.frame,
          frames: box.frames ?? 1,
          found: null,
        }));
  return { boxes: begin.map((box, index) => ({ id: index + 1, ...box })), nextId: begin.length + 1 };
}

/** Whether drawn boxes take the place of a box: what was found as text. */
export function isReplaceable({ source }: RedactionBox): boolean {
  return source === 'ocr';
}

function areaOf({ left, top, width, height }: PixelBox): PixelBox {
  return { left, top, width, height };
}

function framesOf({ frame, frames }: RedactionBox): Pick<EditBox, 'frame' | 'frames'> {
  return { frame, frames };
}

export function isIn({ frame, frames }: Pick<EditBox, 'frame' | 'frames'>, shown: number): boolean {
  return frame === null || (frame <= shown && shown < frame + frames);
}

/** A new box, and its id; undefined where there are as many as may be. */
export function withBox(
  edit: Edit,
  area: PixelBox,
  scope: Pick<EditBox, 'frame' | 'frames'>,
): { readonly edit: Edit; readonly id: number } | undefined {
  if (edit.boxes.length >= maxDrawnBoxes) return undefined;
  const box: EditBox = { id: edit.nextId, ...areaOf(area), ...scope, found: null };
  return { edit: { boxes: [...edit.boxes, box], nextId: edit.nextId + 1 }, id: box.id };
}

/** A new box in the middle of the image, a little beside one that lies there already. */
export function withBoxInTheMiddle(
  edit: Edit,
  extent: Extent,
  scope: Pick<EditBox, 'frame' | 'frames'>,
): { readonly edit: Edit; readonly id: number } | undefined {
  let area = boxInTheMiddle(extent);
  const step = Math.max(1, Math.round(Math.min(extent.columns, extent.rows) / 32));
  for (let tries = 0; tries < 8 && edit.boxes.some((box) => isSameArea(box, area)); tries++) {
    area = movedBy(area, step, step, extent);
  }
  return withBox(edit, area, scope);
}

function isSameArea(a: PixelBox, b: PixelBox): boolean {
  return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
}

/** What was found, taken over again after its box was removed. */
export function withFound(edit: Edit, found: RedactionBox): Edit {
  const box: EditBox = { id: edit.nextId, ...areaOf(found), ...framesOf(found), found };
  return { boxes: [...edit.boxes, box], nextId: edit.nextId + 1 };
}

export function withoutBox(edit: Edit, id: number): Edit {
  return { ...edit, boxes: edit.boxes.filter((box) => box.id !== id) };
}

/** One box with other numbers, fitted into the image. */
export function withArea(edit: Edit, id: number, area: PixelBox, extent: Extent): Edit {
  return changed(edit, id, (box) => ({ ...box, ...fitted(area, extent) }));
}

/** One box in other frames: null for all, or from and to, both included. */
export function withFrames(
  edit: Edit,
  id: number,
  range: { readonly from: number; readonly to: number } | null,
  lastFrame: number,
): Edit {
  if (range === null) return changed(edit, id, (box) => ({ ...box, frame: null, frames: 1 }));
  const from = Math.min(Math.max(Math.round(range.from) || 1, 1), lastFrame);
  const to = Math.min(Math.max(Math.round(range.to) || from, from), lastFrame);
  return changed(edit, id, (box) => ({ ...box, frame: from, frames: to - from + 1 }));
}

function changed(edit: Edit, id: number, change: (box: EditBox) => EditBox): Edit {
  return { ...edit, boxes: edit.boxes.map((box) => (box.id === id ? change(box) : box)) };
}

/** The boxes as `releaseInstance` and `previewFrame` take them. */
export function drawnOf({ boxes }: Edit): DrawnBox[] {
  return boxes.map((box) => ({
    frame: box.frame,
    ...areaOf(box),
    ...(box.frame === null || box.frames === 1 ? {} : { frames: box.frames }),
  }));
}

/** What was found as text and no box covers, by the very rule that a release is held against. */
export function uncoveredOf(known: KnownBoxes, edit: Edit): readonly RedactionBox[] {
  return uncovered(known.boxes, drawnOf(edit));
}

/** Whether anything differs from how a person began. */
export function isChanged(known: KnownBoxes, edit: Edit): boolean {
  return JSON.stringify(drawnOf(beginEdit(known))) !== JSON.stringify(drawnOf(edit));
}
