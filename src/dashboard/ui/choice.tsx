import type { ComponentChildren, JSX } from 'preact';

/** One of a few views, as a button that stays pressed. */
export function Choice({
  chosen,
  onChoose,
  children,
}: {
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <button type="button" class="choice" aria-pressed={chosen} onClick={onChoose}>
      {children}
    </button>
  );
}
