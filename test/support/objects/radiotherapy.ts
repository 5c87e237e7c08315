import type { Attributes } from './attributes.ts';
import { common, planted, reference, sopClasses, uids } from './planted.ts';

const doctor = planted.physician.split('^')[0] ?? '';
const patient = planted.patient.split('^')[0] ?? '';

/** A CT slice that the other objects refer to; `index` 0 or 1. */
export function ctSlice(index: 0 | 1): Attributes {
  return {
    ...common(sopClasses.ct, uids.ct[index], 'CT', 10),
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    ContentDate: planted.studyDate,
    ContentTime: planted.studyTime,
    AcquisitionNumber: '1',
    InstanceNumber: String(index + 1),
    SliceThickness: '3',
    KVP: '120',
    PatientPosition: 'HFS',
    ImagePositionPatient: ['0', '0', String(index * 3)],
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    FrameOfReferenceUID: uids.frameOfReference,
    PositionReferenceIndicator: null,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 8,
    Columns: 8,
    PixelSpacing: ['1', '1'],
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    RescaleIntercept: '-1024',
    RescaleSlope: '1',
    RescaleType: 'HU',
    PixelData: new Uint16Array(64).fill(1000 + index),
  };
}

const contour = (index: 0 | 1): Attributes => ({
  ContourImageSequence: [reference(sopClasses.ct, uids.ct[index])],
  ContourGeometricType: 'CLOSED_PLANAR',
  NumberOfContourPoints: '3',
  ContourData: ['1', '1', String(index * 3), '5', '1', String(index * 3), '3', '5', String(index * 3)],
});

/** RT Structure Set (PS3.3 A.19) with two regions on the CT slices. */
export function structureSet(): Attributes {
  return {
    ...common(sopClasses.structureSet, uids.structureSet, 'RTSTRUCT', 11),
    FrameOfReferenceUID: uids.frameOfReference,
    PositionReferenceIndicator: null,
    StructureSetLabel: `SS ${doctor}`,
    StructureSetName: `Structures of ${patient}`,
    StructureSetDescription: `Drawn by ${planted.planner.split('^')[0]}`,
    StructureSetDate: planted.studyDate,
    StructureSetTime: planted.studyTime,
    ReferencedFrameOfReferenceSequence: [
      {
        FrameOfReferenceUID: uids.frameOfReference,
        RTReferencedStudySequence: [
          {
            ...reference('1.2.840.10008.3.1.2.3.1', uids.study),
            RTReferencedSeriesSequence: [
              {
                SeriesInstanceUID: uids.ctSeries,
                ContourImageSequence: uids.ct.map((uid) => reference(sopClasses.ct, uid)),
              },
            ],
          },
        ],
      },
    ],
    StructureSetROISequence: [1, 2].map((number) => ({
      ROINumber: String(number),
      ReferencedFrameOfReferenceUID: uids.frameOfReference,
      ROIName: number === 1 ? `GTV Dr ${doctor}` : 'Lung left',
      ROIDescription: `Seen by ${doctor}`,
      ROIGenerationAlgorithm: 'MANUAL',
      ROIGenerationDescription: `By ${planted.operator.split('^')[0]}`,
    })),
    ROIContourSequence: [0, 1].map((index) => ({
      ROIDisplayColor: ['255', '0', '0'],
      ContourSequence: [contour(index as 0 | 1)],
      ReferencedROINumber: String(index + 1),
    })),
    RTROIObservationsSequence: [1, 2].map((number) => ({
      ObservationNumber: String(number),
      ReferencedROINumber: String(number),
      ROIObservationLabel: `obs ${doctor}`,
      RTROIInterpretedType: number === 1 ? 'GTV' : 'ORGAN',
      ROIInterpreter: planted.planner,
    })),
    ApprovalStatus: 'APPROVED',
    ReviewDate: planted.studyDate,
    ReviewTime: planted.studyTime,
    ReviewerName: planted.physician,
  };
}

