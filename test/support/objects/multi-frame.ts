import { type Attributes, code } from './attributes.ts';
import { anatomy, common, planted, reference, request, sopClasses, uidRoot, uids } from './planted.ts';

const doctor = planted.physician.split('^')[0] ?? '';
const patient = planted.patient.split('^')[0] ?? '';

/** Times of the frames, in order: what a viewer sorts and plays them by. */
export const frameTimes = ['20240229134507.10', '20240229134507.60', '20240229134508.10'] as const;
const stackId = '1';

/** Multi-frame Dimension Module (PS3.3 C.7.6.17): stack and position in it, and time. */
const dimensions: Attributes = {
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

function frameContent(frame: number): Attributes {
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

function derivation(index: 0 | 1): Attributes {
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

const position = (frame: number): Attributes => ({
  PlanePositionSequence: [{ ImagePositionPatient: ['0', '0', String(frame * 3)] }],
});

const geometry: Attributes = {
  PixelMeasuresSequence: [{ SliceThickness: '3', SpacingBetweenSlices: '3', PixelSpacing: ['1', '1'] }],
  PlaneOrientationSequence: [{ ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'] }],
};

const synchronization: Attributes = {
  SynchronizationFrameOfReferenceUID: uids.synchronization,
  SynchronizationTrigger: 'NO TRIGGER',
  AcquisitionTimeSynchronized: 'Y',
  TimeSource: `ntp.${planted.station.toLowerCase()}`,
};

function image(frames: number, bits = 16): Attributes {
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

const enhanced: Attributes = {
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

const frameAnatomy: Attributes = {
  FrameAnatomySequence: anatomy,
};

const frameVoi: Attributes = {
  FrameVOILUTSequence: [
    {
      WindowCenter: '40',
      WindowWidth: '400',
      WindowCenterWidthExplanation: `Window ${doctor}`,
    },
  ],
};

/** Where the instances stand that an object refers to. */
const evidence: readonly Attributes[] = [
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

/** Enhanced CT Image (PS3.3 A.38) of three frames half a second apart. */
export function enhancedCt(): Attributes {
  const type = ['ORIGINAL', 'PRIMARY', 'VOLUME', 'NONE'];
  return {
    ...common(sopClasses.enhancedCt, `${uidRoot}.30.1`, 'CT', 30),
    ...enhanced,
    ...image(3),
    ImageType: type,
    ReferencedImageEvidenceSequence: evidence,
    SharedFunctionalGroupsSequence: [
      {
        ...geometry,
        ...frameAnatomy,
        ...frameVoi,
        CTImageFrameTypeSequence: [
          {
            FrameType: type,
            PixelPresentation: 'MONOCHROME',
            VolumetricProperties: 'VOLUME',
            VolumeBasedCalculationTechnique: 'NONE',
          },
        ],
        PixelValueTransformationSequence: [
          { RescaleIntercept: '-1024', RescaleSlope: '1', RescaleType: 'HU' },
        ],
        CTAcquisitionTypeSequence: [
          {
            AcquisitionType: 'SPIRAL',
            ConstantVolumeFlag: 'NO',
            FluoroscopyFlag: 'NO',
          },
        ],
        CTAcquisitionDetailsSequence: [
          {
            RotationDirection: 'CW',
            RevolutionTime: 0.5,
            SingleCollimationWidth: 0.6,
            TotalCollimationWidth: 38.4,
            TableHeight: '100',
            GantryDetectorTilt: '0',
            DataCollectionDiameter: '500',
          },
        ],
        CTTableDynamicsSequence: [{ TableSpeed: 20, TableFeedPerRotation: 10, SpiralPitchFactor: 1 }],
        CTGeometrySequence: [
          { DistanceSourceToDetector: '1000', DistanceSourceToDataCollectionCenter: '500' },
        ],
        CTReconstructionSequence: [
          {
            ReconstructionAlgorithm: 'FILTER_BACK_PROJ',
            ConvolutionKernel: 'B30f',
            ConvolutionKernelGroup: 'BODY',
            ReconstructionDiameter: '400',
            ReconstructionAngle: 360,
            ReconstructionPixelSpacing: ['1', '1'],
            ImageFilter: 'NONE',
          },
        ],
        CTExposureSequence: [
          {
            ExposureTimeInms: 500,
            XRayTubeCurrentInmA: 200,
            ExposureInmAs: 100,
            ExposureModulationType: 'NONE',
          },
        ],
        CTXRayDetailsSequence: [
          {
            KVP: '120',
            FocalSpots: '1',
            FilterType: 'NONE',
            FilterMaterial: 'ALUMINUM',
            CalciumScoringMassFactorPatient: 1,
          },
        ],
        IrradiationEventIdentificationSequence: [{ IrradiationEventUID: `${uidRoot}.30.9` }],
      },
    ],
    PerFrameFunctionalGroupsSequence: frameTimes.map((_, frame) => ({
      ...frameContent(frame),
      ...position(frame),
      CTPositionSequence: [
        {
          TablePosition: frame * 3,
          ReconstructionTargetCenterPatient: [0, 0, frame * 3],
          DataCollectionCenterPatient: [0, 0, frame * 3],
        },
      ],
      ReferencedImageSequence: [
        {
          ...reference(sopClasses.ct, uids.ct[0]),
          PurposeOfReferenceCodeSequence: [code('121311', 'DCM', 'Localizer')],
        },
      ],
    })),
  };
}

const mrDescription: Attributes = {
  PixelPresentation: 'MONOCHROME',
  VolumetricProperties: 'VOLUME',
  VolumeBasedCalculationTechnique: 'NONE',
  ComplexImageComponent: 'MAGNITUDE',
  AcquisitionContrast: 'T1',
};

/** Enhanced MR Image (PS3.3 A.36), derived, so that the modules of acquisition are not required. */
export function enhancedMr(): Attributes {
  const type = ['DERIVED', 'PRIMARY', 'VOLUME', 'NONE'];
  return {
    ...common(sopClasses.enhancedMr, `${uidRoot}.31.1`, 'MR', 31),
    ...enhanced,
    ...image(3),
    ...mrDescription,
    ImageType: type,
    SourceImageEvidenceSequence: evidence,
    MagneticFieldStrength: '3',
    ResonantNucleus: '1H',
    ApplicableSafetyStandardAgency: 'IEC',
    KSpaceFiltering: 'NONE',
    SharedFunctionalGroupsSequence: [
      {
        ...geometry,
        ...frameAnatomy,
        ...frameVoi,
        ...derivation(0),
        MRImageFrameTypeSequence: [{ FrameType: type, ...mrDescription }],
        PixelValueTransformationSequence: [{ RescaleIntercept: '0', RescaleSlope: '1', RescaleType: 'US' }],
        MRReceiveCoilSequence: [
          {
            ReceiveCoilName: `Coil ${planted.serial}`,
            ReceiveCoilManufacturerName: 'Phantom Works',
            ReceiveCoilType: 'BODY',
            QuadratureReceiveCoil: 'YES',
          },
        ],
        RealWorldValueMappingSequence: [mapping()],
      },
    ],
    PerFrameFunctionalGroupsSequence: frameTimes.map((_, frame) => ({
      ...frameContent(frame),
      ...position(frame),
      TemporalPositionSequence: [{ TemporalPositionTimeOffset: frame * 0.5 }],
    })),
  };
}

function mapping(): Attributes {
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

/** Enhanced PET Image (PS3.3 A.56) of three frames. */
export function enhancedPet(): Attributes {
  const type = ['ORIGINAL', 'PRIMARY', 'VOLUME', 'NONE'];
  return {
    ...common(sopClasses.enhancedPet, `${uidRoot}.34.1`, 'PT', 34),
    ...enhanced,
    ...image(3),
    ImageType: type,
    CountsSource: 'EMISSION',
    TableMotion: 'STATIC',
    TimeOfFlightInformationUsed: 'FALSE',
    AcquisitionStartCondition: 'TIME',
    AcquisitionTerminationCondition: 'TIME',
    TypeOfDetectorMotion: 'STATIONARY',
    TerminationTimeThreshold: 600,
    DetectorGeometry: 'CYLINDRICAL_RING',
    TransverseDetectorSeparation: 4,
    AxialDetectorDimension: 4,
    CollimatorType: 'NONE',
    CoincidenceWindowWidth: 6,
    EnergyWindowRangeSequence: [{ EnergyWindowLowerLimit: '425', EnergyWindowUpperLimit: '650' }],
    DecayCorrected: 'YES',
    AttenuationCorrected: 'NO',
    ScatterCorrected: 'NO',
    DeadTimeCorrected: 'NO',
    GantryMotionCorrected: 'NO',
    PatientMotionCorrected: 'NO',
    CountLossNormalizationCorrected: 'NO',
    RandomsCorrected: 'NO',
    NonUniformRadialSamplingCorrected: 'NO',
    SensitivityCalibrated: 'NO',
    DetectorNormalizationCorrection: 'NO',
    DecayCorrectionDateTime: frameTimes[0],
    ViewCodeSequence: [code('24422004', 'SCT', 'Axial')],
    SliceProgressionDirection: 'HEAD_TO_FOOT',
    RadiopharmaceuticalInformationSequence: [
      {
        RadionuclideCodeSequence: [code('77004003', 'SCT', '^18^Fluorine')],
        RadiopharmaceuticalAgentNumber: 1,
        Radiopharmaceutical: `FDG for ${doctor}`,
        RadiopharmaceuticalCodeSequence: [code('35321007', 'SCT', 'Fluorodeoxyglucose F18')],
        RadiopharmaceuticalAdministrationEventUID: `${uidRoot}.34.8`,
        RadiopharmaceuticalStartDateTime: '20240229123000',
        RadiopharmaceuticalStopDateTime: '20240229123100',
        RadiopharmaceuticalVolume: '2',
        RadionuclideTotalDose: '300000000',
        RadionuclideHalfLife: '6586',
        RadionuclidePositronFraction: '0.97',
        AdministrationRouteCodeSequence: [code('47625008', 'SCT', 'Intravenous route')],
      },
    ],
    SharedFunctionalGroupsSequence: [
      {
        ...geometry,
        ...frameAnatomy,
        ...frameVoi,
        PETFrameTypeSequence: [
          {
            FrameType: type,
            PixelPresentation: 'MONOCHROME',
            VolumetricProperties: 'VOLUME',
            VolumeBasedCalculationTechnique: 'NONE',
          },
        ],
        PixelValueTransformationSequence: [{ RescaleIntercept: '0', RescaleSlope: '1', RescaleType: 'US' }],
        RadiopharmaceuticalUsageSequence: [{ RadiopharmaceuticalAgentNumber: 1 }],
        PETFrameAcquisitionSequence: [
          {
            TableHeight: '100',
            GantryDetectorTilt: '0',
            GantryDetectorSlew: '0',
            DataCollectionDiameter: '500',
          },
        ],
        PETReconstructionSequence: [
          {
            ReconstructionType: '3D',
            ReconstructionAlgorithm: 'FILTER_BACK_PROJ',
            IterativeReconstructionMethod: 'NO',
            ReconstructionDiameter: '400',
          },
        ],
      },
    ],
    PerFrameFunctionalGroupsSequence: frameTimes.map((_, frame) => ({
      ...frameContent(frame),
      ...position(frame),
      PETPositionSequence: [
        {
          TablePosition: frame * 3,
          DataCollectionCenterPatient: [0, 0, frame * 3],
          ReconstructionTargetCenterPatient: [0, 0, frame * 3],
        },
      ],
      PETDetectorMotionDetailsSequence: [{ RotationDirection: 'CW', RevolutionTime: 1 }],
      PETFrameCorrectionFactorsSequence: [
        {
          PrimaryPromptsCountsAccumulated: '1000',
          SliceSensitivityFactor: '1',
          DecayFactor: '1',
          ScatterFractionFactor: '0.3',
          DeadTimeFactor: '1',
        },
      ],
    })),
  };
}
