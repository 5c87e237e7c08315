import { useEffect, useMemo, useState } from 'preact/hooks';
import { useStore } from '../store.ts';
import { get } from './client.ts';
import { live, onNews } from './live.ts';
import type { Association, Connection, Echo } from './types.ts';
import { type Resource, useResource } from './use-resource.ts';

/** As many as the gateway keeps, and those that run. */
const mostAssociations = 600;
const mostReached = 200;
const pollMs = 5000;

/** Running ones first, then the newest; news are put in as they come. */
export function useAssociations(): Resource<readonly Association[]> {
  const resource = useListOf(async (signal) => (await get('/api/associations', { signal })).associations);
  const [list, setList] = useState<readonly Association[]>();
  useEffect(() => setList(resource.data), [resource.data]);
  useEffect(
    () =>
      onNews('association', (news) =>
        setList((now) => now && ordered([news, ...now.filter(({ id }) => id !== news.id)])),
      ),
    [],
  );
  return { ...resource, data: list ?? resource.data };
}

function ordered(list: readonly Association[]): readonly Association[] {
  const running = (association: Association): number => (association.state === 'running' ? 0 : 1);
  return [...list]
    .sort((a, b) => running(a) - running(b) || Date.parse(b.startedAt) - Date.parse(a.startedAt))
    .slice(0, mostAssociations);
}

/** Somebody reached the port: by C-ECHO, by an association that was refused, or without one. */
export type Reached =
  | { readonly kind: 'echo'; readonly id: string; readonly at: string; readonly echo: Echo }
  | {
      readonly kind: 'connection';
      readonly id: string;
      readonly at: string;
      readonly connection: Connection;
    }
  | {
      readonly kind: 'refused';
      readonly id: string;
      readonly at: string;
      readonly association: Association;
    };

/** C-ECHOs, refused associations and failed connections, the newest first. */
export function useReached(): Resource<readonly Reached[]> {
  const resource = useListOf((signal) => get('/api/echoes', { signal }));
  const associations = useAssociations();
  const [news, setNews] = useState<readonly Reached[]>([]);
  useEffect(() => setNews([]), [resource.data]);
  useEffect(() => {
    const add = (reached: Reached): void =>
      setNews((now) => [reached, ...now.filter(({ id }) => id !== reached.id)].slice(0, mostReached));
    const ends = [
      onNews('echo', (echo) => add({ kind: 'echo', id: echo.id, at: echo.at, echo })),
      onNews('connection', (connection) =>
        add({ kind: 'connection', id: connection.id, at: connection.lastAt, connection }),
      ),
    ];
    return () => ends.forEach((end) => void end());
  }, []);
  const data = useMemo(() => {
    if (resource.data === undefined) return undefined;
    const { echoes, connections } = resource.data;
    const all: readonly Reached[] = [
      ...news,
      ...echoes.map((echo): Reached => ({ kind: 'echo', id: echo.id, at: echo.at, echo })),
      ...connections.map(
        (connection): Reached => ({
          kind: 'connection',
          id: connection.id,
          at: connection.lastAt,
          connection,
        }),
      ),
    ];
    const refused = (associations.data ?? [])
      .filter(({ state }) => state === 'rejected')
      .map(
        (association): Reached => ({
          kind: 'refused',
          id: association.id,
          at: association.rejection?.lastAt ?? association.startedAt,
          association,
        }),
      );
    const seen = new Set<string>();
    return [...all, ...refused]
      .filter(({ id }) => !seen.has(id) && seen.add(id))
      .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
      .slice(0, mostReached);
  }, [resource.data, news, associations.data]);
  return { ...resource, data };
}

/** Asked for when the stream begins, and again and again while there is none. */
function useListOf<T>(ask: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const epoch = useStore(live, (state) => state.epoch);
  const streaming = useStore(
    live,
    (state) => state.connection === 'streaming' || state.connection === 'connecting',
  );
  const resource = useResource(ask, [], streaming ? undefined : pollMs);
  useEffect(() => {
    if (epoch > 1) resource.reload();
  }, [epoch]);
  return resource;
}
