import type { Decision, ElementAction } from '../deidentify/decision.ts';

/** What is left of an attribute, as groups a person reads one after the other: what leaves first. */
export const outcomes = ['kept', 'cleaned', 'shifted', 'replaced', 'emptied', 'removed', 'written'] as const;
export type Outcome = (typeof outcomes)[number];

const words: Readonly<Record<ElementAction, readonly [Outcome, string]>> = {
  X: ['removed', 'removed'],
  Z: ['emptied', 'emptied'],
  D: ['replaced', 'replaced by a dummy'],
  U: ['replaced', 'replaced by a new UID'],
  K: ['kept', 'kept'],
  C: ['cleaned', 'kept without identifiers'],
  codeMeaning: ['cleaned', 'kept where it is the meaning of a standard code'],
  trackingId: ['replaced', 'replaced by a token'],
  patientId: ['replaced', "replaced by the patient's pseudonym"],
  patientName: ['replaced', "replaced by the patient's pseudonym"],
  accessionNumber: ['replaced', 'replaced by a pseudonym'],
  characterSet: ['kept', 'kept'],
  marker: ['written', 'written by the gateway'],
  clean: ['cleaned', 'kept without identifiers'],
  shift: ['shifted', "shifted by the patient's whole weeks"],
  keepDate: ['kept', 'kept'],
  keepUid: ['kept', 'kept'],
  keepAge: ['kept', 'kept; above 89 years written as 090Y'],
  ownKeep: ['kept', 'kept'],
  ownText: ['replaced', 'replaced by a text'],
  hash: ['replaced', 'replaced by a token'],
  pseudonym: ['replaced', 'replaced by a pseudonym'],
};

export function outcomeOf({ action }: Decision, vr: string): Outcome {
  return vr === 'SQ' && isRecursive(action) ? 'kept' : words[action][0];
}

/** A sequence that is kept, cleaned or remapped stays, and its items go by the same rules. */
function isRecursive(action: ElementAction): boolean {
  const [outcome] = words[action];
  return outcome === 'kept' || outcome === 'cleaned' || action === 'U';
}

/** The action in plain words, with what is done where it cannot be. */
export function actionWords({ action, value, otherwise }: Decision, vr = ''): string {
  if (action === 'ownText') return `replaced by ${JSON.stringify(value ?? '')}`;
  const [, text] = words[action];
  if (vr === 'SQ' && isRecursive(action)) return 'kept; its items by these rules';
  const valued = action === 'shift' || action === 'keepDate' || action === 'keepUid';
  return valued && otherwise !== undefined && otherwise !== 'K'
    ? `${text}; else ${words[otherwise][1]}`
    : text;
}
