import {
  type ContentPolicy,
  type OwnAction,
  ownActions,
  type SafePrivateClass,
  safePrivateClasses,
} from '../deidentify/profile-definition.ts';
import { type ProfileOption, profileOptions } from '../deidentify/rules.ts';
import { vrs } from '../dicom/vr.ts';
import { deviceRuleDefinitions } from './device-rule-schema.ts';
import { modalities } from './modalities.ts';
import { pixelProperties } from './pixel-schema.ts';
import {
  documented,
  numberToo,
  object,
  oneOf,
  listable as orList,
  type Schema,
  text,
} from './schema-parts.ts';
import { sopClassKeywords } from './sop-classes.ts';

/** What a profile file may hold: the check reads its words from here, and config/profile.schema.json is made of it. */

export const bases = ['basic'] as const;
export const vocabularies = ['any', 'listed'] as const;
export const contentPolicies: readonly ContentPolicy[] = ['hold', 'replace'];
export const selectorKeys = ['keyword', 'tag', 'vr', 'privateCreator'] as const;

/** Limits of a profile; more than any author writes by hand. */
export const limits = {
  name: 32,
  description: 2000,
  rules: 2000,
  selectors: 500,
  words: 20_000,
  wordLength: 64,
} as const;

export const namePattern = '^[a-z][a-z0-9-]{0,31}$';
/** 0008,1030 or (0008,1030), x for any digit. */
export const tagPattern = '^(?:[0-9A-Fa-fXx]{4},[0-9A-Fa-fXx]{4}|\\([0-9A-Fa-fXx]{4},[0-9A-Fa-fXx]{4}\\))$';
export const keyIdPattern = '^[0-9a-f]{8}$';

/** Each option in words, for whoever reads a profile. */
export const optionDocs: { readonly [O in ProfileOption]: string } = {
  retainSafePrivate: 'Retain Safe Private: keeps the private elements listed in PS3.15 Table E.3.10-1',
  retainUids: 'Retain UIDs: UIDs stay; whoever has the originals can match them',
  retainDeviceIdentity: 'Retain Device Identity: serial numbers, station names and the like stay',
  retainInstitutionIdentity:
    'Retain Institution Identity: name, address and department of the institution stay',
  retainPatientCharacteristics:
    'Retain Patient Characteristics: age, sex, size, weight and the like stay; ages above 89 years become 090Y',
  retainLongFullDates: 'Retain Longitudinal Temporal Information, Full Dates: dates and times stay',
  retainLongModifiedDates:
    'Retain Longitudinal Temporal Information, Modified Dates: dates are shifted by whole weeks, alike for all of a patient; times stay',
  cleanDescriptors: 'Clean Descriptors: descriptions stay without what identifies',
  cleanStructuredContent: 'Clean Structured Content: reports stay without what identifies',
  cleanGraphics:
    'Clean Graphics: annotations of presentation states stay without what identifies; overlay planes go',
};

export const actionDocs: { readonly [A in OwnAction]: string } = {
  keep: 'the value stays as it is; below a sequence the other rules go on',
  remove: 'the attribute is removed',
  empty: 'the attribute stays without a value',
  replace: 'the text given as `value` takes the place of the value',
  hash: 'a keyed token takes the place of the value: the same value, the same token',
  pseudonym: "the patient's pseudonym takes the place of the value",
  shift: "the date is shifted as all of the patient's dates are",
  clean: 'identifiers and patterns of identifiers are taken out of the text',
  uid: 'a new UID takes its place, the same wherever the old one stood',
};

const safePrivateDocs: { readonly [C in SafePrivateClass]: string } = {
  'numeric-or-code': 'numbers and coded terms',
  'remap-uid': 'UIDs, which are replaced like all others',
  recurse: 'sequences, item by item',
  'text-check': 'texts, cleaned like descriptions',
};

const listable = (item: Schema, description: string): Schema => orList(item, description, limits.selectors);