/** RT Plan (PS3.3 A.20) with one beam of two control points. */
export function plan(): Attributes {
  return {
    ...common(sopClasses.plan, uids.plan, 'RTPLAN', 12),
    RTPlanLabel: `P ${doctor}`,
    RTPlanName: `Plan of ${patient}`,
    RTPlanDescription: `Wishes of ${doctor}`,
    RTPlanDate: planted.studyDate,
    RTPlanTime: planted.studyTime,
    TreatmentProtocols: `Protocol ${planted.institution}`,
    PlanIntent: 'CURATIVE',
    TreatmentSites: `Lung, ${doctor}`,
    RTPlanGeometry: 'PATIENT',
    ReferencedStructureSetSequence: [reference(sopClasses.structureSet, uids.structureSet)],
    FractionGroupSequence: [
      {
        FractionGroupNumber: '1',
        FractionGroupDescription: `Group of ${doctor}`,
        NumberOfFractionsPlanned: '30',
        NumberOfBeams: '1',
        NumberOfBrachyApplicationSetups: '0',
        ReferencedBeamSequence: [{ BeamDose: '2', BeamMeterset: '100', ReferencedBeamNumber: '1' }],
      },
    ],
    PrescriptionDescription: `As ${doctor} says`,
    DoseReferenceSequence: [
      {
        DoseReferenceNumber: '1',
        DoseReferenceUID: `${uids.plan}.1`,
        DoseReferenceStructureType: 'SITE',
        DoseReferenceDescription: `PTV ${doctor}`,
        DoseReferenceType: 'TARGET',
        TargetPrescriptionDose: '60',
      },
    ],
    BeamSequence: [
      {
        Manufacturer: 'Phantom Works',
        InstitutionName: planted.institution,
        InstitutionAddress: `1 Lane, ${planted.phone}`,
        InstitutionalDepartmentName: planted.department,
        ManufacturerModelName: 'Linac 7',
        DeviceSerialNumber: planted.serial,
        TreatmentMachineName: planted.station,
        PrimaryDosimeterUnit: 'MU',
        SourceAxisDistance: '1000',
        BeamLimitingDeviceSequence: [
          { RTBeamLimitingDeviceType: 'X', NumberOfLeafJawPairs: '1' },
          { RTBeamLimitingDeviceType: 'Y', NumberOfLeafJawPairs: '1' },
        ],
        BeamNumber: '1',
        BeamName: `A1 ${doctor}`,
        BeamDescription: `Beam of ${doctor}`,
        BeamType: 'STATIC',
        RadiationType: 'PHOTON',
        TreatmentDeliveryType: 'TREATMENT',
        NumberOfWedges: '0',
        NumberOfCompensators: '0',
        NumberOfBoli: '0',
        NumberOfBlocks: '1',
        BlockSequence: [
          {
            BlockNumber: '1',
            BlockTrayID: planted.serial,
            BlockName: `Block ${patient}`,
            BlockType: 'SHIELDING',
            BlockDivergence: 'PRESENT',
            BlockMountingPosition: 'SOURCE_SIDE',
            SourceToBlockTrayDistance: '500',
            MaterialID: 'LEAD',
            BlockThickness: '80',
            BlockTransmission: '0.05',
            BlockNumberOfPoints: '3',
            BlockData: ['0', '0', '10', '0', '0', '10'],
          },
        ],
        FinalCumulativeMetersetWeight: '1',
        NumberOfControlPoints: '2',
        ControlPointSequence: [
          {
            ControlPointIndex: '0',
            NominalBeamEnergy: '6',
            DoseRateSet: '600',
            BeamLimitingDevicePositionSequence: [
              { RTBeamLimitingDeviceType: 'X', LeafJawPositions: ['-50', '50'] },
              { RTBeamLimitingDeviceType: 'Y', LeafJawPositions: ['-50', '50'] },
            ],
            GantryAngle: '0',
            GantryRotationDirection: 'NONE',
            BeamLimitingDeviceAngle: '0',
            BeamLimitingDeviceRotationDirection: 'NONE',
            PatientSupportAngle: '0',
            PatientSupportRotationDirection: 'NONE',
            TableTopEccentricAngle: '0',
            TableTopEccentricRotationDirection: 'NONE',
            TableTopVerticalPosition: null,
            TableTopLongitudinalPosition: null,
            TableTopLateralPosition: null,
            IsocenterPosition: ['3', '3', '3'],
            CumulativeMetersetWeight: '0',
          },
          { ControlPointIndex: '1', CumulativeMetersetWeight: '1' },
        ],
        ReferencedPatientSetupNumber: '1',
      },
    ],
    PatientSetupSequence: [
      {
        PatientPosition: 'HFS',
        PatientSetupNumber: '1',
        PatientSetupLabel: `Setup ${patient}`,
        SetupTechnique: 'ISOCENTRIC',
        SetupTechniqueDescription: `As ${planted.operator.split('^')[0]} likes it`,
        FixationDeviceSequence: [
          {
            FixationDeviceType: 'MASK',
            FixationDeviceLabel: `M ${patient}`,
            FixationDeviceDescription: `Mask of ${patient}`,
          },
        ],
      },
    ],
    ApprovalStatus: 'APPROVED',
    ReviewDate: planted.studyDate,
    ReviewTime: planted.studyTime,
    ReviewerName: planted.physician,
  };
}

/** RT Dose (PS3.3 A.18): two planes of dose, with the plan it was computed for. */
export function dose(): Attributes {
  return {
    ...common(sopClasses.dose, uids.dose, 'RTDOSE', 13),
    ContentDate: planted.studyDate,
    ContentTime: planted.studyTime,
    SliceThickness: '3',
    ImagePositionPatient: ['0', '0', '0'],
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    FrameOfReferenceUID: uids.frameOfReference,
    PositionReferenceIndicator: null,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: '2',
    FrameIncrementPointer: 0x3004000c,
    Rows: 4,
    Columns: 4,
    PixelSpacing: ['2', '2'],
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    DoseUnits: 'GY',
    DoseType: 'PHYSICAL',
    DoseComment: `Asked for by ${doctor}`,
    DoseSummationType: 'PLAN',
    GridFrameOffsetVector: ['0', '3'],
    DoseGridScaling: '0.001',
    TissueHeterogeneityCorrection: 'IMAGE',
    ReferencedRTPlanSequence: [reference(sopClasses.plan, uids.plan)],
    PixelData: new Uint16Array(32).map((_, index) => index * 1000),
  };
}
