import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { PixelBox } from '../../core/redaction.ts';
import type { EditBox } from './box-edit.ts';
import { boxText } from './box-words.ts';
import { type PaintedBox, paintBoxes } from './draw.ts';
import {
  type BoxPart,
  boxBetween,
  type Extent,
  type Point,
  partAt,
  pulledBy,
  scaleOf,
  toShown,
  toStored,
} from './geometry.ts';
import { type KeyAction, keyAction } from './keys.ts';

export interface StageProps {
  readonly extent: Extent;
  /** Of the picture below, screen pixels. */
  readonly size: { readonly width: number; readonly height: number };
  readonly frame: number;
  /** Boxes of this frame that can be changed, with their numbers in the list. */
  readonly boxes: readonly { readonly box: EditBox; readonly number: number }[];
  /** What is only shown. */
  readonly others: readonly PaintedBox[];
  readonly chosen: number | undefined;
  readonly editable: boolean;
  /** A drag moves the picture and draws nothing. */
  readonly panning: boolean;
  readonly onChoose: (id: number | undefined) => void;
  readonly onDraw: (area: PixelBox) => void;
  readonly onArea: (id: number, area: PixelBox, gesture: string) => void;
  readonly onGestureEnd: () => void;
  readonly onKey: (action: KeyAction) => void;
  readonly onPan: (dx: number, dy: number) => void;
}

type Hold =
  | { readonly kind: 'draw'; readonly from: Point }
  | {
      readonly kind: 'pull';
      readonly from: Point;
      readonly id: number;
      readonly part: BoxPart;
      readonly begun: PixelBox;
      readonly gesture: string;
    }
  | { readonly kind: 'pan'; last: Point };

/** A drag shorter than this is a click. */
const leastDrag = 4;
/** Canvases larger than this are refused by some browsers; lines become a little soft before. */
const mostCanvasPixels = 4096;
const cursors: Readonly<Record<BoxPart, string>> = {
  nw: 'nwse-resize',
  se: 'nwse-resize',
  ne: 'nesw-resize',
  sw: 'nesw-resize',
  n: 'ns-resize',
  s: 'ns-resize',
  e: 'ew-resize',
  w: 'ew-resize',
  inside: 'move',
};

/**
 * Boxes over a picture: painted on a canvas, drawn and pulled by mouse, pen and finger, and each a place that Tab reaches, with
 * a name, moved by keys.
 */
