import t from 'tap';
import { tableE11 } from '../../src/deidentify/generated/table-e1-1.ts';
import type { Profile } from '../../src/deidentify/profile.ts';
import { type ProfileOption, profileOptions, type TableRow } from '../../src/deidentify/rules.ts';
import type { DataElement, DataSet, Vr } from '../../src/dicom/data-set.ts';
import { lookup } from '../../src/dicom/dictionary.ts';
import { bytesElement, item, sequenceElement } from '../../src/dicom/edit.ts';
import { encodeDataSet } from '../../src/dicom/encode.ts';
import { elementText, items, rawBytes } from '../../src/dicom/values.ts';
import {
  around,
  at,
  ct,
  mustPass,
  profileWith,
  pseudonyms,
  received,
  run,
  sample,
  standardSequence,
  unEncoded,
  words,
} from './build.ts';

const released = ['BURNED_IN_TEXT_RISK'];
/** Stack Sequence of Philips, which Table E.3.10-1 knows to be safe. */
const creatorTag = 0x20010010;
const privateSequence = 0x2001105f;
const creator = 'Philips Imaging DD 001';

interface Place {
  readonly name: string;
  /** The object around an element, and where that element is in the output. */
  readonly build: (element: DataElement) => DataSet;
  readonly found: (output: DataSet) => DataSet | undefined;
  readonly also: readonly ProfileOption[];
}

const places: readonly Place[] = [
  { name: 'top level', build: (element) => ct(element), found: (output) => output, also: [] },
  {
    name: 'standard sequence',
    build: (element) => ct(sequenceElement(standardSequence, [item(around, [element])])),
    found: (output) => items(output, standardSequence)[0],
    also: [],
  },
  {
    name: 'private sequence',
    build: (element) =>
      ct(
        words(creatorTag, 'LO', creator),
        sequenceElement(privateSequence, [item(around, [words(0x00080070, 'LO', 'ACME'), element])]),
      ),
    found: (output) => items(output, privateSequence)[0],
    also: ['retainSafePrivate'],
  },
  {
    name: 'sequence sent as UN',
    build: (element) => ct(unEncoded(element)),
    found: (output) => items(output, standardSequence)[0],
    also: [],
  },
];

function output(place: Place, element: DataElement, profile: Profile): DataSet | undefined {
  const dataSet = place.build(element);
  const input = place.name === 'sequence sent as UN' ? received(dataSet) : { ...received(ct()), dataSet };
  return place.found(mustPass(run(input, { releasedCodes: released, profile })).value.dataSet);
}

/** The element as it would be written; '' where it is gone. */
function encoded(dataSet: DataSet | undefined, tag: number): string {
  const left = dataSet === undefined ? undefined : at(dataSet, tag);
  if (dataSet === undefined || left === undefined) return '';
  return Buffer.concat([...encodeDataSet({ ...dataSet, elements: [left] })]).toString('latin1');
}

/** Under cleaning, text around an identifier of the object stays. */
function sampleFor(tag: number, vr: Vr): DataElement {
  if (tag === 0x00080201) return words(tag, vr, '+0100');
  if (vr === 'US') return bytesElement(tag, vr, Uint8Array.of(4, 0));
  if (tag === 0x0040a730)
    return sequenceElement(tag, [
      item(around, [words(0x0040a010, 'CS', 'CONTAINS'), words(0x0040a040, 'CS', 'CONTAINER')]),
    ]);
  if (tag === 0x00700001)
    return sequenceElement(tag, [
      item(around, [
        words(0x00700002, 'CS', 'LAYER 1'),
        sequenceElement(0x00700009, [item(around, [words(0x00700023, 'CS', 'POINT')])]),
      ]),
    ]);
  if (vr === 'SQ') return sequenceElement(tag, [item(around, [words(0x00080070, 'LO', 'Inner Maker')])]);
  if (vr === 'LO' || vr === 'SH' || vr === 'ST' || vr === 'LT' || vr === 'UT' || vr === 'UC')
    return words(tag, vr, 'Chest 778899');
  return sample(tag, vr);
}

function isCleanedText(option: ProfileOption, vr: Vr): boolean {
  return (
    (option === 'cleanDescriptors' || option === 'retainPatientCharacteristics') &&
    ['LO', 'SH', 'ST', 'LT', 'UT', 'UC'].includes(vr)
  );
}

