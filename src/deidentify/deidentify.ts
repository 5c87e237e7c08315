import { type ErrorCode, errorRow } from '../core/errors.ts';
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import type { Deidentified } from '../dicom/deidentified.ts';
import { textElement, withElements } from '../dicom/edit.ts';
import type { Part10 } from '../dicom/part10.ts';
import { element, has } from '../dicom/values.ts';
import { noClaims } from './claims.ts';
import { type ReplacedDocument, replaceDocument } from './documents/replace-document.ts';
import { editDataSet } from './edit.ts';
import { type EditContext, rootPlace, secretsOf } from './edit-context.ts';
import { occursInFragments } from './kept-bytes.ts';
import { burnedInAnnotation, hasCleanPixels, markerElements, satisfied } from './markers.ts';
import { cleanPixels } from './pixels/clean.ts';
import { isVideo } from './pixels/codestreams.ts';
import { losesPalette } from './pixels/lost-palette.ts';
import { objectKind } from './pixels/object-kinds.ts';
import { reportPixels } from './pixels/report-pixels.ts';
import { assessObject, assessPixels } from './pixels/risk.ts';
import type { PixelTreatment } from './pixels/treatment.ts';
import { privateJudge } from './private/judge.ts';
import type { Profile } from './profile.ts';
import { canonicalUid, type Pseudonyms } from './pseudonyms.ts';
import { type DeidentificationReport, type PixelFacts, ReportBuilder } from './report.ts';
import { bookFor } from './rule-books.ts';
import { readSubject } from './subject.ts';
import { cleanContext } from './text/clean-text.ts';
import { textAt } from './text.ts';
import { isRegisteredUid } from './uid-registry.ts';
import { isRetainable } from './valued-actions.ts';

export interface DeidentifyOptions {
  readonly profile: Profile;
  readonly pseudonyms: Pseudonyms;
  /** Codes a person has accepted for this instance; only releasable ones have an effect. */
  readonly releasedCodes?: readonly string[];
  /** Calling AE title of the association it came by, for conditions of own rules; absent offline. */
  readonly callingAeTitle?: string;
  /**
   * Nothing of the pixel data leaves but frames that are decoded from it. A released video then passes, although nobody
   * can look into its stream; where the data set itself leaves, it is held.
   */
  readonly onlyFramesLeave?: boolean;
  /** What redaction did to the pixels; it has to be of this very data set. */
  readonly pixels?: PixelTreatment;
}

export type DeidentifyResult =
  | {
      readonly kind: 'deidentified';
      readonly value: Deidentified;
      readonly report: DeidentificationReport;
    }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly detail?: string };

/** What is read of an instance; the rest of it (preamble, File Meta Information) never reaches the output. */
export type DeidentifyInput = Pick<Part10, 'dataSet' | 'transferSyntaxUid'>;

/** SOP Class, SOP Instance, Study Instance and Series Instance UID. */
const uidTags = [0x00080016, 0x00080018, 0x0020000d, 0x0020000e] as const;
const modalityTag = 0x00080060;
const pixelDataTag = 0x7fe00010;
const patientNameTag = 0x00100010;
const patientIdTag = 0x00100020;

/**
 * De-identifies one instance under a profile (PS3.15 Annex E), or says why a person has to look at it. Pixels are judged
 * first, while the identifiers are still known, then every element at every depth is kept, replaced or removed by the
 * rules. The input is not changed; values that stay are referred to where they were received.
 *
 * What is held: objects whose content the profile cannot clean, pixels likely to carry burned-in text, images whose palette
 * would have to go, instances without the UIDs that delivery needs. Throws SallyportError from reading the values; any other exception is a fault of the
 * rules, and the caller holds the instance.
 */
