/** States that were, one that is, and states that were taken back. */
export interface History<State> {
  readonly past: readonly State[];
  readonly present: State;
  readonly future: readonly State[];
  /** What the last change was about: further ones of the same gesture are one step. */
  readonly gesture: string | null;
}

export function beginHistory<State>(present: State): History<State> {
  return { past: [], present, future: [], gesture: null };
}

/**
 * The history with a new present. Changes with the same `gesture` that follow one another (one drag, one held key, one field) are
 * taken back in one step. `most`: so many steps are kept.
 */
export function step<State>(
  history: History<State>,
  present: State,
  gesture: string | null,
  most: number,
): History<State> {
  if (present === history.present) return history;
  if (gesture !== null && gesture === history.gesture) return { ...history, present, future: [] };
  return { past: [...history.past, history.present].slice(-most), present, future: [], gesture };
}

/** What comes next is a step of its own, whatever its gesture. */
export function endGesture<State>(history: History<State>): History<State> {
  return history.gesture === null ? history : { ...history, gesture: null };
}

export function undo<State>(history: History<State>): History<State> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    gesture: null,
  };
}

export function redo<State>(history: History<State>): History<State> {
  const [after, ...future] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.present], present: after, future, gesture: null };
}
