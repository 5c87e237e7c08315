import type { Vr } from '../../dicom/data-set.ts';
import { safePrivateTable } from '../generated/safe-private.ts';
import type { SafePrivateClass } from '../profile-definition.ts';
import { safePrivateClasses } from '../profile-definition.ts';

/** What is known of a private element: how to read it, and what it can hold. */
export interface KnownPrivate {
  readonly vr: Vr;
  /** Upper bound of the value multiplicity; infinite for "1-n". */
  readonly maxValues: number;
  readonly handling: SafePrivateClass;
}

const classes: ReadonlySet<string> = new Set(safePrivateClasses);

/** By creator, then by group and low byte. Rows that are never kept (opaque, of unknown VR) are not here. */
const known = new Map<string, Map<number, KnownPrivate>>();
for (const { creator, tag, vr, vm, handling } of safePrivateTable) {
  if (!classes.has(handling)) continue;
  const rows = known.get(creator) ?? new Map<number, KnownPrivate>();
  known.set(creator, rows);
  rows.set(placeOf(Number.parseInt(tag.slice(0, 4), 16), Number.parseInt(tag.slice(7), 16)), {
    vr: vr as Vr,
    maxValues: /n$/.test(vm) ? Number.POSITIVE_INFINITY : Number(vm.split('-').at(-1)),
    handling: handling as SafePrivateClass,
  });
}

/** The row of Table E.3.10-1 for an element by what is fixed of it; the block is whichever the file reserved. */
export function safePrivate(creator: string, tag: number): KnownPrivate | undefined {
  return known.get(creator)?.get(placeOf(tag >>> 16, tag & 0xff));
}

/** Whether the table knows any element of this creator. */
export function isKnownCreator(creator: string): boolean {
  return known.has(creator);
}

function placeOf(group: number, low: number): number {
  return group * 256 + low;
}
