import fc from 'fast-check';
import t from 'tap';
import {
  type DeviceRule,
  type DeviceTest,
  deviceComparisons,
} from '../../../src/deidentify/pixels/pixel-policy.ts';
import { starterRules } from '../../../src/deidentify/pixels/starter-rules.ts';
import { parseDeviceRules } from '../../../src/profiles/device-rules.ts';
import { writeDeviceRules } from '../../../src/profiles/import/write-device-rules.ts';

function readBack(rules: readonly DeviceRule[]): unknown {
  const parsed = parseDeviceRules(writeDeviceRules(rules, ['made by a test']));
  return parsed.kind === 'ok' ? parsed.rules.map(({ rule }) => rule) : parsed.faults;
}

const text = fc.string({
  unit: fc.constantFrom('a', 'B', '"', '\\', "'", '#', ':', '{', ']', 'é', '1', '%'),
  minLength: 1,
  maxLength: 12,
});
const tag = fc.constantFrom('00080060', '00081090', '60020022', '00280010');
const test = fc.letrec<{ node: DeviceTest }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthIdentifier: 't' },
    fc.record({ tag, is: fc.constantFrom('present' as const, 'absent' as const, 'empty' as const) }),
    fc
      .record({
        tag,
        is: fc.constantFrom(
          ...deviceComparisons.filter((is) => !['less', 'greater', 'matches'].includes(is)),
        ),
        values: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
        flags: fc.constantFrom({}, { caseSensitive: true as const }, { wholeValue: true as const }),
      })
      .map(({ flags, ...rest }): DeviceTest => ({ ...rest, ...flags })),
    fc.constant<DeviceTest>({ tag: 'callingAeTitle', is: 'equals', values: ['US1'], caseSensitive: true }),
    fc.constant<DeviceTest>({ tag: '00280010', is: 'less', values: ['480'] }),
    fc.constant<DeviceTest>({ tag: '0008103E', is: 'matches', values: ['a\\.(b|c)*'] }),
    fc.constant<DeviceTest>({ all: [] }),
    fc.record({ not: tie('node') }),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all): DeviceTest => ({ all })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any): DeviceTest => ({ any })),
  ),
})).node;
const rectangle = fc
  .record({
    left: fc.integer({ min: -9, max: 9 }),
    top: fc.integer({ min: -9, max: 9 }),
    width: fc.nat(9),
    height: fc.nat(9),
    frames: fc.constantFrom(undefined, [1, 4] as const),
  })
  .map(({ frames, ...rest }) => (frames === undefined ? rest : { ...rest, frames }));
const rules = fc
  .array(
    fc.record({
      provenance: text,
      when: test,
      action: fc.constantFrom(
        'blank' as const,
        'keep' as const,
        'treat' as const,
        'pass' as const,
        'hold' as const,
      ),
      rectangles: fc.array(rectangle, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((all): DeviceRule[] =>
    all.map((rule, index) => ({
      name: `rule "${index}"`,
      ...rule,
      rectangles: rule.action === 'blank' || rule.action === 'keep' ? rule.rectangles : [],
    })),
  );

t.test('what is written is read back as the same rules', async (t) => {
  fc.assert(
    fc.property(rules, (all) => {
      // fast-check makes records without a prototype.
      t.strictSame(readBack(all), JSON.parse(JSON.stringify(all)));
    }),
    { numRuns: 200 },
  );
});

t.test('the starter rules are rules that anybody could write', async (t) => {
  t.strictSame(readBack(starterRules), starterRules);
});
