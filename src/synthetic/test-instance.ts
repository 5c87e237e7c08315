import { encodeDataSet, encodingOf, transferSyntaxes } from './dicom-writer.ts';
import { identityElements, type SeriesWords, syntheticIdentity } from './identity.ts';
import { ctImage, sopClasses } from './images.ts';
import { seededUid } from './random.ts';
import { element, type WriterElement } from './writer-element.ts';

export interface TestInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** The encoded data set, without File Meta Information. */
  readonly dataSet: Uint8Array;
}

/** What tells the instance from those of patients, before de-identification. */
export const testPatientName = 'TEST^SALLYPORT';
export const testPatientId = 'SALLYPORT-TEST';
const rows = 64;
const series: SeriesWords = {
  modality: 'CT',
  seriesNumber: 1,
  seriesDescription: 'Sallyport connection test',
  protocolName: 'Connection test',
  bodyPart: 'HEAD',
};

/**
 * One small CT image of the phantom, marked as a test by patient, study and series. Another seed gives another instance of
 * another study, so that it is no duplicate of an earlier test.
 */
export function testInstance(seed: string): TestInstance {
  const identity = { ...syntheticIdentity(seed), patientName: testPatientName, patientId: testPatientId };
  const at = { seed, date: identity.studyDate, time: identity.studyTime };
  const image = { ...at, instanceNumber: 1, seriesNumber: 1, rows, columns: rows, zMm: 10 };
  const marked: readonly WriterElement[] = [
    element(0x00081030, 'LO', 'Sallyport connection test'),
    element(0x00104000, 'LT', 'Synthetic image of a connection test; no patient'),
  ];
  const markedTags = new Set(marked.map(({ tag }) => tag));
  const elements = [...identityElements(seed, identity, series), ...ctImage(image)]
    .filter(({ tag }) => !markedTags.has(tag))
    .concat(marked)
    .sort((a, b) => a.tag - b.tag);
  const transferSyntaxUid = transferSyntaxes.explicitVrLittleEndian;
  return {
    sopClassUid: sopClasses.ctImage,
    sopInstanceUid: seededUid(seed, 'instance 1 1'),
    transferSyntaxUid,
    dataSet: encodeDataSet(elements, encodingOf(transferSyntaxUid)),
  };
}
