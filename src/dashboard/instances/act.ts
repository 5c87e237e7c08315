import { type ApiError, post } from '../api/client.ts';
import { asApiError } from '../api/use-resource.ts';
import type { Instance, InstanceAction } from './instance-words.ts';

/** What became of one instance that was chosen. */
export interface Outcome {
  readonly id: string;
  readonly error: ApiError | undefined;
}

/** Requests under way at once, so that a page full of instances stays below the limits of the gateway. */
const atOnce = 4;

export function act(action: InstanceAction, id: string, signal?: AbortSignal): Promise<Instance> {
  const options = { path: { id }, ...(signal === undefined ? {} : { signal }) };
  if (action === 'retry') return post('/api/instances/{id}/retry', options);
  if (action === 'release') return post('/api/instances/{id}/release', options);
  return post('/api/instances/{id}/discard', options);
}

/**
 * The same for each of many, a few at a time. One that is refused does not keep the others; after the gateway could not be reached, or
 * the session has ended, the rest is not tried.
 */
export async function actOnAll(
  action: InstanceAction,
  ids: readonly string[],
  onDone: (done: number) => void,
  once: (action: InstanceAction, id: string) => Promise<unknown> = act,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = [...ids];
  let stop: ApiError | undefined;
  const work = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      if (stop !== undefined) {
        outcomes.push({ id, error: stop });
        continue;
      }
      try {
        await once(action, id);
        outcomes.push({ id, error: undefined });
      } catch (thrown) {
        const error = asApiError(thrown);
        outcomes.push({ id, error });
        if (error.status === 0 || error.status === 401 || error.status === 403) stop = error;
      }
      onDone(outcomes.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, ids.length) }, work));
  return outcomes;
}

export interface Refusals {
  readonly title: string;
  readonly code: string | undefined;
  readonly advice: string | undefined;
  readonly ids: readonly string[];
}

/** Refusals, those for the same reason together. */
export function refusalsOf(outcomes: readonly Outcome[]): Refusals[] {
  const groups = new Map<string, { error: ApiError; ids: string[] }>();
  for (const { id, error } of outcomes) {
    if (error === undefined) continue;
    const key = `${error.status} ${error.code ?? error.message}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { error, ids: [id] });
    else group.ids.push(id);
  }
  return [...groups.values()].map(({ error, ids }) => ({
    title: error.message,
    code: error.code,
    advice: error.advice,
    ids,
  }));
}
