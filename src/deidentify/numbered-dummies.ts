import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { firstNumber } from '../dicom/values.ts';
import { decodedText } from './text.ts';

/** Names by which people tell the parts of an object apart, the number of the part in the same item, and a word for it. */
const numbered: ReadonlyMap<number, { readonly number: number; readonly word: string }> = new Map([
  // Segment Label (Type 1), Segment Number.
  [0x00620005, { number: 0x00620004, word: 'Segment' }],
  // ROI Name (Type 2), ROI Number.
  [0x30060026, { number: 0x30060022, word: 'ROI' }],
  // Beam Name, Beam Number.
  [0x300a00c2, { number: 0x300a00c0, word: 'Beam' }],
]);

/** Longer numbers could be an identifier, which nobody would look for in a dummy. */
const maxNumber = 999;

/** UN is written with the VR of the dictionary, LO. */
const textVrs: ReadonlySet<string> = new Set(['LO', 'SH', 'UN']);

/**
 * A dummy for a name that has to differ from its neighbours to be of use: "Segment 2", "ROI 7". `dataSet` is the item the
 * name stands in, whose number stays in the output anyway; the dummy differs from the original. Undefined for other
 * attributes and where there is no number. PS3.15 E.1: Z allows a dummy as D does.
 */
export function numberedDummy(element: DataElement, dataSet: DataSet): string | undefined {
  const row = numbered.get(element.tag);
  if (row === undefined || !textVrs.has(element.vr)) return undefined;
  const number = firstNumber(dataSet, row.number);
  const counts = number !== undefined && Number.isInteger(number) && number >= 0 && number <= maxNumber;
  if (!counts) return undefined;
  const dummy = `${row.word} ${number}`;
  return decodedText(element, dataSet) === dummy ? `${row.word} no. ${number}` : dummy;
}
