import { SallyportError } from '../core/errors.ts';
import type { components } from '../core/generated/backend.ts';
import type { DataSet } from '../dicom/data-set.ts';
import type { Deidentified } from '../dicom/deidentified.ts';
import { tags } from '../dicom/tags.ts';
import { firstNumber, firstText, has, items, numbers, text } from '../dicom/values.ts';
import { frameOrder, type Groups } from './frame-order.ts';
import { framePlaces } from './frame-place.ts';

type Study = components['schemas']['Study'];
type Series = components['schemas']['Series'];
type Image = components['schemas']['Image'];

/** What rendering says of a frame beside its pixels. */
export interface FrameRendering {
  /** From 1. */
  readonly frame: number;
  /** Of a video, as counted in its stream; absent where Number of Frames holds. */
  readonly numberOfFrames?: number;
  readonly width: number;
  readonly height: number;
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  /** Unit after rescale, where rendering knows better than Rescale Type. */
  readonly rescaleType?: string;
  /** The window that was applied; absent where the image states none. */
  readonly windowCenter?: number;
  readonly windowWidth?: number;
  readonly voiLutFunction?: string;
  /** How many frames of the instance are delivered. */
  readonly framesSelected: number;
  readonly contentType: Image['contentType'];
  /** Pixels of the encoded image. */
  readonly dataWidth: number;
  readonly dataHeight: number;
  /** Present where samples are stored values: stored value = sample * slope + intercept. */
  readonly sampleBits?: 8 | 16;
  readonly sampleSlope?: number;
  readonly sampleIntercept?: number;
  readonly sampleNoValue?: number;
}

export interface ProfileNames {
  readonly profile: string;
  /** De-identification and rendering together: changes whenever the post for the same bytes could. */
  readonly profileRevision: string;
  readonly keyId: string;
}

const encoder = new TextEncoder();

/**
 * The Study and Series objects of openapi/backend.yaml, as JSON bytes, from de-identified values alone. A value that breaks
 * the contract's form (a device's private age format, an over-long text) is given as null rather than refused by the backend.
 */
export function describeStudy(instance: Deidentified, names: ProfileNames): Uint8Array {
  const { dataSet } = instance;
  const study: Study = {
    studyInstanceUid: uid(instance.studyInstanceUid),
    accessionNumber: shortText(dataSet, tags.AccessionNumber, 64),
    patientId: shortText(dataSet, tags.PatientID, 64),
    studyDate: matching(dataSet, tags.StudyDate, /^\d{8}$/),
    studyTime: matching(dataSet, tags.StudyTime, /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/),
    studyDescription: shortText(dataSet, tags.StudyDescription, 1024),
    patientSex: code(dataSet, tags.PatientSex),
    patientAge: matching(dataSet, tags.PatientAge, /^\d{3}[DWMY]$/),
    deidentification: {
      profile: names.profile,
      profileRevision: names.profileRevision,
      keyId: names.keyId,
    },
  };
  return encoder.encode(JSON.stringify(study));
}

export function describeSeries(instance: Deidentified): Uint8Array {
  const { dataSet } = instance;
  const series: Series = {
    seriesInstanceUid: uid(instance.seriesInstanceUid),
    modality: code(dataSet, tags.Modality),
    seriesNumber: whole(dataSet, tags.SeriesNumber),
    seriesDescription: shortText(dataSet, tags.SeriesDescription, 1024),
    protocolName: shortText(dataSet, tags.ProtocolName, 1024),
    bodyPartExamined: code(dataSet, tags.BodyPartExamined),
    patientPosition: code(dataSet, tags.PatientPosition),
    manufacturer: shortText(dataSet, tags.Manufacturer, 1024),
    manufacturerModelName: shortText(dataSet, tags.ManufacturerModelName, 1024),
  };
  return encoder.encode(JSON.stringify(series));
}

/**
 * Writes Image objects of one instance. The functional groups of enhanced objects (PS3.3 C.7.6.16) are looked up per frame,
 * the frame's own item before the shared one.
 */
