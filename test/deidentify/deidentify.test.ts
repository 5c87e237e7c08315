import { readFileSync } from 'node:fs';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { productVersion } from '../../src/core/version.ts';
import { basicProfile, loadProfile } from '../../src/deidentify/profile.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { bytesElement, item, sequenceElement, textElement } from '../../src/dicom/edit.ts';
import { IMPLEMENTATION_CLASS_UID } from '../../src/dicom/file-meta.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { firstText, items, rawBytes, text } from '../../src/dicom/values.ts';
import {
  around,
  at,
  bigEndian,
  ct,
  implicit,
  mustPass,
  pseudonyms,
  received,
  run,
  without,
  words,
  written,
} from './build.ts';

t.test('the product version is that of package.json', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  t.equal(productVersion, version);
});

t.test('the markers say what was done and nothing more', async (t) => {
  const { value, report } = mustPass(run(ct()));
  const { dataSet } = value;
  t.strictSame(text(dataSet, 0x00120062), ['YES']);
  t.strictSame(text(dataSet, 0x00120063), [
    `Sallyport ${productVersion}; profile basic`,
    `profile revision ${basicProfile.revision}`,
  ]);
  t.strictSame(
    items(dataSet, 0x00120064).map((code) => [firstText(code, 0x00080100), firstText(code, 0x00080102)]),
    [['113100', 'DCM']],
  );
  t.strictSame(text(dataSet, 0x00280303), ['REMOVED']);
  t.equal(at(dataSet, 0x00280301), undefined, 'Burned In Annotation is not ours to write');
  t.equal(report.profileRevision, basicProfile.revision);
  t.equal(report.keyId, pseudonyms.keyId);
  t.ok(report.counts.inserted >= 4);
});

t.test('claims of the sender are overwritten, methods of others kept', async (t) => {
  const dataSet = ct(
    words(0x00120062, 'CS', 'NO'),
    words(0x00120063, 'LO', ['ACME Scrubber 3', 'scrubbed for Doe']),
    sequenceElement(0x00120064, [
      item(around, [
        words(0x00080100, 'SH', '113105'),
        words(0x00080102, 'SH', 'DCM'),
        words(0x00080104, 'LO', 'Clean Descriptors Option'),
      ]),
      // Nobody here has looked at the pixels: a claim that they are clean would be taken for ours.
      item(around, [
        words(0x00080100, 'SH', '113101'),
        words(0x00080102, 'SH', 'DCM'),
        words(0x00080104, 'LO', 'Clean Pixel Data Option'),
      ]),
    ]),
    words(0x00280303, 'CS', 'UNMODIFIED'),
  );
  const { value } = mustPass(run(dataSet));
  t.strictSame(text(value.dataSet, 0x00120062), ['YES']);
  t.strictSame(text(value.dataSet, 0x00120063).slice(0, -2), ['ACME Scrubber 3']);
  t.strictSame(
    items(value.dataSet, 0x00120064).map((code) => firstText(code, 0x00080100)),
    ['113105', '113100'],
  );
  t.strictSame(text(value.dataSet, 0x00280303), ['REMOVED']);
});

t.test('a second pass leaves one marker of its own', async (t) => {
  const once = mustPass(run(ct())).value;
  const twice = mustPass(
    run({ dataSet: once.dataSet, transferSyntaxUid: once.transferSyntaxUid } as never),
  ).value;
  t.equal(text(twice.dataSet, 0x00120063).length, 2);
  t.equal(items(twice.dataSet, 0x00120064).length, 1);
});

