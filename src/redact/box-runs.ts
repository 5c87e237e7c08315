import { SallyportError } from '../core/errors.ts';
import type { RedactionBox } from '../core/redaction.ts';
import type { JudgedArea } from './judge/boxes.ts';

/** More boxes than this are no text: noise was taken for it in frame after frame. */
export const maxBoxes = 50_000;

interface Run {
  readonly first: number;
  last: number;
  readonly judged: JudgedArea;
}

/** Collects what is to be blanked frame by frame: what stays where it is becomes one box over successive frames. */
export class BoxRuns {
  #open = new Map<string, Run>();
  readonly #closed: Run[] = [];
  #lastAreas: readonly JudgedArea[] | undefined;

  /** The areas of the next frame, counted from 1. Throws REDACTION_UNSUPPORTED for more than `maxBoxes`. */
  add(frame: number, areas: readonly JudgedArea[]): void {
    if (areas === this.#lastAreas) {
      for (const run of this.#open.values()) run.last = frame;
      return;
    }
    this.#lastAreas = areas;
    const open = new Map<string, Run>();
    for (const judged of areas) {
      const { left, top, width, height } = judged.area;
      const key = `${left} ${top} ${width} ${height} ${judged.reason}`;
      const known = this.#open.get(key);
      if (known === undefined) open.set(key, { first: frame, last: frame, judged });
      else {
        known.last = frame;
        open.set(key, known);
        this.#open.delete(key);
      }
    }
    for (const run of this.#open.values()) this.#closed.push(run);
    this.#open = open;
    if (this.#closed.length + open.size > maxBoxes)
      throw new SallyportError('REDACTION_UNSUPPORTED', { detail: 'too many regions' });
  }

  /** All boxes, by frame, then from the top. */
  boxes(): RedactionBox[] {
    return [...this.#closed, ...this.#open.values()]
      .map(({ first, last, judged: { area, reason } }): RedactionBox => {
        const { left, top, width, height } = area;
        return { frame: first, frames: last - first + 1, left, top, width, height, source: 'ocr', reason };
      })
      .sort((a, b) => a.frame - b.frame || a.top - b.top || a.left - b.left);
  }
}
