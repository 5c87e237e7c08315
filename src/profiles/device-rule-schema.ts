import {
  type DeviceAction,
  type DeviceComparison,
  type DevicePresence,
  deviceComparisons,
  devicePresences,
} from '../deidentify/pixels/pixel-policy.ts';
import { documented, flag, listable, numberToo, object, type Schema, text } from './schema-parts.ts';

/** What a file of device rules may hold: the check reads its words from here, and config/device-rules.schema.json is made of it. */

export const deviceRuleLimits = {
  rules: 2000,
  name: 80,
  provenance: 500,
  description: 2000,
  rectangles: 64,
  /** Tests of one rule, joined ones counted too. */
  tests: 200,
  depth: 5,
  values: 100,
  valueLength: 200,
  /** More pixels than an image can have in a row or column. */
  pixels: 65_535,
  frames: 1_000_000,
} as const;

export const exactTagPattern = '^(?:[0-9A-Fa-f]{4},[0-9A-Fa-f]{4}|\\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\\))$';

export const deviceActionDocs: { readonly [A in DeviceAction]: string } = {
  blank: 'the rectangles are blanked',
  keep: 'everything but the rectangles is blanked',
  treat: 'the image is treated as one of high risk',
  pass: 'the image is treated as one of low risk',
  hold: 'a person decides',
};

const comparisonDocs: { readonly [C in DeviceComparison]: string } = {
  equals: 'the value is one of these',
  contains: 'the value contains one of these',
  startsWith: 'the value starts with one of these',
  endsWith: 'the value ends with one of these',
  matches:
    'the whole value fits one of these patterns: characters, `.`, classes, groups, `|`, `* + ? {m,n}`, `\\d \\w \\s`',
  less: 'the value is a number less than this',
  greater: 'the value is a number greater than this',
};
const presenceDocs: { readonly [P in DevicePresence]: string } = {
  present: 'true: the attribute is there, also without a value',
  absent: 'true: the attribute is not there',
  empty: 'true: the attribute is there without a value',
};

const value: Schema = { ...numberToo, maxLength: deviceRuleLimits.valueLength };
const tests = (description: string): Schema => ({
  description,
  type: 'array',
  minItems: 1,
  items: { $ref: '#/$defs/deviceTest' },
});

export const testSubjects = ['keyword', 'tag', 'callingAeTitle', 'all', 'any', 'not'] as const;
export const testProperties = {
  keyword: text('the attribute by keyword of PS3.6, such as ManufacturerModelName'),
  tag: text('the attribute by tag, "0008,1090"', { pattern: exactTagPattern }),
  callingAeTitle: listable(
    { ...numberToo, description: 'AE title' },
    'sent by one of these AE titles; never true offline without --calling-ae',
    deviceRuleLimits.values,
  ),
  all: tests('every one of these tests is true'),
  any: tests('one of these tests is true'),
  not: { description: 'this test is not true', $ref: '#/$defs/deviceTest' },
  ...(Object.fromEntries(
    deviceComparisons.map((name) => [name, listable(value, comparisonDocs[name], deviceRuleLimits.values)]),
  ) as { readonly [C in DeviceComparison]: Schema }),
  ...(Object.fromEntries(
    devicePresences.map((name): [string, Schema] => [name, { const: true, description: presenceDocs[name] }]),
  ) as { readonly [P in DevicePresence]: Schema }),
  wholeValue: flag(
    'true: an attribute of several values is compared as one text, joined by backslashes; else value by value too',
  ),
  caseSensitive: flag('true: capital and small letters differ; else they are alike'),
} as const;

const { pixels } = deviceRuleLimits;
const place = (description: string): Schema => ({
  type: 'integer',
  minimum: -pixels,
  maximum: pixels,
  description,
});
const size = (description: string): Schema => ({ type: 'integer', minimum: 1, maximum: pixels, description });
export const rectangleProperties = {
  left: place('first column, from 0; negative: counted from the right edge; left out: 0'),
  top: place('first row, from 0; negative: counted from the bottom edge; left out: 0'),
  width: size('columns; left out: to the right edge'),
  height: size('rows; left out: to the bottom edge'),
  frames: {
    description: 'a frame, or first and last frame, from 1; left out: all',
    anyOf: [
      { type: 'integer', minimum: 1 },
      { type: 'array', minItems: 2, maxItems: 2, items: { type: 'integer', minimum: 1 } },
    ],
  },
} as const;

export const deviceRuleProperties = {
  name: text('name of the rule, as boxes and reports show it', {
    minLength: 1,
    maxLength: deviceRuleLimits.name,
  }),
  provenance: text('where the knowledge comes from; left out: what the file says', {
    minLength: 1,
    maxLength: deviceRuleLimits.provenance,
  }),
  when: {
    description: 'when the rule holds: a test, a list of tests that must all be true, or `always`',
    anyOf: [{ $ref: '#/$defs/deviceTest' }, tests('every one of these tests is true')],
  },
  action: documented(deviceActionDocs, 'what becomes of such images'),
  rectangles: {
    description: 'parts of the image; with blank and keep',
    type: 'array',
    minItems: 1,
    maxItems: deviceRuleLimits.rectangles,
    items: object(
      'a rectangle in pixels as stored; what is left out reaches to the edge',
      rectangleProperties,
      {
        minProperties: 1,
      },
    ),
  },
} as const;

const takesRectangles = {
  if: { properties: { action: { enum: ['blank', 'keep'] } }, required: ['action'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ['rectangles'] },
  else: { not: { required: ['rectangles'] } },
};
const comparing = [...deviceComparisons, ...devicePresences];
const takesComparison: Schema = { oneOf: comparing.map((name) => ({ required: [name] })) };
const takesNone: Schema = {
  not: { anyOf: [...comparing, 'caseSensitive', 'wholeValue'].map((name) => ({ required: [name] })) },
};

/** What rules refer to, for the root of a schema. */
export const deviceRuleDefinitions: Schema = {
  deviceTest: {
    anyOf: [
      { const: 'always', description: 'always true' },
      object('a test of an attribute, or several joined', testProperties, {
        oneOf: testSubjects.map((subject) => ({
          required: [subject],
          ...(subject === 'keyword' || subject === 'tag' ? takesComparison : takesNone),
        })),
      }),
    ],
  },
};

/** A rule that stands in a profile says where it comes from; in a file the file can say it for all. */
export function deviceRuleSchema(standsAlone: boolean): Schema {
  return object('one device rule', deviceRuleProperties, {
    required: ['name', ...(standsAlone ? ['provenance'] : []), 'when', 'action'],
    ...takesRectangles,
  });
}

export const deviceRuleFileProperties = {
  deviceRules: {
    description: 'the rules; of several that fit an image all hold',
    type: 'array',
    minItems: 1,
    maxItems: deviceRuleLimits.rules,
    items: deviceRuleSchema(false),
  },
  description: text('what the rules are for', { maxLength: deviceRuleLimits.description }),
  provenance: text('where the knowledge of the rules comes from, unless a rule says it', {
    minLength: 1,
    maxLength: deviceRuleLimits.provenance,
  }),
} as const;

/** The published JSON Schema of files of device rules (draft 2020-12), as config/device-rules.schema.json holds it. */
export function deviceRulesJsonSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Sallyport device rules',
    ...object(
      'What is known of the images of devices. `sallyport device-rules check FILE` tells more than this schema can.',
      { ...deviceRuleFileProperties, $schema: text('this schema, for editors') },
      { required: ['deviceRules'], $defs: deviceRuleDefinitions },
    ),
  };
}
