import { type Attributes, code } from './attributes.ts';
import {
  derivation,
  doctor,
  enhanced,
  frameAnatomy,
  frameContent,
  frameVoi,
  geometry,
  image,
  mapping,
  patient,
  position,
} from './multi-frame-parts.ts';
import { common, planted, reference, sopClasses, uidRoot, uids } from './planted.ts';

/** Segmentation (PS3.3 A.51): two segments, three binary frames, derived from the CT slices. */
export function segmentation(): Attributes {
  const segment = (number: number, label: string, value: string, meaning: string): Attributes => ({
    SegmentNumber: number,
    SegmentLabel: label,
    SegmentDescription: `Drawn for ${patient}`,
    SegmentAlgorithmType: 'SEMIAUTOMATIC',
    SegmentAlgorithmName: `Wand of ${doctor}`,
    SegmentedPropertyCategoryCodeSequence: [code('123037004', 'SCT', 'Anatomical Structure')],
    SegmentedPropertyTypeCodeSequence: [code(value, 'SCT', meaning)],
    TrackingID: `${planted.patientId}/${label}`,
    TrackingUID: `${uidRoot}.32.7.${number}`,
    RecommendedDisplayCIELabValue: [40000, 30000, 20000],
  });
  const segmentOf = [1, 1, 2];
  return {
    ...common(sopClasses.segmentation, `${uidRoot}.32.1`, 'SEG', 32),
    ...image(3, 8),
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PatientPosition: null,
    ImageType: ['DERIVED', 'PRIMARY'],
    ContentLabel: 'SEG',
    ContentDescription: `Lungs of ${patient}`,
    ContentCreatorName: planted.planner,
    SegmentationType: 'BINARY',
    SegmentSequence: [
      segment(1, `Lung ${doctor}`, '39607008', 'Lung'),
      segment(2, 'Heart', '80891009', 'Heart'),
    ],
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uids.dimensions }],
    DimensionIndexSequence: [
      {
        DimensionOrganizationUID: uids.dimensions,
        DimensionIndexPointer: 0x0062000b,
        FunctionalGroupPointer: 0x0062000a,
        DimensionDescriptionLabel: 'ReferencedSegmentNumber',
      },
      {
        DimensionOrganizationUID: uids.dimensions,
        DimensionIndexPointer: 0x00200032,
        FunctionalGroupPointer: 0x00209113,
        DimensionDescriptionLabel: 'ImagePositionPatient',
      },
    ],
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: uids.ctSeries,
        ReferencedInstanceSequence: uids.ct.map((uid) => reference(sopClasses.ct, uid)),
      },
    ],
    SharedFunctionalGroupsSequence: [geometry],
    PerFrameFunctionalGroupsSequence: segmentOf.map((number, frame) => ({
      ...derivation(frame === 1 ? 1 : 0),
      FrameContentSequence: [{ DimensionIndexValues: [number, frame === 1 ? 2 : 1] }],
      ...position(frame === 1 ? 1 : 0),
      SegmentIdentificationSequence: [{ ReferencedSegmentNumber: number }],
    })),
    PixelData: new Uint8Array(24).map((_, index) => index * 5),
  };
}

/** Parametric Map (PS3.3 A.75) with float pixels. */
export function parametricMap(): Attributes {
  const type = ['DERIVED', 'PRIMARY', 'ADC', 'NONE'];
  const { PixelData: _, PixelRepresentation: __, BitsStored: ___, HighBit: ____, ...pixels } = image(2, 32);
  return {
    ...common(sopClasses.parametricMap, `${uidRoot}.33.1`, 'MR', 33),
    ...pixels,
    ...enhanced,
    ImageType: type,
    ContentLabel: 'ADC',
    ContentDescription: `Map of ${patient}`,
    ContentCreatorName: planted.planner,
    RecognizableVisualFeatures: 'NO',
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: uids.ctSeries,
        ReferencedInstanceSequence: uids.ct.map((uid) => reference(sopClasses.ct, uid)),
      },
    ],
    SharedFunctionalGroupsSequence: [
      {
        ...geometry,
        ...frameAnatomy,
        ...frameVoi,
        ParametricMapFrameTypeSequence: [{ FrameType: type }],
        PixelValueTransformationSequence: [{ RescaleIntercept: '0', RescaleSlope: '1', RescaleType: 'US' }],
        RealWorldValueMappingSequence: [
          {
            ...mapping(),
            QuantityDefinitionSequence: [
              {
                ValueType: 'CODE',
                ConceptNameCodeSequence: [code('246205007', 'SCT', 'Quantity')],
                ConceptCodeSequence: [code('113041', 'DCM', 'Apparent Diffusion Coefficient')],
              },
            ],
          },
        ],
      },
    ],
    PerFrameFunctionalGroupsSequence: [0, 1].map((frame) => ({
      ...frameContent(frame),
      ...position(frame),
      ...derivation(frame as 0 | 1),
    })),
    FloatPixelData: new Float32Array(128).map((_, index) => index / 3),
  };
}
