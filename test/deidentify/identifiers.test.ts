import t from 'tap';
import { createIdentifiers } from '../../src/deidentify/identifiers.ts';

const identifiers = createIdentifiers({
  names: ['Müller^Anna-Lena^^Dr', '山田^太郎', 'Lee^Bo'],
  ids: ['MRN-778 899', '4711', '0000'],
  dates: ['19700305'],
});

t.test('names are found in any case, with or without diacritics, inside words', async (t) => {
  for (const text of [
    'MULLER',
    'Scan of müller',
    'pat_anna_head',
    'mullersche Probe',
    'レポート 山田様',
    'LEE',
  ]) {
    t.ok(identifiers.occurIn(text, 'LO'), text);
  }
});

t.test('words that only resemble a name are left alone', async (t) => {
  for (const text of ['SLEEP', 'fleece', 'Bo', 'Dr', 'Chest', 'BODY', ''])
    t.notOk(identifiers.occurIn(text, 'LO'), text);
});

t.test('identifiers are found with and without separators', async (t) => {
  for (const text of ['MRN778899', 'mrn 778-899', 'x/MRN-778 899/y', 'room 4711'])
    t.ok(identifiers.occurIn(text, 'LO'), text);
  for (const text of ['77889', '147112', '0000']) t.notOk(identifiers.occurIn(text, 'LO'), text);
});

t.test('dates are found in the common spellings', async (t) => {
  for (const text of [
    '19700305',
    '1970-03-05',
    '05.03.1970',
    '5/3/70',
    '03/05/1970',
    '5 Mar 1970',
    'March 5th, 1970',
    'born 5-MAR-70.',
  ]) {
    t.ok(identifiers.occurIn(text, 'LO'), text);
  }
  for (const text of ['119700305', '1970', '05.03.1971', '1970-03-06'])
    t.notOk(identifiers.occurIn(text, 'LO'), text);
});

t.test('defined terms are no identifiers, even where a person is called so', async (t) => {
  const head = createIdentifiers({ names: ['Head^Perfusion'], ids: [], dates: [] });
  t.notOk(head.occurIn('HEAD', 'CS'));
  t.notOk(head.occurIn('DERIVED\\PRIMARY\\PERFUSION\\RCBF', 'CS'));
  t.ok(head.occurIn('HEAD JANE', 'CS'));
  t.ok(head.occurIn('HEAD', 'LO'));
});

t.test('a number is compared as a whole', async (t) => {
  const numeric = createIdentifiers({ names: [], ids: ['778899', '12'], dates: [] });
  t.ok(numeric.haveNumbers);
  t.ok(numeric.isNumber('778899'));
  t.notOk(numeric.isNumber('7788990'));
  t.notOk(numeric.isNumber('12'));
});

t.test('any number of names costs a bounded search', async (t) => {
  const many = createIdentifiers({
    names: Array.from({ length: 50_000 }, (_, index) => `Name${index}`),
    ids: Array.from({ length: 50_000 }, (_, index) => `ID${index}X`),
    dates: [],
  });
  t.ok(many.size <= 512);
});

t.test('signs of regular expressions in a name mean themselves', async (t) => {
  const odd = createIdentifiers({
    names: ['a.*+?^()|[]\\/-b{2}', '(((('],
    ids: ['(.*)[x]{5}'],
    dates: ['(((('],
  });
  t.notOk(odd.occurIn('anything at all', 'LO'));
});
