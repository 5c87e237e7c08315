import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { deidentify } from '../../../src/deidentify/deidentify.ts';
import { defineProfile, type Profile } from '../../../src/deidentify/profile.ts';
import { emptyDefinition, type SafePrivateClass } from '../../../src/deidentify/profile-definition.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import type { DataElement, DataSet } from '../../../src/dicom/data-set.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { items, text } from '../../../src/dicom/values.ts';
import { encodePart10 } from '../../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { corpusMissing, corpusPath } from '../../support/corpus.ts';
import { elementsOf } from '../../support/objects/attributes.ts';
import { planted, plantedWords, uidRoot } from '../../support/objects/planted.ts';
import { ctSlice } from '../../support/objects/radiotherapy.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { bigEndian, explicit, implicit, mustPass, pseudonyms, written } from '../build.ts';

const [family = ''] = planted.patient.split('^');
const philips = 'Philips Imaging DD 001';

/** What scanners of three vendors write, with the patient in places where nobody expects one. */
function scanner(): WriterElement[] {
  return [
    element(0x00190010, 'LO', 'GEMS_ACQU_01'),
    element(0x00191023, 'DS', '12.5'),
    element(0x00191024, 'DS', planted.patientId.slice(4)),
    element(0x0019109e, 'LO', `EFGRE3D ${family}`),
    element(0x001910a0, 'LO', family),
    element(0x00510042, 'LO', 'SIEMENS MR HEADER'),
    element(0x0051420a, 'LO', `TA 01:23 ${family}`),
    element(0x20010010, 'LO', 'Philips Imaging DD 002'),
    element(0x20010090, 'LO', philips),
    element(0x20019003, 'FL', 800),
    element(0x20019004, 'CS', 'YES'),
    element(0x20019006, 'CS', family.toUpperCase()),
    element(0x20019025, 'SH', '4.6'),
    element(0x20019080, 'LO', `Anchor ${family}`),
    element(0x200190ff, 'OB', Buffer.from(family.padEnd(8))),
    element(0x2001905f, 'SQ', {
      items: [
        [
          element(0x00080100, 'SH', family),
          element(0x00100010, 'PN', planted.patient),
          element(0x00180050, 'DS', '3'),
          element(0x00081155, 'UI', `${uidRoot}.10.1`),
          element(0x20010011, 'LO', philips),
          element(0x2001112d, 'SS', 33),
          element(0x20011180, 'LO', family),
          element(0x20010013, 'LO', family),
          element(0x20011301, 'LO', family),
        ],
      ],
    }),
    element(0x00990010, 'LO', 'NQHeader'),
    element(0x00991002, 'UI', `${uidRoot}.10`),
    element(0x00991005, 'LT', `Done for ${family}`),
  ];
}

function profileOf(...safePrivate: readonly SafePrivateClass[]): Profile {
  return defineProfile({
    ...emptyDefinition('private'),
    options: ['retainSafePrivate'],
    ...(safePrivate.length === 0 ? {} : { safePrivate }),
  });
}

function output(profile: Profile, transferSyntaxUid: string, elements = scanner()) {
  const file = encodePart10({ elements: [...elementsOf(ctSlice(0)), ...elements], transferSyntaxUid });
  const { value, report } = mustPass(deidentify(readPart10(memorySource(file)), { profile, pseudonyms }));
  return { value, report, file: written(value) };
}

const privateTags = (dataSet: DataSet): string[] =>
  dataSet.elements.filter(({ tag }) => ((tag >>> 16) & 1) === 1).map(({ tag }) => tag.toString(16));

