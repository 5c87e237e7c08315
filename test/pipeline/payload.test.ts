import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { errorRegistry } from '../../src/core/error-registry.ts';
import { SallyportError } from '../../src/core/errors.ts';
import { deidentify } from '../../src/deidentify/deidentify.ts';
import { loadProfile } from '../../src/deidentify/profile.ts';
import { createPseudonyms } from '../../src/deidentify/pseudonyms.ts';
import type { Deidentified } from '../../src/dicom/deidentified.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { Contract } from '../../src/example-backend/contract.ts';
import { openFileSource } from '../../src/pipeline/file-source.ts';
import {
  describeSeries,
  describeStudy,
  type FrameRendering,
  imageWriter,
} from '../../src/pipeline/payload.ts';
import { encodePart10, type WriterFile } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import { corpusFiles, corpusMissing } from '../support/corpus.ts';
import {
  characterSetImage,
  characterSetSamples,
  everyVr,
  greyImage,
  markedImage,
  withElements,
} from '../support/instances.ts';
import { enhanced, slice } from './images.ts';
import { temporaryFolder } from './lanes.ts';

const profile = loadProfile('basic');
const pseudonyms = createPseudonyms(new Uint8Array(32).fill(3));
/** Every reason a person may waive. */
const releasedCodes = Object.entries(errorRegistry).flatMap(([code, row]) =>
  'releasable' in row && row.releasable ? [code] : [],
);
const names = { profile: 'basic', profileRevision: 'revision', keyId: pseudonyms.keyId };
const contract = new Contract();
const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
const rendering: FrameRendering = {
  frame: 1,
  framesSelected: 1,
  width: 8,
  height: 8,
  dataWidth: 8,
  dataHeight: 8,
  contentType: 'image/jpeg',
  rescaleSlope: 1,
  rescaleIntercept: 0,
};

interface Upload {
  readonly study: Record<string, unknown>;
  readonly series: Record<string, unknown>;
  readonly images: readonly Record<string, unknown>[];
}

function deidentified(path: string): Deidentified | undefined {
  const source = openFileSource(path);
  const result = deidentify(readPart10(source), { profile, pseudonyms, releasedCodes });
  return result.kind === 'held' ? undefined : result.value;
}

function upload(instance: Deidentified, frames: readonly FrameRendering[] = [rendering]): Upload {
  const write = imageWriter(instance);
  const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const images = frames.map((frame) => text(write(frame, jpeg)));
  const study = text(describeStudy(instance, names));
  return JSON.parse(
    `{"study":${study},"series":${text(describeSeries(instance))},"images":[${images.join(',')}]}`,
  );
}

/** From elements through encoding, reading and de-identification to the payload. */
function payloadOf(folder: string, file: WriterFile, frames?: readonly FrameRendering[]): Upload | undefined {
  const path = join(folder, 'instance.dcm');
  writeFileSync(path, encodePart10(file));
  const instance = deidentified(path);
  return instance === undefined ? undefined : upload(instance, frames);
}

t.test('synthetic instances of many kinds conform to the contract', async (t) => {
  const folder = temporaryFolder(t);
  const files: readonly (readonly [string, readonly WriterElement[]])[] = [
    ['a CT slice', slice('a', 1).elements],
    ['an enhanced CT', enhanced('a', 3).elements],
    ['a grey image', greyImage()],
    [
      'every VR',
      withElements(
        greyImage(),
        ...everyVr().filter(({ tag }) => tag !== 0x00280010 && tag >>> 16 !== 0x7fe0),
      ),
    ],
    ...characterSetSamples.map(
      (sample) => [`names in ${sample.characterSet}`, characterSetImage(sample)] as const,
    ),
  ];
  for (const [what, elements] of files) {
    const body = payloadOf(folder, { elements });
    t.ok(body, `${what} is de-identified`);
    t.strictSame(contract.uploadFaults(body), [], what);
  }
});

t.test('instances of the corpus conform to the contract', { skip: corpusMissing }, async (t) => {
  let described = 0;
  for (const { name, path } of corpusFiles()) {
    let body: Upload;
    try {
      const instance = deidentified(path);
      if (instance === undefined) continue;
      // Beyond the last frame as well: a header may promise fewer than there are.
      const frames = [1, 2, 40, 5000].map((frame) => ({ ...rendering, frame }));
      body = upload(instance, frames);
    } catch (error) {
      // What cannot be read, or has no pixels to describe, is told by a code of the registry and nothing else.
      if (!(error instanceof SallyportError)) throw error;
      continue;
    }
    described += 1;
    const faults = contract.uploadFaults(body);
    if (faults.length > 0) t.strictSame(faults, [], name);
  }
  t.ok(described > 70, `${described} conform`);
});

