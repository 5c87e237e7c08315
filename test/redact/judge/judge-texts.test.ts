import t from 'tap';
import { standardPixelPolicy } from '../../../src/deidentify/pixels/pixel-policy.ts';
import { defineProfile } from '../../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../../src/deidentify/profile-definition.ts';
import { item, sequenceElement } from '../../../src/dicom/edit.ts';
import { identifyingIn } from '../../../src/redact/judge/identifying-in.ts';
import { judgeTexts } from '../../../src/redact/judge/judge-texts.ts';
import { around, words } from '../../deidentify/build.ts';
import { contextOf, goes, line, somebody } from './found.ts';

const context = contextOf();

t.test('identifiers of the object go, however a device or a recogniser spells them', async (t) => {
  for (const text of [
    'KAUFMAN', 'KAUFHAN', 'KAUFMRN', 'KAUFMA', 'KAUF', 'KAUFMAN,S', 'SKAUFMAN', 'SC0TT', '5COTT', 'kaufrnan',
    'KAUFMAN^SCOTT', 'KAUFMANSCOTT', 'OKAF0R', '0KAF0R', 'J0HN', '339833062', '3398E3O62', '339-833-062',
    '22.07.1943', '07/22/43', '1943-07-22', '22-JUL-1943', '22JUL43', '03.09.2012', '2O12O9O3', 'ELSEWHERE',
  ]) // biome-ignore format: a list
    t.strictSame(goes(text), [text], text);
  t.strictSame(goes('KAUF MAN'), ['KAUF', 'MAN'], 'cut');
  t.strictSame(goes('Left KAUFMAN 12.0cm'), ['KAUFMAN'], 'what stands beside it stays');
  t.strictSame(goes('MRN 7731 - 2204'), ['7731', '-', '2204'], 'across blanks');
  t.strictSame(
    goes('444 1632 967431'),
    ['444', '1632', '967431'],
    'a number of a telephone, however it was read',
  );
  t.strictSame(goes('+44HR1632 967993'), ['+44HR1632', '967993'], 'also where a word lies across it');
  t.strictSame(goes('/BEPE3KHA 0.'), ['/BEPE3KHA', '0.'], 'an initial read as a number');
  t.strictSame(goes('19 0CT 2025'), ['19', '0CT', '2025'], 'a date with a misread month');
  t.strictSame(goes('06 NOU 1960'), ['06', 'NOU', '1960']);
  t.strictSame(goes('16 FEB2SAS'), ['16', 'FEB2SAS']);
  t.strictSame(goes('47 LantemLaneotd'), ['47', 'LantemLaneotd'], 'the house with the street');
  t.strictSame(goes('W 400 L 40 967431'), ['40', '967431'], 'a setting without its label beside a number');
  t.strictSame(goes('22 JUL'), ['22', 'JUL'], 'a day of the object without its year');
  t.strictSame(goes('Depth 22.07'), [], 'behind a setting it is a number');
});

t.test('what looks like an identifier of anybody goes', async (t) => {
  const cases: readonly (readonly [text: string, expected: readonly string[]])[] = [
    ['Name: Lura Scrobola', ['Lura', 'Scrobola']],
    ['Patient: White Hand', ['White', 'Hand']],
    ['Dr. Long', ['Long']],
    ['Nom: Petit', ['Petit']],
    ['Operator: YOUNG', ['YOUNG']],
    ['ID: 12', ['12']],
    ['Ex: 123', ['123']],
    ['Acc# A123', ['A123']],
    ['DOB: 10/08/1992', ['10/08/1992']],
    ['Study Date: 2023 Jul 02', ['2023', 'Jul', '02']],
    ['24-MAY-02 14:43:31', ['24-MAY-02', '14:43:31']],
    ['5. M\u00e4rz 1971', ['5.', 'M\u00e4rz', '1971']],
    ['70/14/64', ['70/14/64']],
    ['12345', ['12345']],
    ['A1B2C3', ['A1B2C3']],
    ['Age: 45', ['45']],
    ['045Y', ['045Y']],
    ['YOUNG MARY 045Y F', ['YOUNG', 'MARY', '045Y', 'F']],
    ['Klinikum rechts der Isar', ['Klinikum', 'rechts', 'der', 'Isar']],
    ['Mercy Medical Center Hospital', ['Mercy', 'Medical', 'Center', 'Hospital']],
    ['jane@example.org', ['jane@example.org']],
    ['Zxqwv', ['Zxqwv']],
    ['\u5c71\u7530\u592a\u90ce', ['\u5c71\u7530\u592a\u90ce']],
    ['2005', ['2005']],
    ['0721', ['0721']],
  ];
  for (const [text, expected] of cases) t.strictSame(goes(text), expected, text);
});

t.test('a value below its label goes with it', async (t) => {
  const boxes = judgeTexts([line('Patient Name:'), line('HAND', { top: 16 })], context, 'identifying');
  t.strictSame(boxes, [{ area: { left: 0, top: 16, width: 32, height: 12 }, reason: 'name' }]);
  t.strictSame(judgeTexts([line('Patient Name:'), line('HAND', { top: 200 })], context, 'identifying'), []);
});

