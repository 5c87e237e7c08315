import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { Button } from '../ui/button.tsx';

/** Turns frames: a slider, a number, the one before and the next; frames with boxes are a step away. */
export function FrameBar({
  frame,
  frames,
  marked,
  onFrame,
}: {
  readonly frame: number;
  readonly frames: number;
  /** Frames in which a box begins, in order. */
  readonly marked: readonly number[];
  readonly onFrame: (frame: number) => void;
}): JSX.Element | null {
  const id = useId();
  if (frames === 1) return null;
  const nextMarked = marked.find((one) => one > frame) ?? marked.find((one) => one !== frame);
  return (
    <div class="frame-bar">
      <Button label="Frame before" disabled={frame <= 1} onClick={() => onFrame(frame - 1)}>
        ◀
      </Button>
      <label for={id}>
        Frame {frame} of {frames}
      </label>
      <input
        id={id}
        type="range"
        min={1}
        max={frames}
        value={frame}
        aria-valuetext={`Frame ${frame} of ${frames}`}
        onInput={(event) => onFrame(event.currentTarget.valueAsNumber)}
      />
      <Button label="Next frame" disabled={frame >= frames} onClick={() => onFrame(frame + 1)}>
        ▶
      </Button>
      {nextMarked === undefined ? null : (
        <Button kind="quiet" onClick={() => onFrame(nextMarked)}>
          Next frame with other boxes
        </Button>
      )}
    </div>
  );
}
