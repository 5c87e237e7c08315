import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { SallyportError } from '../core/errors.ts';

/** What a body that has to keep a rate may take beside, ms. */
const graceMs = 10_000;
/** Bodies with a whole file in JSON at one time. */
const maxLargeBodies = 4;
/** Of any body so many bytes are to come within the wait: one that drips holds a place as one that stops. */
const leastBodyBytes = 16 * 1024;
const lookMs = 1_000;

export interface BodyPace {
  /** Next to nothing (less than 16 KiB) may come for so long, ms, while we read. */
  readonly idleMs: number;
  /** Bytes per second from the beginning on, so that a large body has longer than a small one; 0: any. */
  readonly leastRate: number;
}

/**
 * Calls `onSlow` once when a request's body does not come at its pace, with ten seconds to begin. Ends by itself with the
 * body or the connection; `stop` ends it sooner.
 */
export function watchBody(
  message: IncomingMessage,
  { idleMs, leastRate }: BodyPace,
  onSlow: () => void,
): { readonly stop: () => void } {
  const begun = performance.now();
  let moved = begun;
  const first = message.socket.bytesRead;
  let seen = first;
  const timer = setInterval(() => {
    const now = performance.now();
    const read = message.socket.bytesRead;
    // While we do not read, because the disk is slower than the sender, the sender is not the slow one.
    const weWait = message.readableLength < message.readableHighWaterMark;
    if (read - seen >= leastBodyBytes || !weWait) {
      moved = now;
      seen = read;
    }
    const isLate = leastRate > 0 && now - begun > graceMs + ((read - first) / leastRate) * 1000;
    if (!isLate && now - moved <= idleMs) return;
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