export function deidentify(input: DeidentifyInput, options: DeidentifyOptions): DeidentifyResult {
  const { dataSet, transferSyntaxUid } = input;
  const { profile, pseudonyms, onlyFramesLeave = false } = options;
  const released = new Set(options.releasedCodes ?? []);
  for (const { code, detail } of assessObject(dataSet, transferSyntaxUid, profile)) {
    if (errorRow(code).releasable === true && released.has(code)) continue;
    if (code === 'BURNED_IN_TEXT_RISK' && options.pixels?.dataSet === dataSet) continue;
    return detail === undefined ? { kind: 'held', code } : { kind: 'held', code, detail };
  }
  const uids = readUids(dataSet);
  if (typeof uids === 'number') return missing(uids);
  const document = withoutDocument(dataSet, profile, pseudonyms);
  if (document?.kind === 'held') return document;
  const pixels = cleanPixels(document?.dataSet ?? dataSet, transferSyntaxUid, onlyFramesLeave);
  if (pixels.kind === 'held') return pixels;
  const treatment = options.pixels?.dataSet === dataSet ? options.pixels : undefined;
  const report = new ReportBuilder();
  for (const note of pixels.notes) report.note(note);
  reportPixels(report, treatment?.elements ?? [], pixels);
  const book = bookFor(profile, {
    sopClassUid: uids.sopClassUid,
    modality: textAt(dataSet, modalityTag).toUpperCase(),
    callingAeTitle: options.callingAeTitle?.trim() ?? '',
  });
  const subject = readSubject(dataSet, pseudonyms, book);
  if (subject.anonymous) report.note('patient-id-missing');
  const frames = element(pixels.dataSet, pixelDataTag)?.body;
  const staysHere = onlyFramesLeave && isVideo(transferSyntaxUid);
  if (frames?.kind === 'fragments' && !staysHere && occursInFragments(frames, subject.identifiers)) {
    return { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'identifier in code stream' };
  }
  const context: EditContext = {
    profile,
    book,
    pseudonyms,
    subject,
    report,
    claims: noClaims(),
    secrets: secretsOf({ profile, subject }),
    text: cleanContext(subject.identifiers, profile.definition.descriptors),
    privates: privateJudge(profile).forDataSet(dataSet),
    ...(treatment === undefined ? {} : { treatment }),
  };
  const disproved = !hasCleanPixels(context) && claimsCleanUnproved(dataSet, transferSyntaxUid);
  if (disproved) report.add(report.root, burnedInAnnotation, 'replaced', 'marker');
  const received =
    hasCleanPixels(context) || disproved
      ? withElements(pixels.dataSet, new Map([[burnedInAnnotation, undefined]]))
      : pixels.dataSet;
  const header = editDataSet(context, received, rootPlace(context));
  if (losesPalette(received, header))
    return { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'palette removed' };
  const edited = document === undefined ? header : withDocument(context, header, document);
  const finished = inserted(edited, [
    ...(disproved ? [textElement(dataSet, burnedInAnnotation, 'CS', 'YES')] : []),
    ...missingPatient(context, dataSet),
    ...markerElements(context, dataSet),
  ]);
  const value = {
    dataSet: finished,
    sopClassUid: uids.sopClassUid,
    sopInstanceUid: newUid(context, dataSet, uidTags[1], uids.sopInstanceUid),
    studyInstanceUid: newUid(context, dataSet, uidTags[2], uids.studyInstanceUid),
    seriesInstanceUid: newUid(context, dataSet, uidTags[3], uids.seriesInstanceUid),
    transferSyntaxUid,
    profileRevision: profile.revision,
  };
  let built: DeidentificationReport | undefined;
  return {
    kind: 'deidentified',
    // The one place where the brand is given: everything above has run.
    value: value as Deidentified,
    get report() {
      built ??= report.build({
        profile: profile.id,
        profileRevision: profile.revision,
        keyId: pseudonyms.keyId,
        methodCodes: satisfied(context).map(({ code }) => code),
        pixels: pixelFacts(input, treatment),
      });
      return built;
    },
  };
}

/**
 * Whether a sender says of pixels that are known to carry text often that there is none. Handed on, it would be taken for
 * our word. It becomes YES rather than nothing: some classes need a value (Type 1 of DX and ophthalmic images).
 */
function claimsCleanUnproved(dataSet: DataSet, transferSyntaxUid: string): boolean {
  const told = textAt(dataSet, burnedInAnnotation).trim().toUpperCase();
  return told === 'NO' && assessPixels(dataSet, transferSyntaxUid).level === 'high';
}

