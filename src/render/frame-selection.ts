import type { FrameSelection } from '../core/render-choices.ts';

/** The frames of one instance that are rendered, in their order; holds no list, however many there are. */
export interface SelectedFrames {
  /** At least 1 where the instance has frames, but for `only` a frame it does not have. */
  readonly count: number;
  /** Index of the frame, from 0, at a position of the selection, from 0 to `count` - 1; indexes ascend. */
  at(position: number): number;
  /** True where the frame with this index, from 0, is rendered. */
  has(index: number): boolean;
}

/**
 * What a selection means for an instance of so many frames (at least 1). `middle` of an even number is the earlier of the
 * two. `atMost` takes all frames where there are no more than n; else n of them from n stretches of equal length, the first
 * of each, so that a moving image keeps its pace.
 */
export function selectedFrames(selection: FrameSelection, numberOfFrames: number): SelectedFrames {
  switch (selection.kind) {
    case 'all':
      return everyNth(1, numberOfFrames);
    case 'first':
      return single(0);
    case 'middle':
      return single(Math.floor((numberOfFrames - 1) / 2));
    case 'every':
      return everyNth(selection.n, numberOfFrames);
    case 'atMost':
      return selection.n >= numberOfFrames
        ? everyNth(1, numberOfFrames)
        : spread(selection.n, numberOfFrames);
    case 'only':
      return selection.n <= numberOfFrames ? single(selection.n - 1) : none;
    default:
      return selection satisfies never;
  }
}

const none: SelectedFrames = { count: 0, at: () => 0, has: () => false };

function single(index: number): SelectedFrames {
  return { count: 1, at: () => index, has: (other) => other === index };
}

function everyNth(n: number, numberOfFrames: number): SelectedFrames {
  return {
    count: Math.ceil(numberOfFrames / n),
    at: (position) => position * n,
    has: (index) => index >= 0 && index < numberOfFrames && index % n === 0,
  };
}

function spread(count: number, numberOfFrames: number): SelectedFrames {
  const at = (position: number): number => Math.floor((position * numberOfFrames) / count);
  return {
    count,
    at,
    has: (index) =>
      index >= 0 && index < numberOfFrames && at(Math.ceil((index * count) / numberOfFrames)) === index,
  };
}
