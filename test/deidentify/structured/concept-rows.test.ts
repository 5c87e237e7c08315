import t from 'tap';
import { tableE341 } from '../../../src/deidentify/generated/table-e3-4-1.ts';
import { type ProfileOption, profileOptions } from '../../../src/deidentify/rules.ts';
import type { ConceptRow } from '../../../src/deidentify/structured/concept-row.ts';
import {
  conceptRow,
  decideContent,
  listedContent,
} from '../../../src/deidentify/structured/concept-rules.ts';
import { cleanContentTree } from '../../../src/deidentify/structured/content-tree.ts';
import { item, uidElement } from '../../../src/dicom/edit.ts';
import { encodeDataSet } from '../../../src/dicom/encode.ts';
import { around, words } from '../build.ts';
import { contentItem, dcm, named, sampleValue } from './content.ts';

/** What is left of the value of one item: it, something else, or nothing. */
type Outcome = 'same' | 'shifted' | 'cleaned' | 'remapped' | 'dummy' | 'gone';

const sample = /SAMPLE|Sample\^|20210317|111213|1\.2\.99\.7\.[12]|\bM \0*|71/;

function outcome(row: ConceptRow, options: readonly ProfileOption[], depth: number): Outcome {
  let found = contentItem(row.valueType, { name: named(row, 'Name'), values: sampleValue(row.valueType) });
  for (let level = 1; level < depth; level += 1)
    found = contentItem('CONTAINER', { name: dcm('121070', 'Findings'), below: [found] });
  const cleaned = cleanContentTree<string>(
    {
      options: new Set(options),
      trueDeviceDates: false,
      cleanText: ({ tag }) => ({ element: words(tag, 'UT', 'CLEAN'), action: 'cleaned' }),
      shiftDate: ({ tag, vr }) => ({ element: words(tag, vr, 'SHIFT'), action: 'shifted' }),
      wellFormed: (element) => element,
      isOwnRule: () => false,
      claim: () => undefined,
      checked: (element) => element,
      remapUids: ({ tag }) => uidElement(tag, '2.25.1'),
      token: () => 'TOKEN',
      editAttributes: (inner) => inner,
      within: (place) => place,
      report: () => undefined,
    },
    [found],
    around,
    '',
  );
  if (cleaned === undefined) return 'gone';
  const bytes = Buffer.concat([...encodeDataSet(item(around, [cleaned]))]).toString('latin1');
  if (!bytes.includes(row.code)) return 'gone';
  if (bytes.includes('CLEAN')) return 'cleaned';
  if (bytes.includes('SHIFT')) return 'shifted';
  if (bytes.includes('2.25.1')) return 'remapped';
  return sample.test(bytes.replaceAll(row.code, '')) || row.valueType === 'CONTAINER' ? 'same' : 'dummy';
}

/** PS3.15 E.3.4 in the words of the table: X, D and X/D without, K and C with the option of the column. */
function expected(row: ConceptRow, option: ProfileOption | undefined): Outcome {
  const says = option === undefined ? undefined : row.options[option];
  const { valueType } = row;
  // References are edited by the rules for attributes, which replace or keep their UIDs.
  if (valueType === 'IMAGE' || valueType === 'COMPOSITE' || valueType === 'WAVEFORM') return 'same';
  if (says === 'K') return 'same';
  if (says === 'C') {
    if (valueType === 'TEXT') return 'cleaned';
    // Whole weeks are shifted, so a time stays.
    return valueType === 'TIME' ? 'same' : 'shifted';
  }
  if (valueType === 'UIDREF') return 'remapped';
  return row.basic === 'X' ? 'gone' : 'dummy';
}

t.test('every row of Table E.3.4-1 under every option, at the top of the tree and deep in it', async (t) => {
  t.equal(tableE341.length, 214);
  for (const row of tableE341) {
    t.test(`${row.scheme} ${row.code} ${row.valueType}`, async (t) => {
      for (const depth of [1, 4]) {
        t.equal(outcome(row, [], depth), expected(row, undefined), `no option, depth ${depth}`);
        for (const option of profileOptions)
          t.equal(outcome(row, [option], depth), expected(row, option), `${option}, depth ${depth}`);
      }
    });
  }
});

