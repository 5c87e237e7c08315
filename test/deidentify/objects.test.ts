import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { deidentify } from '../../src/deidentify/deidentify.ts';
import { defineProfile, type Profile } from '../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../src/deidentify/profile-definition.ts';
import type { ProfileOption } from '../../src/deidentify/rules.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { encodePart10 as writePart10 } from '../../src/synthetic/dicom-writer.ts';
import { dciodvfyErrors } from '../support/dcmtk.ts';
import { type Attributes, elementsOf } from '../support/objects/attributes.ts';
import { parametricMap, segmentation } from '../support/objects/derived-images.ts';
import { enhancedCt, enhancedMr, enhancedPet } from '../support/objects/enhanced-images.ts';
import { ecg, realWorldValueMap, registration } from '../support/objects/others.ts';
import { plantedWords, uidRoot } from '../support/objects/planted.ts';
import { ctSlice, dose, plan, structureSet } from '../support/objects/radiotherapy.ts';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { mustPass, pseudonyms, written } from './build.ts';

/** One study of one patient: images, and objects that refer to them and to each other. */
const study: Readonly<Record<string, Attributes>> = {
  ct0: ctSlice(0),
  ct1: ctSlice(1),
  structureSet: structureSet(),
  plan: plan(),
  dose: dose(),
  segmentation: segmentation(),
  enhancedCt: enhancedCt(),
  enhancedMr: enhancedMr(),
  enhancedPet: enhancedPet(),
  parametricMap: parametricMap(),
  ecg: ecg(),
  registration: registration(),
  realWorldValueMap: realWorldValueMap(),
};
const names = Object.keys(study);

const originals = new Map(
  names.map((name) => [name, Buffer.from(writePart10({ elements: elementsOf(study[name] ?? {}) }))]),
);

function profileOf(...options: readonly ProfileOption[]): Profile {
  return defineProfile({ ...emptyDefinition('test'), options });
}

const outputs = new Map<Profile, ReadonlyMap<string, Buffer>>();
function deidentified(profile: Profile): ReadonlyMap<string, Buffer> {
  let known = outputs.get(profile);
  if (known === undefined) {
    known = new Map(
      [...originals].map(([name, bytes]) => {
        const result = deidentify(readPart10(memorySource(bytes)), { profile, pseudonyms });
        return [name, written(mustPass(result).value)];
      }),
    );
    outputs.set(profile, known);
  }
  return known;
}

const basic = profileOf();
const shifted = profileOf('retainLongModifiedDates');
const descriptors = profileOf('cleanDescriptors');
const many = profileOf(
  'retainLongModifiedDates',
  'cleanDescriptors',
  'retainSafePrivate',
  'retainPatientCharacteristics',
  'cleanGraphics',
);
const sameUids = profileOf('retainUids', 'retainLongFullDates', 'retainDeviceIdentity');
const profiles = { basic, shifted, descriptors, many, sameUids };

/** Words that a profile lets stay: UIDs, dates, devices by their options. */
const staying: ReadonlyMap<Profile, readonly string[]> = new Map([
  [sameUids, [uidRoot, '20240229', 'KELMLINAC7', '40417']],
]);

async function filesOf(folder: string, files: ReadonlyMap<string, Buffer>): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const [name, bytes] of files) {
    const path = join(folder, `${name}.dcm`);
    await writeFile(path, bytes);
    paths.set(name, path);
  }
  return paths;
}

t.test('the objects hold what is looked for', async (t) => {
  for (const [name, bytes] of originals) {
    const text = bytes.toString('latin1').toLowerCase();
    t.ok(text.includes('zyxwvut') && text.includes('smithwickson') && text.includes(uidRoot), name);
  }
});

t.test('no planted word and no UID of the sender is in any byte', async (t) => {
  for (const [title, profile] of Object.entries(profiles)) {
    for (const [name, bytes] of deidentified(profile)) {
      const text = bytes.toString('latin1').toLowerCase();
      for (const word of [...plantedWords, uidRoot]) {
        if (staying.get(profile)?.includes(word) === true) continue;
        t.notOk(text.includes(word.toLowerCase()), `${title}: ${name}: ${word}`);
      }
    }
  }
});

t.test('dciodvfy finds no error that the input did not have', { timeout: 120_000 }, async (t) => {
  if (!requirePeer(t, 'dciodvfy')) return;
  const before = new Map<string, string[]>();
  for (const [name, path] of await filesOf(t.testdir(), originals))
    before.set(name, await dciodvfyErrors(path));
  for (const [title, profile] of Object.entries(profiles)) {
    for (const [name, path] of await filesOf(t.testdir(), deidentified(profile))) {
      const added = (await dciodvfyErrors(path)).filter((line) => !before.get(name)?.includes(line));
      t.strictSame(added, [], `${title}: ${name}`);
    }
  }
});

