import { isErrorCode } from '../core/errors.ts';
import { type RedactionBox, redactionReasons, redactionSources } from '../core/redaction.ts';
import type { DeidentificationReport, PixelFacts } from '../deidentify/report.ts';

/** The line of one instance. Every UID in it is a new one. */
export interface InstanceLine {
  readonly kind: 'instance';
  /** Tells instances apart: of several lines with one id the last one holds. */
  readonly id: string;
  readonly status: 'deidentified' | 'held';
  /** New SOP Instance UID and Series Instance UID; null while the instance is held. */
  readonly instance: string | null;
  readonly series: string | null;
  /** A storage SOP Class of the standard, and a defined term of Modality; null for anything else. */
  readonly sopClassUid: string | null;
  readonly modality: string | null;
  /** Why it is held. */
  readonly code: string | null;
  /** Reasons for which it was held before and which a person has accepted. */
  readonly released: readonly string[];
  /** Codes of CID 7050 that the object carries. */
  readonly methodCodes: readonly string[];
  /** Names the report line; null while the instance is held. */
  readonly report: string | null;
  /** Regions of the pixels that were blanked, or found in an instance that is held. Absent in lines of earlier versions. */
  readonly boxes?: readonly RedactionBox[];
  /** So many more there are. */
  readonly boxesLeftOut?: number;
}

/** The line of a report that instances refer to. */
export interface ReportLine extends Omit<DeidentificationReport, 'fingerprint' | 'pixels'> {
  readonly kind: 'report';
  readonly fingerprint: string;
  /** Absent in lines of earlier versions. */
  readonly pixels?: PixelFacts;
  readonly description: string;
  /** Options of PS3.15 E.3 the profile has. */
  readonly options: readonly string[];
}

/** A line of a study's file; undefined for one that is torn or of another making. */
export function parseLine(text: string): InstanceLine | ReportLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isInstanceLine(value) || isReportLine(value)) return value;
  return undefined;
}

function isInstanceLine(value: unknown): value is InstanceLine {
  return (
    isObject(value) &&
    value.kind === 'instance' &&
    typeof value.id === 'string' &&
    (value.status === 'deidentified' || value.status === 'held') &&
    [value.instance, value.series, value.sopClassUid, value.modality, value.report].every(isTextOrNull) &&
    (value.code === null || (typeof value.code === 'string' && isErrorCode(value.code))) &&
    isTexts(value.released) &&
    isTexts(value.methodCodes) &&
    (value.boxes === undefined || isBoxes(value.boxes)) &&
    (value.boxesLeftOut === undefined || typeof value.boxesLeftOut === 'number')
  );
}

function isReportLine(value: unknown): value is ReportLine {
  return (
    isObject(value) &&
    value.kind === 'report' &&
    [value.fingerprint, value.profile, value.profileRevision, value.keyId, value.description].every(
      (text) => typeof text === 'string',
    ) &&
    isTexts(value.options) &&
    isTexts(value.notes) &&
    isObject(value.counts) &&
    Object.values(value.counts).every((count) => typeof count === 'number') &&
    isEntries(value.elements) &&
    isEntries(value.kept) &&
    (value.pixels === undefined || isPixelFacts(value.pixels))
  );
}

function isPixelFacts(value: unknown): boolean {
  return (
    isObject(value) &&
    [value.risk, value.riskReason, value.treatment].every(isTextOrNull) &&
    typeof value.complete === 'boolean' &&
    typeof value.changed === 'boolean'
  );
}

function isBoxes(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (box) =>
        isObject(box) &&
        [box.frame, box.frames, box.left, box.top, box.width, box.height].every(
          (number) => typeof number === 'number',
        ) &&
        redactionSources.some((source) => source === box.source) &&
        redactionReasons.some((reason) => reason === box.reason),
    )
  );
}

function isEntries(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (entry) =>
        isObject(entry) &&
        typeof entry.path === 'string' &&
        typeof entry.action === 'string' &&
        typeof entry.rule === 'string' &&
        typeof entry.count === 'number',
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
