import type { Vr } from '../dicom/data-set.ts';
import { type PixelPolicy, standardPixelPolicy } from './pixels/pixel-policy.ts';
import type { ProfileOption } from './rules.ts';

/** What own rules can do with an attribute. `clean` cleans text, or the text below a sequence. */
export const ownActions = [
  'keep',
  'remove',
  'empty',
  'replace',
  'hash',
  'pseudonym',
  'shift',
  'clean',
  'uid',
] as const;
export type OwnAction = (typeof ownActions)[number];

/** Which attributes an own rule is about, wherever they stand. */
export type Selector =
  /** Eight digits, `x` for any: "00100010", "6000xxxx". */
  | { readonly kind: 'tag'; readonly pattern: string }
  | { readonly kind: 'vr'; readonly vr: Vr }
  /** Elements of a private block: `element` is the low byte ("1F"), `group` the group; either absent means any. */
  | {
      readonly kind: 'privateCreator';
      readonly creator: string;
      readonly group?: number;
      readonly element?: number;
    };

/** When an own rule holds; every part given must match, one of its values is enough. */
export interface Condition {
  /** Modality (0008,0060). */
  readonly modalities?: readonly string[];
  /** SOP Class UID (0008,0016). */
  readonly sopClassUids?: readonly string[];
  /** Calling AE title of the association; never true offline. */
  readonly callingAeTitles?: readonly string[];
}

/** A rule of the profile's author. It wins over the tables; of several that fit, the last one in the file. */
export interface OwnRule {
  readonly select: Selector;
  readonly action: OwnAction;
  /** The text of `replace`, ASCII. */
  readonly value?: string;
  readonly when?: Condition;
}

/** Classes of Table E.3.10-1 (facts: safe-private.tsv) that Retain Safe Private keeps. */
export const safePrivateClasses = ['numeric-or-code', 'remap-uid', 'recurse', 'text-check'] as const;
export type SafePrivateClass = (typeof safePrivateClasses)[number];

/** What is done with content that no rule cleans: a person decides, or a harmless stand-in takes its place. */
export type ContentPolicy = 'hold' | 'replace';

/** What a profile says; plain data that can be sent to a worker thread. Everything else follows from it. */
export interface ProfileDefinition {
  /** Small letters, digits and hyphens, at most 32. */
  readonly name: string;
  readonly description: string;
  /** Options of PS3.15 E.3 beside the basic profile. */
  readonly options: readonly ProfileOption[];
  /** Clean Descriptors: `listed` keeps only words of the vocabulary (built in, and `words`); `any` keeps what is not caught. */
  readonly descriptors: { readonly vocabulary: 'any' | 'listed'; readonly words: readonly string[] };
  readonly safePrivate: readonly SafePrivateClass[];
  /** Structured reports, key objects, presentation states without the option that cleans them. */
  readonly structuredContent: ContentPolicy;
  /** Encapsulated PDF, CDA, STL, OBJ, MTL. */
  readonly encapsulatedDocuments: ContentPolicy;
  /** What is done about text in the pixels. */
  readonly pixels: PixelPolicy;
  /**
   * True keeps dates of devices that Retain Device Identity keeps although Modified Dates shifts them: a true date beside
   * shifted ones bounds the shift.
   */
  readonly trueDeviceDates: boolean;
  /** Key of the key ring, by id, that this profile's pseudonyms come from; '' for the active one. */
  readonly keyId: string;
  readonly rules: readonly OwnRule[];
}

/** A profile without options of that name, to start from. */
export function emptyDefinition(name: string, description = ''): ProfileDefinition {
  return {
    name,
    description,
    options: [],
    descriptors: { vocabulary: 'any', words: [] },
    safePrivate: ['numeric-or-code', 'remap-uid', 'recurse'],
    structuredContent: 'hold',
    encapsulatedDocuments: 'hold',
    pixels: standardPixelPolicy,
    trueDeviceDates: false,
    keyId: '',
    rules: [],
  };
}
