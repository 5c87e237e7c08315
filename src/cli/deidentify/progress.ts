import type { CommandIo } from '../io.ts';
import type { ManifestStatus } from './manifest.ts';

export type Counts = Record<ManifestStatus, number> & {
  /** Of these so many come from the run that is resumed. */
  earlier: number;
};

const redrawMs = 200;
const plainMs = 5000;
const maxColumns = 120;

/** Tells how far a run is: one line that redraws itself on a terminal, a line every few seconds elsewhere. */
export class RunProgress {
  readonly #stream: CommandIo['stderr'];
  readonly #startedAt: number;
  readonly #intervalMs: number;
  #shownAt: number;
  #drawn = 0;

  constructor(stream: CommandIo['stderr'], now: number) {
    this.#stream = stream;
    this.#startedAt = now;
    this.#shownAt = now;
    this.#intervalMs = stream.isTTY === true ? redrawMs : plainMs;
  }

  show(counts: Counts, now: number): void {
    if (now - this.#shownAt < this.#intervalMs) return;
    this.#shownAt = now;
    const line = `${countsText(counts)}; ${rateText(counts, now - this.#startedAt)}`;
    if (this.#stream.isTTY !== true) {
      this.#stream.write(`sallyport deidentify: ${line}\n`);
      return;
    }
    const text = `  ${line}`.slice(0, (this.#stream.columns ?? maxColumns) - 1);
    this.#stream.write(`\r${text.padEnd(this.#drawn)}`);
    this.#drawn = text.length;
  }

  /** Clears the line; what comes next begins at the left. */
  end(): void {
    if (this.#drawn > 0) this.#stream.write(`\r${' '.repeat(this.#drawn)}\r`);
    this.#drawn = 0;
  }
}

/** "12 de-identified, 1 held, 0 failed", and how many of them an earlier run has done. */
export function countsText({ deidentified, held, failed, earlier }: Counts): string {
  const before = earlier === 0 ? '' : ` (${earlier} of them before)`;
  return `${deidentified} de-identified, ${held} held, ${failed} failed${before}`;
}

/** "120 files in 1.5 s, 80/s": what this run itself has done. */
export function rateText({ deidentified, held, failed, earlier }: Counts, elapsedMs: number): string {
  const files = deidentified + held + failed - earlier;
  const seconds = Math.max(elapsedMs, 1) / 1000;
  const rate = files / seconds;
  return `${files} ${files === 1 ? 'file' : 'files'} in ${seconds.toFixed(1)} s, ${rate.toFixed(rate < 10 ? 1 : 0)}/s`;
}
