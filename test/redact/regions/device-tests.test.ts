import t from 'tap';
import type { DeviceTest } from '../../../src/deidentify/pixels/pixel-policy.ts';
import type { DataElement } from '../../../src/dicom/data-set.ts';
import { bytesElement, sequenceElement } from '../../../src/dicom/edit.ts';
import { holds, testedInstance } from '../../../src/redact/regions/device-tests.ts';
import { ct, number16, words } from '../../deidentify/build.ts';

const model = '00081090';
const imageType = '00080008';
const rows = '00280010';
const says = (test: DeviceTest, ...elements: readonly DataElement[]): boolean =>
  holds(
    test,
    testedInstance(ct(words(0x00081090, 'LO', 'LOGIQ E9 '), number16(0x00280010, 480), ...elements)),
  );

t.test('texts are compared without padding, in any case unless asked otherwise', async (t) => {
  t.ok(says({ tag: model, is: 'equals', values: ['logiq e9'] }));
  t.notOk(says({ tag: model, is: 'equals', values: ['logiq'] }));
  t.notOk(says({ tag: model, is: 'equals', values: ['logiq e9'], caseSensitive: true }));
  t.ok(says({ tag: model, is: 'contains', values: ['Vivid', 'GIQ'] }), 'one of them is enough');
  t.ok(says({ tag: model, is: 'startsWith', values: ['logiq'] }));
  t.notOk(says({ tag: model, is: 'startsWith', values: ['e9'] }));
  t.ok(says({ tag: model, is: 'endsWith', values: ['E9'] }));
  t.ok(says({ tag: model, is: 'matches', values: ['logiq ?[a-f]\\d'] }));
  t.notOk(says({ tag: model, is: 'matches', values: ['logiq'] }), 'the whole value has to fit');
  t.notOk(says({ tag: model, is: 'matches', values: ['('] }), 'a pattern that is none fits nothing');
});

t.test('numbers are compared as numbers', async (t) => {
  t.ok(says({ tag: rows, is: 'equals', values: ['480'] }));
  t.ok(says({ tag: rows, is: 'equals', values: ['0480.0'] }));
  t.ok(says({ tag: rows, is: 'less', values: ['480.5'] }));
  t.notOk(says({ tag: rows, is: 'less', values: ['480'] }));
  t.ok(says({ tag: rows, is: 'greater', values: ['99'] }), 'not as texts');
  t.notOk(says({ tag: model, is: 'less', values: ['5'] }), 'a text is no number');
  t.notOk(says({ tag: '00180060', is: 'less', values: ['5'] }), 'nothing is not less');
});

t.test('of several values each counts, and all of them as they are written', async (t) => {
  const type = words(0x00080008, 'CS', ['DERIVED', 'SECONDARY', 'SCREEN SAVE']);
  t.ok(says({ tag: imageType, is: 'equals', values: ['secondary'] }, type));
  t.ok(says({ tag: imageType, is: 'startsWith', values: ['DERIVED\\SEC'] }, type));
  t.notOk(says({ tag: imageType, is: 'equals', values: ['secondary'], wholeValue: true }, type));
  t.notOk(says({ tag: imageType, is: 'startsWith', values: ['SEC'], wholeValue: true }, type));
  t.ok(says({ tag: imageType, is: 'contains', values: ['screen'], wholeValue: true }, type));
});

t.test('present, absent and empty are three things', async (t) => {
  const station = '00081010';
  const states = (...elements: readonly DataElement[]): string =>
    (['present', 'absent', 'empty'] as const)
      .filter((is) => says({ tag: station, is }, ...elements))
      .join(' ');
  t.equal(states(), 'absent');
  t.equal(states(words(0x00081010, 'SH', 'ROOM3')), 'present');
  t.equal(states(words(0x00081010, 'SH', '')), 'present empty');
  t.equal(states(bytesElement(0x00081010, 'SH', Buffer.from('  '))), 'present empty', 'blanks are no value');
  t.ok(says({ tag: '00186011', is: 'present' }, sequenceElement(0x00186011, [])));
  t.ok(says({ tag: '00186011', is: 'empty' }, sequenceElement(0x00186011, [])));
});

t.test('joined tests; the sender; nothing of a sequence or of pixels is compared', async (t) => {
  const yes: DeviceTest = { all: [] };
  const no: DeviceTest = { any: [] };
  t.ok(says(yes));
  t.notOk(says(no));
  t.ok(says({ all: [yes, { not: no }, { any: [no, yes] }] }));
  const sender: DeviceTest = { tag: 'callingAeTitle', is: 'equals', values: ['US1'], caseSensitive: true };
  t.notOk(holds(sender, testedInstance(ct())), 'offline nobody is the sender');
  t.ok(holds({ not: sender }, testedInstance(ct())));
  t.ok(holds(sender, testedInstance(ct(), 'US1 ')));
  t.notOk(holds(sender, testedInstance(ct(), 'us1')));
  t.notOk(says({ tag: '7FE00010', is: 'contains', values: ['0'] }));
});

t.test('one test asks every instance anew, and one instance answers every test', async (t) => {
  const is = (value: string): DeviceTest => ({ tag: model, is: 'equals', values: [value] });
  const one = testedInstance(ct(words(0x00081090, 'LO', 'ONE')));
  const other = testedInstance(ct(words(0x00081090, 'LO', 'OTHER')));
  const tests = [is('ONE'), is('OTHER')];
  t.same(
    tests.map((test) => [holds(test, one), holds(test, other)]),
    [
      [true, false],
      [false, true],
    ],
  );
  const several = testedInstance(ct(words(0x00080008, 'CS', ['DERIVED', 'SECONDARY'])));
  const type = { tag: imageType, is: 'equals', values: ['SECONDARY'] } as const;
  t.same(
    [type, { ...type, wholeValue: true } as const, type].map((test) => holds(test, several)),
    [true, false, true],
    'each value, and the whole value, of one attribute',
  );
});
