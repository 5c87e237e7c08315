import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type ApiError, post } from '../api/client.ts';
import { asApiError } from '../api/use-resource.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField } from '../ui/fields.tsx';
import { ErrorNotice } from '../ui/notice.tsx';
import { drawnOf, type Edit, isReplaceable, type KnownBoxes, uncoveredOf } from './box-edit.ts';
import { releaseTexts } from './box-words.ts';

export interface ReleaseDialogProps {
  readonly id: string;
  readonly known: KnownBoxes;
  readonly edit: Edit;
  /** `released`: the gateway took it. */
  readonly onClose: (released: boolean) => void;
}

/**
 * Says what a release with these boxes lets leave, and asks in so many words where it would be text that the gateway found. The
 * gateway checks the same by itself (BOXES_INCOMPLETE), and its answer is asked about in the same place.
 */
export function ReleaseDialog({ id, known, edit, onClose }: ReleaseDialogProps): JSX.Element {
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const [sure, setSure] = useState(false);
  const open = uncoveredOf(known, edit).length;
  const fixed = known.boxes.filter((box) => !isReplaceable(box)).length;
  const wantsWord = open + known.boxesLeftOut > 0 || error?.code === 'BOXES_INCOMPLETE';
  const release = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const body = { boxes: drawnOf(edit), ...(wantsWord && sure ? { replaceFound: true } : {}) };
      await post('/api/instances/{id}/release', { path: { id }, body });
      onClose(true);
    } catch (thrown) {
      setError(asApiError(thrown));
      setSure(false);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Release with these boxes?"
      onClose={() => {
        if (!busy) onClose(false);
      }}
    >
      <ul>
        {releaseTexts(edit.boxes, open, known.boxesLeftOut, fixed).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <ErrorNotice error={error} />
      {wantsWord ? (
        <CheckField
          label="I have looked at what is not covered: it does not say who the patient is, and may leave."
          checked={sure}
          onValue={setSure}
        />
      ) : null}
      <div class="dialog-actions">
        <Button disabled={busy} onClick={() => onClose(false)}>
          Go on drawing
        </Button>
        <Button kind="primary" busy={busy} disabled={wantsWord && !sure} onClick={() => void release()}>
          Release
        </Button>
      </div>
    </Dialog>
  );
}

/** Asked before a box goes that the gateway had found: without it, text leaves. */
export function RemoveFoundDialog({
  what,
  onClose,
}: {
  readonly what: string;
  readonly onClose: (removed: boolean) => void;
}): JSX.Element {
  return (
    <Dialog title="Leave this place as it is?" onClose={() => onClose(false)}>
      <p>The gateway found text here: {what}.</p>
      <p>
        Without a box, this place leaves the building as it was received. Remove the box only if what stands
        here is no text, or does not say who the patient is.
      </p>
      <div class="dialog-actions">
        <Button kind="primary" onClick={() => onClose(false)}>
          Keep the box
        </Button>
        <Button kind="danger" onClick={() => onClose(true)}>
          Remove the box
        </Button>
      </div>
    </Dialog>
  );
}
