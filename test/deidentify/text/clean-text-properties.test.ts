import fc from 'fast-check';
import t from 'tap';
import { createIdentifiers } from '../../../src/deidentify/identifiers.ts';
import { cleanContext, cleanText } from '../../../src/deidentify/text/clean-text.ts';
import { descriptors } from './descriptors.ts';

const rules = { vocabulary: 'any', words: [] } as const;
const listed = { vocabulary: 'listed', words: [] } as const;

/** Identifiers none of whose forms is a word of a description. */
const family = fc.constantFrom(
  'M\u00fcllerhoff',
  'Szcz\u0119\u015bniak',
  'Okonkwo',
  'Vang',
  'Zyxwvut',
  "O'Gallchobhair",
  '\u00d8sterg\u00e5rd',
  'Nu\u00f1ez-Ibarra',
);
const given = fc.constantFrom('Wilfrieda', 'J\u00f6rg', 'Chinwe', 'Zo\u00eb', 'Fran\u00e7ois', 'Bj\u00f8rn');
const id = fc.oneof(
  fc.integer({ min: 100_000, max: 999_999_999 }).map(String),
  fc
    .tuple(fc.constantFrom('MR', 'P', 'KH-'), fc.integer({ min: 10_000, max: 9_999_999 }))
    .map(([a, b]) => `${a}${b}`),
);
const birth = fc
  .tuple(
    fc.integer({ min: 1920, max: 2020 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .map(([y, m, d]) => [y, String(m).padStart(2, '0'), String(d).padStart(2, '0')] as const);

const bare = (text: string): string =>
  text
    .replace(/[\u00f8\u00d8]/g, (letter) => (letter === '\u00f8' ? 'o' : 'O'))
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');

/** Ways to write a name that say the same to a reader. */
const disguises: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.toLowerCase(),
  (name) => bare(name),
  (name) => name.normalize('NFD'),
  (name) => [...name].join(' '),
  (name) => [...name].join('.'),
  (name) => [...name].map((letter, index) => (index % 2 ? letter.toUpperCase() : letter)).join(''),
  (name) => `${name}s`,
  (name) => `${name}'s`,
  (name) => [...name].join('\u00ad'),
  (name) => [...name].join('\u200b'),
  (name) =>
    [...bare(name)]
      .map((letter) => (/[a-z]/i.test(letter) ? String.fromCharCode(letter.charCodeAt(0) + 0xfee0) : letter))
      .join(''),
  (name) => `_${name}_`,
  (name) => `(${name})`,
  (name) => `T1${name}`,
];
const groupings: readonly ((id: string) => string)[] = [
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => [...text].join(' '),
  (text) => text.replace(/(\d{2})(?=\d)/g, '$1-'),
  (text) => text.replace(/(\d{3})(?=\d)/g, '$1.'),
  (text) => text.replace(/(\d{4})(?=\d)/g, '$1 '),
  (text) => `0${text}`,
  (text) => `#${text}`,
  (text) =>
    [...text]
      .map((letter) => (/\d/.test(letter) ? String.fromCharCode(0x660 + Number(letter)) : letter))
      .join(''),
];
const spellings: readonly ((date: readonly [number, string, string]) => string)[] = [
  ([y, m, d]) => `${y}${m}${d}`,
  ([y, m, d]) => `${d}.${m}.${y}`,
  ([y, m, d]) => `${Number(d)}.${Number(m)}.${y}`,
  ([y, m, d]) => `${m}/${d}/${y}`,
  ([y, m, d]) => `${y}-${m}-${d}`,
  ([y, m, d]) => `${d} ${m} ${y}`,
  ([y, m, d]) => `${d}${m}${String(y).slice(2)}`,
  ([y, m, d]) =>
    `${d}-${['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'][Number(m) - 1]}-${y}`,
  ([y, m, d]) =>
    `${Number(d)} de ${['enero', 'febrero', 'marzo', 'abril', 'mayo', 'junio', 'julio', 'agosto', 'septiembre', 'octubre', 'noviembre', 'diciembre'][Number(m) - 1]} de ${y}`,
  ([y, m, d]) =>
    `${Number(d)}. ${['Januar', 'Februar', 'M\u00e4rz', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober', 'November', 'Dezember'][Number(m) - 1]} ${y}`,
];

/** Letters and digits as anybody would compare them; written here anew, so that the test shares nothing with the code. */
const plain = (text: string): string =>
  bare(text.normalize('NFKD'))
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

const patient = fc.record({ family, given, id, birth });
const planted = fc.oneof(
  fc.record({ what: fc.constant('family' as const), how: fc.nat(disguises.length - 1) }),
  fc.record({ what: fc.constant('given' as const), how: fc.nat(disguises.length - 1) }),
  fc.record({ what: fc.constant('id' as const), how: fc.nat(groupings.length - 1) }),
  fc.record({ what: fc.constant('birth' as const), how: fc.nat(spellings.length - 1) }),
);
const descriptor = fc.constantFrom(...descriptors.slice(0, 40));

t.test('an identifier disguised and put anywhere into a description is gone', async (t) => {
  let runs = 0;
  fc.assert(
    fc.property(
      patient,
      fc.array(planted, { minLength: 1, maxLength: 3 }),
      descriptor,
      descriptor,
      (who, plants, before, after) => {
        const identifiers = createIdentifiers({
          names: [`${who.family}^${who.given}`],
          ids: [who.id],
          dates: [who.birth.join('')],
        });
        const secrets: string[] = [];
        const written = plants.map(({ what, how }) => {
          if (what === 'birth') {
            const text = spellings[how]?.(who.birth) ?? '';
            secrets.push(plain(text));
            return text;
          }
          const value = who[what];
          secrets.push(plain(value));
          return (what === 'id' ? groupings[how] : disguises[how])?.(value) ?? '';
        });
        const text = `${before} ${written.join(', ')} ${after}`;
        for (const context of [cleanContext(identifiers, rules), cleanContext(identifiers, listed)]) {
          for (const style of ['drop', 'mark'] as const) {
            const cleaned = cleanText(text, context, style);
            const left = plain(cleaned.text.replaceAll('[removed]', ' '));
            if (!cleaned.changed || secrets.some((secret) => left.includes(secret))) return false;
            // What was cleaned is clean, and cleaning it again changes nothing.
            if (identifiers.occurIn(cleaned.text, 'LT') || cleanText(cleaned.text, context, style).changed)
              return false;
            if (style === 'drop' && cleaned.text.length > text.length) return false;
          }
        }
        runs += 1;
        return true;
      },
    ),
    { numRuns: 800 },
  );
  t.ok(runs >= 800);
});

t.test('cleaning any text twice is cleaning it once', async (t) => {
  const identifiers = createIdentifiers({
    names: ['Doe^Jane', '\u738b^\u5c0f\u6771'],
    ids: ['12345'],
    dates: ['19700305'],
  });
  const word = fc.oneof(
    fc.constantFrom(
      'Doe',
      'jane',
      '12345',
      '05.03.1970',
      'Dr.',
      'Mr',
      'CT',
      'head',
      '(',
      ')',
      '-',
      ',',
      '[removed]',
      '\n',
      'tel',
      '030',
      '1.5mm',
      '\u738b\u5c0f\u6771',
      '@',
      'www.x.de',
      'Mar',
      '5',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 12 }),
      fc.constantFrom(rules, listed),
      fc.constantFrom('drop', 'mark'),
      (words, by, style) => {
        const context = cleanContext(identifiers, by);
        const once = cleanText(words.join(' '), context, style as 'drop');
        const twice = cleanText(once.text, context, style as 'drop');
        return twice.text === once.text && !twice.changed;
      },
    ),
    { numRuns: 3000 },
  );
  t.pass();
});
