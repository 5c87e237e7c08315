import type { Schemas } from '../api/types.ts';

export type Instance = Schemas['Instance'];
export type InstanceState = Instance['state'];
export type InstanceAction = 'retry' | 'release' | 'discard';

interface StateWords {
  readonly title: string;
  readonly text: string;
  readonly tone: 'good' | 'info' | 'warning' | 'critical' | 'neutral';
}

/** States as people read them, those that wait for somebody first. */
export const stateWords: Readonly<Record<InstanceState, StateWords>> = {
  held: { title: 'Held', text: 'waits for a person to decide', tone: 'warning' },
  failed: { title: 'Failed', text: 'could not be processed; waits for a person', tone: 'critical' },
  received: { title: 'Received', text: 'safe on disk, waits to be de-identified', tone: 'info' },
  prepared: { title: 'Prepared', text: 'de-identified, waits to be delivered', tone: 'info' },
  delivered: { title: 'Delivered', text: 'at the backend', tone: 'good' },
  discarded: { title: 'Discarded', text: 'given up by a person; its bytes are removed', tone: 'neutral' },
};

export const instanceStates = Object.keys(stateWords) as readonly InstanceState[];

export function isState(word: string): word is InstanceState {
  return Object.hasOwn(stateWords, word);
}

/** Whether the gateway would take the action; it decides in the end. */
export function canBe(
  action: InstanceAction,
  { state, releasable }: Pick<Instance, 'state' | 'releasable'>,
): boolean {
  return action === 'release' ? releasable : state === 'held' || state === 'failed';
}

/** Codes a look at the pixels decides. */
const pixelCodes: ReadonlySet<string> = new Set([
  'BURNED_IN_TEXT_RISK',
  'TEXT_LEFT_IN_PIXELS',
  'REDACTION_UNSUPPORTED',
  'RECOGNIZABLE_FEATURES_RISK',
  'DEVICE_RULE_HOLD',
  'PIXEL_REGION_INVALID',
]);

export function isAboutPixels(code: string | null): boolean {
  return code !== null && pixelCodes.has(code);
}

/** What a release without new boxes lets leave, said before it is done. */
export function releaseAsIsText({ code, drawnBoxes }: Pick<Instance, 'code' | 'drawnBoxes'>): string {
  if (drawnBoxes !== null)
    return drawnBoxes.length === 0
      ? 'An earlier release said that nothing is to be blanked. That stays so: the pixels leave as they were received.'
      : `The ${boxCount(drawnBoxes.length)} of an earlier release ${drawnBoxes.length === 1 ? 'is' : 'are'} blanked again, and nothing besides but what regions and device rules say.`;
  switch (code) {
    case 'BURNED_IN_TEXT_RISK':
    case 'REDACTION_UNSUPPORTED':
      return 'The pixels leave as they were received. Text in them, if there is any, leaves too.';
    case 'TEXT_LEFT_IN_PIXELS':
      return 'What was found and blanked stays blanked. The text that is still seen in the result leaves.';
    case 'RECOGNIZABLE_FEATURES_RISK':
      return 'The image leaves as it is, with whatever a person could be recognised by.';
    case 'DEVICE_RULE_HOLD':
    case 'PIXEL_REGION_INVALID':
      return 'The rule no longer applies to it: its pixels are treated as the profile says of images likely to carry text.';
    case 'DUPLICATE_CONTENT_DIFFERS':
      return 'It is processed beside the one with the same SOP Instance UID that came before, and delivered as a new revision.';
    default:
      return 'The reason it is held for never holds this instance again.';
  }
}

export const actionWords: Readonly<
  Record<InstanceAction, { readonly button: string; readonly done: string; readonly text: string }>
> = {
  retry: {
    button: 'Retry',
    done: 'are being processed again',
    text: 'Processed again from the beginning. If the reason is still there, it is held again.',
  },
  release: {
    button: 'Release as it is',
    done: 'are released and on their way',
    text: 'Accepted in spite of the reason, and processed from the beginning. What is de-identified leaves the building.',
  },
  discard: {
    button: 'Discard',
    done: 'are discarded',
    text: 'The received bytes are removed for good. Nobody can undo that; the sender would have to send it again.',
  },
};

export function boxCount(boxes: number): string {
  return boxes === 1 ? '1 box' : `${boxes} boxes`;
}

export function instanceCount(instances: number): string {
  return instances === 1 ? '1 instance' : `${new Intl.NumberFormat().format(instances)} instances`;
}

/** Enough of a random id to tell instances of one page apart. */
export function shortId(id: string): string {
  return id.length <= 10 ? id : `${id.slice(0, 8)}…`;
}
