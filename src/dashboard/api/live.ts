import { createStore } from '../store.ts';
import { ApiError, get } from './client.ts';
import type { Association, Connection, Echo, LiveStatus } from './types.ts';

/** How news come: `streaming` as they happen, `polling` every few seconds, `lost` not at all. */
export type LiveConnection = 'connecting' | 'streaming' | 'polling' | 'lost';

export interface LiveState {
  readonly connection: LiveConnection;
  readonly status: LiveStatus | undefined;
  /** Grows with each new stream: what happened in between has to be asked for. */
  readonly epoch: number;
}

interface News {
  readonly association: Association;
  readonly echo: Echo;
  readonly connection: Connection;
}

const nothing: LiveState = { connection: 'connecting', status: undefined, epoch: 0 };
export const live = createStore<LiveState>(nothing);

/** The gateway sends its status every five seconds at least: silence of this length is a lost stream. */
const silenceMs = 15_000;
const pollMs = 5000;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

const listeners: { [K in keyof News]: Set<(news: News[K]) => void> } = {
  association: new Set(),
  echo: new Set(),
  connection: new Set(),
};

/** Calls back for each event of the kind; gives the way to end that. */
export function onNews<K extends keyof News>(kind: K, listener: (news: News[K]) => void): () => void {
  listeners[kind].add(listener);
  return () => listeners[kind].delete(listener);
}

/**
 * Follows the gateway until the returned function is called: by server-sent events, and by asking while those do not come
 * (a proxy that holds them back, too many readers, a gateway that is gone).
 */
export function followGateway(): () => void {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let poll: ReturnType<typeof setTimeout> | undefined;
  let pause = firstPauseMs;
  let ended = false;
  /** Streams that ended since the last news: one is an accident that nobody has to read of. */
  let falls = 0;

  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(fall, silenceMs);
  };
  const open = (): void => {
    if (ended) return;
    source?.close();
    source = new EventSource('/api/live');
    let opened = 1;
    heard();
    source.addEventListener('status', (event) => {
      heard();
      clearTimeout(poll);
      pause = firstPauseMs;
      falls = 0;
      live.set({
        connection: 'streaming',
        status: JSON.parse(event.data) as LiveStatus,
        epoch: live.get().epoch + opened,
      });
      opened = 0;
    });
    for (const kind of ['association', 'echo', 'connection'] as const)
      source.addEventListener(kind, (event) => {
        heard();
        tell(kind, JSON.parse(event.data) as News[typeof kind]);
      });
    source.addEventListener('dropped', fall);
    source.addEventListener('error', fall);
  };
  /** The stream is over: ask meanwhile, and try it again after a pause that grows. */
  const fall = (): void => {
    source?.close();
    source = undefined;
    clearTimeout(silence);
    clearTimeout(again);
    if (ended) return;
    falls += 1;
    again = setTimeout(open, pause);
    pause = Math.min(pause * 2, longestPauseMs);
    clearTimeout(poll);
    void ask();
  };
  const ask = async (): Promise<void> => {
    let next: Partial<LiveState>;
    try {
      const status = await get('/api/status');
      const accident = falls === 1 && live.get().connection === 'streaming';
      next = accident ? { status } : { connection: 'polling', status };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return;
      next = { connection: 'lost' };
    }
    // A stream that was opened meanwhile knows better.
    if (ended || falls === 0) return;
    live.set({ ...live.get(), ...next });
    clearTimeout(poll);
    poll = setTimeout(() => void ask(), pollMs);
  };
  open();
  return () => {
    ended = true;
    source?.close();
    for (const timer of [silence, again, poll]) clearTimeout(timer);
    live.set(nothing);
  };
}

function tell<K extends keyof News>(kind: K, news: News[K]): void {
  for (const listener of [...listeners[kind]]) listener(news);
}
