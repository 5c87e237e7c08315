import type { ActionCode } from './rules.ts';

/** Type of an attribute at the place where it stands (PS3.5 7.4); conditional types count as the plain ones. */
export type AttributeType = 1 | 2 | 3;

/** What is done once a compound code is settled. U on a sequence recurses, which remaps the UIDs inside. */
export type SimpleAction = 'D' | 'Z' | 'X' | 'K' | 'C' | 'U';

/**
 * Settles a compound action code by the attribute's Type (PS3.15 E.1 and Note 1 to Table E.1-1a): Type 3 takes X,
 * Type 2 takes Z, Type 1 takes D. An unknown Type takes the last alternative, which every IOD allows and which never
 * leaves the value.
 */
export function settleAction(code: ActionCode, type: AttributeType | undefined): SimpleAction {
  switch (code) {
    case 'Z':
      // Z allows a dummy (PS3.15 E.1), and a Type 1 attribute may not be empty.
      return type === 1 ? 'D' : 'Z';
    case 'D':
    case 'X':
    case 'K':
    case 'C':
    case 'U':
      return code;
    case 'Z/D':
      return type === 2 || type === 3 ? 'Z' : 'D';
    case 'X/Z':
      return type === 3 ? 'X' : type === 1 ? 'D' : 'Z';
    case 'X/D':
      return type === 3 ? 'X' : 'D';
    case 'X/Z/D':
      return type === 3 ? 'X' : type === 2 ? 'Z' : 'D';
    case 'X/Z/U*':
      // References to other instances: safe once their UIDs are replaced, and of use to whoever has those instances.
      return 'U';
    default:
      return unreachable(code);
  }
}

/**
 * Types that are the same in every composite IOD where the attribute stands at the top level (PS3.3). Only those are
 * here for which the fallback would be wrong: a sequence of Type 3 may not be empty.
 */
export const typesAtTopLevel: ReadonlyMap<number, AttributeType> = new Map<number, AttributeType>([
  // Referenced Study Sequence of the General Study module; inside Referenced Request Sequence it is Type 2.
  [0x00081110, 3],
]);

function unreachable(code: never): never {
  throw new TypeError(`no such action: ${String(code)}`);
}
