import { SallyportError } from '../../core/errors.ts';
import type { AssociationLog } from '../../observe/association-log.ts';
import type { LiveFeed } from '../../observe/live-feed.ts';
import type { LiveStatus } from '../../observe/live-status.ts';
import { liveStream } from '../../observe/live-stream.ts';
import { type Operations, ok } from '../operation.ts';

export interface StatusSource {
  readonly status: LiveStatus;
  readonly associations: AssociationLog;
  readonly feed: LiveFeed;
}

/** What the gateway does now: for the dashboard, and for whoever builds another one. */
export function statusOperations({ status, associations, feed }: StatusSource): Operations {
  return {
    getStatus: async () => ok(await status.status()),
    getStatusHistory: async () => ok(status.history()),
    listAssociations: async () => ok({ associations: associations.list() }),
    listEchoes: async () => ok({ echoes: associations.echoes(), connections: associations.connections() }),
    followStatus: async ({ signal }) => {
      const body = liveStream(feed, signal);
      if (body === undefined) throw new SallyportError('WORKERS_BUSY', { detail: 'readers of live status' });
      return {
        status: 200,
        contentType: 'text/event-stream; charset=utf-8',
        body,
        headers: { 'x-accel-buffering': 'no' },
      };
    },
  };
}