t.test('a value that breaks the form of the contract becomes null, and the rest stays', async (t) => {
  const folder = temporaryFolder(t);
  const odd: readonly (readonly ['study' | 'series' | 'image', string, WriterElement])[] = [
    ['series', 'seriesNumber', element(0x00200011, 'IS', 'first')],
    ['series', 'seriesNumber', element(0x00200011, 'IS', '99999999999')],
    ['series', 'bodyPartExamined', element(0x00180015, 'CS', 'X'.repeat(80))],
    ['series', 'patientPosition', element(0x00185100, 'CS', '')],
    ['image', 'instanceNumber', element(0x00200013, 'IS', '1.5')],
    ['image', 'instanceNumber', element(0x00200013, 'IS', '-3000000000')],
    [
      'image',
      'imageType',
      element(
        0x00080008,
        'CS',
        Array.from({ length: 70 }, () => 'A'),
      ),
    ],
    ['image', 'pixelSpacing', element(0x00280030, 'DS', ['0.5'])],
    ['image', 'pixelSpacing', element(0x00280030, 'DS', ['0.5', 'half'])],
    ['image', 'imagePositionPatient', element(0x00200032, 'DS', ['1', '2', '1e999'])],
    ['image', 'imageOrientationPatient', element(0x00200037, 'DS', ['1', '0', '0'])],
    ['image', 'sliceThickness', element(0x00180050, 'DS', 'thick')],
    ['image', 'frameTimeMs', element(0x00181063, 'DS', '-4')],
    ['image', 'samplesPerPixel', element(0x00280002, 'US', 7)],
    ['image', 'pixelRepresentation', element(0x00280103, 'US', 2)],
    ['image', 'patientOrientation', element(0x00200020, 'CS', 'L')],
    ['image', 'lossyImageCompression', element(0x00282110, 'CS', 'YES')],
    ['image', 'voiLutFunction', element(0x00281056, 'CS', 'L'.repeat(65))],
  ];
  for (const [part, field, value] of odd) {
    const body = payloadOf(folder, slice('a', 1, value));
    t.ok(body, `${field} does not hold the instance`);
    if (body === undefined) continue;
    const object = part === 'image' ? (body.images[0] ?? {}) : body[part];
    t.equal(object[field] ?? null, null, `${field} from ${JSON.stringify(value.value).slice(0, 40)}`);
    t.strictSame(contract.uploadFaults(body), []);
    t.match(body.images[0], { bitsAllocated: 16, bitsStored: 12, photometricInterpretation: 'MONOCHROME2' });
  }
});

t.test(
  'the functional groups of a frame come before the shared ones, and those before the data set',
  async (t) => {
    const folder = temporaryFolder(t);
    const frames = [1, 2, 3].map((frame) => ({ ...rendering, frame }));
    const body = payloadOf(folder, enhanced('a', 3), frames);
    t.match(
      body?.images.map(({ frameNumber, imagePositionPatient, pixelSpacing }) => [
        frameNumber,
        imagePositionPatient,
        pixelSpacing,
      ]),
      [
        [1, [-1, -2, 10], [0.5, 0.25]],
        [2, [-1, -2, 20], [0.5, 0.25]],
        [3, [-1, -2, 30], [0.5, 0.25]],
      ],
    );
    const plain = payloadOf(folder, slice('a', 7));
    t.match(plain?.images[0], {
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      frameNumber: 1,
      numberOfFrames: 1,
    });
    t.match(plain?.images[0]?.imagePositionPatient, { 2: 7 });
  },
);

t.test('a Modality LUT leaves no slope and intercept; a window is given as it was applied', async (t) => {
  const folder = temporaryFolder(t);
  const lut = element(0x00283000, 'SQ', {
    items: [[element(0x00283002, 'US', [2, 0, 16]), element(0x00283006, 'OW', Uint16Array.of(0, 65535))]],
  });
  const [image] = payloadOf(folder, slice('a', 1, lut))?.images ?? [];
  t.match(image, { rescaleSlope: null, rescaleIntercept: null, windowCenter: null, windowWidth: null });
  const frames = [{ ...rendering, rescaleIntercept: -1024, windowCenter: 40, windowWidth: 400 }];
  const [windowed] = payloadOf(folder, slice('a', 1), frames)?.images ?? [];
  t.match(windowed, { rescaleSlope: 1, rescaleIntercept: -1024, windowCenter: 40, windowWidth: 400 });
});

t.test('nothing of what was planted is in a payload, and the names in it are pseudonyms', async (t) => {
  const folder = temporaryFolder(t);
  const { elements, markers } = markedImage('Planted');
  const body = payloadOf(folder, { elements });
  const text = JSON.stringify(body).toUpperCase();
  t.strictSame(
    markers.filter((marker) => text.includes(marker)),
    [],
  );
  t.ok(markers.length > 20);
  for (const { tag, value } of elements) {
    if (![0x00080018, 0x0020000d, 0x0020000e, 0x00100020, 0x00100010].includes(tag)) continue;
    t.notOk(text.includes(String(value).toUpperCase()), tag.toString(16));
  }
  t.match(body?.study, { studyDate: null, studyDescription: null, patientSex: null, patientAge: null });
  t.equal(body?.images[0]?.data, jpeg.toString('base64'));
  t.match(body?.images[0]?.imageInstanceUid, /^2\.25\.\d+$/);
});