export function Stage(props: StageProps): JSX.Element {
  const { extent, size, boxes, others, chosen, editable, panning, frame } = props;
  const scale = scaleOf(extent, size);
  const canvas = useRef<HTMLCanvasElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const hold = useRef<Hold | undefined>(undefined);
  const [draft, setDraft] = useState<PixelBox>();
  const help = useId();
  const sharpness = Math.min(
    globalThis.devicePixelRatio || 1,
    mostCanvasPixels / Math.max(size.width, size.height),
  );

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    const own = boxes.map(
      ({ box, number }): PaintedBox => ({
        area: box,
        kind: box.found === null ? 'drawn' : 'found',
        number,
        chosen: box.id === chosen,
      }),
    );
    const drafted: PaintedBox[] = draft === undefined ? [] : [{ area: draft, kind: 'draft' }];
    paintBoxes(context, [...others, ...own, ...drafted], scale, size, sharpness);
  });

  const pointOf = (event: PointerEvent): Point => {
    const box = surface.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const under = (event: PointerEvent) => {
    const areas = boxes.map(({ box }) => box);
    const picked = areas.find(({ id }) => id === chosen);
    return partAt(areas, pointOf(event), scale, event.pointerType === 'touch' ? 16 : 7, picked);
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0 || hold.current !== undefined) return;
    const from = pointOf(event);
    surface.current?.setPointerCapture(event.pointerId);
    if (panning || !editable) {
      hold.current = { kind: 'pan', last: { x: event.clientX, y: event.clientY } };
      return;
    }
    event.preventDefault();
    const hit = under(event);
    if (hit === undefined) {
      hold.current = { kind: 'draw', from };
      surface.current?.focus({ preventScroll: true });
      return;
    }
    const { box, part } = hit;
    hold.current = { kind: 'pull', from, id: box.id, part, begun: box, gesture: `pull ${Date.now()}` };
    props.onChoose(box.id);
    focusBox(surface.current, box.id);
  };
  const move = (event: PointerEvent): void => {
    const held = hold.current;
    const at = pointOf(event);
    if (held === undefined) {
      const part = editable && !panning ? under(event)?.part : undefined;
      if (surface.current !== null)
        surface.current.style.cursor =
          part === undefined ? (panning || !editable ? 'grab' : 'crosshair') : cursors[part];
      return;
    }
    if (held.kind === 'pan') {
      props.onPan(held.last.x - event.clientX, held.last.y - event.clientY);
      held.last = { x: event.clientX, y: event.clientY };
    } else if (held.kind === 'draw') {
      setDraft(
        isDrag(held.from, at)
          ? boxBetween(toStored(held.from, scale), toStored(at, scale), extent)
          : undefined,
      );
    } else {
      const by = toStored({ x: at.x - held.from.x, y: at.y - held.from.y }, scale);
      props.onArea(held.id, pulledBy(held.begun, held.part, by.x, by.y, extent), held.gesture);
    }
  };
  const up = (event: PointerEvent): void => {
    const held = hold.current;
    hold.current = undefined;
    setDraft(undefined);
    if (held?.kind === 'pull') props.onGestureEnd();
    if (held?.kind !== 'draw') return;
    const at = pointOf(event);
    if (isDrag(held.from, at))
      props.onDraw(boxBetween(toStored(held.from, scale), toStored(at, scale), extent));
    else props.onChoose(undefined);
  };
  const cancel = (): void => {
    const held = hold.current;
    hold.current = undefined;
    setDraft(undefined);
    if (held?.kind === 'pull') {
      props.onArea(held.id, held.begun, held.gesture);
      props.onGestureEnd();
    }
  };
  const key = (event: KeyboardEvent): void => {
    const action = keyAction(event);
    if (action === undefined || (!editable && action.kind !== 'frame')) return;
    event.preventDefault();
    if (action.kind === 'leave' && hold.current !== undefined) cancel();
    else props.onKey(action);
  };
  return (
    <div
      ref={surface}
      class={`stage ${panning || !editable ? 'panning' : ''}`}
      role="application"
      aria-label={`Boxes of frame ${frame}${editable ? '' : ', only to look at'}`}
      aria-describedby={help}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys make boxes where there is none yet
      tabIndex={0}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={cancel}
      onKeyDown={key}
      onKeyUp={(event) => {
        if (event.key.startsWith('Arrow')) props.onGestureEnd();
      }}
    >
      <canvas
        ref={canvas}
        width={Math.max(1, Math.round(size.width * sharpness))}
        height={Math.max(1, Math.round(size.height * sharpness))}
      />
      {editable
        ? boxes.map(({ box, number }) => {
            const at = toShown(box, scale);
            return (
              <button
                key={box.id}
                type="button"
                class="stage-box"
                data-box={box.id}
                aria-label={boxText(box, number)}
                aria-describedby={help}
                style={{
                  left: `${at.left}px`,
                  top: `${at.top}px`,
                  width: `${at.width}px`,
                  height: `${at.height}px`,
                }}
                onFocus={() => props.onChoose(box.id)}
              />
            );
          })
        : null}
      <p id={help} class="visually-hidden">
        {editable
          ? 'Tab goes through the boxes. N makes a box in the middle. Arrows move a box by one pixel, with Shift they change its size, with Control by ten pixels. Delete removes it. Control Z takes back. Page up and page down turn frames.'
          : 'Page up and page down turn frames.'}
      </p>
    </div>
  );
}

function isDrag(from: Point, to: Point): boolean {
  return Math.max(Math.abs(from.x - to.x), Math.abs(from.y - to.y)) >= leastDrag;
}

/** False where the box is not in the page (yet). */
export function focusBox(within: ParentNode | null, id: number): boolean {
  const place = within?.querySelector<HTMLElement>(`[data-box="${id}"]`);
  place?.focus({ preventScroll: true });
  return place !== null && place !== undefined;
}
