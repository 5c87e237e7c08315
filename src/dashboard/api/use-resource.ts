import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './client.ts';

export interface Resource<T> {
  /** What came last; stays while it is asked for again. */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly loading: boolean;
  reload(): void;
}

/**
 * Asks when the page is shown and whenever `inputs` change; an answer that was overtaken is thrown away. `everyMs` asks
 * again at that interval while the page can be seen.
 */
export function useResource<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[],
  everyMs?: number,
): Resource<T> {
  const [state, setState] = useState<Omit<Resource<T>, 'reload'>>({
    data: undefined,
    error: undefined,
    loading: true,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  const key = JSON.stringify(inputs);
  const shown = useRef(key);
  useEffect(() => {
    const controller = new AbortController();
    const other = shown.current !== key;
    shown.current = key;
    setState((now) => ({ ...now, ...(other ? { data: undefined, error: undefined } : {}), loading: true }));
    latest.current(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setState({ data, error: undefined, loading: false });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        setState((now) => ({ data: now.data, error: asApiError(error), loading: false }));
      },
    );
    return () => controller.abort();
  }, [key, turn]);
  const reload = useCallback(() => setTurn((now) => now + 1), []);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);
  return { ...state, reload };
}

/** Mistakes of the page itself are told as such, without their text. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, 'The page could not show the answer.');
}
