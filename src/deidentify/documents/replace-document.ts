import type { ErrorCode } from '../../core/errors.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { bytesElement, numberElement, textElement, withElements } from '../../dicom/edit.ts';
import { has } from '../../dicom/values.ts';
import { canonicalUid, type Pseudonyms } from '../pseudonyms.ts';
import { textAt } from '../text.ts';
import { type DocumentKind, mimeTypes, removedDocument } from './removed-document.ts';

export type ReplacedDocument =
  | {
      readonly kind: 'replaced';
      readonly dataSet: DataSet;
      /** Elements of the object itself that were written here, in ascending order: no other rule may touch them. */
      readonly written: readonly number[];
      /** Elements of the object itself that were taken out. */
      readonly removed: readonly number[];
    }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly detail: string };

const sopClassUid = 0x00080016;
const sopInstanceUid = 0x00080018;
const burnedInAnnotation = 0x00280301;
const recognizableVisualFeatures = 0x00280302;
const verificationFlag = 0x0040a493;
const hl7InstanceIdentifier = 0x0040e001;
const encapsulatedDocument = 0x00420011;
const mimeType = 0x00420012;
const listOfMimeTypes = 0x00420014;
const documentLength = 0x00420015;

const kinds: ReadonlyMap<string, DocumentKind> = new Map([
  ['1.2.840.10008.5.1.4.1.1.104.1', 'pdf'],
  ['1.2.840.10008.5.1.4.1.1.104.2', 'cda'],
  ['1.2.840.10008.5.1.4.1.1.104.3', 'stl'],
  ['1.2.840.10008.5.1.4.1.1.104.4', 'obj'],
  ['1.2.840.10008.5.1.4.1.1.104.5', 'mtl'],
]);

/** Pixels, waveforms, spectra: bulk data that no encapsulated document has. */
const foreignBulk = [0x7fe00010, 0x7fe00008, 0x7fe00009, 0x54000100, 0x56000020];

/**
 * The object with a harmless stand-in for its encapsulated document (0042,0011), which no reader of headers can clean:
 * a document of the same kind that opens and says that the original was removed. What describes the document follows:
 * MIME type, length, Burned In Annotation NO (PS3.3 C.24.2: Type 1, and now true), a document identifier of its own in
 * CDA. The other elements are left for the rules of the profile; call this before them.
 *
 * Held: objects that are no encapsulated document, and such as carry pixels besides.
 */
export function replaceDocument(dataSet: DataSet, pseudonyms: Pick<Pseudonyms, 'uid'>): ReplacedDocument {
  const kind = kinds.get(canonicalUid(textAt(dataSet, sopClassUid)));
  if (kind === undefined) {
    return { kind: 'held', code: 'ENCAPSULATED_DOCUMENT', detail: 'kind of document' };
  }
  if (foreignBulk.some((tag) => has(dataSet, tag))) {
    return { kind: 'held', code: 'BURNED_IN_TEXT_RISK', detail: 'pixels where none belong' };
  }
  const documentUid = documentUidOf(dataSet, pseudonyms);
  const bytes = removedDocument(kind, documentUid);
  const written: DataElement[] = [
    bytesElement(encapsulatedDocument, 'OB', bytes),
    textElement(dataSet, mimeType, 'LO', mimeTypes[kind]),
    textElement(dataSet, burnedInAnnotation, 'CS', 'NO'),
    // Without it the byte that pads an odd length would belong to the document (PS3.3 C.24.2).
    numberElement(dataSet, documentLength, 'UL', [bytes.length]),
  ];
  if (kind === 'cda') written.push(textElement(dataSet, hl7InstanceIdentifier, 'ST', documentUid));
  if (has(dataSet, recognizableVisualFeatures)) {
    written.push(textElement(dataSet, recognizableVisualFeatures, 'CS', 'NO'));
  }
  if (has(dataSet, verificationFlag)) {
    written.push(textElement(dataSet, verificationFlag, 'CS', 'UNVERIFIED'));
  }
  const removed = [listOfMimeTypes, ...(kind === 'cda' ? [] : [hl7InstanceIdentifier])].filter((tag) =>
    has(dataSet, tag),
  );
  const changes = new Map<number, DataElement | undefined>(removed.map((tag) => [tag, undefined]));
  for (const element of written) changes.set(element.tag, element);
  return {
    kind: 'replaced',
    dataSet: withElements(dataSet, changes),
    written: written.map(({ tag }) => tag).sort((a, b) => a - b),
    removed,
  };
}

/**
 * Identifier of the stand-in: keyed, so that the same document received twice has the same. The name before it keeps it
 * apart from replacements of UIDs.
 */
function documentUidOf(dataSet: DataSet, pseudonyms: Pick<Pseudonyms, 'uid'>): string {
  const own = textAt(dataSet, hl7InstanceIdentifier);
  const original = own === '' ? canonicalUid(textAt(dataSet, sopInstanceUid)) : own;
  return pseudonyms.uid(`document ${original}`);
}
