import type { Vr } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';

interface Dummy {
  readonly text: string;
  readonly bytes: Uint8Array;
}

// ASCII is part of every character set of PS3.3 C.12.1.1.2.
function dummy(text: string): Dummy {
  return { text, bytes: Buffer.from(text, 'ascii') };
}

/** For each text VR the constant and the one written when the value was that constant already. */
const textDummies: ReadonlyMap<Vr, readonly [Dummy, Dummy]> = new Map(
  (
    [
      ['PN', ['ANON^ANON', 'ANON^REMOVED']],
      ['LO', ['REMOVED', 'WITHHELD']],
      ['SH', ['REMOVED', 'WITHHELD']],
      ['ST', ['REMOVED', 'WITHHELD']],
      ['LT', ['REMOVED', 'WITHHELD']],
      ['UC', ['REMOVED', 'WITHHELD']],
      ['UT', ['REMOVED', 'WITHHELD']],
      ['AE', ['ANON', 'REMOVED']],
      ['DA', ['19000101', '19000102']],
      ['TM', ['000000', '000001']],
      ['DT', ['19000101000000', '19000102000000']],
      ['AS', ['000Y', '001Y']],
      ['DS', ['0', '1']],
      ['IS', ['0', '1']],
      ['UR', ['https://invalid.invalid', 'https://removed.invalid']],
    ] as const
  ).map(([vr, [first, second]]): [Vr, readonly [Dummy, Dummy]] => [vr, [dummy(first), dummy(second)]]),
);

/** Bytes of one value of the VRs that hold numbers (PS3.5 6.2); text VRs are absent. */
const numberBytes: ReadonlyMap<Vr, number> = new Map<Vr, number>([
  ['AT', 4],
  ['FD', 8],
  ['FL', 4],
  ['SL', 4],
  ['SS', 2],
  ['SV', 8],
  ['UL', 4],
  ['US', 2],
  ['UV', 8],
  ['OB', 2],
  ['OW', 2],
  ['UN', 2],
  ['OF', 4],
  ['OL', 4],
  ['OD', 8],
  ['OV', 8],
]);

/**
 * A value for action D (PS3.15 E.1: non-zero length, consistent with the VR) that differs from the original and is the
 * same for everyone. The least number of values PS3.6 allows is written. Undefined for CS, whose terms depend on the
 * IOD, for UI, which takes a keyed replacement, and for SQ.
 */
export function dummyValue(tag: number, vr: Vr, original: Uint8Array): Uint8Array | undefined {
  const count = Number.parseInt(lookup(tag)?.vm ?? '1', 10) || 1;
  const text = textDummies.get(vr);
  if (text !== undefined) {
    const [first, second] = text;
    const [one, other] = count === 1 ? text : [repeated(first, count), repeated(second, count)];
    return startsLike(original, one) ? other.bytes : one.bytes;
  }
  const size = numberBytes.get(vr);
  if (size === undefined) return undefined;
  const bytes = new Uint8Array(size * (vr.startsWith('O') || vr === 'UN' ? 1 : count));
  // The same length and nothing but zeros would be the original itself.
  if (original.length === bytes.length && original.every((byte) => byte === 0)) bytes[0] = 1;
  return bytes;
}

function repeated({ text }: Dummy, count: number): Dummy {
  return dummy(new Array<string>(count).fill(text).join('\\'));
}

/** Whether the original is the dummy, padding aside. */
function startsLike(original: Uint8Array, { bytes }: Dummy): boolean {
  for (let index = 0; index < original.length; index += 1) {
    const byte = original[index] ?? 0;
    if (index < bytes.length ? byte !== bytes[index] : byte !== 0x20 && byte !== 0) return false;
  }
  return original.length >= bytes.length;
}
