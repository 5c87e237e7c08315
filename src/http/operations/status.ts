import { Readable } from 'node:stream';
import { SallyportError } from '../../core/errors.ts';
import type { AssociationLog } from '../../observe/association-log.ts';
import type { LiveFeed, LiveSubscription } from '../../observe/live-feed.ts';
import type { LiveStatus } from '../../observe/live-status.ts';
import { type Operations, ok } from '../operation.ts';

export interface StatusSource {
  readonly status: LiveStatus;
  readonly associations: AssociationLog;
  readonly feed: LiveFeed;
}

/** A line of nothing, so that proxies and readers know the connection lives, ms. */
const heartbeatMs = 15_000;

/** What the gateway does now: for the dashboard, and for whoever builds another one. */
export function statusOperations({ status, associations, feed }: StatusSource): Operations {
  return {
    getStatus: async () => ok(await status.status()),
    getStatusHistory: async () => ok(status.history()),
    listAssociations: async () => ok({ associations: associations.list() }),
    listEchoes: async () => ok({ echoes: associations.echoes(), connections: associations.connections() }),
    followStatus: async ({ signal }) => ({
      status: 200,
      contentType: 'text/event-stream; charset=utf-8',
      body: serverSentEvents(feed, signal),
      headers: { 'x-accel-buffering': 'no' },
    }),
  };
}

/** Events of the feed as a stream that ends with the reader, with the gateway, or where the reader is too slow. */
function serverSentEvents(feed: LiveFeed, signal: AbortSignal): Readable {
  let subscription: LiveSubscription | undefined;
  const stream = new Readable({ read: () => subscription?.drained() });
  const end = (): void => {
    clearInterval(timer);
    subscription?.unsubscribe();
    stream.push(null);
  };
  const timer = setInterval(() => stream.push(':\n\n'), heartbeatMs);
  timer.unref();
  subscription = feed.subscribe({ take: ({ frame }) => stream.push(frame), ended: end });
  if (subscription === undefined) {
    clearInterval(timer);
    throw new SallyportError('WORKERS_BUSY', { detail: 'readers of live status' });
  }
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return stream;
}
