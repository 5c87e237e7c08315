import { type Attributes, code } from './attributes.ts';
import { common, planted, reference, sopClasses, uidRoot, uids } from './planted.ts';

const doctor = planted.physician.split('^')[0] ?? '';
const patient = planted.patient.split('^')[0] ?? '';

const leads = [
  ['2:1', 'Lead I'],
  ['2:2', 'Lead II'],
  ['2:3', 'V1'],
] as const;
const samples = 500;

/** 12-lead ECG Waveform (PS3.3 A.34.3) of three leads, with annotations. */
export function ecg(): Attributes {
  return {
    ...common(sopClasses.ecg, `${uidRoot}.40.1`, 'ECG', 40),
    ContentDate: planted.studyDate,
    ContentTime: planted.studyTime,
    AcquisitionDateTime: `${planted.studyDate}${planted.studyTime}`,
    AcquisitionContextSequence: [
      {
        ValueType: 'PNAME',
        ConceptNameCodeSequence: [code('121008', 'DCM', 'Person Observer Name')],
        PersonName: planted.operator,
      },
      {
        ValueType: 'TEXT',
        ConceptNameCodeSequence: [code('122140', 'DCM', 'Comparison with Prior Exam Done')],
        TextValue: `No, says ${doctor}`,
      },
    ],
    WaveformSequence: [
      {
        WaveformOriginality: 'ORIGINAL',
        NumberOfWaveformChannels: leads.length,
        NumberOfWaveformSamples: samples,
        SamplingFrequency: '500',
        MultiplexGroupLabel: `${doctor} 1`,
        ChannelDefinitionSequence: leads.map(([value, meaning], index) => ({
          WaveformChannelNumber: String(index + 1),
          ChannelLabel: `${meaning} ${doctor}`.slice(0, 16),
          ChannelSourceSequence: [{ ...code(value, 'MDC', meaning), CodingSchemeVersion: '1.0' }],
          ChannelSensitivity: '1.25',
          ChannelSensitivityUnitsSequence: [
            { ...code('uV', 'UCUM', 'microvolt'), CodingSchemeVersion: '1.4' },
          ],
          ChannelSensitivityCorrectionFactor: '1',
          ChannelBaseline: '0',
          ChannelSampleSkew: '0',
          WaveformBitsStored: 16,
          FilterLowFrequency: '0.05',
          FilterHighFrequency: '150',
        })),
        WaveformBitsAllocated: 16,
        WaveformSampleInterpretation: 'SS',
        WaveformData: new Int16Array(samples * leads.length).map((_, index) =>
          Math.round(900 * Math.sin(index / 9)),
        ),
      },
    ],
    WaveformAnnotationSequence: [
      {
        ReferencedWaveformChannels: [1, 0],
        AnnotationGroupNumber: 0,
        UnformattedTextValue: `Sinus rhythm, read by ${doctor} for ${patient}`,
      },
      {
        ReferencedWaveformChannels: [1, 1],
        AnnotationGroupNumber: 1,
        ConceptNameCodeSequence: [code('8867-4', 'LN', 'Heart rate')],
        NumericValue: '71',
        MeasurementUnitsCodeSequence: [code('{H.B.}/min', 'UCUM', 'BPM')],
      },
    ],
  };
}

/** Spatial Registration (PS3.3 A.39) of another frame of reference to that of the CT. */
export function registration(): Attributes {
  const matrix = (transform: readonly string[]): Attributes => ({
    MatrixRegistrationSequence: [
      {
        MatrixSequence: [
          {
            FrameOfReferenceTransformationMatrix: transform,
            FrameOfReferenceTransformationMatrixType: 'RIGID',
            FrameOfReferenceTransformationComment: `Checked by ${doctor}`,
          },
        ],
        RegistrationTypeCodeSequence: [code('125024', 'DCM', 'Image Content-based Alignment')],
        FrameOfReferenceTransformationComment: `Checked by ${doctor}`,
      },
    ],
  });
  const identity = ['1', '0', '0', '0', '0', '1', '0', '0', '0', '0', '1', '0', '0', '0', '0', '1'];
  return {
    ...common(sopClasses.registration, `${uidRoot}.41.1`, 'REG', 41),
    ContentDate: planted.studyDate,
    ContentTime: planted.studyTime,
    ContentLabel: 'REGISTRATION',
    ContentDescription: `For ${patient}`,
    ContentCreatorName: planted.planner,
    FrameOfReferenceUID: uids.frameOfReference,
    PositionReferenceIndicator: null,
    RegistrationSequence: [
      {
        FrameOfReferenceUID: uids.frameOfReference,
        ReferencedImageSequence: uids.ct.map((uid) => reference(sopClasses.ct, uid)),
        ...matrix(identity),
      },
      {
        FrameOfReferenceUID: uids.otherFrameOfReference,
        ...matrix(identity.map((value, index) => (index === 3 ? '5' : value))),
      },
    ],
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: uids.ctSeries,
        ReferencedInstanceSequence: uids.ct.map((uid) => reference(sopClasses.ct, uid)),
      },
    ],
  };
}

/** Real World Value Mapping (PS3.3 A.46) of the CT slices. */
export function realWorldValueMap(): Attributes {
  return {
    ...common(sopClasses.realWorldValueMap, `${uidRoot}.42.1`, 'RWV', 42),
    ContentDate: planted.studyDate,
    ContentTime: planted.studyTime,
    ContentLabel: 'HU',
    ContentDescription: `For ${patient}`,
    ContentCreatorName: planted.planner,
    ReferencedImageRealWorldValueMappingSequence: [
      {
        ReferencedImageSequence: uids.ct.map((uid) => reference(sopClasses.ct, uid)),
        RealWorldValueMappingSequence: [
          {
            RealWorldValueFirstValueMapped: 0,
            RealWorldValueLastValueMapped: 4095,
            RealWorldValueIntercept: -1024,
            RealWorldValueSlope: 1,
            LUTExplanation: `As ${doctor} says`,
            LUTLabel: 'HU',
            MeasurementUnitsCodeSequence: [code("[hnsf'U]", 'UCUM', 'Hounsfield unit')],
          },
        ],
      },
    ],
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: uids.ctSeries,
        ReferencedInstanceSequence: uids.ct.map((uid) => reference(sopClasses.ct, uid)),
      },
    ],
  };
}
