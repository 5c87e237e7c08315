import type { CommandIo } from './io.ts';

const barWidth = 28;

/** A bar that redraws itself on a terminal, and a single line at the end elsewhere. */
export class ProgressLine {
  readonly #stream: CommandIo['stdout'];
  readonly #label: string;

  constructor(stream: CommandIo['stdout'], label: string) {
    this.#stream = stream;
    this.#label = label;
  }

  show(done: number, total: number): void {
    if (this.#stream.isTTY === true) this.#stream.write(`\r${this.#line(done, total)}`);
  }

  end(done: number, total: number): void {
    this.#stream.write(`${this.#stream.isTTY === true ? '\r' : ''}${this.#line(done, total)}\n`);
  }

  #line(done: number, total: number): string {
    const filled = total === 0 ? barWidth : Math.round((barWidth * done) / total);
    return `  ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}  ${done}/${total} ${this.#label}`;
  }
}
