import type { AttributeType } from '../actions.ts';
import { iodModules, iodOfClass, itemTables, listedTags, moduleTables } from './generated/iod-types.ts';

/**
 * Types of attributes by IOD (PS3.3; edition and source: scripts/iod-types.tsv). A node is a place in an IOD: its top
 * level, or the items of one of its sequences. Nodes are made when first asked for and shared by all instances; there
 * are no more of them than the table has places.
 */
export interface IodNode {
  /** Type of the attribute here, conditional Types as the plain ones; undefined when the table does not list it here. */
  typeOf(tag: number): AttributeType | undefined;
  /** The items of a sequence of this place; undefined when the table does not describe them. */
  within(sequenceTag: number): IodNode | undefined;
  /**
   * Whether the table has all that its edition allows at this place, modules of any usage included. An attribute that
   * `settlingType` calls foreign is judged by it.
   */
  readonly complete: boolean;
  /** Entries by tag; for requiredMembers. */
  readonly entries: ReadonlyMap<number, IodEntry>;
}

/** One attribute at one place. */
export interface IodEntry {
  readonly type: AttributeType;
  /** Type 1C or 2C: whether it must be present depends on the rest of the object. */
  readonly conditional: boolean;
  /** Names the item tables of a sequence; empty when its items are not described. */
  readonly items: string;
}

/** A member that an item needs: Type 1 with a value, Type 2 may be empty. */
export interface RequiredMember {
  readonly tag: number;
  readonly type: 1 | 2;
}

const storagePrefix = '1.2.840.10008.5.1.4.1.1.';
const iodByClass: ReadonlyMap<string, number> = new Map(iodOfClass);
const tops = new Map<number, IodNode>();
const nodes = new Map<string, IodNode>();
const parsed = new Map<string, readonly (readonly [tag: number, entry: IodEntry])[]>();
let listed: ReadonlySet<number> | undefined;

/** The top level of the IOD of a SOP Class; undefined for classes that the table does not have. */
export function iodOf(sopClassUid: string): IodNode | undefined {
  if (!sopClassUid.startsWith(storagePrefix)) return undefined;
  const index = iodByClass.get(sopClassUid.slice(storagePrefix.length));
  if (index === undefined) return undefined;
  const known = tops.get(index);
  if (known !== undefined) return known;
  const line = iodModules[index] ?? '*';
  const complete = !line.startsWith('*');
  const numbers = line.replace('*', '').split(' ').filter(Boolean).map(Number);
  const node = nodeOf(
    numbers.map((number) => moduleTables[number] ?? '*'),
    complete,
  );
  tops.set(index, node);
  return node;
}

/**
 * The Type to settle a compound action by (PS3.15 E.1): the one at this place, 3 for an attribute that the table knows
 * from elsewhere and that a complete place does not have, undefined when nothing can be said. An attribute younger than
 * the table is never called foreign.
 */
export function settlingType(node: IodNode | undefined, tag: number): AttributeType | undefined {
  if (node === undefined) return undefined;
  const type = node.typeOf(tag);
  if (type !== undefined || !node.complete) return type;
  return isListed(tag) ? 3 : undefined;
}

/** Types by place as a rule book asks for them: what settles a compound action, and nothing of what is not known. */
export interface TypePlace {
  typeOf(tag: number): AttributeType | undefined;
  /**
   * The Type of an attribute that no object of the IOD may lack here: 1 or 2 without a condition. What Table E.1-1 removes
   * though it is such an attribute leaves the object invalid, unless a dummy (1) or an empty value (2) stands in its place.
   */
  mandatoryTypeOf(tag: number): 1 | 2 | undefined;
  within(sequenceTag: number): TypePlace | undefined;
  /** Always false: `typeOf` already says 3 for what is foreign here, and undefined is unknown, not foreign. */
  readonly complete: false;
}

const typePlaces = new WeakMap<IodNode, TypePlace>();

/** The Types of a SOP Class for a rule book; undefined for classes the table does not have. The same place each time. */
export function typesOf(sopClassUid: string): TypePlace | undefined {
  return typePlace(iodOf(sopClassUid));
}

