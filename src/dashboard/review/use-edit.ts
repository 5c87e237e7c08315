import { useState } from 'preact/hooks';
import { beginEdit, type Edit, isChanged, type KnownBoxes, maxSteps } from './box-edit.ts';
import { beginHistory, endGesture, type History, redo, step, undo } from './history.ts';

export interface Editing {
  readonly edit: Edit;
  readonly changed: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** `gesture`: changes that follow one another under one name are taken back in one step. */
  change(next: Edit, gesture?: string): void;
  endGesture(): void;
  undo(): void;
  redo(): void;
  /** Back to how it began, as a step that can be taken back. */
  reset(): void;
}

/** Boxes of instances somebody worked on and did not release: a look at another page does not lose them. */
const drafts = new Map<string, History<Edit>>();
const maxDrafts = 20;

/** The boxes of one instance, with taking back; `key` names the instance as it was held. */
export function useEdit(key: string, known: KnownBoxes): Editing {
  const [history, setHistory] = useState(() => drafts.get(key) ?? beginHistory(beginEdit(known)));
  const set = (next: (now: History<Edit>) => History<Edit>): void =>
    setHistory((now) => {
      const after = next(now);
      drafts.delete(key);
      drafts.set(key, after);
      for (const oldest of drafts.keys()) {
        if (drafts.size <= maxDrafts) break;
        drafts.delete(oldest);
      }
      return after;
    });
  return {
    edit: history.present,
    changed: isChanged(known, history.present),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    change: (next, gesture) => set((now) => step(now, next, gesture ?? null, maxSteps)),
    endGesture: () => set(endGesture),
    undo: () => set(undo),
    redo: () => set(redo),
    reset: () => set((now) => step(now, { ...beginEdit(known) }, null, maxSteps)),
  };
}

/** A released instance needs its draft no more. */
export function forgetDraft(key: string): void {
  drafts.delete(key);
}
