import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import { isPrivateCreator } from '../../dicom/dictionary.ts';
import { traitsOf } from '../../dicom/vr.ts';
import type { Profile } from '../profile.ts';
import type { SafePrivateClass } from '../profile-definition.ts';
import { Declarations, type Declared } from './declarations.ts';
import { isPrivateGroup, PrivateBlocks } from './private-blocks.ts';
import { isKnownCreator, type KnownPrivate, safePrivate } from './safe-private.ts';

/** How to read a private element that stays, and which creator has to stay with it. */
export interface KeptPrivate {
  /** The table's VR where the element was sent with none that says anything (implicit VR, UN), else the one sent. */
  readonly vr: Vr;
  /** Most values it may have; what follows them would mean nothing to a reader. */
  readonly maxValues: number;
  readonly creatorTag: number;
}

/** What is to be done with a private element. */
export type PrivateVerdict =
  | { readonly action: 'remove' }
  /** A creator whose name is in the table: stays while an element of its block does (`withoutUnusedCreators`). */
  | ({ readonly action: 'creator' } & KeptPrivate)
  /** Numbers and codes: stays unless its value is at fault (`faultOfPrivate`). */
  | ({ readonly action: 'keep' } & KeptPrivate)
  | ({ readonly action: 'uid' } & KeptPrivate)
  /** A sequence: the ordinary rules inside, private blocks judged in each item. */
  | ({ readonly action: 'recurse' } & KeptPrivate)
  /** Text: stays once it is cleaned as descriptions are. */
  | ({ readonly action: 'clean-text' } & KeptPrivate);

/** Judges the private elements of one data set or item. */
export interface PrivatePlace {
  judge(element: DataElement): PrivateVerdict;
  /** The place of an item of a sequence that stands here: it has blocks of its own. */
  within(item: DataSet): PrivatePlace;
}

export interface PrivateJudge {
  /** The place of an object; costs next to nothing until a private element is judged. */
  forDataSet(dataSet: DataSet): PrivatePlace;
}

const removal: PrivateVerdict = { action: 'remove' };
const closed: PrivatePlace = { judge: () => removal, within: () => closed };
const closedJudge: PrivateJudge = { forDataSet: () => closed };

const actions = {
  'numeric-or-code': 'keep',
  'remap-uid': 'uid',
  recurse: 'recurse',
  'text-check': 'clean-text',
} as const satisfies Record<SafePrivateClass, PrivateVerdict['action']>;

/**
 * Retain Safe Private (PS3.15 E.3.10): private elements that Table E.3.10-1 knows to be safe stay, if the profile keeps
 * their class. They are known by group, creator and low byte, in whatever block. Without the option all go.
 *
 * What the sender says of its own elements (0008,0300) is believed where it warns: elements said to identify go although
 * the table has them. That others are safe is nobody's proof, and believed only with `believeDeclarations`.
 */
export function privateJudge(
  profile: Profile,
  { believeDeclarations = false }: { readonly believeDeclarations?: boolean } = {},
): PrivateJudge {
  if (!profile.options.has('retainSafePrivate')) return closedJudge;
  const kept: ReadonlySet<SafePrivateClass> = new Set(profile.definition.safePrivate);
  return {
    forDataSet(root) {
      let declarations: Declarations | undefined;
      const place = (dataSet: DataSet): PrivatePlace => {
        let blocks: PrivateBlocks | undefined;
        return {
          within: place,
          judge(element) {
            if (!isPrivateGroup(element.tag >>> 16)) return removal;
            blocks ??= new PrivateBlocks(dataSet);
            const owner = blocks.ownerOf(element.tag);
            if (owner === undefined) return removal;
            declarations ??= new Declarations(root);
            if (isPrivateCreator(element.tag)) {
              // With declarations believed any name may own something; it is the sender's word again.
              const stays = believeDeclarations || isKnownCreator(owner.name);
              return stays ? { action: 'creator', vr: 'LO', maxValues: 1, creatorTag: owner.tag } : removal;
            }
            const declared = declarations.of(owner.name, element.tag);
            const known =
              safePrivate(owner.name, element.tag) ??
              (believeDeclarations ? knownByDeclaration(element, declared) : undefined);
            return verdict(element, dataSet, known, declared, kept, owner.tag);
          },
        };
      };
      return place(root);
    },
  };
}

function verdict(
  element: DataElement,
  dataSet: DataSet,
  known: KnownPrivate | undefined,
  declared: Declared | undefined,
  kept: ReadonlySet<SafePrivateClass>,
  creatorTag: number,
): PrivateVerdict {
  if (known === undefined || !kept.has(known.handling)) return removal;
  const vr = readableVr(element, dataSet, known.vr);
  if (vr === undefined) return removal;
  const action = actions[known.handling];
  if (declared?.identifying === true || declared?.action !== undefined) {
    if (declared.action !== 'uid' || action !== 'uid') return removal;
  }
  return { action, vr, maxValues: known.maxValues, creatorTag };
}

const numberVrs: ReadonlySet<string> = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV']);
const decimalVrs: ReadonlySet<string> = new Set(['DS', 'IS']);
const textVrs: ReadonlySet<string> = new Set(['LO', 'SH', 'ST', 'LT', 'UC', 'UT']);

/** The VR by which the value can be judged as the table means it; undefined where sender and table disagree. */
function readableVr({ vr, body }: DataElement, dataSet: DataSet, known: Vr): Vr | undefined {
  if (known === 'SQ' || body.kind === 'items') {
    return known === 'SQ' && body.kind === 'items' ? 'SQ' : undefined;
  }
  if (body.kind === 'fragments') return undefined;
  if (vr === known) return vr;
  // UN in a big endian data set is little endian all the same (PS3.5 6.2.2): under another VR it would be misread.
  if (vr === 'UN')
    return dataSet.encoding.littleEndian || traitsOf(known).wordBytes === 1 ? known : undefined;
  for (const family of [numberVrs, decimalVrs, textVrs]) if (family.has(vr) && family.has(known)) return vr;
  // A code sent as text is judged as the code it should be; a text sent as a code is one.
  if (known === 'CS' && (vr === 'LO' || vr === 'SH')) return 'CS';
  return textVrs.has(known) && vr === 'CS' ? 'CS' : undefined;
}

/** What a sender's word that an element is safe makes of it: its VR decides what it can hold. */
function knownByDeclaration({ vr }: DataElement, declared: Declared | undefined): KnownPrivate | undefined {
  if (declared?.safe !== true) return undefined;
  const said = vr === 'UN' ? declared.vr : vr;
  const handling = said === undefined ? undefined : handlingOf(said);
  if (said === undefined || handling === undefined) return undefined;
  return { vr: said, maxValues: Number.POSITIVE_INFINITY, handling };
}

function handlingOf(vr: Vr): SafePrivateClass | undefined {
  if (numberVrs.has(vr) || decimalVrs.has(vr) || vr === 'CS' || vr === 'AT') return 'numeric-or-code';
  if (textVrs.has(vr)) return 'text-check';
  if (vr === 'SQ') return 'recurse';
  return vr === 'UI' ? 'remap-uid' : undefined;
}
