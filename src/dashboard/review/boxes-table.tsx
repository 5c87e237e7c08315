import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PixelBox } from '../../core/redaction.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data.tsx';
import { type EditBox, isIn } from './box-edit.ts';
import { originText } from './box-words.ts';
import type { Extent } from './geometry.ts';

export interface BoxesTableProps {
  readonly boxes: readonly EditBox[];
  readonly extent: Extent;
  readonly frames: number;
  readonly frame: number;
  readonly chosen: number | undefined;
  readonly editable: boolean;
  readonly onChoose: (id: number) => void;
  readonly onArea: (id: number, area: PixelBox) => void;
  readonly onFrames: (id: number, range: { from: number; to: number } | null) => void;
  readonly onRemove: (id: number) => void;
}

/** The same boxes as numbers: all that can be done over the picture can be done here. */
export function BoxesTable(props: BoxesTableProps): JSX.Element {
  const { boxes, extent, frames, frame, chosen, editable, onChoose, onArea, onFrames, onRemove } = props;
  const numbered = boxes.map((box, index) => ({ box, number: index + 1 }));
  const field = (box: EditBox, number: number, name: keyof PixelBox, max: number): JSX.Element => (
    <NumberInput
      label={`Box ${number}, ${name}`}
      value={box[name]}
      min={name === 'width' || name === 'height' ? 1 : 0}
      max={max}
      disabled={!editable}
      onValue={(value) => onArea(box.id, { ...areaOf(box), [name]: value })}
    />
  );
  return (
    <DataTable
      caption="Boxes that are blanked, in stored pixels"
      rows={numbered}
      rowKey={({ box }) => String(box.id)}
      empty="There is no box. Draw one over the picture, or press New box."
      columns={[
        {
          title: 'Box',
          cell: ({ box, number }) => (
            <button
              type="button"
              class="choice"
              aria-pressed={box.id === chosen}
              aria-label={`Show box ${number}`}
              onClick={() => onChoose(box.id)}
            >
              {number}
            </button>
          ),
        },
        {
          title: 'What it is',
          cell: ({ box }) => (
            <>
              {originText(box)}
              {isIn(box, frame) ? null : <p class="hint">not in the frame shown</p>}
            </>
          ),
        },
        ...(frames === 1
          ? []
          : [
              {
                title: 'Frames',
                cell: ({ box, number }: { box: EditBox; number: number }) => (
                  <FramesCell
                    box={box}
                    number={number}
                    frames={frames}
                    frame={frame}
                    editable={editable}
                    onFrames={onFrames}
                  />
                ),
              },
            ]),
        { title: 'Left', cell: ({ box, number }) => field(box, number, 'left', extent.columns - 1) },
        { title: 'Top', cell: ({ box, number }) => field(box, number, 'top', extent.rows - 1) },
        { title: 'Width', cell: ({ box, number }) => field(box, number, 'width', extent.columns - box.left) },
        { title: 'Height', cell: ({ box, number }) => field(box, number, 'height', extent.rows - box.top) },
        ...(editable
          ? [
              {
                title: 'Remove',
                cell: ({ box, number }: { box: EditBox; number: number }) => (
                  <Button kind="quiet" label={`Remove box ${number}`} onClick={() => onRemove(box.id)}>
                    Remove
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

function areaOf({ left, top, width, height }: PixelBox): PixelBox {
  return { left, top, width, height };
}

function FramesCell({
  box,
  number,
  frames,
  frame,
  editable,
  onFrames,
}: Pick<BoxesTableProps, 'frames' | 'frame' | 'editable' | 'onFrames'> & {
  readonly box: EditBox;
  readonly number: number;
}): JSX.Element {
  const from = box.frame ?? 1;
  const to = from + box.frames - 1;
  const range = (next: { from: number; to: number }): void => onFrames(box.id, next);
  return (
    <span class="frames-cell">
      <select
        aria-label={`Box ${number}, in which frames`}
        value={box.frame === null ? 'all' : 'some'}
        disabled={!editable}
        onChange={({ currentTarget: { value } }) =>
          onFrames(box.id, value === 'all' ? null : { from: frame, to: frame })
        }
      >
        <option value="all">All frames</option>
        <option value="some">From – to</option>
      </select>
      {box.frame === null ? null : (
        <>
          <NumberInput
            label={`Box ${number}, first frame`}
            value={from}
            min={1}
            max={frames}
            disabled={!editable}
            onValue={(value) => range({ from: value, to: Math.max(value, to) })}
          />
          <span aria-hidden="true">–</span>
          <NumberInput
            label={`Box ${number}, last frame`}
            value={to}
            min={from}
            max={frames}
            disabled={!editable}
            onValue={(value) => range({ from, to: value })}
          />
        </>
      )}
    </span>
  );
}

function NumberInput({
  label,
  value,
  min,
  max,
  disabled,
  onValue,
}: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly disabled: boolean;
  readonly onValue: (value: number) => void;
}): JSX.Element {
  /** What is being typed; what holds stands there otherwise, and again after something impossible. */
  const [typed, setTyped] = useState<string>();
  return (
    <input
      type="number"
      class="number"
      aria-label={label}
      value={typed ?? String(value)}
      min={min}
      max={max}
      step={1}
      disabled={disabled}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      onChange={({ currentTarget }) => {
        if (Number.isFinite(currentTarget.valueAsNumber)) onValue(currentTarget.valueAsNumber);
        setTyped(undefined);
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}
