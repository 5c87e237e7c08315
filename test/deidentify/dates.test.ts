import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { capAge, type DateVr, shiftDate, shiftDates } from '../../src/deidentify/dates.ts';
import { createPseudonyms } from '../../src/deidentify/pseudonyms.ts';

const dayMs = 86_400_000;
const weeks = fc.integer({ min: -520, max: 520 }).filter((count) => count !== 0);
/** Far from the ends of the calendar and from the placeholders (which all lie on known days). */
const dayNumber = fc
  .integer({ min: Date.UTC(1902, 0, 2) / dayMs, max: Date.UTC(2098, 0, 1) / dayMs })
  .filter((day) => shiftDate(da(day), 'DA', 7) !== undefined);

function da(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '');
}

function dayOf(text: string): number {
  return Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6, 8))) / dayMs;
}

t.test('intervals between dates and their weekdays stay', async (t) => {
  fc.assert(
    fc.property(dayNumber, dayNumber, weeks, (one, other, count) => {
      const [first, second] = [one, other].map((day) => shiftDate(da(day), 'DA', 7 * count));
      if (first === undefined || second === undefined) return false;
      const moved = [dayOf(first), dayOf(second)] as const;
      return (
        moved[0] - moved[1] === one - other &&
        new Date(moved[0] * dayMs).getUTCDay() === new Date(one * dayMs).getUTCDay() &&
        moved[0] !== one
      );
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

t.test('there and back again is the date itself', async (t) => {
  fc.assert(
    fc.property(dayNumber, fc.integer({ min: -3640, max: -1 }), (day, days) => {
      const there = shiftDate(da(day), 'DA', days);
      // It may land on a placeholder, which then is no date that is shifted.
      const back = there === undefined ? undefined : shiftDate(there, 'DA', -days);
      return there !== undefined && (back === undefined || back === da(day));
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

t.test(
  'every result is the one of python datetime',
  { skip: !hasPython() && 'python3 is absent' },
  async (t) => {
    const cases = fc.sample(
      fc.tuple(
        fc.integer({ min: 0, max: 9999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        fc.integer({ min: -4_000_000, max: 4_000_000 }).filter((days) => days !== 0),
      ),
      20_000,
    );
    const ends: typeof cases = [
      [1, 1, 2, -1],
      [1, 1, 8, -7],
      [9999, 12, 30, 1],
      [9999, 12, 30, 2],
      [2000, 2, 29, 365],
      [1900, 2, 29, 1],
      [2024, 2, 29, -366],
      [2023, 2, 31, 7],
    ];
    const all = [...cases, ...ends].map(([year, month, day, days]): readonly [string, number] => [
      `${String(year).padStart(4, '0')}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`,
      days,
    ]);
    const script = `
import sys
from datetime import date, timedelta
for line in sys.stdin:
    text, days = line.split()
    try:
        moved = date(int(text[:4]), int(text[4:6]), int(text[6:8])) + timedelta(days=int(days))
        print('%04d%02d%02d' % (moved.year, moved.month, moved.day))
    except (ValueError, OverflowError):
        print('-')
`;
    const { stdout } = spawnSync('/usr/bin/python3', ['-c', script], {
      input: all.map(([text, days]) => `${text} ${days}\n`).join(''),
      encoding: 'utf8',
    });
    const expected = stdout.trim().split('\n');
    t.equal(expected.length, all.length);
    const possible = expected.filter((text) => text !== '-').length;
    t.ok(possible > 5000 && possible < all.length, `${possible} possible dates`);
    const wrong = all.filter(
      ([text, days], index) => (shiftDate(text, 'DA', days) ?? '-') !== expected[index],
    );
    // Placeholders are days python knows and we refuse.
    t.ok(wrong.length < 20, `${wrong.length} differ`);
    t.same(
      wrong.filter(([text, days]) => shiftDate(text, 'DA', days) !== undefined),
      [],
    );
  },
);

function hasPython(): boolean {
  return spawnSync('/usr/bin/python3', ['-c', 'import datetime']).status === 0;
}

const table: readonly (readonly [DateVr, string, string | undefined])[] = [
  ['DA', '20240307', '20240229'],
  ['DA', '20240307 ', '20240229'],
  ['DA', ' 20240307\0', '20240229'],
  ['DA', '2024.03.07', '20240229'],
  ['DA', '2024.03.07 ', '20240229'],
  ['DA', '20240307\\20240308', '20240229\\20240301'],
  ['DA', '20240307 \\ 2024.03.08\\', '20240229\\20240301\\'],
  ['DA', '\\20240307', '\\20240229'],
  ['DA', '', ''],
  ['DA', '  ', ''],
  ['DA', '\\', '\\'],
  ['DA', '20240307\\unknown', undefined],
  ['DA', '20230231', undefined],
  ['DA', '20241301', undefined],
  ['DA', '20240001', undefined],
  ['DA', '20240100', undefined],
  ['DA', '00000101', undefined],
  ['DA', '00010105', undefined],
  ['DA', '2024', undefined],
  ['DA', '202403', undefined],
  ['DA', '2024-03-07', undefined],
  ['DA', '2024/03/07', undefined],
  ['DA', '2024.3.7', undefined],
  ['DA', '20240307-20240308', undefined],
  ['DA', '-20240307', undefined],
  ['DA', '20240307-', undefined],
  ['DA', '20240307120000', undefined],
  ['DA', '2024030７', undefined],
  ['DA', '202403\u012027', undefined],
  ['DA', '2024 0307', undefined],
  ['DA', '+2024030', undefined],
  ['DA', '19000101', undefined],
  ['DA', '19700101', undefined],
  ['DA', '99991231', undefined],
  ['DT', '20240307', '20240229'],
  ['DT', '20240307+0100', '20240229+0100'],
  ['DT', '2024030712', '2024022912'],
  ['DT', '202403071259', '202402291259'],
  ['DT', '20240307125960', '20240229125960'],
  ['DT', '20240307125958.123456-0330', '20240229125958.123456-0330'],
  ['DT', '20240307125958.1 ', '20240229125958.1'],
  ['DT', '20240307235959\\20240308000001', '20240229235959\\20240301000001'],
  ['DT', '2024', undefined],
  ['DT', '202403', undefined],
  ['DT', '2024+0100', undefined],
  ['DT', '20240307256000', undefined],
  ['DT', '20240307126000', undefined],
  ['DT', '20240307125961', undefined],
  ['DT', '202403071', undefined],
  ['DT', '20240307125958.', undefined],
  ['DT', '20240307125958.1234567', undefined],
  ['DT', '202403071259.5', undefined],
  ['DT', '20240307+1500', undefined],
  ['DT', '20240307+01', undefined],
  ['DT', '20240307+0160', undefined],
  ['DT', '20240307-20240308', undefined],
  ['DT', '20240307125958 Mr Doe', undefined],
  ['DT', '19000101000000', undefined],
];

for (const [vr, text, expected] of table) {
  t.test(`a week back, ${vr} ${JSON.stringify(text)} becomes ${JSON.stringify(expected)}`, async (t) => {
    t.equal(shiftDate(text, vr, -7), expected);
  });
}

t.test('no shift is no result, as is one that is no number of days', async (t) => {
  for (const days of [0, Number.NaN, 0.5, Number.POSITIVE_INFINITY, 2 ** 60]) {
    t.equal(shiftDate('20240307', 'DA', days), undefined, String(days));
  }
});

t.test('the bytes received stay as they are, and any bytes give a result or none', async (t) => {
  const bytes = Buffer.from('20240307');
  shiftDates(bytes, 'DA', -7);
  t.equal(bytes.toString(), '20240307');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom<DateVr>('DA', 'DT'), (noise, vr) => {
      const shifted = shiftDates(noise, vr, -364);
      return shifted === undefined || (shifted.length <= noise.length && !hasDate(noise, shifted));
    }),
  );
  t.pass();
});

/** Whether any eight digits of the input stand in the output. */
function hasDate(input: Uint8Array, output: Uint8Array): boolean {
  const [before, after] = [Buffer.from(input).toString('latin1'), Buffer.from(output).toString('latin1')];
  return [...before.matchAll(/[0-9]{8}/g)].some(([digits]) => after.includes(digits));
}

t.test('one patient has one shift in DA and DT, in whole weeks', async (t) => {
  const pseudonyms = createPseudonyms(Buffer.alloc(32, 'd'));
  const days = pseudonyms.dateShiftDays('HOSPITAL', 'MRN 1');
  t.equal(shiftDate('20240307', 'DA', days), shiftDate('20240307101112.5+0100', 'DT', days)?.slice(0, 8));
});

for (const [text, expected] of [
  ['089Y', '089Y'],
  ['090Y', '090Y'],
  ['091Y', '090Y'],
  ['104Y ', '090Y'],
  ['104Y\0', '090Y'],
  ['999Y', '090Y'],
  ['999M', '999M'],
  ['1079M', undefined],
  ['1080M', '090Y'],
  ['999W', '999W'],
  ['4697W', '090Y'],
  ['999D', '999D'],
  ['32873D', '090Y'],
  ['45Y', '045Y'],
  ['0045Y', '045Y'],
  ['0101Y', '090Y'],
  ['000D', '000D'],
  ['', ''],
  ['012M\\101Y', '012M\\090Y'],
  ['045', undefined],
  ['045y', undefined],
  ['-45Y', undefined],
  ['45 Y', undefined],
  ['forty', undefined],
  ['045Y\\?', undefined],
] as const) {
  t.test(`age ${JSON.stringify(text)} becomes ${JSON.stringify(expected)}`, async (t) => {
    t.equal(capAge(text), expected);
  });
}
