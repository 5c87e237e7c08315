import { type Attributes, code } from './attributes.ts';
import { anatomy, planted, reference, request, sopClasses, uids } from './planted.ts';

export const doctor = planted.physician.split('^')[0] ?? '';
export const patient = planted.patient.split('^')[0] ?? '';

/** Times of the frames, in order: what a viewer sorts and plays them by. */
export const frameTimes = ['20240229134507.10', '20240229134507.60', '20240229134508.10'] as const;
const stackId = '1';

/** Multi-frame Dimension Module (PS3.3 C.7.6.17): stack and position in it, and time. */
export const dimensions: Attributes = {
  DimensionOrganizationSequence: [{ DimensionOrganizationUID: uids.dimensions }],
  DimensionIndexSequence: [
    {
      DimensionOrganizationUID: uids.dimensions,
      DimensionIndexPointer: 0x00209056,
      FunctionalGroupPointer: 0x00209111,
      DimensionDescriptionLabel: `Stack ${doctor}`,
    },
    {
      DimensionOrganizationUID: uids.dimensions,
      DimensionIndexPointer: 0x00209057,
      FunctionalGroupPointer: 0x00209111,
      DimensionDescriptionLabel: 'InStackPosition',
    },
  ],
};

export function frameContent(frame: number): Attributes {
  const at = frameTimes[frame] ?? frameTimes[0];
  return {
    FrameContentSequence: [
      {
        FrameAcquisitionNumber: 1,
        FrameReferenceDateTime: at,
        FrameAcquisitionDateTime: at,
        FrameAcquisitionDuration: 400,
        TemporalPositionIndex: frame + 1,
        StackID: stackId,
        InStackPositionNumber: frame + 1,
        DimensionIndexValues: [1, frame + 1],
        FrameComments: `Ask ${doctor} about ${patient}`,
        FrameLabel: `F${frame} ${doctor}`.slice(0, 16),
      },
    ],
  };
}

export function derivation(index: 0 | 1): Attributes {
  return {
    DerivationImageSequence: [
      {
        DerivationDescription: `Made for ${doctor}`,
        DerivationCodeSequence: [code('113076', 'DCM', 'Segmentation')],
        SourceImageSequence: [
          {
            ...reference(sopClasses.ct, uids.ct[index]),
            PurposeOfReferenceCodeSequence: [
              code('121322', 'DCM', 'Source image for image processing operation'),
            ],
          },
        ],
      },
    ],
  };
}

export const position = (frame: number): Attributes => ({
  PlanePositionSequence: [{ ImagePositionPatient: ['0', '0', String(frame * 3)] }],
});

export const geometry: Attributes = {
  PixelMeasuresSequence: [{ SliceThickness: '3', SpacingBetweenSlices: '3', PixelSpacing: ['1', '1'] }],
  PlaneOrientationSequence: [{ ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'] }],
};

const synchronization: Attributes = {
  SynchronizationFrameOfReferenceUID: uids.synchronization,
  SynchronizationTrigger: 'NO TRIGGER',
  AcquisitionTimeSynchronized: 'Y',
  TimeSource: `ntp.${planted.station.toLowerCase()}`,
};

export function image(frames: number, bits = 16): Attributes {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: String(frames),
    Rows: 8,
    Columns: 8,
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: 0,
    BurnedInAnnotation: 'NO',
    LossyImageCompression: '00',
    PresentationLUTShape: 'IDENTITY',
    ContentDate: planted.studyDate,
    ContentTime: planted.studyTime,
    FrameOfReferenceUID: uids.frameOfReference,
    PositionReferenceIndicator: null,
    PatientPosition: 'HFS',
    PixelData: new Uint16Array(64 * frames).map((_, index) => index * 7),
  };
}

export const enhanced: Attributes = {
  AcquisitionDateTime: frameTimes[0],
  AcquisitionDuration: 1500,
  ContentQualification: 'RESEARCH',
  ImageComments: `For ${doctor}`,
  PixelPresentation: 'MONOCHROME',
  VolumetricProperties: 'VOLUME',
  VolumeBasedCalculationTechnique: 'NONE',
  AcquisitionNumber: '1',
  AcquisitionProtocolName: `Protocol ${doctor}`,
  AcquisitionProtocolDescription: `As ${doctor} wants it for ${patient}`,
  AcquisitionContextSequence: null,
  RequestAttributesSequence: request,
  ...synchronization,
  ...dimensions,
};

export const frameAnatomy: Attributes = {
  FrameAnatomySequence: anatomy,
};

export const frameVoi: Attributes = {
  FrameVOILUTSequence: [
    {
      WindowCenter: '40',
      WindowWidth: '400',
      WindowCenterWidthExplanation: `Window ${doctor}`,
    },
  ],
};

/** Where the instances stand that an object refers to. */
export const evidence: readonly Attributes[] = [
  {
    StudyInstanceUID: uids.study,
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: uids.ctSeries,
        ReferencedSOPSequence: uids.ct.map((uid) => reference(sopClasses.ct, uid)),
      },
    ],
  },
];

export function mapping(): Attributes {
  return {
    RealWorldValueFirstValueMapped: 0,
    RealWorldValueLastValueMapped: 65535,
    RealWorldValueIntercept: 0,
    RealWorldValueSlope: 0.5,
    LUTExplanation: `ADC as ${doctor} says`,
    LUTLabel: 'ADC',
    MeasurementUnitsCodeSequence: [code('um2/s', 'UCUM', 'um2/s')],
  };
}