t.test('by default numbers, codes, UIDs and sequences of the table stay, without the patient', async (t) => {
  for (const syntax of [explicit, implicit, bigEndian]) {
    const { value, file } = output(profileOf(), syntax);
    const text = file.toString('latin1').toLowerCase();
    for (const word of [...plantedWords, uidRoot]) t.notOk(text.includes(word.toLowerCase()), word);
    t.strictSame(
      privateTags(value.dataSet),
      ['190010', '191023', '990010', '991002', '20010090', '20019003', '20019004', '2001905f'],
      syntax,
    );
    const [inner] = items(value.dataSet, 0x2001905f);
    t.strictSame(
      inner?.elements.map(({ tag }) => tag.toString(16)),
      ['80100', '81155', '100010', '180050', '20010011', '2001112d'],
      'ordinary rules and own blocks inside',
    );
  }
});

t.test('text of the table stays where the profile asks for it, once cleaned', async (t) => {
  const { value, file } = output(profileOf('text-check'), explicit);
  t.notOk(file.includes(family));
  t.notOk(privateTags(value.dataSet).includes('20019003'), 'numbers were not asked for');
  t.notOk(privateTags(value.dataSet).includes('200190ff'), 'bytes never');
});

t.test('UIDs in private elements are replaced like all others, so that they still refer', async (t) => {
  const { value } = output(profileOf(), explicit);
  t.strictSame(text(value.dataSet, 0x00991002), [value.seriesInstanceUid]);
});

t.test('pydicom finds the elements by creator, with the VR of the table', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const results: unknown[] = [];
  for (const syntax of [explicit, implicit, bigEndian]) {
    const path = join(t.testdir(), 'a.dcm');
    await writeFile(path, output(profileOf(), syntax).file);
    results.push(
      await pydicom(
        `
d = dcmread(sys.argv[1])
b = d.private_block(0x2001, '${philips}')
i = b[0x5f].value[0]
print(json.dumps([b[0x03].VR, float(b[0x03].value), b[0x04].VR, str(b[0x04].value),
  i.private_block(0x2001, '${philips}')[0x2d].value, float(i.SliceThickness),
  float(d.private_block(0x0019, 'GEMS_ACQU_01')[0x23].value)]))`,
        path,
      ),
    );
  }
  for (const result of results) t.strictSame(result, ['FL', 800, 'CS', 'YES', 33, 3, 12.5]);
});

/** Codes of De-identification Method Code Sequence. */
const codes = (dataSet: DataSet): string[] =>
  items(dataSet, 0x00120064).flatMap((code) => text(code, 0x00080100));

t.test('the option is claimed where an element stayed by it, not for a creator alone', async (t) => {
  t.ok(codes(output(profileOf(), explicit).value.dataSet).includes('113111'));
  const unknown: WriterElement[] = [
    element(0x20010010, 'LO', philips),
    element(0x200110e0, 'LO', family),
    element(0x00090010, 'LO', 'ACME 1.0'),
    element(0x00091001, 'FL', 1),
  ];
  const { value } = output(profileOf(), explicit, unknown);
  t.strictSame(privateTags(value.dataSet), []);
  t.notOk(codes(value.dataSet).includes('113111'));
});

t.test('an object without private elements is the same with the option as without', async (t) => {
  const plain = (profile: Profile): readonly DataElement[] =>
    output(profile, explicit, []).value.dataSet.elements.filter(({ tag }) => tag >>> 16 !== 0x0012);
  const hex = (elements: readonly DataElement[]): string[] =>
    elements.map(({ tag, vr }) => `${tag.toString(16)} ${vr}`);
  t.strictSame(hex(plain(profileOf())), hex(plain(defineProfile(emptyDefinition('none')))));
});

t.test(
  'a GE scanner keeps what the table knows of it, value by value',
  { skip: corpusMissing },
  async (t) => {
    const path = corpusPath('pydicom__CT_small.dcm');
    const input = readPart10(memorySource(await readFile(path)));
    const { value } = mustPass(deidentify(input, { profile: profileOf(), pseudonyms }));
    t.strictSame(privateTags(value.dataSet), [
      ...['190010', '191023', '191024', '191027'],
      ...['250010', '251007'],
    ]);
    for (const tag of [0x00191023, 0x00191024, 0x00191027])
      t.strictSame(text(value.dataSet, tag), text(input.dataSet, tag));
  },
);
