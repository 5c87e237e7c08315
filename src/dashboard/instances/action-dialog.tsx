import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { actOnAll, type Outcome, refusalsOf } from './act.ts';
import {
  actionWords,
  canBe,
  type Instance,
  type InstanceAction,
  instanceCount,
  releaseAsIsText,
} from './instance-words.ts';
import { InstanceLink } from './parts.tsx';

export interface ActionDialogProps {
  readonly action: InstanceAction;
  /** Those chosen, also ones the action is not for. */
  readonly instances: readonly Instance[];
  /** Closes by itself where all went well: the page says so in any case, and would change below the answer. */
  readonly brief?: boolean;
  /** What somebody may overlook, told above the buttons. */
  readonly warning?: string | undefined;
  /** `acted`: something was asked of the gateway, so lists have to be read again. */
  readonly onClose: (acted: boolean) => void;
}

/** Says what will happen to how many, does it, and says what became of each. */
export function ActionDialog({
  action,
  instances,
  brief = false,
  warning,
  onClose,
}: ActionDialogProps): JSX.Element {
  const [done, setDone] = useState<number>();
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>();
  const { button, text } = actionWords[action];
  const fit = instances.filter((instance) => canBe(action, instance));
  const run = async (): Promise<void> => {
    setDone(0);
    const ids = fit.map(({ id }) => id);
    const became = await actOnAll(action, ids, setDone);
    if (brief && became.every(({ error }) => error === undefined)) onClose(true);
    else setOutcomes(became);
  };
  if (outcomes !== undefined)
    return (
      <Dialog title={button} onClose={() => onClose(true)}>
        <Outcomes action={action} outcomes={outcomes} />
        <div class="dialog-actions">
          <Button kind="primary" onClick={() => onClose(true)}>
            Close
          </Button>
        </div>
      </Dialog>
    );
  const consequences =
    action === 'release' ? [...new Set(fit.map((instance) => releaseAsIsText(instance)))] : [];
  return (
    <Dialog
      title={`${button}: ${instanceCount(fit.length)}?`}
      onClose={() => {
        if (done === undefined) onClose(false);
      }}
    >
      <p>{text}</p>
      {consequences.length === 0 ? null : (
        <ul>
          {consequences.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {fit.length === instances.length ? null : (
        <p class="hint">
          {instanceCount(instances.length - fit.length)} of those chosen cannot be treated like this and{' '}
          {instances.length - fit.length === 1 ? 'stays' : 'stay'} as{' '}
          {instances.length - fit.length === 1 ? 'it is' : 'they are'}.
        </p>
      )}
      {warning === undefined ? null : <Notice severity="warning" title={warning} />}
      <p role="status">{done === undefined ? '' : `${done} of ${fit.length} done…`}</p>
      <div class="dialog-actions">
        <Button disabled={done !== undefined} onClick={() => onClose(false)}>
          Cancel
        </Button>
        <Button
          kind={action === 'discard' ? 'danger' : 'primary'}
          busy={done !== undefined}
          disabled={fit.length === 0}
          onClick={() => void run()}
        >
          {action === 'discard' ? 'Discard for good' : button}
        </Button>
      </div>
    </Dialog>
  );
}

function Outcomes({
  action,
  outcomes,
}: {
  readonly action: InstanceAction;
  readonly outcomes: readonly Outcome[];
}): JSX.Element {
  const refusals = refusalsOf(outcomes);
  const taken = outcomes.filter(({ error }) => error === undefined).length;
  return (
    <div role="status" class="outcomes">
      {taken === 0 ? null : (
        <Notice
          severity="good"
          title={`${instanceCount(taken)} ${taken === 1 ? actionWords[action].done.replace(/^are/, 'is') : actionWords[action].done}.`}
        />
      )}
      {refusals.map(({ title, code, advice, ids }) => (
        <Notice key={`${code} ${title}`} severity="warning" title={`${instanceCount(ids.length)}: ${title}`}>
          {advice === undefined ? null : <p>{advice}</p>}
          {code === undefined ? null : (
            <p class="hint">
              Code <code>{code}</code>
            </p>
          )}
          <details>
            <summary>Which</summary>
            <ul class="plain">
              {ids.map((id) => (
                <li key={id}>
                  <InstanceLink id={id} />
                </li>
              ))}
            </ul>
          </details>
        </Notice>
      ))}
    </div>
  );
}
