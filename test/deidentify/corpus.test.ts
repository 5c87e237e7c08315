import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isErrorCode, SallyportError } from '../../src/core/errors.ts';
import { basicProfile, type Profile } from '../../src/deidentify/profile.ts';
import type { DeidentificationReport } from '../../src/deidentify/report.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { type Part10, readPart10 } from '../../src/dicom/part10.ts';
import { element, rawBytes, walk } from '../../src/dicom/values.ts';
import { type CorpusFile, corpusFiles, corpusMissing } from '../support/corpus.ts';
import { addedErrors, iodErrors } from '../support/iod-errors.ts';
import { peerProgram, requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { run as runProgram } from '../support/run.ts';
import { profileWith, run, written } from './build.ts';

interface Output {
  readonly file: CorpusFile;
  readonly input: Part10;
  readonly again: Part10;
  readonly path: string;
  readonly report: DeidentificationReport;
}

/**
 * Frames from which something was taken, with the reason. In all others the pixel data is the very same bytes.
 */
const changedPixels: Readonly<Record<string, string>> = {
  // Bits above Bits Stored hold a second picture.
  'dcm_qa_12bit__12bitUnsigned_0x0F0F.dcm': 'unused-bits-cleared',
  // A code stream wrapped in a JP2 file.
  'pydicom__GDCMJ2K_TextGBR.dcm': 'codestream-metadata-removed',
  // Data to restore a JPEG file, among it the comments of that file.
  'generated/gen_JXL-jpeg-recompression_RGB.dcm': 'codestream-metadata-removed',
};

/** The basic profile, and one that keeps as much as it may: every path of the rules is taken on real files. */
const profiles: readonly Profile[] = [
  basicProfile,
  profileWith({
    name: 'cleaned',
    options: [
      'retainSafePrivate',
      'retainDeviceIdentity',
      'retainPatientCharacteristics',
      'retainLongModifiedDates',
      'cleanDescriptors',
      'cleanStructuredContent',
      'cleanGraphics',
    ],
    safePrivate: ['numeric-or-code', 'remap-uid', 'recurse', 'text-check'],
    encapsulatedDocuments: 'replace',
  }),
  profileWith({ name: 'replaced', structuredContent: 'replace', encapsulatedDocuments: 'replace' }),
];

function outputsOf(folder: string, profile: Profile): Output[] {
  const outputs: Output[] = [];
  for (const file of corpusFiles()) {
    let input: Part10;
    try {
      input = readPart10(memorySource(readFileSync(file.path)));
    } catch (error) {
      if (error instanceof SallyportError && isErrorCode(error.code) && error.code !== 'UNEXPECTED') continue;
      throw error;
    }
    const plain = run(input, { profile });
    // A person's release widens what the rest of this test looks at.
    const result = run(input, { releasedCodes: ['BURNED_IN_TEXT_RISK'], profile });
    if (plain.kind === 'held') t.ok(isErrorCode(plain.code), `${file.name}: ${plain.code}`);
    if (result.kind === 'held') continue;
    const bytes = written(result.value);
    const path = join(folder, file.name.replaceAll('/', '__'));
    writeFileSync(path, bytes);
    outputs.push({ file, input, again: readPart10(memorySource(bytes)), path, report: result.report });
  }
  return outputs;
}

function pixelBytes(dataSet: DataSet): Buffer | undefined {
  const found = element(dataSet, 0x7fe00010);
  if (found === undefined) return undefined;
  const { body } = found;
  if (body.kind !== 'fragments') return Buffer.from(rawBytes(found, 1e9));
  return Buffer.concat(
    body.fragments.map(({ offset, length }) => {
      const bytes = body.source.read(offset, length);
      return length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
    }),
  );
}

for (const profile of profiles)
  t.test(`the corpus under ${profile.id}`, { skip: corpusMissing }, async (t) => {
    const outputs = outputsOf(t.testdir({}), profile);
    t.ok(outputs.length > 80, `${outputs.length} outputs`);

    t.test('no element of a removed kind is left in any output', async (t) => {
      for (const { file, again } of outputs) {
        for (const { element: found } of walk(again.dataSet)) {
          const group = found.tag >>> 16;
          const isPrivate = (group & 1) === 1 && !profile.options.has('retainSafePrivate');
          if (isPrivate || found.vr === 'UN' || group < 8 || group >>> 8 === 0x60) {
            t.fail(`${file.name}: ${found.tag.toString(16)} ${found.vr}`);
          }
        }
      }
      t.pass();
    });

    t.test('pixels are the very bytes received, but where something was hidden among them', async (t) => {
      for (const { file, input, again, report } of outputs) {
        const note = report.notes.find((name) => name !== 'patient-id-missing');
        t.equal(note, changedPixels[file.name], `${file.name}: pixel note`);
        if (note !== undefined) continue;
        const [before, after] = [pixelBytes(input.dataSet), pixelBytes(again.dataSet)];
        if (before === undefined) continue;
        // An odd length is padded by whoever writes.
        const same = after !== undefined && before.equals(after.subarray(0, before.length));
        t.ok(same && after.length - before.length <= 1, file.name);
      }
    });

    t.test('DCMTK reads every output', async (t) => {
      if (!requirePeer(t, 'dcmdump')) return;
      for (const { file, path } of outputs) {
        const { exitCode, output } = await runProgram(peerProgram('dcmdump'), ['-q', path]);
        t.equal(exitCode, 0, file.name);
        t.notMatch(output, /^[EF]: /m, file.name);
      }
    });

    t.test('pydicom reads every output and finds nothing of the input in it', async (t) => {
      if (!requirePeer(t, 'pydicom')) return;
      // Times of day stay beside shifted dates, the names of stations with the identity of devices.
      const retained = profile.options.size === 0 ? [] : ['StudyTime', 'StationName'];
      const listed = outputs.map(({ file, path }) => [file.path, path, retained]);
      const list = join(t.testdir({}), 'list.json');
      writeFileSync(list, JSON.stringify(listed));
      const leaks = await pydicom(searchProgram, list);
      t.strictSame(leaks, []);
    });

    t.test('no output has errors of its IOD that its input has not', async (t) => {
      if (!requirePeer(t, 'dciodvfy')) return;
      for (const { file, path } of outputs) {
        const added = addedErrors(await iodErrors(file.path), await iodErrors(path));
        t.strictSame(added, [], file.name);
      }
    });
  });

/** Looks for the identity of each input in the bytes of its output, with nothing of our code. */
const searchProgram = `
import re
from pydicom.uid import UID
leaks = []
common = {'the','and','none','unknown','anonymous','anonymized','patient','test','name','perfusion'}
for before, after, retained in json.load(open(sys.argv[1])):
    data = open(after, 'rb').read()
    out = dcmread(after)
    for e in out.iterall(): str(e.value)
    if out.file_meta.MediaStorageSOPInstanceUID != out.SOPInstanceUID: leaks.append([after, 'meta'])
    if out.get('PatientIdentityRemoved') != 'YES': leaks.append([after, 'marker'])
    ds = dcmread(before, force=True)
    pixel = bytes(out.get('PixelData', b'')) if 'PixelData' in out else b''
    head = data.replace(pixel, b'') if len(pixel) > 64 else data
    low = head.lower()
    for tag in ('PatientName','PatientID','AccessionNumber','ReferringPhysicianName','OperatorsName','PerformingPhysicianName','InstitutionName','StationName','PatientBirthDate','StudyDate','SeriesDate','StudyTime','StudyID','PatientAddress'):
        value = ds.get(tag)
        if value is None or tag in retained: continue
        words = [str(value)] if tag == 'InstitutionName' else str(value).replace('^', ' ').replace('=', ' ').split()
        for text in words:
            text = text.strip("[]',()")
            if len(text) < 5 or text.lower() in common or text == '19000101': continue
            if re.search(rb'(?<![a-z0-9])' + re.escape(text.lower().encode('utf-8')) + rb'(?![a-z0-9])', low): leaks.append([after, tag])
    for e in ds.iterall():
        if e.VR != 'UI': continue
        for value in ([e.value] if isinstance(e.value, str) else (e.value or [])):
            uid = UID(value)
            if len(uid) < 12 or uid.name != str(uid) or uid.startswith('1.2.840.10008.') or uid.startswith('2.16.840.1.113883.6.'): continue
            if str(uid).encode() in head: leaks.append([after, 'UID ' + e.keyword])
print(json.dumps(leaks))
`;