/** What a reader other than ours makes of a folder: which references resolve, and the numbers that must not change. */
const reader = `
import os
import numpy as np
folder = sys.argv[1]
f = {n[:-4]: dcmread(os.path.join(folder, n)) for n in os.listdir(folder) if n.endswith('.dcm')}
known = {str(d.SOPInstanceUID): n for n, d in f.items()}
name = lambda item: known.get(str(item.ReferencedSOPInstanceUID), '?')
ss, plan, dose, seg = f['structureSet'], f['plan'], f['dose'], f['segmentation']
series = ss.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0].RTReferencedSeriesSequence[0]
digest = lambda a: hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()
uid = lambda d, tag: str(d[tag].value)
frames = lambda d: d.PerFrameFunctionalGroupsSequence
enhanced = [f[n] for n in ('enhancedCt', 'enhancedMr', 'enhancedPet', 'parametricMap')]
waveform = f['ecg'].WaveformSequence[0]
print(json.dumps({
  'oneStudy': len({d.StudyInstanceUID for d in f.values()}),
  'onePatient': len({(str(d.PatientID), str(d.PatientName)) for d in f.values()}),
  'series': len({d.SeriesInstanceUID for d in f.values()}),
  'frameOfReference': len({str(d.FrameOfReferenceUID) for d in f.values() if 'FrameOfReferenceUID' in d}),
  'contours': [[name(i) for i in c.ContourSequence[0].ContourImageSequence] for c in ss.ROIContourSequence],
  'contourSeries': series.SeriesInstanceUID == f['ct0'].SeriesInstanceUID,
  'contourImages': [name(i) for i in series.ContourImageSequence],
  'structureFrames': len({str(ss.FrameOfReferenceUID), str(ss.ReferencedFrameOfReferenceSequence[0].FrameOfReferenceUID),
    *[str(r.ReferencedFrameOfReferenceUID) for r in ss.StructureSetROISequence]}),
  'roiNumbers': [[int(r.ROINumber) for r in ss.StructureSetROISequence], [int(r.ReferencedROINumber) for r in ss.ROIContourSequence]],
  'roiTypes': [str(r.RTROIInterpretedType) for r in ss.RTROIObservationsSequence],
  'contourData': digest(np.array([[float(v) for v in c.ContourSequence[0].ContourData] for c in ss.ROIContourSequence])),
  'planStructures': [name(i) for i in plan.ReferencedStructureSetSequence],
  'dosePlan': [name(i) for i in dose.ReferencedRTPlanSequence],
  'dose': digest(dose.pixel_array * float(dose.DoseGridScaling)),
  'meterset': float(plan.FractionGroupSequence[0].ReferencedBeamSequence[0].BeamMeterset),
  'jaws': [float(v) for v in plan.BeamSequence[0].ControlPointSequence[0].BeamLimitingDevicePositionSequence[0].LeafJawPositions],
  'segmentSources': [name(p.DerivationImageSequence[0].SourceImageSequence[0]) for p in frames(seg)],
  'segmentNumbers': [p.SegmentIdentificationSequence[0].ReferencedSegmentNumber for p in frames(seg)],
  'segmentTypes': [s.SegmentedPropertyTypeCodeSequence[0].CodeMeaning for s in seg.SegmentSequence],
  'labelled': all(len(s.SegmentLabel) > 0 for s in seg.SegmentSequence),
  'tracking': len({str(s.TrackingUID) for s in seg.SegmentSequence}),
  'segmentation': digest(seg.pixel_array),
  'dimensions': len({str(i.DimensionOrganizationUID) for d in enhanced + [seg]
    for i in list(d.DimensionOrganizationSequence) + list(d.DimensionIndexSequence)}),
  'indices': [[list(map(int, p.FrameContentSequence[0].DimensionIndexValues)) for p in frames(d)] for d in enhanced + [seg]],
  'positions': [[float(p.PlanePositionSequence[0].ImagePositionPatient[2]) for p in frames(d)] for d in enhanced],
  'pixels': [digest(d.pixel_array) for n, d in sorted(f.items()) if 'PixelData' in d or 'FloatPixelData' in d],
  'evidence': sorted({name(i) for s in f['enhancedMr'].SourceImageEvidenceSequence
    for r in s.ReferencedSeriesSequence for i in r.ReferencedSOPSequence}),
  'localizers': [name(p.ReferencedImageSequence[0]) for p in frames(f['enhancedCt'])],
  'waveform': hashlib.sha256(waveform.WaveformData).hexdigest(),
  'samples': digest(f['ecg'].waveform_array(0)),
  'leads': [c.ChannelSourceSequence[0].CodeMeaning for c in waveform.ChannelDefinitionSequence],
  'registration': [[float(v) for v in i.MatrixRegistrationSequence[0].MatrixSequence[0].FrameOfReferenceTransformationMatrix]
    for i in f['registration'].RegistrationSequence],
  'registered': [str(i.FrameOfReferenceUID) == str(f['ct0'].FrameOfReferenceUID) for i in f['registration'].RegistrationSequence],
  'mapped': [name(i) for i in f['realWorldValueMap'].ReferencedImageRealWorldValueMappingSequence[0].ReferencedImageSequence],
  'slopes': [float(m.RealWorldValueSlope) for m in
    f['realWorldValueMap'].ReferencedImageRealWorldValueMappingSequence[0].RealWorldValueMappingSequence],
}))`;

