import { Readable } from 'node:stream';
import type { LiveFeed } from './live-feed.ts';

/** A line of nothing, so that proxies and readers know the connection lives, ms. */
export const heartbeatMs = 15_000;
/**
 * A reader has to come again after that time, ms: with a credential that has ended meanwhile it does not get in. Pages do so
 * by themselves.
 */
export const longestStreamMs = 5 * 60_000;
/** Bytes that wait in the stream for a slow reader; behind it events wait in the feed, which is bounded too. */
const highWaterMark = 64 * 1024;

/**
 * The feed as server-sent events (text/event-stream). Ends when the feed lets go of the reader (too slow, closed) and after
 * `longestMs`, and lets go
 * of the feed when the stream is destroyed or the signal aborts. Undefined where there are as many readers as allowed.
 */
export function liveStream(
  feed: LiveFeed,
  signal?: AbortSignal,
  longestMs: number = longestStreamMs,
): Readable | undefined {
  let ready = true;
  const stream = new Readable({
    highWaterMark,
    read() {
      if (ready) return;
      ready = true;
      subscription?.drained();
    },
    destroy(error, done) {
      release();
      done(error);
    },
  });
  const push = (text: string): boolean => {
    ready = stream.push(text);
    return ready;
  };
  const end = (): void => {
    release();
    if (!stream.destroyed) stream.push(null);
  };
  // A reader that does not read gets no further lines of nothing either.
  const timer = setInterval(() => ready && push(':\n\n'), heartbeatMs);
  timer.unref();
  const longest = setTimeout(() => end(), longestMs);
  longest.unref();
  const release = (): void => {
    clearInterval(timer);
    clearTimeout(longest);
    signal?.removeEventListener('abort', end);
    subscription?.unsubscribe();
  };
  const subscription = feed.subscribe({ take: ({ frame }) => push(frame), ended: end });
  if (subscription === undefined) {
    clearInterval(timer);
    clearTimeout(longest);
    return undefined;
  }
  if (signal?.aborted === true) end();
  else signal?.addEventListener('abort', end, { once: true });
  return stream;
}
