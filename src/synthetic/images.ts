import { phantomProjection, phantomSlice } from './phantom.ts';
import { seededUid } from './random.ts';
import { element, type WriterElement } from './writer-element.ts';

export const sopClasses = {
  ctImage: '1.2.840.10008.5.1.4.1.1.2',
  mrImage: '1.2.840.10008.5.1.4.1.1.4',
  digitalXRayForPresentation: '1.2.840.10008.5.1.4.1.1.1.1',
  multiframeGrayscaleWordSc: '1.2.840.10008.5.1.4.1.1.7.3',
} as const;

export interface ImageOptions {
  readonly seed: string;
  /** Number in the series, from 1. */
  readonly instanceNumber: number;
  readonly seriesNumber: number;
  readonly rows: number;
  readonly columns: number;
  readonly date: string;
  readonly time: string;
}

const fieldOfViewMm = 240;

/** SOP Common, General Image and Image Pixel Modules (PS3.3 C.12.1, C.7.6.1, C.7.6.3) of a 12-bit grey image. */
function imageElements(options: ImageOptions, sopClassUid: string, pixels: Uint16Array): WriterElement[] {
  return [
    element(0x00080016, 'UI', sopClassUid),
    element(
      0x00080018,
      'UI',
      seededUid(options.seed, `instance ${options.seriesNumber} ${options.instanceNumber}`),
    ),
    element(0x00080022, 'DA', options.date),
    element(0x00080023, 'DA', options.date),
    element(0x00080032, 'TM', options.time),
    element(0x00080033, 'TM', options.time),
    element(0x00200012, 'IS', 1),
    element(0x00200013, 'IS', options.instanceNumber),
    element(0x00280002, 'US', 1),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', options.rows),
    element(0x00280011, 'US', options.columns),
    element(0x00280100, 'US', 16),
    element(0x00280101, 'US', 12),
    element(0x00280102, 'US', 11),
    element(0x00280103, 'US', 0),
    element(0x00280301, 'CS', 'NO'),
    element(0x7fe00010, 'OW', pixels),
  ];
}

/** Frame of Reference and Image Plane Modules (PS3.3 C.7.4.1, C.7.6.2) of a transverse slice. */
function planeElements(options: ImageOptions, zMm: number, thicknessMm: number): WriterElement[] {
  const corner = -fieldOfViewMm / 2;
  const spacing = [fieldOfViewMm / options.rows, fieldOfViewMm / options.columns].map(decimal);
  return [
    element(0x00180050, 'DS', decimal(thicknessMm)),
    element(0x00185100, 'CS', 'HFS'),
    element(0x00200032, 'DS', [decimal(corner), decimal(corner), decimal(zMm)]),
    element(0x00200037, 'DS', ['1', '0', '0', '0', '1', '0']),
    element(0x00200052, 'UI', seededUid(options.seed, 'frame of reference')),
    element(0x00201040, 'LO', null),
    element(0x00201041, 'DS', decimal(zMm)),
    element(0x00280030, 'DS', spacing),
  ];
}

/** A CT slice of the phantom in Hounsfield units (stored value = HU + 1024). */
export function ctImage(options: ImageOptions & { readonly zMm: number }): WriterElement[] {
  const pixels = phantomSlice({
    ...options,
    fieldOfViewMm,
    values: {
      air: 24,
      scalp: 1054,
      bone: 1924,
      grey: 1063,
      white: 1053,
      fluid: 1030,
      blood: 1094,
      oedema: 1040,
    },
    noise: 9,
    seed: `${options.seed} ${options.seriesNumber} ${options.instanceNumber}`,
  });
  return [
    ...imageElements(options, sopClasses.ctImage, pixels),
    ...planeElements(options, options.zMm, 10),
    element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
    element(0x00180060, 'DS', 120),
    element(0x00181150, 'IS', 1000),
    element(0x00181151, 'IS', 280),
    element(0x00281050, 'DS', 40),
    element(0x00281051, 'DS', 90),
    element(0x00281052, 'DS', -1024),
    element(0x00281053, 'DS', 1),
    element(0x00281054, 'LO', 'HU'),
  ];
}

/** A T2-like MR slice: fluid bright, bone dark; stored values have no unit and no rescale. */
export function mrImage(options: ImageOptions & { readonly zMm: number }): WriterElement[] {
  const pixels = phantomSlice({
    ...options,
    fieldOfViewMm,
    values: { air: 12, scalp: 420, bone: 60, grey: 610, white: 450, fluid: 1350, blood: 260, oedema: 1020 },
    noise: 22,
    seed: `${options.seed} ${options.seriesNumber} ${options.instanceNumber}`,
  });
  return [
    ...imageElements(options, sopClasses.mrImage, pixels),
    ...planeElements(options, options.zMm, 5),
    element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'OTHER']),
    element(0x00180020, 'CS', 'SE'),
    element(0x00180021, 'CS', 'NONE'),
    element(0x00180022, 'CS', null),
    element(0x00180023, 'CS', '2D'),
    element(0x00180080, 'DS', 4000),
    element(0x00180081, 'DS', 95),
    element(0x00180087, 'DS', 1.5),
    element(0x00180091, 'IS', 8),
    element(0x00281050, 'DS', 650),
    element(0x00281051, 'DS', 1300),
  ];
}

/** A frontal digital radiograph of the phantom. */
export function dxImage(options: ImageOptions): WriterElement[] {
  const pixels = phantomProjection({
    ...options,
    fieldOfViewMm,
    attenuation: {
      air: 0,
      scalp: 0.02,
      bone: 0.048,
      grey: 0.0205,
      white: 0.0203,
      fluid: 0.02,
      blood: 0.022,
      oedema: 0.02,
    },
    scale: 620,
    noise: 14,
    seed: `${options.seed} ${options.seriesNumber} ${options.instanceNumber}`,
  });
  const spacing = [fieldOfViewMm / options.rows, fieldOfViewMm / options.columns].map(decimal);
  return [
    ...imageElements(options, sopClasses.digitalXRayForPresentation, pixels),
    element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', '']),
    element(0x00080068, 'CS', 'FOR PRESENTATION'),
    element(0x00082218, 'SQ', {
      items: [
        [
          element(0x00080100, 'SH', 'T-D1100'),
          element(0x00080102, 'SH', 'SRT'),
          element(0x00080104, 'LO', 'Head'),
        ],
      ],
    }),
    element(0x00181164, 'DS', spacing),
    element(0x00181508, 'CS', 'NONE'),
    element(0x00187004, 'CS', 'SCINTILLATOR'),
    element(0x00185101, 'CS', 'AP'),
    element(0x00200020, 'CS', ['L', 'F']),
    element(0x00200062, 'CS', 'U'),
    element(0x00281040, 'CS', 'LOG'),
    element(0x00281041, 'SS', 1),
    element(0x00281050, 'DS', 2500),
    element(0x00281051, 'DS', 2200),
    element(0x00281052, 'DS', 0),
    element(0x00281053, 'DS', 1),
    element(0x00281054, 'LO', 'US'),
    element(0x00282110, 'CS', '00'),
    element(0x00400555, 'SQ', { items: [] }),
    element(0x20500020, 'CS', 'IDENTITY'),
  ];
}

/** DS holds at most 16 characters (PS3.5 6.2). */
function decimal(value: number): string {
  return String(Number(value.toPrecision(8)));
}
