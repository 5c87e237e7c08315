import { isAbsolute } from 'node:path';
import { SallyportError } from '../../core/errors.ts';
import type { DrawnBox } from '../../core/redaction.ts';
import type { WindowChoice } from '../../core/render-choices.ts';
import type { PixelFill } from '../../deidentify/pixels/pixel-policy.ts';
import { type ScreenFormat, screenFormats } from '../../render/screen-picture.ts';
import type { PixelWishes } from '../thread-profiles.ts';
import type {
  Decisions,
  FileInput,
  InspectTask,
  PictureSide,
  PictureTask,
  ReportTask,
  TreatTask,
} from './tasks.ts';

/** An instance in a file of the local disk that the caller made. */
export interface FileRequest {
  /** Absolute path. */
  readonly input: string;
  /** Of the association it came by; chooses the profile. */
  readonly callingAeTitle?: string;
  /** A profile of the configuration by its name, in place of the AE title's. */
  readonly profileName?: string;
}

export interface DecisionRequest {
  readonly releasedCodes?: readonly string[];
  readonly drawnBoxes?: readonly DrawnBox[] | null;
}

export interface TreatRequest extends FileRequest, DecisionRequest {
  /** Absolute path of a file that is not there yet, or may be overwritten. */
  readonly output: string;
  /** Flush the output before it is told of; false where left out. */
  readonly fsync?: boolean;
  readonly pixels?: PixelWishes;
}

export interface RedactRequest extends Omit<TreatRequest, 'pixels'> {
  /** What a blanked box looks like; the profile's where left out. */
  readonly fill?: PixelFill;
  /** Added to each side of a box, 0 to 64 pixels; the profile's where left out. */
  readonly padding?: number;
  /** False: found text is not compared with the header's identifiers, and all of it goes. */
  readonly useMetadata?: boolean;
  readonly header: 'deidentify' | 'keep';
}

export interface PictureRequest extends FileRequest, DecisionRequest {
  readonly side: PictureSide;
  /** From 1; the first where left out. */
  readonly frame?: number;
  /** Most pixels of the longer side, 16 to 8192; 1024 where left out. */
  readonly maxSide?: number;
  /** JPEG where left out. */
  readonly format?: ScreenFormat;
  /** 1 to 100; 90 where left out. */
  readonly quality?: number;
  readonly window?: WindowChoice;
}

export interface InspectRequest extends FileRequest {
  readonly metadata: InspectTask['metadata'];
}

export interface ReportRequest extends FileRequest {
  /** Also as a page. */
  readonly html?: boolean;
}

export interface StoredReportRequest {
  /** Folder of the reports: `reports` in storage.dir. */
  readonly folder: string;
  /** New Study Instance UID. */
  readonly study: string;
  /** New SOP Instance UID; the whole study where left out. */
  readonly instance?: string;
  readonly html?: boolean;
}

const maxPadding = 64;
const sides = { least: 16, most: 8192, standard: 1024 } as const;
const maxFrame = 2 ** 31 - 1;
const standardQuality = 90;

export function deidentifyTask(request: TreatRequest): TreatTask {
  const { pixels: { fill, padding, search, useMetadata } = {} } = request;
  return treatTask(request, 'deidentify', {
    ...wishesOf(fill, padding, useMetadata),
    ...(search === undefined ? {} : { search }),
  });
}

export function redactTask(request: RedactRequest): TreatTask {
  const { header, fill, padding, useMetadata } = request;
  return treatTask(request, header, { ...wishesOf(fill, padding, useMetadata), search: true });
}

function treatTask(
  request: Omit<TreatRequest, 'pixels'>,
  header: TreatTask['header'],
  wishes: PixelWishes,
): TreatTask {
  const { output, fsync = false } = request;
  if (!isAbsolute(output)) throw invalid('output: an absolute path');
  return {
    kind: 'treat',
    ...inputOf(request),
    ...decisionsOf(request),
    output,
    fsync,
    header,
    wishes,
  };
}

function wishesOf(
  fill: PixelFill | undefined,
  padding: number | undefined,
  useMetadata: boolean | undefined,
): PixelWishes {
  if (padding !== undefined) whole('padding', padding, 0, maxPadding);
  return {
    ...(fill === undefined ? {} : { fill }),
    ...(padding === undefined ? {} : { padding }),
    ...(useMetadata === undefined ? {} : { useMetadata }),
  };
}

export function pictureTask(request: PictureRequest): PictureTask {
  const { side, frame = 1, maxSide = sides.standard, format = 'jpeg', quality = standardQuality } = request;
  if (!screenFormats.includes(format)) throw invalid(`format: ${screenFormats.join(', ')}`);
  return {
    kind: 'picture',
    ...inputOf(request),
    ...decisionsOf(request),
    side,
    frame: whole('frame', frame, 1, maxFrame),
    maxSide: whole('maxSide', maxSide, sides.least, sides.most),
    format,
    quality: whole('quality', quality, 1, 100),
    window: request.window ?? null,
    foundBoxes: null,
  };
}

export function inspectTask(request: InspectRequest): InspectTask {
  return { kind: 'inspect', ...inputOf(request), metadata: request.metadata };
}

export function reportTask(request: ReportRequest & DecisionRequest): ReportTask {
  const { html = false } = request;
  return { kind: 'report', of: { from: 'file', ...inputOf(request) }, ...decisionsOf(request), html };
}

function inputOf({ input, callingAeTitle = '', profileName = null }: FileInputRequest): FileInput {
  if (!isAbsolute(input)) throw invalid('input: an absolute path');
  return { input, callingAeTitle, profileName };
}
type FileInputRequest = Pick<FileRequest, 'input' | 'callingAeTitle'> & {
  readonly profileName?: string | null;
};

function decisionsOf({ releasedCodes = [], drawnBoxes = null }: DecisionRequest): Decisions {
  return { releasedCodes, drawnBoxes };
}

function whole(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most)
    throw invalid(`${name}: ${least} to ${most}`);
  return value;
}

function invalid(detail: string): SallyportError {
  return new SallyportError('REQUEST_INVALID', { detail });
}