t.test('texts side by side are read as one', async (t) => {
  const joined = judgeTexts([line('KAUF'), line('MAN', { left: 33 })], context, 'identifying');
  t.equal(joined.length, 2, 'without a blank between');
  const labelled = judgeTexts([line('Name:'), line('HAND', { left: 70 })], context, 'identifying');
  t.strictSame(
    labelled.map(({ area }) => area.left),
    [70],
    'a label in a box of its own',
  );
});

t.test('text that reads up or down is judged as well', async (t) => {
  for (const turn of [90, 180, 270] as const) {
    const found = { ...line('KAUFMAN', { turn }), width: 12, height: 56, words: [] };
    const [box] = judgeTexts([found], context, 'identifying');
    t.strictSame(box, { area: { left: 0, top: 0, width: 12, height: 56 }, reason: 'identifier' }, `${turn}`);
  }
  const words = [
    { text: 'KAUFMAN', confidence: 0.9, left: 0, top: 64, width: 12, height: 56 },
    { text: 'Left', confidence: 0.9, left: 0, top: 20, width: 12, height: 32 },
  ];
  const found = { ...line('KAUFMAN Left', { turn: 90 }), top: 20, width: 12, height: 100, words };
  const [box, ...more] = judgeTexts([found], context, 'identifying');
  t.equal(more.length, 0);
  t.equal((box?.area.top ?? 0) + (box?.area.height ?? 0), 120);
  t.ok((box?.area.top ?? 0) > 52 && (box?.area.top ?? 99) <= 64, 'the word above it stays');
});

t.test('what could not be read goes, unless it is the place of something that could', async (t) => {
  const unread = {
    ...line(''),
    left: 0,
    top: 0,
    width: 100,
    height: 12,
    confidence: 0,
  };
  t.strictSame(judgeTexts([unread], context, 'identifying'), [
    { area: { left: 0, top: 0, width: 100, height: 12 }, reason: 'unreadable' },
  ]);
  t.strictSame(judgeTexts([unread, line('Depth 12.0cm')], context, 'identifying'), []);
  t.equal(judgeTexts([{ ...unread, width: 200 }, line('Depth 12.0cm')], context, 'identifying').length, 1);
  t.equal(judgeTexts([line('Gain', { confidence: 0.2 })], context, 'identifying')[0]?.reason, 'unreadable');
});

t.test('in mode all every text goes as a whole', async (t) => {
  const boxes = judgeTexts(
    [line('Depth 12.0cm', { top: 40 }), line('KAUFMAN'), { ...line(''), top: 80, width: 9.5, left: 0.5 }],
    context,
    'all',
  );
  t.strictSame(boxes, [
    { area: { left: 0, top: 0, width: 56, height: 12 }, reason: 'identifier' },
    { area: { left: 0, top: 40, width: 96, height: 12 }, reason: 'text' },
    { area: { left: 0, top: 80, width: 10, height: 12 }, reason: 'text' },
  ]);
  t.strictSame(judgeTexts([line('R'), line('R')], context, 'all').length, 1, 'found twice');
});

t.test('words of the profile are harmless, identifiers of the object never are', async (t) => {
  const profile = defineProfile({
    ...emptyDefinition('own'),
    pixels: { ...standardPixelPolicy, harmlessWords: ['Zxqwv', 'Kaufman'] },
  });
  t.strictSame(goes('Zxqwv Kaufman', contextOf(somebody, profile)), ['Kaufman']);
});

t.test('identifiers of sequences, private elements and free text count', async (t) => {
  const elsewhere = contextOf([
    ...somebody,
    sequenceElement(0x00400275, [item(around, [words(0x00321033, 'LO', 'Foot Ward')])]),
    words(0x00090010, 'LO', 'ACME 1.0'),
    words(0x00091001, 'LO', 'Liver^Anna'),
    words(0x00204000, 'LT', 'scanned by Dr. Quinones'),
  ]);
  t.strictSame(goes('LIVER', elsewhere), ['LIVER'], 'a private name that is a word of imaging');
  t.strictSame(goes('LIVER'), []);
  t.ok(identifyingIn([line('QUINONES')], elsewhere, 'identifying'), 'a name in free text');
});

t.test('the second look holds for what names somebody, and for nothing else', async (t) => {
  const second = (text: string, confidence = 0.9): boolean =>
    identifyingIn([line(text, { confidence })], context, 'identifying');
  for (const text of [
    'KAUFMAN',
    'KAUFHAN',
    'SC0TT',
    'Okafor',
    '339833062',
    '22.07.1943',
    'Name: Scrobola',
    '12/07/1994',
  ])
    t.ok(second(text), text);
  for (const text of ['Depth 12.0cm', 'Zxqwv', 'ill', 'W 400 L 40', 'A1B2', '045Y', 'Iil1', 'KAU'])
    t.notOk(second(text), text);
  t.ok(second('KAUFMAN', 0.4), 'a name that can be read at all');
  t.notOk(second('12/07/1994', 0.4), 'a date that hardly can');
  t.ok(identifyingIn([line('Depth')], context, 'all'), 'a line that was to go');
  t.notOk(identifyingIn([line('ill')], context, 'all'));
  t.notOk(identifyingIn([line('Depth', { confidence: 0.5 })], context, 'all'));
});
