import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from './button.tsx';

/** Filters of a list. On a telephone they are closed at first, unless one is set, so that the list is in sight. */
export function FindCard({
  label,
  active,
  onClear,
  children,
}: {
  /** "Filter studies", for screen readers. */
  readonly label: string;
  /** How many filters are set. */
  readonly active: number;
  readonly onClear: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const [open, setOpen] = useState(() => active > 0 || globalThis.matchMedia('(width >= 44rem)').matches);
  return (
    <section class="card find">
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <h2>Find{active === 0 ? '' : ` (${active} ${active === 1 ? 'filter' : 'filters'} set)`}</h2>
        </summary>
        <search class="filters" aria-label={label}>
          {children}
        </search>
        <Button kind="quiet" disabled={active === 0} onClick={onClear}>
          Clear the filters
        </Button>
      </details>
    </section>
  );
}