function pixelFacts(
  { dataSet, transferSyntaxUid }: DeidentifyInput,
  treatment: PixelTreatment | undefined,
): PixelFacts {
  const assessed = assessPixels(dataSet, transferSyntaxUid);
  return {
    risk: assessed.level === 'none' ? null : assessed.level,
    riskReason: treatment?.risk ?? (assessed.level === 'high' ? assessed.detail : null),
    treatment: treatment?.mode ?? null,
    complete: treatment !== undefined && hasCleanPixels({ treatment }),
    changed: treatment?.changed === true,
  };
}

interface Uids {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

/** The UIDs by which an instance is known, or the tag of the first one missing. */
function readUids(dataSet: DataSet): Uids | number {
  const [sopClassUid = '', sopInstanceUid = '', studyInstanceUid = '', seriesInstanceUid = ''] = uidTags.map(
    (tag) => oneUid(canonicalUid(textAt(dataSet, tag))),
  );
  if (sopClassUid === '') return uidTags[0];
  if (sopInstanceUid === '') return uidTags[1];
  if (studyInstanceUid === '') return uidTags[2];
  if (seriesInstanceUid === '') return uidTags[3];
  return { sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid };
}

/** Of several values none says which object it is: as good as missing. */
function oneUid(uid: string): string {
  return uid.includes('\\') ? '' : uid;
}

function missing(tag: number): DeidentifyResult {
  const detail = tag.toString(16).padStart(8, '0');
  return {
    kind: 'held',
    code: 'REQUIRED_ATTRIBUTE_MISSING',
    detail: `${detail.slice(0, 4)},${detail.slice(4)}`,
  };
}

/** The UID by which the object goes on, as editing left it in the data set. */
function newUid(
  { book, pseudonyms, secrets }: EditContext,
  dataSet: DataSet,
  tag: number,
  uid: string,
): string {
  // The VR it was sent with decides, as it did for the element.
  const { action } = book.root.decide(tag, element(dataSet, tag)?.vr ?? 'UI');
  const kept = action === 'keepUid' && (isRegisteredUid(uid) || isRetainable(uid, secrets));
  return kept ? uid : pseudonyms.uid(uid);
}

/** The object with a stand-in for its encapsulated document, where the profile wants one; undefined for other objects. */
function withoutDocument(
  dataSet: DataSet,
  { definition }: Profile,
  pseudonyms: Pseudonyms,
): ReplacedDocument | undefined {
  const isDocument = objectKind(canonicalUid(textAt(dataSet, uidTags[0])))?.kind === 'document';
  if (!isDocument || definition.encapsulatedDocuments !== 'replace') return undefined;
  return replaceDocument(dataSet, pseudonyms);
}

/** The edited header with the stand-in, whatever the rules said of attributes that once described the original. */
function withDocument(
  { report }: EditContext,
  header: DataSet,
  document: Extract<ReplacedDocument, { kind: 'replaced' }>,
): DataSet {
  const changes = new Map<number, DataElement | undefined>();
  for (const tag of document.written) {
    changes.set(tag, element(document.dataSet, tag));
    report.add(report.root, tag, 'replaced', 'document');
  }
  for (const tag of document.removed) report.add(report.root, tag, 'removed', 'document');
  return withElements(header, changes);
}

/** Patient ID and Patient's Name are Type 2 in every patient IOD: written also where the sender left them out. */
function missingPatient(context: EditContext, dataSet: DataSet): DataElement[] {
  const written: DataElement[] = [];
  for (const [tag, vr] of [
    [patientNameTag, 'PN'],
    [patientIdTag, 'LO'],
  ] as const) {
    if (has(dataSet, tag)) continue;
    written.push(textElement(dataSet, tag, vr, context.subject.token));
    context.report.add(context.report.root, tag, 'inserted', 'pseudonym');
  }
  return written;
}

/** The data set with these elements in the order of tags; none of them is in it. */
function inserted(dataSet: DataSet, elements: readonly DataElement[]): DataSet {
  const all = [...dataSet.elements, ...elements].sort((a, b) => a.tag - b.tag);
  return { encoding: dataSet.encoding, elements: all, characterSets: dataSet.characterSets };
}
