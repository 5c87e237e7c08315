import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { useRight } from '../api/session.ts';
import type { Scope } from '../api/types.ts';

export interface ButtonProps {
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly type?: 'button' | 'submit';
  /** Something is under way: no second click, and screen readers are told. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  /** The right its action needs. Without it the button is off and says why. */
  readonly needs?: Scope;
  /** Where the text alone does not say what it is about, as "Revoke" in a table. */
  readonly label?: string;
  readonly onClick?: () => void;
  readonly children: ComponentChildren;
}

/** A button that cannot be used stays reachable by keyboard, so that its reason can be read. */
export function Button(props: ButtonProps): JSX.Element {
  const {
    kind = 'plain',
    type = 'button',
    busy = false,
    disabled = false,
    needs,
    label,
    onClick,
    children,
  } = props;
  const hint = useId();
  const allowed = useRight(needs ?? 'read') || needs === undefined;
  const off = disabled || busy || !allowed;
  return (
    <>
      <button
        type={type}
        class={`button ${kind}`}
        aria-disabled={off}
        aria-busy={busy}
        aria-label={label}
        aria-describedby={allowed ? undefined : hint}
        onClick={(event) => {
          if (off) event.preventDefault();
          else onClick?.();
        }}
      >
        {children}
      </button>
      {allowed ? null : (
        <span id={hint} class="hint needs">
          needs the right {needs}
        </span>
      )}
    </>
  );
}
