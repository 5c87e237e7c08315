import fc from 'fast-check';
import t from 'tap';
import { identifyingIn } from '../../../src/redact/judge/identifying-in.ts';
import { judgeTexts } from '../../../src/redact/judge/judge-texts.ts';
import { words } from '../../deidentify/build.ts';
import { contextOf, goes, line } from './found.ts';

/** What a recogniser makes of a character, by its look. */
const misread: Readonly<Record<string, readonly string[]>> = {
  '0': ['O', 'D'],
  '1': ['I', 'l'],
  '2': ['Z'],
  '5': ['S'],
  '6': ['G', 'b'],
  '8': ['B'],
  '9': ['g', 'q'],
  A: ['4'],
  B: ['8'],
  C: ['G'],
  D: ['O', '0'],
  E: ['F'],
  G: ['6', 'C'],
  H: ['N'],
  I: ['1', 'l'],
  L: ['I', '1'],
  M: ['rn', 'N'],
  N: ['M', 'H'],
  O: ['0', 'D', 'Q'],
  S: ['5'],
  T: ['7'],
  U: ['V'],
  V: ['U'],
  W: ['VV', 'vv'],
  Z: ['2'],
};

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const name = (minLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...letters), { minLength, maxLength: 12 }).map((parts) => parts.join(''));
const digits = (minLength: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...'123456789'),
      fc.array(fc.constantFrom(...'0123456789'), { minLength, maxLength: 10 }),
    )
    .map(([first, more]) => first + more.join(''));

/** The text with the character at a place misread, where there is a way to. */
function spoiled(text: string, place: number, choice: number): string {
  const at = place % text.length;
  const options = misread[text.charAt(at)] ?? [text.charAt(at)];
  return text.slice(0, at) + (options[choice % options.length] ?? '') + text.slice(at + 1);
}

const runs = { numRuns: 150, seed: 20_261_121 };

t.test('a name goes with any one of its letters misread', async (t) => {
  fc.assert(
    fc.property(name(3), name(3), fc.nat(), fc.nat(), (family, given, place, choice) => {
      const context = contextOf([words(0x00100010, 'PN', `${family}^${given}`)]);
      const text = spoiled(family, place, choice);
      return goes(text, context).length === 1 && goes(`${text} ${given}`, context).length === 2;
    }),
    runs,
  );
  t.pass();
});

t.test('a number goes with any two of its digits misread, and with separators', async (t) => {
  fc.assert(
    fc.property(digits(5), fc.nat(), fc.nat(), fc.nat(), (id, one, two, choice) => {
      const context = contextOf([words(0x00100020, 'LO', id)]);
      const text = spoiled(spoiled(id, one, choice), two, choice);
      const parted = `${id.slice(0, 3)}-${id.slice(3)}`;
      return goes(text, context).length === 1 && goes(parted, context).length === 1;
    }),
    runs,
  );
  t.pass();
});

t.test('a date goes in every usual spelling, with one character misread', async (t) => {
  const month = fc.constantFrom(
    'JAN',
    'Feb',
    'M\u00e4rz',
    'avr',
    'MAYO',
    'giugno',
    'Juli',
    'aug',
    'set',
    'OKT',
    'nov',
    'Dez',
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1900, max: 2026 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
      month,
      fc.nat(),
      (year, monthOf, day, named, place) => {
        const two = (value: number): string => String(value).padStart(2, '0');
        const context = contextOf([]);
        const numeric = [
          `${year}-${two(monthOf)}-${two(day)}`,
          `${two(day)}.${two(monthOf)}.${year}`,
          `${two(monthOf)}/${two(day)}/${String(year).slice(2)}`,
          `${year}${two(monthOf)}${two(day)}`,
        ];
        const whole = [...numeric, ...numeric.map((text) => spoiled(text, place, place))];
        const named1 = `${day}-${named}-${year}`;
        return whole.every((text) => goes(text, context).length === 1) && goes(named1, context).length === 1;
      },
    ),
    runs,
  );
  t.pass();
});

t.test('the second look sees a name of five letters and more that it can read', async (t) => {
  fc.assert(
    fc.property(name(5), name(3), (family, given) => {
      const context = contextOf([words(0x00100010, 'PN', `${family}^${given}`)]);
      return [`${family}`, `${family} ${given}`, `${family}^${given}`, `Left ${family} 12cm`].every((text) =>
        identifyingIn([line(text)], context, 'identifying'),
      );
    }),
    runs,
  );
  t.pass();
});

t.test('boxes are whole pixels, in order, none inside another, whatever was found', async (t) => {
  const place = fc.record({
    left: fc.double({ min: -5, max: 900, noNaN: true }),
    top: fc.double({ min: -5, max: 900, noNaN: true }),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    turn: fc.constantFrom(0 as const, 90 as const, 180 as const, 270 as const),
  });
  const context = contextOf();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), name(1)), place), {
        maxLength: 12,
      }),
      fc.constantFrom('all' as const, 'identifying' as const),
      (found, mode) => {
        const texts = found.map(([text, at]) => line(text, at));
        const boxes = judgeTexts(texts, context, mode).map(({ area }) => area);
        identifyingIn(texts, context, mode);
        return boxes.every(
          (box, index) =>
            [box.left, box.top, box.width, box.height].every(Number.isInteger) &&
            box.width > 0 &&
            box.height > 0 &&
            (index === 0 || (boxes[index - 1]?.top ?? 0) <= box.top),
        );
      },
    ),
    runs,
  );
  t.pass();
});
