import type { ContentValueType } from '../../../src/deidentify/structured/concept-row.ts';
import type { Concept } from '../../../src/deidentify/structured/concept-rules.ts';
import type { DataElement, DataSet } from '../../../src/dicom/data-set.ts';
import { item, numberElement, sequenceElement } from '../../../src/dicom/edit.ts';
import { around, words } from '../build.ts';

/** Builders of content items (PS3.3 C.17.3), by the names PS3.3 gives to relationships and value types. */

export function code(value: string, scheme: string, meaning: string): DataSet {
  return item(around, [
    words(value.length > 16 ? 0x00080119 : 0x00080100, value.length > 16 ? 'UC' : 'SH', value),
    words(0x00080102, 'SH', scheme),
    words(0x00080104, 'LO', meaning),
  ]);
}

export const dcm = (value: string, meaning = 'Meaning'): DataSet => code(value, 'DCM', meaning);

export function named({ scheme, code: value }: Concept, meaning = 'Meaning'): DataSet {
  return code(value, scheme, meaning);
}

export interface ItemParts {
  readonly relationship?: string;
  readonly name?: DataSet;
  readonly values?: readonly DataElement[];
  readonly below?: readonly DataSet[];
}

/** A content item of a value type with these parts. */
export function contentItem(type: string, parts: ItemParts = {}): DataSet {
  const { relationship = 'CONTAINS', name, values = [], below = [] } = parts;
  return item(around, [
    words(0x0040a010, 'CS', relationship),
    words(0x0040a040, 'CS', type),
    ...(name === undefined ? [] : [sequenceElement(0x0040a043, [name])]),
    ...values,
    ...(below.length === 0 ? [] : [sequenceElement(0x0040a730, below)]),
  ]);
}

export const textValue = (text: string): DataElement => words(0x0040a160, 'UT', text);
export const personName = (text: string): DataElement => words(0x0040a123, 'PN', text);
export const uidValue = (text: string): DataElement => words(0x0040a124, 'UI', text);
export const codeValue = (found: DataSet): DataElement => sequenceElement(0x0040a168, [found]);

export function numericValue(value: string, unit: string, ...further: readonly DataElement[]): DataElement {
  return sequenceElement(0x0040a300, [
    item(around, [
      sequenceElement(0x004008ea, [code(unit, 'UCUM', unit)]),
      words(0x0040a30a, 'DS', value),
      ...further,
    ]),
  ]);
}

/** Referenced SOP Sequence with one instance. */
export function reference(
  sopClassUid: string,
  sopInstanceUid: string,
  ...further: readonly DataElement[]
): DataElement {
  return sequenceElement(0x00081199, [
    item(around, [words(0x00081150, 'UI', sopClassUid), words(0x00081155, 'UI', sopInstanceUid), ...further]),
  ]);
}

export function container(name: DataSet, below: readonly DataSet[], relationship = 'CONTAINS'): DataSet {
  return contentItem('CONTAINER', {
    relationship,
    name,
    values: [words(0x0040a050, 'CS', 'SEPARATE')],
    below,
  });
}

/** A reference by identifier to an item of the same tree. */
export function byReference(position: readonly number[], relationship = 'INFERRED FROM'): DataSet {
  return item(around, [
    words(0x0040a010, 'CS', relationship),
    numberElement(around, 0x0040db73, 'UL', position),
  ]);
}

/** Some value of a value type that none of our dummies equals. */
export function sampleValue(type: ContentValueType): DataElement[] {
  switch (type) {
    case 'TEXT':
      return [textValue('SAMPLE words')];
    case 'PNAME':
      return [personName('Sample^Person')];
    case 'DATE':
      return [words(0x0040a121, 'DA', '20210317')];
    case 'TIME':
      return [words(0x0040a122, 'TM', '111213')];
    case 'DATETIME':
      return [words(0x0040a120, 'DT', '20210317111213')];
    case 'UIDREF':
      return [uidValue('1.2.99.7.1')];
    case 'CODE':
      return [codeValue(code('M', 'DCM', 'Male'))];
    case 'NUM':
      return [numericValue('71', 'a')];
    case 'IMAGE':
      return [reference('1.2.840.10008.5.1.4.1.1.2', '1.2.99.7.2')];
    case 'COMPOSITE':
      return [reference('1.2.840.10008.5.1.4.1.1.88.67', '1.2.99.7.2')];
    case 'WAVEFORM':
      return [reference('1.2.840.10008.5.1.4.1.1.9.1.1', '1.2.99.7.2')];
    case 'CONTAINER':
      return [words(0x0040a050, 'CS', 'SEPARATE')];
    default:
      return [];
  }
}
