import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from './button.tsx';

export interface Pages {
  /** Where the present page begins; undefined for the first. */
  readonly cursor: string | undefined;
  /** From 1. */
  readonly number: number;
  forward(cursor: string): void;
  back(): void;
}

/** Steps through pages by the cursors of the answers, from the first one again when `key` changes. */
export function usePages(key: string): Pages {
  const [state, setState] = useState<{ readonly key: string; readonly cursors: readonly string[] }>({
    key,
    cursors: [],
  });
  useEffect(() => setState((now) => (now.key === key ? now : { key, cursors: [] })), [key]);
  const cursors = state.key === key ? state.cursors : [];
  return {
    cursor: cursors.at(-1),
    number: cursors.length + 1,
    forward: (cursor) => setState({ key, cursors: [...cursors, cursor] }),
    back: () => setState({ key, cursors: cursors.slice(0, -1) }),
  };
}

export function Pager({
  pages,
  next,
  what,
}: {
  readonly pages: Pages;
  readonly next: string | null;
  /** "instances", for the name of the navigation. */
  readonly what: string;
}): JSX.Element | null {
  if (pages.number === 1 && next === null) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <Button disabled={pages.number === 1} onClick={pages.back}>
        ← Page before
      </Button>
      <span aria-live="polite">Page {pages.number}</span>
      <Button
        disabled={next === null}
        onClick={() => {
          if (next !== null) pages.forward(next);
        }}
      >
        Next page →
      </Button>
    </nav>
  );
}
