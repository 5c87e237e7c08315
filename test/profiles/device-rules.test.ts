import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { parse } from 'yaml';
import { deviceRulesJsonSchema } from '../../src/profiles/device-rule-schema.ts';
import { parseDeviceRules } from '../../src/profiles/device-rules.ts';

const config = join(import.meta.dirname, '..', '..', 'config');
const validate = new Ajv2020({ strictTypes: false, strictRequired: false }).compile(deviceRulesJsonSchema());
const faultsOf = (text: string, name?: string): string[] => {
  const parsed = parseDeviceRules(text, name);
  return parsed.kind === 'faulty'
    ? parsed.faults.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
};
const withTest = (test: string): string =>
  `deviceRules:\n  - name: r\n    provenance: me\n    when: ${test}\n    action: hold\n`;
const when = (test: string): unknown => {
  const parsed = parseDeviceRules(withTest(test));
  return parsed.kind === 'ok' ? parsed.rules[0]?.rule.when : parsed.faults;
};
const withRectangles = (rectangles: string, action = 'blank'): string =>
  `deviceRules:\n  - name: r\n    provenance: me\n    when: always\n    action: ${action}\n    rectangles: ${rectangles}\n`;

t.test(
  'config/device-rules.schema.json is the schema of the code; the example is valid by both',
  async (t) => {
    t.same(
      JSON.parse(readFileSync(join(config, 'device-rules.schema.json'), 'utf8')),
      deviceRulesJsonSchema(),
    );
    const example = readFileSync(join(config, 'device-rules.example.yaml'), 'utf8');
    t.ok(validate(parse(example)), JSON.stringify(validate.errors));
    t.match(parseDeviceRules(example), { kind: 'ok', rules: { length: 4 } });
    t.match(example, /^# yaml-language-server: \$schema=\.\/device-rules\.schema\.json$/m);
  },
);

t.test('tests of every kind', async (t) => {
  t.same(when('always'), { all: [] });
  t.same(when('{ keyword: Modality, equals: [US, CT] }'), {
    tag: '00080060',
    is: 'equals',
    values: ['US', 'CT'],
  });
  t.same(when('{ tag: "(0008,103e)", matches: "a|b", caseSensitive: true, wholeValue: true }'), {
    tag: '0008103E',
    is: 'matches',
    values: ['a|b'],
    caseSensitive: true,
    wholeValue: true,
  });
  t.same(when('{ keyword: Rows, less: 480 }'), { tag: '00280010', is: 'less', values: ['480'] });
  t.same(when('{ tag: "6000,0022", present: true }'), { tag: '60000022', is: 'present' });
  t.same(when('{ keyword: SequenceOfUltrasoundRegions, absent: true }'), { tag: '00186011', is: 'absent' });
  t.same(when('{ callingAeTitle: US1 }'), {
    tag: 'callingAeTitle',
    is: 'equals',
    values: ['US1'],
    caseSensitive: true,
  });
  t.same(when('[{ not: always }, { any: [always, { all: [always] }] }]'), {
    all: [{ not: { all: [] } }, { any: [{ all: [] }, { all: [{ all: [] }] }] }],
  });
});

t.test('what the schema refuses the check refuses too', async (t) => {
  for (const text of [
    'deviceRules: []',
    'rules: []',
    withTest('never'),
    withTest('[]'),
    withTest('{ keyword: Modality }'),
    withTest('{ equals: US }'),
    withTest('{ keyword: Modality, tag: "0008,0060", equals: US }'),
    withTest('{ keyword: Modality, equals: US, contains: U }'),
    withTest('{ keyword: Modality, present: false }'),
    withTest('{ callingAeTitle: US1, equals: US1 }'),
    withTest('{ any: [] }'),
    withTest('{ tag: 00080060, equals: US }'),
    withTest('{ tag: "60xx,0022", present: true }'),
    withRectangles('[]'),
    withRectangles('[{}]'),
    withRectangles('[{ width: 0 }]'),
    withRectangles('[{ left: 1.5 }]'),
    withRectangles('[{ height: 65536 }]'),
    withRectangles('[{ height: 3, frames: [1] }]'),
    withRectangles('[{ height: 3, frames: 0 }]'),
    withRectangles('[{ height: 3, right: 4 }]'),
    withRectangles('[{ height: 3 }]', 'treat'),
    withRectangles('[{ height: 3 }]').replace(/ {4}rectangles.*\n/, ''),
    withTest('always').replace('hold', 'black'),
    withTest('always').replace('name: r', 'name: ""'),
  ]) {
    t.notOk(validate(parse(text)), text);
    t.not(faultsOf(text).length, 0, text);
  }
});

t.test('what a schema cannot say is a fault all the same, with its place', async (t) => {
  t.match(faultsOf(withTest('{ keyword: Modalty, equals: US }')), [
    /^4:22 unknown keyword "Modalty"; did you mean "Modality"\?$/,
  ]);
  t.match(faultsOf(withTest('{ tag: "0009,1001", equals: x }')), [
    /is private, and its block stands elsewhere/,
  ]);
  t.match(faultsOf(withTest('{ tag: "0008,0003", equals: x }')), [/PS3\.6 has no such attribute/]);
  t.match(faultsOf(withTest('{ tag: "0002,0013", equals: x }')), [/File Meta Information/]);
  t.match(faultsOf(withTest('{ keyword: PixelData, contains: x }')), [/no value that can be compared/]);
  t.match(faultsOf(withTest('{ keyword: ImageType, matches: "(a" }')), [
    /"\(a" has a "\(" that nothing closes/,
  ]);
  t.match(faultsOf(withTest('{ keyword: Rows, less: many }')), [/"many" must be a number/]);
  t.match(faultsOf(withTest('{ keyword: Modality, equals: "" }')), [/an entry|is blank/]);
  t.match(faultsOf(withTest('{ callingAeTitle: SEVENTEENLETTERSX }')), [/is no AE title/]);
  t.match(faultsOf(withTest(`${'{ not: '.repeat(7)}always${' }'.repeat(7)}`)), [
    /nested deeper than 5 levels/,
  ]);
  t.match(faultsOf(withTest(`[${'always, '.repeat(210)}always]`)), [/more than 200 tests/]);
  t.match(faultsOf(withRectangles('[{ height: 3, frames: [4, 2] }]')), [/the last frame 2 comes before/]);
  const twice = `${withTest('always')}  - { name: r, provenance: me, when: always, action: hold }\n`;
  t.match(faultsOf(twice), [/^6:7 two device rules have the name "r"; rename one$/]);
  t.match(faultsOf(''), ['1:1 the file is empty; a file of device rules begins with `deviceRules:`']);
  t.match(faultsOf('{"deviceRules": [],}', 'x.json'), [/not valid JSON/]);
});