export function imageWriter(
  instance: Deidentified,
): (rendering: FrameRendering, data: Uint8Array) => Uint8Array {
  const { dataSet } = instance;
  const shared = items(dataSet, tags.SharedFunctionalGroupsSequence)[0];
  const perFrame = items(dataSet, tags.PerFrameFunctionalGroupsSequence);
  // A Modality LUT Sequence takes the place of slope and intercept (PS3.3 C.11.1).
  const tabulated = has(dataSet, tags.ModalityLUTSequence);
  const bitsAllocated = required(dataSet, tags.BitsAllocated);
  const bitsStored = firstNumber(dataSet, tags.BitsStored) ?? bitsAllocated;
  const same = {
    imageInstanceUid: uid(instance.sopInstanceUid),
    sopClassUid: uid(instance.sopClassUid),
    photometricInterpretation: firstText(dataSet, tags.PhotometricInterpretation) ?? 'MONOCHROME2',
    bitsAllocated,
    bitsStored,
    highBit: firstNumber(dataSet, tags.HighBit) ?? bitsStored - 1,
    numberOfFrames: Math.max(1, firstNumber(dataSet, tags.NumberOfFrames) ?? 1),
    instanceNumber: whole(dataSet, tags.InstanceNumber),
    acquisitionNumber: whole(dataSet, tags.AcquisitionNumber),
    imageType: codes(dataSet, tags.ImageType, 64),
    samplesPerPixel: samples(dataSet),
    pixelRepresentation: representation(dataSet),
    laterality: code(dataSet, tags.Laterality),
    imageLaterality: code(dataSet, tags.ImageLaterality),
    viewPosition: code(dataSet, tags.ViewPosition),
    patientOrientation: exactly(2, codes(dataSet, tags.PatientOrientation, 16)),
    frameOfReferenceUid: optionalUid(dataSet, tags.FrameOfReferenceUID),
    frameTimeMs: decimal(dataSet, tags.FrameTime, 0),
    lossyImageCompression: lossy(dataSet),
    spacingBetweenSlices: decimal(dataSet, tags.SpacingBetweenSlices),
    imagerPixelSpacing: vector(dataSet, tags.ImagerPixelSpacing, 2),
    sliceLocation: decimal(dataSet, tags.SliceLocation),
  } as const;
  const rescaleType = shortText(dataSet, tags.RescaleType, 64);
  const groupsOf =
    (index: number): Groups =>
    (sequence) =>
      inFrame(perFrame[index], sequence) ?? inFrame(shared, sequence) ?? dataSet;
  const placeOf = framePlaces(dataSet);
  const orderOf = frameOrder(dataSet, same.numberOfFrames, groupsOf);
  return (rendering, data) => {
    const index = rendering.frame - 1;
    const group = groupsOf(index);
    const measures = group(tags.PixelMeasuresSequence);
    const image: Omit<Image, 'data'> = {
      ...same,
      height: rendering.height,
      width: rendering.width,
      rescaleSlope: tabulated ? null : rendering.rescaleSlope,
      rescaleIntercept: tabulated ? null : rendering.rescaleIntercept,
      windowCenter: rendering.windowCenter ?? null,
      windowWidth: rendering.windowWidth ?? null,
      numberOfFrames: rendering.numberOfFrames ?? same.numberOfFrames,
      frameNumber: rendering.frame,
      pixelSpacing: vector(measures, tags.PixelSpacing, 2),
      sliceThickness: decimal(measures, tags.SliceThickness),
      ...placeOf(index, group),
      ...orderOf(index),
      rescaleType: rendering.rescaleType ?? rescaleType,
      voiLutFunction: rendering.voiLutFunction ?? null,
      framesSelected: rendering.framesSelected,
      contentType: rendering.contentType,
      dataWidth: rendering.dataWidth,
      dataHeight: rendering.dataHeight,
      sampleBits: rendering.sampleBits ?? null,
      sampleSlope: rendering.sampleSlope ?? null,
      sampleIntercept: rendering.sampleIntercept ?? null,
      sampleNoValue: rendering.sampleNoValue ?? null,
    };
    return withData(asciiJson(image), data);
  };
}

/** JSON in ASCII, so that it can be joined with Base64 byte by character. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Splices the pixels in as Base64 without another copy of the whole object as a string. */
function withData(json: string, data: Uint8Array): Uint8Array {
  const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return Buffer.from(`${json.slice(0, -1)},"data":"${base64}"}`, 'latin1');
}

function inFrame(groups: DataSet | undefined, sequence: number): DataSet | undefined {
  return groups === undefined ? undefined : items(groups, sequence)[0];
}

const uidForm = /^\d+(\.\d+)*$/;

function uid(value: string): string {
  if (value.length > 64 || !uidForm.test(value))
    throw new SallyportError('REQUIRED_ATTRIBUTE_MISSING', { detail: 'a UID' });
  return value;
}

function optionalUid(dataSet: DataSet, tag: number): string | null {
  const value = firstText(dataSet, tag);
  return value !== undefined && value.length <= 64 && uidForm.test(value) ? value : null;
}

function required(dataSet: DataSet, tag: number): number {
  const value = firstNumber(dataSet, tag);
  if (value !== undefined) return value;
  const digits = tag.toString(16).padStart(8, '0');
  throw new SallyportError('REQUIRED_ATTRIBUTE_MISSING', {
    detail: `${digits.slice(0, 4)},${digits.slice(4)}`,
  });
}

export function shortText(dataSet: DataSet, tag: number, maxLength: number): string | null {
  const value = firstText(dataSet, tag);
  return value === undefined || value === '' || value.length > maxLength ? null : value;
}

function code(dataSet: DataSet, tag: number): string | null {
  return shortText(dataSet, tag, 64);
}

export function codes(dataSet: DataSet, tag: number, maxLength: number): string[] | null {
  const values = text(dataSet, tag);
  return values.length === 0 || values.length > 64 || values.some((value) => value.length > maxLength)
    ? null
    : [...values];
}

function exactly(count: number, values: string[] | null): string[] | null {
  return values?.length === count ? values : null;
}

export function matching(dataSet: DataSet, tag: number, form: RegExp): string | null {
  const value = firstText(dataSet, tag);
  return value !== undefined && form.test(value) ? value : null;
}

export function whole(dataSet: DataSet, tag: number): number | null {
  const value = firstNumber(dataSet, tag);
  return value !== undefined && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32
    ? value
    : null;
}

function decimal(dataSet: DataSet, tag: number, minimum = Number.NEGATIVE_INFINITY): number | null {
  const value = firstNumber(dataSet, tag);
  return value !== undefined && Number.isFinite(value) && value >= minimum ? value : null;
}

function vector(dataSet: DataSet, tag: number, count: number): number[] | null {
  const values = numbers(dataSet, tag);
  return values.length === count && values.every((value) => Number.isFinite(value)) ? [...values] : null;
}

function samples(dataSet: DataSet): number | null {
  const value = firstNumber(dataSet, tags.SamplesPerPixel);
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 4 ? value : null;
}

function representation(dataSet: DataSet): 0 | 1 | null {
  const value = firstNumber(dataSet, tags.PixelRepresentation);
  return value === 0 || value === 1 ? value : null;
}

function lossy(dataSet: DataSet): boolean | null {
  const value = firstText(dataSet, tags.LossyImageCompression);
  return value === '01' ? true : value === '00' ? false : null;
}
