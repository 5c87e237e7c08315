import { SallyportError } from '../../core/errors.ts';
import type { Sessions } from '../sessions.ts';
import { bestOfSteps, joinSteps, type StepScores } from './ctc.ts';
import type { Plane } from './plane.ts';

/** Height of the lines the recogniser takes. */
export const LINE_HEIGHT = 48;
/** Pixels of a scaled line for each step of the recogniser. */
export const STEP_WIDTH = 8;

/** Wider lines are read in pieces: their cost and memory grow with the width. */
const WIDEST = 1024;
const OVERLAP = 128;
/** Pixels of width read in one run; bounds its memory. */
const BATCH_WIDTH = 2048;
/** Lines of one run may be narrower than its widest by this share; padding costs as much as text. */
const SPARE = 0.15;
/** A narrower line is padded: the recogniser needs a little around it. */
const NARROWEST = 32;

interface Piece {
  readonly line: number;
  /** First column of the line. */
  readonly start: number;
  readonly width: number;
}

/**
 * Reads lines that are `LINE_HEIGHT` high, values from 0 to 255, and gives the likeliest characters at each step, in
 * the order of the lines. Lines of like width are read together, long ones in overlapping pieces.
 *
 * @throws SallyportError TEXT_SEARCH_UNAVAILABLE when the recogniser fails.
 */
export async function recognizePlanes(
  sessions: Pick<Sessions, 'recognize'>,
  planes: readonly Plane[],
  classes: number,
  onProgress?: () => void,
): Promise<readonly StepScores[]> {
  const pieces = planes.flatMap((plane, line) => piecesOf(plane, line)).sort((a, b) => b.width - a.width);
  const read = new Map<Piece, StepScores>();
  let next = 0;
  while (next < pieces.length) {
    const width = paddedWidth(pieces[next]?.width ?? 0);
    let end = next + 1;
    while (
      end < pieces.length &&
      (end - next + 1) * width <= BATCH_WIDTH &&
      (pieces[end]?.width ?? 0) >= width * (1 - SPARE)
    ) {
      end += 1;
    }
    const batch = pieces.slice(next, end);
    const result = await sessions.recognize({
      values: inputOf(batch, planes, width),
      dimensions: [batch.length, 3, LINE_HEIGHT, width],
    });
    const steps = result.dimensions[1] ?? 0;
    if (
      result.dimensions[0] !== batch.length ||
      result.dimensions[2] !== classes ||
      steps * STEP_WIDTH !== width
    ) {
      throw new SallyportError('TEXT_SEARCH_UNAVAILABLE', { detail: 'output' });
    }
    batch.forEach((piece, index) => {
      const size = steps * classes;
      const used = Math.min(steps, Math.ceil(piece.width / STEP_WIDTH));
      read.set(piece, bestOfSteps(result.values.subarray(index * size), used, classes));
    });
    next = end;
    onProgress?.();
  }
  return planes.map((_, line) => joined(pieces, read, line));
}

function piecesOf(plane: Plane, line: number): readonly Piece[] {
  if (plane.width <= WIDEST) return [{ line, start: 0, width: plane.width }];
  const count = Math.ceil((plane.width - OVERLAP) / (WIDEST - OVERLAP));
  const stride = Math.ceil((plane.width - WIDEST) / (count - 1) / STEP_WIDTH) * STEP_WIDTH;
  return Array.from({ length: count }, (_, index) => {
    const start = index * stride;
    return { line, start, width: Math.min(WIDEST, plane.width - start) };
  });
}

function paddedWidth(width: number): number {
  return Math.max(NARROWEST, Math.ceil(width / STEP_WIDTH) * STEP_WIDTH);
}

function inputOf(batch: readonly Piece[], planes: readonly Plane[], width: number): Float32Array {
  const size = LINE_HEIGHT * width;
  const input = new Float32Array(batch.length * 3 * size);
  batch.forEach((piece, index) => {
    const plane = planes[piece.line];
    if (plane === undefined) return;
    const start = index * 3 * size;
    for (let row = 0; row < LINE_HEIGHT; row += 1) {
      const from = row * plane.width + piece.start;
      const to = start + row * width;
      for (let column = 0; column < piece.width; column += 1) {
        input[to + column] = (plane.values[from + column] ?? 0) / 127.5 - 1;
      }
      // A step that is only partly covered sees the edge go on, not a grey bar.
      const covered = Math.ceil(piece.width / STEP_WIDTH) * STEP_WIDTH;
      input.fill(input[to + piece.width - 1] ?? 0, to + piece.width, to + Math.min(width, covered));
    }
    input.copyWithin(start + size, start, start + size);
    input.copyWithin(start + 2 * size, start, start + size);
  });
  return input;
}

function joined(pieces: readonly Piece[], read: ReadonlyMap<Piece, StepScores>, line: number): StepScores {
  const own = pieces.filter((piece) => piece.line === line).sort((a, b) => a.start - b.start);
  let all: StepScores | undefined;
  for (const piece of own) {
    const steps = read.get(piece);
    if (steps === undefined) continue;
    all = all === undefined ? steps : joinSteps(all, steps, piece.start / STEP_WIDTH);
  }
  return all ?? { steps: 0, classes: new Uint16Array(0), scores: new Float32Array(0) };
}