function typePlace(node: IodNode | undefined): TypePlace | undefined {
  if (node === undefined) return undefined;
  let place = typePlaces.get(node);
  if (place === undefined) {
    place = {
      typeOf: (tag) => settlingType(node, tag),
      mandatoryTypeOf(tag) {
        const entry = node.entries.get(tag);
        return entry === undefined || entry.conditional || entry.type === 3 ? undefined : entry.type;
      },
      within: (sequenceTag) => typePlace(node.within(sequenceTag)),
      complete: false,
    };
    typePlaces.set(node, place);
  }
  return place;
}

/**
 * Members that an item of this place cannot do without: unconditional Types 1 and 2, by tag. Two macros need more than
 * their unconditional rows, because one of two conditional ones must be there: a coded entry (PS3.3 8.8) gets Code Value
 * and Coding Scheme Designator, a Person Identification (PS3.3 10.1) gets Institution Name.
 */
export function requiredMembers(node: IodNode): readonly RequiredMember[] {
  const members: RequiredMember[] = [];
  const isCode = node.entries.has(codeValue) && node.entries.has(codeMeaning);
  const isPerson = node.entries.has(personIdentificationCodeSequence);
  for (const [tag, { type, conditional }] of node.entries) {
    if (type === 3) continue;
    const chosen =
      (isCode && (tag === codeValue || tag === codingSchemeDesignator)) ||
      (isPerson && tag === institutionName);
    if (!conditional || chosen) members.push({ tag, type });
  }
  return members.sort((a, b) => a.tag - b.tag);
}

const codeValue = 0x00080100;
const codingSchemeDesignator = 0x00080102;
const codeMeaning = 0x00080104;
const institutionName = 0x00080080;
const personIdentificationCodeSequence = 0x00401101;

function nodeOf(tables: readonly string[], complete: boolean): IodNode {
  const entries = new Map<number, IodEntry>();
  for (const table of tables)
    for (const [tag, entry] of parse(table)) {
      const other = entries.get(tag);
      entries.set(tag, other === undefined ? entry : stricter(other, entry));
    }
  const whole = complete && !tables.some((table) => table.startsWith('*'));
  return {
    entries,
    complete: whole,
    typeOf: (tag) => entries.get(tag)?.type,
    within(sequenceTag) {
      const items = entries.get(sequenceTag)?.items ?? '';
      return items === '' ? undefined : itemsOf(items, complete);
    },
  };
}

function itemsOf(items: string, complete: boolean): IodNode {
  const key = complete ? items : `*${items}`;
  const known = nodes.get(key);
  if (known !== undefined) return known;
  const node = nodeOf(
    items.split(' ').map((number) => itemTables[Number(number)] ?? '*'),
    complete,
  );
  nodes.set(key, node);
  return node;
}

/** The stricter of two rows for the same attribute: 1, 1C, 2, 2C, 3; the items are those of both. */
function stricter(a: IodEntry, b: IodEntry): IodEntry {
  const [first, second] = a.type <= b.type ? [a, b] : [b, a];
  const { type } = first;
  const conditional = first.conditional && (second.type > type || second.conditional);
  const numbers = new Set([...a.items.split(' '), ...b.items.split(' ')].filter(Boolean));
  const items = [...numbers].sort((x, y) => Number(x) - Number(y)).join(' ');
  return { type, conditional, items };
}

function parse(table: string): readonly (readonly [number, IodEntry])[] {
  const known = parsed.get(table);
  if (known !== undefined) return known;
  const words = table.replace('*', '').split(' ').filter(Boolean);
  const rows = words.map((word): readonly [number, IodEntry] => {
    const letter = word.charAt(8);
    const type = letter === '1' || letter === 'c' ? 1 : letter === '2' || letter === 'd' ? 2 : 3;
    const conditional = letter === 'c' || letter === 'd';
    return [Number.parseInt(word.slice(0, 8), 16), { type, conditional, items: word.slice(9) }];
  });
  parsed.set(table, rows);
  return rows;
}

function isListed(tag: number): boolean {
  if (listed === undefined) {
    const tags = new Set<number>();
    for (const word of listedTags.split(' ')) if (word !== '') tags.add(Number.parseInt(word, 16));
    listed = tags;
  }
  return listed.has(tag);
}
