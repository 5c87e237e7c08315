import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from './button.tsx';

/**
 * Copies the text. Over plain HTTP to another machine browsers give no clipboard to scripts; then the older way is tried,
 * and where that fails too, it says so.
 */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): JSX.Element {
  const [told, setTold] = useState<'copied' | 'failed'>();
  useEffect(() => {
    if (told === undefined) return;
    const timer = setTimeout(() => setTold(undefined), 4000);
    return () => clearTimeout(timer);
  }, [told]);
  const copy = async (): Promise<void> => {
    setTold((await copied(text)) ? 'copied' : 'failed');
  };
  return (
    <span class="copy">
      <Button kind="quiet" label={`Copy ${what}`} onClick={() => void copy()}>
        {told === 'copied' ? 'Copied' : 'Copy'}
      </Button>
      <span class={told === 'failed' ? 'fault' : 'visually-hidden'} role="status">
        {told === 'copied'
          ? `Copied ${what}`
          : told === 'failed'
            ? 'Could not copy: mark the text and copy it by hand'
            : ''}
      </span>
    </span>
  );
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

function copiedBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  // Inside an open dialog: everything outside is inert.
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
