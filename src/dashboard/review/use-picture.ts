import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../api/client.ts';
import { asApiError } from '../api/use-resource.ts';

export interface Picture {
  /** Of a blob; the one before stays while the next is asked for. */
  readonly url: string | undefined;
  readonly error: ApiError | undefined;
  /** What is shown is not yet what was asked for. */
  readonly loading: boolean;
}

const nothing: Picture = { url: undefined, error: undefined, loading: true };

/**
 * A picture that needs more than an address: a body, or its refusal in words. Asked for when `key` has not changed for
 * `delayMs`; one that was overtaken is given up, and memory of shown ones is given back. Without `ask` there is none.
 */
export function usePicture(
  ask: ((signal: AbortSignal) => Promise<{ readonly blob: Blob }>) | undefined,
  key: string,
  delayMs: number,
): Picture {
  const [picture, setPicture] = useState<Picture>(nothing);
  const wanted = ask === undefined ? '' : key;
  useEffect(() => {
    if (ask === undefined) {
      setPicture({ ...nothing, loading: false });
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    setPicture((now) => ({ ...now, loading: true }));
    const timer = setTimeout(() => {
      ask(signal).then(
        ({ blob }) => {
          if (!signal.aborted)
            setPicture({ url: URL.createObjectURL(blob), error: undefined, loading: false });
        },
        (error: unknown) => {
          if (!signal.aborted) setPicture({ url: undefined, error: asApiError(error), loading: false });
        },
      );
    }, delayMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [wanted]);
  const { url } = picture;
  useEffect(() => {
    if (url !== undefined) return () => URL.revokeObjectURL(url);
  }, [url]);
  return picture;
}