/** What the option's cell asks for at this row; '' or what is wrong. */
function fault(
  row: TableRow,
  option: ProfileOption,
  original: DataElement,
  dataSet: DataSet | undefined,
  basic: DataSet | undefined,
): string {
  const { tag, vr } = original;
  const left = dataSet === undefined ? undefined : at(dataSet, tag);
  const asBasic = (): string =>
    encoded(dataSet, tag) === encoded(basic, tag) ? '' : 'not as in the basic profile';
  const code = row.options[option];
  // Group lengths, commands, File Meta Information and directories never stand in a data set that leaves.
  if (tag >>> 16 < 8) return left === undefined ? '' : 'still there';
  if (code === undefined) return asBasic();
  if (option === 'retainDeviceIdentity' && row.tag === '300C,0127') return asBasic();
  if (vr === 'OB' && code === 'C') return asBasic();
  if (left === undefined || dataSet === undefined) return 'gone';
  if (vr === 'SQ') {
    const inner = left.body.kind === 'items' ? left.body.items[0] : undefined;
    return inner !== undefined && inner.elements.length > 0 ? '' : 'not recursed';
  }
  const text = elementText(dataSet, left).join('\\');
  const before = elementText(around, original).join('\\');
  if (option === 'retainLongModifiedDates' && (vr === 'DA' || vr === 'DT')) {
    const days = pseudonyms.dateShiftDays('', 'MRN-778899');
    const moved = new Date(Date.UTC(2021, 2, 17 + days)).toISOString().slice(0, 10).replaceAll('-', '');
    return text === `${moved}${before.slice(8)}` ? '' : 'not shifted by the days of the patient';
  }
  if (isCleanedText(option, vr) && code === 'C')
    return text.includes('Chest') && !text.includes('778899') ? '' : 'not cleaned';
  if (vr === 'LO' || vr === 'SH' || vr === 'ST' || vr === 'LT' || vr === 'UT' || vr === 'UC') {
    // What is kept must not repeat an identifier of the patient all the same.
    return text.includes('778899') ? 'identifier of the object kept' : text === '' ? 'emptied' : '';
  }
  return Buffer.compare(rawBytes(left), rawBytes(original)) === 0 ? '' : 'not as received';
}

for (const place of places) {
  t.test(`every row and every option holds: ${place.name}`, async (t) => {
    const basicOf = new Map<string, DataSet | undefined>();
    let cells = 0;
    for (const option of ['', ...profileOptions] as const) {
      const options = [...place.also, ...(option === '' || place.also.includes(option) ? [] : [option])];
      const profile = profileWith({ options });
      for (const row of tableE11) {
        if (/[xg]/.test(row.tag)) continue;
        const tag = Number.parseInt(row.tag.replace(',', ''), 16);
        if (place.name === 'sequence sent as UN' && (tag >>> 16 < 8 || lookup(tag) === undefined)) continue;
        const original = sampleFor(tag, (row.vr.startsWith('OB') ? 'OB' : row.vr) as Vr);
        const dataSet = output(place, original, profile);
        if (option === '') {
          basicOf.set(row.tag, dataSet);
          continue;
        }
        const wrong = fault(row, option, original, dataSet, basicOf.get(row.tag));
        if (wrong !== '')
          t.fail(`(${row.tag}) ${row.keyword} ${option} ${row.options[option] ?? '-'}: ${wrong}`);
        cells += 1;
      }
    }
    t.ok(cells > 6000, `${cells} cells`);
  });
}

t.test(
  'where device identity keeps a date and modified dates shift it, the shift wins unless the profile says',
  async (t) => {
    const conflicting = tableE11.filter(
      ({ tag, options }) =>
        options.retainDeviceIdentity === 'K' &&
        options.retainLongModifiedDates === 'C' &&
        tag !== '300C,0127',
    );
    t.equal(conflicting.length, 10);
    const options = ['retainDeviceIdentity', 'retainLongModifiedDates'] as const;
    for (const { tag: name, keyword, vr } of conflicting) {
      const tag = Number.parseInt(name.replace(',', ''), 16);
      const left = (profile: Profile): string =>
        elementText(
          around,
          at(mustPass(run(ct(sample(tag, vr as Vr)), { profile })).value.dataSet, tag) as DataElement,
        )[0] ?? '';
      const received = vr === 'TM' ? '111213.25' : vr === 'DA' ? '20210317' : '20210317111213';
      const shifted = left(profileWith({ options }));
      if (vr !== 'TM') t.not(shifted, received, keyword);
      t.equal(left(profileWith({ options, trueDeviceDates: true })), received, keyword);
    }
  },
);
