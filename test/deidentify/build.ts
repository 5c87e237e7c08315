import { type DeidentifyResult, deidentify } from '../../src/deidentify/deidentify.ts';
import type { PixelTreatment } from '../../src/deidentify/pixels/treatment.ts';
import { basicProfile, defineProfile, type Profile } from '../../src/deidentify/profile.ts';
import { emptyDefinition, type ProfileDefinition } from '../../src/deidentify/profile-definition.ts';
import { createPseudonyms } from '../../src/deidentify/pseudonyms.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataElement, DataSet, Vr } from '../../src/dicom/data-set.ts';
import type { Deidentified } from '../../src/dicom/deidentified.ts';
import { bytesElement, item, sequenceElement, textElement } from '../../src/dicom/edit.ts';
import { encodeDataSet, encodePart10 } from '../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../src/dicom/file-meta.ts';
import { type Part10, readPart10 } from '../../src/dicom/part10.ts';
import { element, text } from '../../src/dicom/values.ts';
import { traitsOf } from '../../src/dicom/vr.ts';

export const explicit = '1.2.840.10008.1.2.1';
export const implicit = '1.2.840.10008.1.2';
export const bigEndian = '1.2.840.10008.1.2.2';

export const pseudonyms = createPseudonyms(Buffer.alloc(32, 'k'));

/** Surroundings for elements of a data set in explicit VR little endian and the default repertoire. */
export const around: DataSet = {
  encoding: { explicitVr: true, littleEndian: true },
  elements: [],
  characterSets: [],
};

export function words(tag: number, vr: Vr, value: string | readonly string[]): DataElement {
  return textElement(around, tag, vr, value);
}

export function number16(tag: number, value: number): DataElement {
  return bytesElement(tag, 'US', new Uint8Array(Uint16Array.of(value).buffer));
}

/** A CT image of 4 by 4 pixels with the elements given in place of its own or beside them. */
export function ct(...elements: readonly DataElement[]): DataSet {
  const own: DataElement[] = [
    words(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
    words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    words(0x00080018, 'UI', '1.2.3.4.5'),
    words(0x00080060, 'CS', 'CT'),
    words(0x00080070, 'LO', 'ACME'),
    words(0x00100010, 'PN', 'Doe^Jane'),
    words(0x00100020, 'LO', 'MRN-778899'),
    words(0x00180050, 'DS', '5'),
    words(0x0020000d, 'UI', '1.2.3.4'),
    words(0x0020000e, 'UI', '1.2.3.4.1'),
    number16(0x00280002, 1),
    words(0x00280004, 'CS', 'MONOCHROME2'),
    number16(0x00280010, 4),
    number16(0x00280011, 4),
    number16(0x00280100, 16),
    number16(0x00280101, 12),
    number16(0x00280102, 11),
    number16(0x00280103, 0),
    bytesElement(0x7fe00010, 'OW', new Uint8Array(32)),
  ];
  const tags = new Set(elements.map(({ tag }) => tag));
  return item(around, [...own.filter(({ tag }) => !tags.has(tag)), ...elements]);
}

export function without(dataSet: DataSet, ...tags: readonly number[]): DataSet {
  return { ...dataSet, elements: dataSet.elements.filter(({ tag }) => !tags.includes(tag)) };
}

/** Written and read again, as a sender's bytes would be. */
export function received(dataSet: DataSet, transferSyntaxUid = explicit): Part10 {
  const head = encodeFileMeta({
    sopClassUid: text(dataSet, 0x00080016)[0] ?? '',
    sopInstanceUid: text(dataSet, 0x00080018)[0] ?? '',
    transferSyntaxUid,
  });
  return readPart10(memorySource(Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid, head })])));
}

export function run(
  input: Part10 | DataSet,
  options: {
    readonly releasedCodes?: readonly string[];
    readonly secret?: string;
    readonly profile?: Profile;
    readonly callingAeTitle?: string;
    readonly pixels?: PixelTreatment;
  } = {},
): DeidentifyResult {
  const part10 = 'dataSet' in input ? input : received(input);
  return deidentify(part10, {
    profile: options.profile ?? basicProfile,
    pseudonyms:
      options.secret === undefined ? pseudonyms : createPseudonyms(Buffer.alloc(32, options.secret)),
    releasedCodes: options.releasedCodes ?? [],
    ...(options.callingAeTitle === undefined ? {} : { callingAeTitle: options.callingAeTitle }),
    ...(options.pixels === undefined ? {} : { pixels: options.pixels }),
  });
}

/** The basic profile with these parts in place of its own. */
export function profileWith(parts: Partial<ProfileDefinition>): Profile {
  return defineProfile({ ...emptyDefinition('tested'), ...parts });
}

export function mustPass(result: DeidentifyResult): Extract<DeidentifyResult, { kind: 'deidentified' }> {
  if (result.kind === 'held') throw new Error(`held: ${result.code} ${result.detail ?? ''}`);
  return result;
}

/** The file that would leave. */
export function written(value: Deidentified): Buffer {
  return Buffer.concat([...encodePart10({ ...value, head: encodeFileMeta(value) })]);
}

/** An element with some value of this VR that is in none of our dummies. */
export function sample(tag: number, vr: Vr): DataElement {
  if (vr === 'SQ') {
    return sequenceElement(tag, [
      item(around, [words(0x00080080, 'LO', 'SAMPLE Hospital'), words(0x00080070, 'LO', 'Inner Maker')]),
    ]);
  }
  const values: Partial<Record<Vr, string>> = {
    UI: '1.2.99.7.1',
    DA: '20210317',
    TM: '111213.25',
    DT: '20210317111213',
    DS: '71.25',
    IS: '7125',
    AS: '071Y',
    PN: 'Sample^Person',
    CS: 'SAMPLECODE',
    AE: 'SAMPLE_AE',
    UR: 'https://sample.example/a',
  };
  if (traitsOf(vr).kind === 'text') return words(tag, vr, values[vr] ?? 'SAMPLE text');
  return bytesElement(tag, vr, Uint8Array.of(0x53, 0x41, 0x4d, 0x50, 0x4c, 0x45, 0x2e, 0x2e));
}

export function at(dataSet: DataSet, tag: number): DataElement | undefined {
  return element(dataSet, tag);
}

/** Radiopharmaceutical Information Sequence: standard, in no table, allowed to hold anything. */
export const standardSequence = 0x00540016;

/** `standardSequence` with one item that holds the element, sent as UN: encoded in implicit VR little endian. */
export function unEncoded(element: DataElement): DataElement {
  const implicitVr = { explicitVr: false, littleEndian: true };
  const recoded = (found: DataElement): DataElement => {
    const { body } = found;
    if (body.kind !== 'items') return found;
    const inside = body.items.map((one) => ({
      ...one,
      encoding: implicitVr,
      elements: one.elements.map(recoded),
    }));
    return sequenceElement(found.tag, inside);
  };
  const inner = recoded(element);
  const implicitItem: DataSet = { encoding: implicitVr, elements: [inner], characterSets: [] };
  const content = Buffer.concat([...encodeDataSet(implicitItem)]);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0xe000fffe, 0);
  head.writeUInt32LE(content.length, 4);
  return bytesElement(standardSequence, 'UN', Buffer.concat([head, content]));
}
