import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PixelBox, RedactionBox } from '../../core/redaction.ts';
import {
  type EditBox,
  isIn,
  type KnownBoxes,
  withArea,
  withBox,
  withBoxInTheMiddle,
  withFound,
  withFrames,
  withoutBox,
} from './box-edit.ts';
import { boxText } from './box-words.ts';
import type { Extent } from './geometry.ts';
import { afterArrow, type KeyAction } from './keys.ts';
import { focusBox } from './stage.tsx';
import type { NewScope } from './toolbar.tsx';
import { useEdit } from './use-edit.ts';

/** The boxes of an instance, the frame shown and the chosen box, and everything that changes them. */
export function useWorkbench(
  key: string,
  known: KnownBoxes,
  extent: Extent,
  frames: number,
  surface: { readonly current: HTMLElement | null },
) {
  const editing = useEdit(key, known);
  const { edit } = editing;
  const [frame, setFrame] = useState(known.boxes[0]?.frame ?? 1);
  const [chosen, setChosen] = useState<number>();
  const [scope, setScope] = useState<NewScope>('all');
  /** A found box somebody wants to remove, until they say that they mean it. */
  const [doubtful, setDoubtful] = useState<EditBox>();
  const [told, setTold] = useState('');
  const wantsFocus = useRef<number | 'stage' | undefined>(undefined);
  const box = edit.boxes.find(({ id }) => id === chosen);

  // In the step that puts a new box into the page: later, the next key may come before.
  useLayoutEffect(() => {
    const target = wantsFocus.current;
    if (target === undefined) return;
    if (target === 'stage') surface.current?.querySelector<HTMLElement>('.stage')?.focus();
    // A box of another frame is there once that frame is.
    else if (!focusBox(surface.current, target)) return;
    wantsFocus.current = undefined;
  });

  // Told once the keys rest, not with each pixel.
  const spoken = box === undefined ? '' : boxText(box, edit.boxes.indexOf(box) + 1);
  useEffect(() => {
    const timer = setTimeout(() => setTold(spoken), 500);
    return () => clearTimeout(timer);
  }, [spoken]);

  const turnTo = (next: number): void => setFrame(Math.min(Math.max(Math.round(next) || 1, 1), frames));
  const scopeOf = () => (scope === 'all' ? { frame: null, frames: 1 } : { frame, frames: 1 });
  const take = (made: ReturnType<typeof withBox>, focus: boolean): void => {
    if (made === undefined) {
      setTold('There are as many boxes as a release takes.');
      return;
    }
    editing.change(made.edit);
    setChosen(made.id);
    if (focus) wantsFocus.current = made.id;
  };
  const removeNow = (gone: EditBox): void => {
    const here = edit.boxes.filter((one) => isIn(one, frame));
    const neighbor = here[here.indexOf(gone) + 1] ?? here[here.indexOf(gone) - 1];
    editing.change(withoutBox(edit, gone.id));
    setChosen(neighbor?.id);
    wantsFocus.current = neighbor?.id ?? 'stage';
    setTold('Box removed.');
  };
  const remove = (id: number): void => {
    const gone = edit.boxes.find((one) => one.id === id);
    if (gone === undefined) return;
    if (gone.found === null) removeNow(gone);
    else setDoubtful(gone);
  };
  const setArea = (id: number, area: PixelBox, gesture?: string): void =>
    editing.change(withArea(edit, id, area, extent), gesture);
  const show = (one: Pick<EditBox, 'frame' | 'frames'>): void => {
    if (!isIn(one, frame)) turnTo(one.frame ?? frame);
  };
  return {
    ...{ editing, edit, frame, chosen, scope, setScope, doubtful, told, turnTo, remove, setArea, show },
    choose: setChosen,
    chooseAndShow: (id: number): void => {
      const one = edit.boxes.find((other) => other.id === id);
      if (one !== undefined) show(one);
      setChosen(id);
      wantsFocus.current = id;
    },
    draw: (area: PixelBox): void => take(withBox(edit, area, scopeOf()), true),
    drawInTheMiddle: (): void => take(withBoxInTheMiddle(edit, extent, scopeOf()), true),
    takeFound: (found: RedactionBox): void => {
      editing.change(withFound(edit, found));
      setChosen(edit.nextId);
    },
    setFrames: (id: number, range: { from: number; to: number } | null): void =>
      editing.change(withFrames(edit, id, range, frames)),
    answerDoubt: (isSure: boolean): void => {
      const gone = doubtful;
      setDoubtful(undefined);
      if (gone !== undefined && isSure) removeNow(gone);
    },
    press: (action: KeyAction): void => {
      if (action.kind === 'frame') turnTo(frame + action.by);
      else if (action.kind === 'new') take(withBoxInTheMiddle(edit, extent, scopeOf()), true);
      else if (action.kind === 'undo') editing.undo();
      else if (action.kind === 'redo') editing.redo();
      else if (action.kind === 'leave') {
        setChosen(undefined);
        wantsFocus.current = 'stage';
      } else if (box !== undefined && isIn(box, frame)) {
        if ('dx' in action) setArea(box.id, afterArrow(box, action, extent), `${action.kind} ${box.id}`);
        else remove(box.id);
      }
    },
  };
}
