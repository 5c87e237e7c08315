import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { SallyportError } from '../core/errors.ts';

/** A body that is parsed as a whole is to be there by then, ms. */
export const wholeBodyMs = 10_000;
/** The same of a whole file in JSON, ms; and so many of these at one time. */
export const largeBodyMs = 120_000;
const maxLargeBodies = 4;
/** Of a body that is streamed so many bytes are to come within so long, ms: one that drips holds a place as one that stops. */
export const idleBodyMs = 30_000;
const leastBodyBytes = 16 * 1024;
const lookMs = 1_000;

/**
 * Calls `onSlow` once when a request's body does not come: as a whole within `wholeMs`, or next to nothing of it
 * (16 KiB) for `idleMs` although we read. Ends by itself with the body or the connection; `stop` ends it sooner.
 */
export function watchBody(
  message: IncomingMessage,
  limits: { readonly wholeMs: number | undefined; readonly idleMs: number },
  onSlow: () => void,
): { readonly stop: () => void } {
  const begun = performance.now();
  let moved = begun;
  let seen = message.socket.bytesRead;
  const timer = setInterval(() => {
    const now = performance.now();
    const read = message.socket.bytesRead;
    // While we do not read, because the disk is slower than the sender, the sender is not the slow one.
    const weWait = message.readableLength < message.readableHighWaterMark;
    if (read - seen >= leastBodyBytes || !weWait) {
      moved = now;
      seen = read;
    }
    const isLate = limits.wholeMs !== undefined && now - begun > limits.wholeMs;
    if (!isLate && now - moved <= limits.idleMs) return;
    stop();
    onSlow();
  }, lookMs);
  timer.unref();
  const stop = (): void => {
    clearInterval(timer);
    message.off('end', stop);
    message.off('close', stop);
  };
  message.once('end', stop);
  message.once('close', stop);
  return { stop };
}

/** Passes bytes on, and fails with BODY_TOO_LARGE at the first one beyond the limit. */
export function limitedTo(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new SallyportError('BODY_TOO_LARGE'));
      else done(null, chunk);
    },
  });
}

/** Counts the bodies that are in memory as a whole, file and all: few at one time. */
export class LargeBodies {
  #count = 0;

  /** False where there are as many as may be; else until the response is over. */
  take(response: ServerResponse): boolean {
    if (this.#count >= maxLargeBodies) return false;
    this.#count += 1;
    response.once('close', () => {
      this.#count -= 1;
    });
    return true;
  }
}
