import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { isPrivate, isPrivateCreator } from '../../dicom/dictionary.ts';
import { isAscii, latin1, trimmed, valueBytes } from '../text.ts';

/** Who reserved a block of private elements, and the element that says so. */
export interface PrivateCreator {
  readonly name: string;
  readonly tag: number;
}

/** LO (PS3.5 6.2). */
const maxCreatorLength = 64;

/**
 * Tag of the element that names the owner of a private element's block (PS3.5 7.8.1); undefined for creators themselves
 * and for elements that no block can hold.
 */
export function creatorTagOf(tag: number): number | undefined {
  const block = (tag >>> 8) & 0xff;
  return isPrivate(tag) && block >= 0x10 ? ((tag & 0xffff0000) | block) >>> 0 : undefined;
}

/** True for groups that may hold private elements: odd, above 0008, not FFFF (PS3.5 7.1). */
export function isPrivateGroup(group: number): boolean {
  return (group & 1) === 1 && group > 0x0008 && group !== 0xffff;
}

/** The blocks of private elements of one data set or item. Blocks of an enclosing data set do not hold in its items. */
export class PrivateBlocks {
  readonly #creators = new Map<number, PrivateCreator>();

  /**
   * Reads the creators of `dataSet`. One that is no single short text names nobody. One that reserved two blocks of a
   * group, which PS3.5 7.8.1 rules out, names nobody either: which elements it means is then anybody's guess.
   */
  constructor(dataSet: DataSet) {
    const seen = new Map<string, number>();
    for (const element of dataSet.elements) {
      const { tag } = element;
      if (!isPrivateCreator(tag) || !isPrivateGroup(tag >>> 16)) continue;
      const name = creatorName(element);
      if (name === undefined) continue;
      const key = `${tag >>> 16} ${name}`;
      const other = seen.get(key);
      if (other === undefined) {
        seen.set(key, tag);
        this.#creators.set(tag, { name, tag });
      } else this.#creators.delete(other);
    }
  }

  /** Owner of the block in which a private element stands, or of the block that a creator element reserves. */
  ownerOf(tag: number): PrivateCreator | undefined {
    return this.#creators.get(isPrivateCreator(tag) ? tag : (creatorTagOf(tag) ?? 0));
  }
}

/** The elements without private creators whose block holds nothing any more. The list itself where there are none. */
export function withoutUnusedCreators(elements: readonly DataElement[]): readonly DataElement[] {
  if (!elements.some(({ tag }) => isPrivateCreator(tag))) return elements;
  const used = new Set(elements.map(({ tag }) => creatorTagOf(tag)));
  return elements.filter(({ tag }) => !isPrivateCreator(tag) || used.has(tag));
}

function creatorName(element: DataElement): string | undefined {
  if (element.vr !== 'LO' && element.vr !== 'UN' && element.vr !== 'SH') return undefined;
  const bytes = valueBytes(element, maxCreatorLength);
  if (bytes === undefined || !isAscii(bytes)) return undefined;
  const name = trimmed(latin1(bytes));
  return name === '' || name.includes('\\') ? undefined : name;
}