export const whenProperties = {
  modality: listable(oneOf(modalities, 'Modality (0008,0060)'), 'only where Modality is one of these'),
  sopClass: listable(
    { anyOf: [{ enum: sopClassKeywords }, { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)+$' }] },
    'only for these storage SOP classes, by name (CTImageStorage) or UID',
  ),
  callingAeTitle: listable(
    { ...numberToo, description: 'AE title' },
    'only for what these AE titles sent; offline, the AE title given with `deidentify --calling-ae`, else never true',
  ),
} as const;

export const ruleProperties = {
  keyword: listable(text('keyword of PS3.6, such as StudyDescription'), 'the attributes by keyword'),
  tag: listable(
    text('tag', { pattern: tagPattern }),
    'the attributes by tag, "0008,1030"; x stands for any digit, "60xx,3000"',
  ),
  vr: listable(oneOf(vrs, 'value representation'), 'all attributes of these value representations'),
  privateCreator: text('the private elements of this creator, wherever its block stands', {
    minLength: 1,
    maxLength: 64,
  }),
  group: { ...numberToo, description: 'only in this group, four hexadecimal digits; with privateCreator' },
  element: {
    ...numberToo,
    description: 'only this element of the block, two hexadecimal digits (its low byte); with privateCreator',
  },
  action: documented(actionDocs, 'what is done with the attributes'),
  value: { ...numberToo, description: 'the text that `replace` writes' },
  when: object('when the rule holds; every condition given must be true', whenProperties, {
    minProperties: 1,
  }),
} as const;

export const descriptorProperties = {
  vocabulary: oneOf(vocabularies, '`listed` keeps only known words, `any` keeps what nothing catches'),
  words: {
    description: 'further words to keep; single words, in any case',
    type: 'array',
    maxItems: limits.words,
    uniqueItems: true,
    items: { ...numberToo },
  },
} as const;

export const profileProperties = {
  profile: text('name of the profile: small letters, digits, hyphens', { pattern: namePattern }),
  description: text('what the profile is for', { maxLength: limits.description }),
  base: oneOf(
    bases,
    'the Basic Application Level Confidentiality Profile of PS3.15, on which every profile stands',
  ),
  options: {
    description: 'options of PS3.15 Annex E',
    type: 'array',
    uniqueItems: true,
    items: documented(optionDocs, 'option'),
  },
  descriptors: object('how descriptions are cleaned; with cleanDescriptors', descriptorProperties),
  safePrivate: {
    description: 'which private elements retainSafePrivate keeps',
    type: 'array',
    minItems: 1,
    uniqueItems: true,
    items: documented(safePrivateDocs, 'class of elements'),
  },
  structuredContent: oneOf(
    contentPolicies,
    'reports, key objects and presentation states that no option cleans: hold for a person, or replace the content',
  ),
  encapsulatedDocuments: oneOf(
    contentPolicies,
    'documents such as PDF: hold for a person, or replace by a dummy',
  ),
  pixels: object('what is done about text in the pixels', pixelProperties, { minProperties: 1 }),
  trueDeviceDates: {
    type: 'boolean',
    description:
      'true keeps dates of devices (calibration, installation) beside shifted dates, which bounds the shift; with retainDeviceIdentity and retainLongModifiedDates',
  },
  keyId: {
    ...numberToo,
    description: 'key of the key ring that pseudonyms come from, 8 digits; else the active one',
  },
  rules: {
    description: 'rules of your own; they win over the options, and of several that fit the last one holds',
    type: 'array',
    maxItems: limits.rules,
    items: object('one rule', ruleProperties, {
      required: ['action'],
      oneOf: selectorKeys.map((key) => ({ required: [key] })),
      dependentRequired: { group: ['privateCreator'], element: ['privateCreator'] },
      if: { properties: { action: { const: 'replace' } }, required: ['action'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { required: ['value'] },
      else: { not: { required: ['value'] } },
    }),
  },
} as const;

/** The published JSON Schema of profile files (draft 2020-12), as config/profile.schema.json holds it. */
export function profileJsonSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Sallyport de-identification profile',
    ...object(
      'A de-identification profile. `sallyport profile check FILE` tells more than this schema can.',
      { ...profileProperties, $schema: text('this schema, for editors') },
      {
        required: ['profile'],
        $defs: deviceRuleDefinitions,
        allOf: [
          {
            not: {
              properties: {
                options: {
                  allOf: [
                    { contains: { const: 'retainLongFullDates' } },
                    { contains: { const: 'retainLongModifiedDates' } },
                  ],
                },
              },
              required: ['options'],
            },
          },
        ],
      },
    ),
  };
}

/** Words of the lists above, as the check names them. */
export const words = {
  options: profileOptions as readonly string[],
  actions: ownActions as readonly string[],
  safePrivate: safePrivateClasses as readonly string[],
} as const;
