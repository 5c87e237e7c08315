import type { PixelBox } from '../../core/redaction.ts';
import { type Extent, movedBy, pulledBy } from './geometry.ts';

/** What was pressed, as a keyboard event has it. */
export interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Pixels to move by, or to pull the lower right corner by. */
export interface ArrowAction {
  readonly kind: 'move' | 'resize';
  readonly dx: number;
  readonly dy: number;
}

/** What a key over the picture asks for. */
export type KeyAction =
  | ArrowAction
  | { readonly kind: 'new' | 'remove' | 'undo' | 'redo' | 'leave' }
  | { readonly kind: 'frame'; readonly by: number };

/** Pixels of one press of an arrow, and of one with Ctrl. */
export const fineStep = 1;
export const coarseStep = 10;

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Undefined for keys that are none of ours: Tab above all, which has to leave the picture. */
export function keyAction({ key, shiftKey, ctrlKey, metaKey, altKey }: Press): KeyAction | undefined {
  if (altKey) return undefined;
  const command = ctrlKey || metaKey;
  const arrow = Object.hasOwn(arrows, key) ? arrows[key] : undefined;
  if (arrow !== undefined) {
    const size = command ? coarseStep : fineStep;
    return { kind: shiftKey ? 'resize' : 'move', dx: arrow[0] * size, dy: arrow[1] * size };
  }
  if (command) {
    if (key === 'z') return { kind: 'undo' };
    if (key === 'y' || key === 'Z') return { kind: 'redo' };
    return undefined;
  }
  switch (key) {
    case 'n':
    case 'N':
      return { kind: 'new' };
    case 'Delete':
    case 'Backspace':
      return { kind: 'remove' };
    case 'Escape':
      return { kind: 'leave' };
    case 'PageUp':
      return { kind: 'frame', by: -1 };
    case 'PageDown':
      return { kind: 'frame', by: 1 };
    default:
      return undefined;
  }
}

/** The box after an arrow: moved, or its right and lower edges pulled. */
export function afterArrow(box: PixelBox, action: ArrowAction, extent: Extent): PixelBox {
  return action.kind === 'move'
    ? movedBy(box, action.dx, action.dy, extent)
    : pulledBy(box, 'se', action.dx, action.dy, extent);
}