t.test('UIDs are consistent, registered ones stay, the file meta follows', async (t) => {
  const dataSet = ct(
    words(0x00080018, 'UI', '1.2.3.4.5'),
    words(0x00200052, 'UI', '1.2.840.10008.1.4.1.1'),
    sequenceElement(0x00081140, [
      item(around, [
        words(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
        words(0x00081155, 'UI', '1.2.3.4.5'),
      ]),
    ]),
    words(0x00081167, 'UI', '1.2.3.4.5'),
    words(0x00083010, 'UI', ['1.2.3.4.5', '1.2.3.4.6']),
    words(0x0008010c, 'UI', '2.16.840.1.113883.6.96'),
  );
  const { value } = mustPass(run(dataSet));
  const uid = pseudonyms.uid('1.2.3.4.5');
  t.equal(value.sopInstanceUid, uid);
  t.strictSame(text(value.dataSet, 0x00080018), [uid]);
  t.strictSame(text(value.dataSet, 0x00081167), [uid]);
  t.strictSame(text(value.dataSet, 0x00083010), [uid, pseudonyms.uid('1.2.3.4.6')]);
  t.strictSame(text(value.dataSet, 0x00200052), ['1.2.840.10008.1.4.1.1']);
  t.strictSame(text(value.dataSet, 0x0008010c), ['2.16.840.1.113883.6.96']);
  const reference = items(value.dataSet, 0x00081140)[0];
  t.strictSame(reference && text(reference, 0x00081155), [uid]);
  t.strictSame(reference && text(reference, 0x00081150), ['1.2.840.10008.5.1.4.1.1.2']);
  const meta = readPart10(memorySource(written(value))).meta;
  t.strictSame(text(meta, 0x00020003), [uid]);
});

t.test('a registered UID does not pass as the name of an instance', async (t) => {
  const { value } = mustPass(run(ct(words(0x00080018, 'UI', '1.2.840.10008.1.5.1'))));
  t.match(value.sopInstanceUid, /^2\.25\./);
});

t.test('patient, name and accession number become pseudonyms', async (t) => {
  const { value } = mustPass(run(ct(words(0x00080050, 'SH', 'ACC-1'))));
  const token = pseudonyms.patientId('', 'MRN-778899');
  t.strictSame(text(value.dataSet, 0x00100020), [token]);
  t.strictSame(text(value.dataSet, 0x00100010), [token]);
  t.strictSame(text(value.dataSet, 0x00080050), [pseudonyms.accessionNumber('ACC-1')]);
});

t.test('the same ID in another character set is the same patient', async (t) => {
  const latin = { ...ct(words(0x00080005, 'CS', 'ISO_IR 100')), characterSets: ['ISO_IR 100'] };
  const utf = { ...ct(words(0x00080005, 'CS', 'ISO_IR 192')), characterSets: ['ISO_IR 192'] };
  const ids = [latin, utf].map((dataSet) => {
    const id = textElement(dataSet, 0x00100020, 'LO', 'Müller-1');
    const sent = { ...dataSet, elements: dataSet.elements.map((e) => (e.tag === 0x00100020 ? id : e)) };
    return text(mustPass(run(sent)).value.dataSet, 0x00100020)[0];
  });
  t.equal(ids[0], ids[1]);
});

t.test('a missing Patient ID gives one token per study and a note', async (t) => {
  const first = mustPass(run(without(ct(), 0x00100020, 0x00100010)));
  const second = mustPass(run(without(ct(words(0x0020000d, 'UI', '9.9')), 0x00100020)));
  t.strictSame(text(first.value.dataSet, 0x00100020), [pseudonyms.patientIdOfStudy('1.2.3.4')]);
  t.strictSame(text(first.value.dataSet, 0x00100010), [pseudonyms.patientIdOfStudy('1.2.3.4')]);
  t.not(text(second.value.dataSet, 0x00100020)[0], text(first.value.dataSet, 0x00100020)[0]);
  t.strictSame(first.report.notes, ['patient-id-missing']);
});

t.test('the identifiers of the object are swept out of what is kept', async (t) => {
  const dataSet = ct(
    words(0x00080070, 'LO', 'ACME for Jane'),
    words(0x00081090, 'LO', 'Model 7'),
    words(0x00100030, 'DA', '19700305'),
    words(0x00180022, 'CS', ['HELIX', 'JANE_X']),
    words(0x00181020, 'LO', 'built 5-Mar-1970'),
    words(0x00180024, 'SH', 'MRN778899'),
  );
  const { value, report } = mustPass(run(dataSet));
  t.strictSame(text(value.dataSet, 0x00080070), ['REMOVED']);
  t.strictSame(text(value.dataSet, 0x00081090), ['Model 7']);
  t.strictSame(text(value.dataSet, 0x00180022), ['HELIX', '']);
  t.strictSame(text(value.dataSet, 0x00181020), ['REMOVED']);
  t.strictSame(text(value.dataSet, 0x00180024), ['REMOVED']);
  t.equal(report.elements.filter(({ rule }) => rule === 'identifier-found').length, 4);
});

t.test('a number that is no number, and text of the wrong VR, do not pass', async (t) => {
  const dataSet = ct(
    bytesElement(0x00180050, 'DS', Buffer.from('5mm for Smith ')),
    bytesElement(0x00081090, 'OB', Buffer.from('Smith')),
    bytesElement(0x00180022, 'CS', Buffer.from("Mr. O'Hara")),
    bytesElement(0x00100010 + 0x1000, 'AS', Buffer.from('Smithson')),
    words(0x00091002, 'LO', 'x'),
    bytesElement(0x00081020, 'LO', Buffer.from('unknown to PS3.6')),
  );
  const file = written(mustPass(run(dataSet)).value);
  for (const marker of ['Smith', 'Hara', 'unknown']) t.notOk(file.includes(marker), marker);
});

t.test('local code meanings go, public ones stay', async (t) => {
  const code = (scheme: string, meaning: string) =>
    item(around, [
      words(0x00080100, 'SH', '51185008'),
      words(0x00080102, 'SH', scheme),
      words(0x00080104, 'LO', meaning),
    ]);
  const { value } = mustPass(
    run(ct(sequenceElement(0x00082218, [code('SCT', 'Chest'), code('99HOSP', 'Ward of Dr Who')]))),
  );
  t.strictSame(
    items(value.dataSet, 0x00082218).map((found) => firstText(found, 0x00080104)),
    ['Chest', 'REMOVED'],
  );
});

t.test('what delivery cannot do without is asked for', async (t) => {
  for (const tag of [0x00080016, 0x00080018, 0x0020000d, 0x0020000e]) {
    const part10 = { ...received(ct()), dataSet: without(ct(), tag) };
    t.match(run(part10), { kind: 'held', code: 'REQUIRED_ATTRIBUTE_MISSING' });
    t.match(run({ ...part10, dataSet: ct(words(tag, 'UI', '')) }), {
      kind: 'held',
      code: 'REQUIRED_ATTRIBUTE_MISSING',
    });
  }
});

t.test('only releasable codes are waived', async (t) => {
  const sc = ct(words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'));
  t.match(run(sc), { kind: 'held', code: 'BURNED_IN_TEXT_RISK' });
  t.match(run(sc, { releasedCodes: ['BURNED_IN_TEXT_RISK'] }), { kind: 'deidentified' });
  const sr = ct(words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.88.11'));
  t.match(run(sr, { releasedCodes: ['STRUCTURED_CONTENT', 'BURNED_IN_TEXT_RISK'] }), {
    kind: 'held',
    code: 'STRUCTURED_CONTENT',
  });
});

t.test('the same secret gives the same bytes in every encoding, another secret other ones', async (t) => {
  for (const syntax of [implicit, bigEndian]) {
    const littleEndian = syntax !== bigEndian;
    const encoding = { explicitVr: syntax !== implicit, littleEndian };
    const dataSet = { ...ct(), encoding };
    const part10 = received(
      littleEndian ? dataSet : { ...dataSet, elements: ct().elements.map(swapped) },
      syntax,
    );
    const first = written(mustPass(run(part10)).value);
    t.ok(first.equals(written(mustPass(run(part10)).value)), syntax);
    const other = mustPass(run(part10, { secret: 'z' })).value;
    const ids = (file: Buffer): Set<string> =>
      new Set(file.toString('latin1').match(/2\.25\.\d{30,}|SP-[A-Z2-7]{16}/g) ?? []);
    const shared = [...ids(first)].filter((id) => ids(written(other)).has(id));
    t.strictSame(shared, [IMPLEMENTATION_CLASS_UID], 'nothing in common but our own name');
  }
});

function swapped(element: ReturnType<typeof words>) {
  return element.vr === 'US'
    ? { ...element, body: { kind: 'bytes' as const, bytes: Uint8Array.from(rawBytes(element)).reverse() } }
    : element;
}

t.test('the report has no value and survives JSON', async (t) => {
  const { report } = mustPass(run(ct(words(0x00081030, 'LO', 'Secret study'))));
  const json = JSON.stringify(report);
  t.notMatch(json, /Secret|Jane|Doe|MRN/);
  t.strictSame(JSON.parse(json), report);
  t.match(
    report.elements.find(({ path }) => path === '(0008,1030)'),
    { action: 'removed', rule: 'table-e1-1', count: 1 },
  );
});

t.test('a profile nobody defined is refused', async (t) => {
  t.equal(loadProfile('basic'), basicProfile);
  t.match(basicProfile.revision, /^[0-9a-f]{12}$/);
  t.throws(() => loadProfile('strict'), SallyportError);
});
