import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstNumber, numbers } from '../../dicom/values.ts';

/** Where nothing tells: slow enough to look, fast enough to see motion. */
const defaultFramesPerSecond = 10;
const frameTime = 0x00181063;
const frameTimeVector = 0x00181065;
const cineRate = 0x00180040;
const recommendedDisplayFrameRate = 0x00082144;

/**
 * How long each frame, counted from 0, is shown, milliseconds: Frame Time Vector (PS3.3 C.7.6.5) where Frame Increment
 * Pointer names it or nothing else is there, Frame Time, Recommended Display Frame Rate, Cine Rate; else a tenth of a
 * second. The last frame of a vector is shown as long as the one before. `framesPerSecond` wins over all.
 */
export function frameDurations(
  dataSet: DataSet,
  framesPerSecond: number | undefined,
): (index: number) => number {
  if (framesPerSecond !== undefined) return () => 1000 / framesPerSecond;
  const vector = numbers(dataSet, frameTimeVector);
  const single = positive(firstNumber(dataSet, frameTime));
  const pointsToVector = numbers(dataSet, tags.FrameIncrementPointer).includes(frameTimeVector);
  if (vector.length > 1 && (pointsToVector || single === undefined)) {
    // Each value is the time since the frame before; that of the first is zero.
    const usual = positive(vector[vector.length - 1]) ?? 1000 / defaultFramesPerSecond;
    return (index) => positive(vector[index + 1]) ?? usual;
  }
  const rate =
    positive(firstNumber(dataSet, recommendedDisplayFrameRate)) ?? positive(firstNumber(dataSet, cineRate));
  const duration = single ?? 1000 / (rate ?? defaultFramesPerSecond);
  return () => duration;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
}