t.test('pydicom reads the same numbers, and every reference resolves inside the study', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  await filesOf(t.testdir({ before: {} }), new Map([...originals].map(([n, b]) => [`before/${n}`, b])));
  const expected = await pydicom(reader, join(t.testdirName, 'before'));
  t.notMatch(JSON.stringify(expected), '"?"');
  t.match(expected, { contours: [['ct0'], ['ct1']], segmentSources: ['ct0', 'ct1', 'ct0'], dimensions: 1 });
  for (const [title, profile] of Object.entries(profiles)) {
    const folder = t.testdir({ [title]: {} });
    await filesOf(join(folder, title), deidentified(profile));
    t.strictSame(await pydicom(reader, join(folder, title)), expected, title);
  }
});

t.test('frames keep their order in time where dates are shifted', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const program = `
from datetime import datetime
def read(p):
    d = dcmread(p)
    return [datetime.strptime(str(g.FrameContentSequence[0].FrameReferenceDateTime), '%Y%m%d%H%M%S.%f')
        for g in d.PerFrameFunctionalGroupsSequence]
a, b = read(sys.argv[1]), read(sys.argv[2])
shift = {(x - y).total_seconds() / 86400 for x, y in zip(a, b)}
print(json.dumps({'shifts': len(shift), 'weeks': shift.pop() % 7 == 0, 'moved': a != b, 'ordered': b == sorted(b) and len(set(b)) == 3}))`;
  const folder = t.testdir({ before: {}, after: {} });
  const before = await filesOf(join(folder, 'before'), originals);
  const after = await filesOf(join(folder, 'after'), deidentified(shifted));
  for (const name of ['enhancedCt', 'enhancedMr', 'enhancedPet']) {
    t.strictSame(
      await pydicom(program, before.get(name) ?? '', after.get(name) ?? ''),
      { shifts: 1, weeks: true, moved: true, ordered: true },
      name,
    );
  }
});

t.test(
  'parts of the objects keep names of use: numbers without, cleaned words with Clean Descriptors',
  async (t) => {
    if (!requirePeer(t, 'pydicom')) return;
    const program = `
import os
f = {n: dcmread(os.path.join(sys.argv[1], n + '.dcm')) for n in ('structureSet', 'plan', 'segmentation', 'realWorldValueMap')}
m = f['realWorldValueMap'].ReferencedImageRealWorldValueMappingSequence[0].RealWorldValueMappingSequence[0]
print(json.dumps({
  'segments': [str(s.SegmentLabel) for s in f['segmentation'].SegmentSequence],
  'rois': [str(s.ROIName) for s in f['structureSet'].StructureSetROISequence],
  'beams': [str(s.BeamName) for s in f['plan'].BeamSequence],
  'units': m.MeasurementUnitsCodeSequence[0].CodeValue,
  'mapping': str(m.LUTLabel),
  'plan': len(f['plan'].RTPlanLabel) > 0, 'set': len(f['structureSet'].StructureSetLabel) > 0,
}))`;
    const read = async (profile: Profile): Promise<unknown> => {
      await filesOf(t.testdir(), deidentified(profile));
      return pydicom(program, t.testdirName);
    };
    t.match(await read(basic), {
      segments: ['Segment 1', 'Segment 2'],
      beams: ['Beam 1'],
      units: "[hnsf'U]",
      plan: true,
      set: true,
    });
    t.strictSame(await read(descriptors), {
      segments: ['Lung', 'Heart'],
      rois: ['GTV', 'Lung left'],
      beams: ['A1'],
      units: "[hnsf'U]",
      mapping: 'HU',
      plan: true,
      set: true,
    });
  },
);
