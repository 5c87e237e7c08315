import { boundedBoxes, maxFoundBoxes } from '../core/box-lists.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { InstanceReport } from '../core/instance-report.ts';
import type { RedactionBox } from '../core/redaction.ts';
import type { DeidentifyResult } from '../deidentify/deidentify.ts';
import type { Profile } from '../deidentify/profile.ts';
import { canonicalUid, type Pseudonyms } from '../deidentify/pseudonyms.ts';
import type { DataSet } from '../dicom/data-set.ts';
import { storageSopClassTable } from '../dicom/storage-sop-classes.ts';
import { firstText } from '../dicom/values.ts';
import { modalities } from '../profiles/modalities.ts';
import type { InstanceLine, ReportLine } from './journal.ts';

/** What a worker thread knows beside the result. */
export interface DescribeContext {
  readonly profile: Profile;
  readonly pseudonyms: Pseudonyms;
  /** Tells instances apart: the id of the ledger in the gateway; the new SOP Instance UID where left out. */
  readonly id?: string;
  readonly releasedCodes?: readonly string[];
  /** Regions of the pixels that were blanked; of an instance that is held, what was found. */
  readonly boxes?: readonly RedactionBox[];
}

const modalityTag = 0x00080060;
const sopClassTag = 0x00080016;
const studyTag = 0x0020000d;

const knownModalities: ReadonlySet<string> = new Set(modalities);
const knownSopClasses: ReadonlySet<string> = new Set(storageSopClassTable.map(([uid]) => uid));

/** A study becomes the name of a file. */
export function isStudyName(uid: string): boolean {
  return /^[0-9.]{1,64}$/.test(uid) && !/^\.+$/.test(uid);
}

/** Texts of reports made lately: the instances of a series share one. */
const maxRemembered = 64;
const remembered = new Map<string, string>();

/**
 * What is written down of a de-identified instance. Nothing of the data set goes into it but defined terms of the
 * standard and new UIDs. Undefined where the study has no UID that can name a file.
 */
export function describeDeidentified(
  { value, report }: Extract<DeidentifyResult, { kind: 'deidentified' }>,
  { profile, id, releasedCodes = [], boxes = [] }: DescribeContext,
): InstanceReport | undefined {
  if (!isStudyName(value.studyInstanceUid)) return undefined;
  const { fingerprint } = report;
  let shared = remembered.get(fingerprint);
  if (shared === undefined) {
    const line: ReportLine = {
      kind: 'report',
      description: profile.definition.description,
      options: [...profile.options],
      ...report,
    };
    shared = JSON.stringify(line);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(fingerprint, shared);
  }
  const line: InstanceLine = {
    kind: 'instance',
    id: id ?? value.sopInstanceUid,
    status: 'deidentified',
    instance: value.sopInstanceUid,
    series: value.seriesInstanceUid,
    ...objectOf(value.dataSet),
    code: null,
    released: releasedCodes,
    methodCodes: report.methodCodes,
    report: fingerprint,
    ...boxesOf(boxes),
  };
  return {
    study: value.studyInstanceUid,
    line: JSON.stringify(line),
    shared: { fingerprint, line: shared },
  };
}

/**
 * What is written down of an instance that is held, by its original data set. Undefined where it has no study.
 */
export function describeHeld(
  dataSet: DataSet,
  code: ErrorCode,
  { profile, pseudonyms, id, releasedCodes = [], boxes = [] }: DescribeContext,
): InstanceReport | undefined {
  const original = canonicalUid(firstText(dataSet, studyTag) ?? '');
  const study = profile.options.has('retainUids') ? original : pseudonyms.uid(original);
  if (original === '' || !isStudyName(study)) return undefined;
  const instance = pseudonyms.uid(canonicalUid(firstText(dataSet, 0x00080018) ?? ''));
  const line: InstanceLine = {
    kind: 'instance',
    id: id ?? instance,
    status: 'held',
    instance: null,
    series: null,
    ...objectOf(dataSet),
    code,
    released: releasedCodes,
    methodCodes: [],
    report: null,
    ...boxesOf(boxes),
  };
  return { study, line: JSON.stringify(line), shared: null };
}

function boxesOf(found: readonly RedactionBox[]): Pick<InstanceLine, 'boxes' | 'boxesLeftOut'> {
  const { boxes, leftOut } = boundedBoxes(found, maxFoundBoxes);
  return { boxes, boxesLeftOut: leftOut };
}

function objectOf(dataSet: DataSet): Pick<InstanceLine, 'sopClassUid' | 'modality'> {
  const sopClassUid = canonicalUid(firstText(dataSet, sopClassTag) ?? '');
  const modality = (firstText(dataSet, modalityTag) ?? '').trim();
  return {
    sopClassUid: knownSopClasses.has(sopClassUid) ? sopClassUid : null,
    modality: knownModalities.has(modality) ? modality : null,
  };
}
