import { write } from 'node:fs';

/** Lines that wait for a slow reader or a full disk; more are lost and counted. */
const maxWaitingBytes = 1024 * 1024;
const againAfterMs = 100;

/**
 * Writes log lines to a descriptor, behind what the gateway does: a disk that is full, a pipe whose reader went away or
 * stopped reading loses log lines and nothing else. (pino's own destination ends the process on such an error, and then
 * waits for the disk for ever.)
 */
export class LineOutput {
  readonly #descriptor: number;
  readonly #onLost: () => void;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writing = false;
  #broken = false;

  constructor(descriptor: number, onLost: () => void) {
    this.#descriptor = descriptor;
    this.#onLost = onLost;
  }

  /** Returns at once. `onLost` is told of each line that is dropped. */
  write(line: string): void {
    if (this.#broken || this.#waitingBytes + line.length > maxWaitingBytes) {
      this.#onLost();
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (!this.#writing) this.#next();
  }

  /** Resolves when nothing waits, or after the time. */
  async drained(limitMs: number): Promise<void> {
    const end = Date.now() + limitMs;
    while (this.#writing && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  #take(): readonly string[] {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return lines;
  }

  #next(): void {
    const lines = this.#take();
    this.#writing = lines.length > 0;
    if (this.#writing) this.#send(Buffer.from(lines.join('')), lines.length);
  }

  #send(bytes: Buffer, lines: number): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error === null) {
        if (written < bytes.length) this.#send(bytes.subarray(written), lines);
        else this.#next();
        return;
      }
      if (error.code === 'EAGAIN' || error.code === 'EBUSY') {
        setTimeout(() => this.#send(bytes, lines), againAfterMs).unref();
        return;
      }
      this.#broken = error.code === 'EPIPE';
      for (let line = 0; line < lines; line++) this.#onLost();
      this.#next();
    });
  }
}
