import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface DialogProps {
  readonly title: string;
  /** Escape, or the button that closes it. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A question that wants an answer first. The focus stays inside and goes back afterwards. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // As it is now: an element that is rendered anew meanwhile may lose the focus.
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      // The element is already out of the page where the browser would give the focus back.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // Some browsers close it by Escape without asking; after our own close it is gone already.
      onClose={() => {
        if (element.current !== null) onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
