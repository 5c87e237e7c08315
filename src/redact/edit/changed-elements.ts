import type { ElementChange } from '../../deidentify/pixels/treatment.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { element, rawBytes, valueLength } from '../../dicom/values.ts';
import { traitsOf } from '../../dicom/vr.ts';

const pixelGroup = 0x7fe0;
/** Redaction writes no value so long beside the pixels themselves. Bytes. */
const maxCompared = 65_536;

/**
 * What redaction did to the elements of an object, of its top level, where nothing else is written. Values that only
 * changed their byte order are the same; pixels that were written anew are not.
 */
export function changedElements(received: DataSet, edited: DataSet): ElementChange[] {
  const changes: ElementChange[] = [];
  for (const before of received.elements)
    if (element(edited, before.tag) === undefined) changes.push({ tag: before.tag, how: 'removed' });
  const turns = received.encoding.littleEndian !== edited.encoding.littleEndian;
  for (const after of edited.elements) {
    const { tag } = after;
    const before = element(received, tag);
    if (before === undefined) changes.push({ tag, how: 'inserted' });
    else if (before === after) continue;
    else if (tag >>> 16 === pixelGroup) changes.push({ tag, how: 'cleaned' });
    else if (!isSameValue(before, after, turns)) changes.push({ tag, how: 'replaced' });
  }
  return changes;
}

function isSameValue(before: DataElement, after: DataElement, turns: boolean): boolean {
  const length = valueLength(before);
  // Sequences are taken away, never changed.
  if (before.body.kind === 'items') return after.body.kind === 'items';
  if (length !== valueLength(after)) return false;
  if (length === undefined || length > maxCompared) return true;
  const one = rawBytes(before);
  const other = rawBytes(after);
  const { wordBytes } = traitsOf(after.vr);
  const flip = turns ? wordBytes - 1 : 0;
  return other.every((byte, index) => byte === one[index ^ flip]);
}
