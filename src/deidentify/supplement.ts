import type { ActionCode } from './rules.ts';

const removed: readonly number[] = [
  // What others encrypted, signed or keyed: a reader with the key gets the identity back.
  0x04000500, 0x04000510, 0x04000520, 0x04000120, 0x0008041b, 0x0008041c,
  // Identifiers of orders, organisations and documents.
  0x00400026, 0x00400027, 0x00400515, 0x0040a066, 0x0040a068, 0x0040a070, 0x0040a028, 0x0040a076, 0x0040a074,
  0x0040a089, 0x0072000e, 0x00080112, 0x00080114, 0x00380016, 0x00380102, 0x00540400,
  // Text that people type at the console or the planning station.
  0x00189423, 0x00189531, 0x00189433, 0x00189900, 0x00189916, 0x00189922, 0x00201020, 0x00286022, 0x0028702a,
  0x00400255, 0x0040a047, 0x0040a492, 0x00440008, 0x00603010, 0x00686540, 0x300a0184, 0x300a021c, 0x300a0236,
  0x300a0194, 0x300a01a4, 0x300a01b8, 0x40080103,
  // Animals: names of strains and breeds with registry numbers.
  0x00100212, 0x00100213, 0x00100214, 0x00100222, 0x00100223,
  // Length to End: stale as soon as anything changes.
  0x00080001,
  // Names of private data of the sender.
  0x0008030c, 0x0008030d,
];

/**
 * Rules of our own for attributes that neither Table E.1-1 nor the list beside it names, found by reading the names of
 * PS3.6 one by one. PS3.15 E.1 calls its table a minimum. Removal is right for all of these under the basic profile:
 * they are Type 3 or stand in objects that are not patients' images.
 */
export const supplement: ReadonlyMap<number, ActionCode> = new Map<number, ActionCode>([
  // Type 3 with a LUT, Type 1 with a real world value map: a dummy is right in both.
  [0x00283003, 'D'],
  ...removed.map((tag): [number, ActionCode] => [tag, 'X']),
]);

/**
 * Binary attributes of VR OB that may stay: bulk data whose meaning PS3.3 fixes. Every other OB is removed, because
 * nothing can be said of what is inside.
 */
export const keptBinary: ReadonlySet<number> = new Set([
  0x7fe00010, 0x00282000, 0x54000110, 0x54000112, 0x5400100a, 0x54001010, 0x00700256, 0x00701808, 0x00281200,
  0x00281201, 0x00281202, 0x00281203, 0x00281204, 0x00283006,
]);

/** Long text that may stay although nothing lists it: a code, not a description. */
export const keptLongText: ReadonlySet<number> = new Set([0x00080119]);

/**
 * Groups that belong to objects other than patients' images (PS3.6: DICONDE 0014, DICOS 4010 and command or media
 * groups). Elements of theirs that Table E.1-1 does not list are removed.
 */
export const foreignGroups: ReadonlySet<number> = new Set([0x0014, 0x4010, 0x2110, 0x2120, 0x2130, 0x2200]);