t.test('every retired SNOMED code finds the row of the present one', async (t) => {
  const retired: readonly (readonly [string, string])[] = [
    ['DD-60002', '116224001'],
    ['F-02455', '160476009'],
    ['F-00033', '271921002'],
    ['G-C0E3', '363698007'],
    ['R-42B89', '371524004'],
    ['G-D320', '397898000'],
    ['DF-0070B', '398164008'],
    ['G-D321', '398201009'],
    ['DF-0068E', '398325003'],
    ['PA-30029', '440252007'],
  ];
  const present = tableE341.filter(({ scheme }) => scheme === 'SCT');
  t.strictSame(
    [...new Set(present.map(({ code }) => code))].sort(),
    retired.map(([, code]) => code).sort(),
    'all of them',
  );
  for (const [old, code] of retired) {
    const row = present.find((candidate) => candidate.code === code);
    if (row === undefined) throw new Error(`no row ${code}`);
    for (const scheme of ['SRT', 'SNM3', '99SDM'])
      t.equal(
        conceptRow({ scheme, code: old }, row.valueType),
        conceptRow(row, row.valueType),
        `${scheme} ${old}`,
      );
    t.equal(conceptRow({ scheme: 'DCM', code: old }, row.valueType), undefined);
  }
});

t.test('where one option keeps and another cleans, cleaning wins', async (t) => {
  const equipment = { scheme: 'DCM', code: '121122' };
  const decide = (...options: readonly ProfileOption[]): string =>
    decideContent('TEXT', equipment, { options: new Set(options), trueDeviceDates: false }).action;
  t.equal(decide('retainDeviceIdentity'), 'keep');
  t.equal(decide('retainDeviceIdentity', 'cleanDescriptors'), 'clean');
});

t.test('a date that Modified Dates shifts is not kept for being a device’s', async (t) => {
  const both = { options: new Set<ProfileOption>(['retainLongModifiedDates', 'retainDeviceIdentity']) };
  for (const row of tableE341.filter(({ options }) => options.retainLongModifiedDates === 'C')) {
    t.equal(decideContent(row.valueType, row, { ...both, trueDeviceDates: false }).action, 'shift');
  }
});

t.test('what the table does not name: denied, remapped or left to the rules for attributes', async (t) => {
  const decide = (type: Parameters<typeof decideContent>[0], ...options: readonly ProfileOption[]): string =>
    decideContent(
      type,
      { scheme: '99LOCAL', code: '1' },
      { options: new Set(options), trueDeviceDates: false },
    ).action;
  for (const type of ['TEXT', 'PNAME', 'TABLE', 'DATE', 'TIME', 'DATETIME'] as const)
    t.equal(decide(type), 'remove');
  t.equal(decide('TEXT', ...profileOptions.filter((option) => option !== 'retainLongFullDates')), 'remove');
  t.equal(decide('PNAME', ...profileOptions), 'remove');
  t.equal(decide('DATE', 'retainLongFullDates'), 'keep');
  t.equal(decide('DATETIME', 'retainLongModifiedDates'), 'shift');
  t.equal(decide('UIDREF'), 'remapUid');
  t.equal(decide('UIDREF', 'retainUids'), 'keep');
  for (const type of [
    'CODE',
    'NUM',
    'IMAGE',
    'COMPOSITE',
    'WAVEFORM',
    'SCOORD',
    'SCOORD3D',
    'TCOORD',
  ] as const)
    t.equal(decide(type), 'attributes');
});

t.test('what a profile does can be listed row by row', async (t) => {
  const listed = listedContent({ options: new Set(['retainUids']), trueDeviceDates: false });
  t.equal(listed.length, tableE341.length);
  for (const { row, decision } of listed)
    t.equal(decision.option, row.options.retainUids === 'K' ? 'retainUids' : undefined, row.code);
});
