import { type Attributes, code } from './attributes.ts';
import {
  derivation,
  doctor,
  enhanced,
  evidence,
  frameAnatomy,
  frameContent,
  frameTimes,
  frameVoi,
  geometry,
  image,
  mapping,
  position,
} from './multi-frame-parts.ts';
import { common, planted, reference, sopClasses, uidRoot, uids } from './planted.ts';

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
