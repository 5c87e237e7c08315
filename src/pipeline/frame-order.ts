import type { DataSet } from '../dicom/data-set.ts';
import { tags } from '../dicom/tags.ts';
import { firstNumber, firstText, numbers } from '../dicom/values.ts';

/** Finds the item of a functional group for a frame (PS3.3 C.7.6.16), else the data set itself. */
export type Groups = (sequence: number) => DataSet;

/** When a frame was made, and its number in stacks and dimensions. */
export interface FrameOrder {
  readonly frameOffsetMs: number | null;
  readonly frameReferenceTimeMs: number | null;
  readonly triggerDelayMs: number | null;
  readonly temporalPositionIndex: number | null;
  readonly stackId: string | null;
  readonly inStackPositionNumber: number | null;
  readonly dimensionIndexValues: number[] | null;
  readonly frameIncrements: { tag: string; value: number }[] | null;
}

const maxIncrements = 16;
const maxDimensions = 64;

/**
 * Gives time and order of each frame, counted from 0. `groups` finds the functional groups of any frame.
 */
export function frameOrder(
  dataSet: DataSet,
  numberOfFrames: number,
  groups: (index: number) => Groups,
): (index: number) => FrameOrder {
  const vectors = incrementVectors(dataSet, numberOfFrames);
  const offsetOf = offsets(dataSet, numberOfFrames, groups);
  const reference = milliseconds(firstNumber(dataSet, tags.FrameReferenceTime));
  return (index) => {
    const group = groups(index);
    const content = group(tags.FrameContentSequence);
    const cardiac = group(tags.CardiacSynchronizationSequence);
    const delay =
      firstNumber(cardiac, tags.NominalCardiacTriggerDelayTime) ?? firstNumber(dataSet, tags.TriggerTime);
    const dimensions = numbers(content, tags.DimensionIndexValues);
    const stack = firstText(content, tags.StackID);
    // A video may have more frames than Number of Frames says.
    const increments = vectors.flatMap(({ tag, values }) => {
      const value = values[index];
      return value === undefined ? [] : [{ tag, value }];
    });
    return {
      frameOffsetMs: offsetOf(index),
      frameReferenceTimeMs: reference,
      triggerDelayMs: milliseconds(delay),
      temporalPositionIndex: ordinal(content, tags.TemporalPositionIndex),
      stackId: stack === undefined || stack === '' || stack.length > 16 ? null : stack,
      inStackPositionNumber: ordinal(content, tags.InStackPositionNumber),
      dimensionIndexValues: dimensions.length > 0 && dimensions.length <= maxDimensions ? dimensions : null,
      frameIncrements: increments.length === 0 ? null : increments,
    };
  };
}

/** The attributes that Frame Increment Pointer (0028,0009) names, where they have one number for each frame. */
function incrementVectors(
  dataSet: DataSet,
  numberOfFrames: number,
): readonly { readonly tag: string; readonly values: readonly number[] }[] {
  if (numberOfFrames === 1) return [];
  const pointers = [...new Set(numbers(dataSet, tags.FrameIncrementPointer))].slice(0, maxIncrements);
  return pointers
    .map((pointer) => ({
      tag: pointer.toString(16).padStart(8, '0'),
      values: numbers(dataSet, pointer),
    }))
    .filter(({ values }) => values.length === numberOfFrames && values.every(Number.isFinite));
}

/** From the first frame, by the most exact of what the data set has. */
function offsets(
  dataSet: DataSet,
  numberOfFrames: number,
  groups: (index: number) => Groups,
): (index: number) => number | null {
  if (numberOfFrames === 1) return () => null;
  for (const momentOf of [temporalOffset, referenceMoment, acquisitionMoment]) {
    const first = momentOf(groups(0));
    const last = momentOf(groups(numberOfFrames - 1));
    // All alike: no times, but what de-identification put in their place.
    if (first === undefined || last === undefined || first === last) continue;
    return (index) => {
      const moment = momentOf(groups(index));
      return moment === undefined ? null : milliseconds(moment - first);
    };
  }
  return cineOffsets(dataSet, numberOfFrames);
}

/** PS3.3 C.7.6.5: one time between all frames, or one before each; with a pointer, only what it names. */
function cineOffsets(dataSet: DataSet, numberOfFrames: number): (index: number) => number | null {
  const pointers = numbers(dataSet, tags.FrameIncrementPointer);
  const named = (tag: number): boolean => pointers.length === 0 || pointers.includes(tag);
  const increments = named(tags.FrameTimeVector) ? numbers(dataSet, tags.FrameTimeVector) : [];
  if (increments.length === numberOfFrames && increments.every(Number.isFinite)) {
    const sums: number[] = [];
    // The first increment leads to no frame before it.
    for (let i = 0; i < increments.length; i++)
      sums.push(i === 0 ? 0 : (sums[i - 1] as number) + (increments[i] as number));
    return (index) => milliseconds(sums[index]);
  }
  const time = named(tags.FrameTime) ? firstNumber(dataSet, tags.FrameTime) : undefined;
  return (index) => (time === undefined || time < 0 ? null : milliseconds(index * time));
}

type Moment = (group: Groups) => number | undefined;

const temporalOffset: Moment = (group) => {
  const seconds = firstNumber(group(tags.TemporalPositionSequence), tags.TemporalPositionTimeOffset);
  return seconds === undefined ? undefined : seconds * 1000;
};
const referenceMoment: Moment = (group) =>
  momentOf(firstText(group(tags.FrameContentSequence), tags.FrameReferenceDateTime));
const acquisitionMoment: Moment = (group) =>
  momentOf(firstText(group(tags.FrameContentSequence), tags.FrameAcquisitionDateTime));

const dateTimeForm = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\.\d{1,6})?(?:([+-])(\d{2})(\d{2}))?$/;

/** A DT down to seconds (PS3.5 6.2) as ms; only differences of two have a meaning. */
function momentOf(value: string | undefined): number | undefined {
  const parts = value === undefined ? null : dateTimeForm.exec(value);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '0', sign, zoneHours, zoneMinutes] = parts;
  const zone = sign === undefined ? 0 : Number(`${sign}1`) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  const whole = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return whole + Number(fraction) * 1000 - zone * 60_000;
}

/** Without the noise of binary fractions. */
function milliseconds(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Math.round(value * 1e6) / 1e6;
}

/** A number that counts from 1. */
function ordinal(dataSet: DataSet, tag: number): number | null {
  const value = firstNumber(dataSet, tag);
  return value !== undefined && Number.isInteger(value) && value >= 0 && value < 2 ** 32 ? value : null;
}
