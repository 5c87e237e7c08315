import type { ErrorCode } from '../../core/errors.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { element, firstNumber, items, rawBytes, valueLength } from '../../dicom/values.ts';

export const waveformSequence = 0x54000100;
const waveformData = 0x54001010;
const bitsAllocated = 0x54001004;
const numberOfChannels = 0x003a0005;
const numberOfSamples = 0x003a0010;

/** Longest waveform that is cut in memory where its bytes are not in a source, bytes. */
const maxBytes = 256 * 1024 * 1024;

export type TrimmedWaveforms =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly dataSet: DataSet }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly detail: string };

/**
 * Waveforms (PS3.3 C.10.9) without bytes behind the last sample, which no reader shows. Held where the multiplex group
 * does not say how many samples there are.
 */
export function trimWaveforms(dataSet: DataSet): TrimmedWaveforms {
  const groups = items(dataSet, waveformSequence);
  let changed = false;
  const trimmed: DataSet[] = [];
  for (const group of groups) {
    const data = element(group, waveformData);
    const length = data === undefined ? 0 : valueLength(data);
    const expected = expectedLength(group);
    if (data === undefined || length === 0) {
      trimmed.push(group);
    } else if (length === undefined || expected === undefined) {
      return { kind: 'held', code: 'PIXEL_DATA_INVALID', detail: 'length of waveform' };
    } else if (length <= expected) {
      trimmed.push(group);
    } else {
      changed = true;
      const elements = group.elements.map((found) => (found === data ? shortened(data, expected) : found));
      trimmed.push({ ...group, elements });
    }
  }
  if (!changed) return { kind: 'unchanged' };
  const elements = dataSet.elements.map(
    (found): DataElement =>
      found.tag === waveformSequence ? { ...found, body: { kind: 'items', items: trimmed } } : found,
  );
  return { kind: 'changed', dataSet: { ...dataSet, elements } };
}

/** Bytes of all samples of all channels, made even; undefined where the group does not say it. */
function expectedLength(group: DataSet): number | undefined {
  const [channels = 0, samples = 0, bits = 0] = [numberOfChannels, numberOfSamples, bitsAllocated].map(
    (tag) => firstNumber(group, tag) ?? 0,
  );
  const bytes = Math.ceil((channels * samples * bits) / 8);
  return bytes > 0 ? bytes + (bytes % 2) : undefined;
}

function shortened(data: DataElement, length: number): DataElement {
  const { body } = data;
  if (body.kind === 'source') return { ...data, body: { ...body, length } };
  return { ...data, body: { kind: 'bytes', bytes: rawBytes(data, maxBytes).slice(0, length) } };
}
