import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { part10Chunks, transferSyntaxes } from './dicom-writer.ts';
import { identityElements, syntheticIdentity } from './identity.ts';
import { ctImage, sopClasses } from './images.ts';
import { seededUid } from './random.ts';
import { element, type WriterElement } from './writer-element.ts';

export interface CtSeriesOptions {
  readonly directory: string;
  readonly count: number;
  /** 512 when left out. */
  readonly rows?: number;
  readonly columns?: number;
  readonly seed?: string;
}

/** Slices whose pixels are computed; further instances repeat them under their own UIDs, so that making 500 is quick. */
const distinctSlices = 8;

const words = {
  modality: 'CT',
  seriesNumber: 1,
  seriesDescription: 'Head bulk',
  protocolName: 'Head routine',
  bodyPart: 'HEAD',
} as const;

/**
 * Writes `count` CT Image Storage instances (explicit VR little endian, 16 bits allocated) with distinct SOP Instance
 * UIDs into `directory`; returns the paths in order. For load: all belong to one series of one invented patient.
 */
export async function writeCtSeries(options: CtSeriesOptions): Promise<string[]> {
  const seed = options.seed ?? 'bulk';
  const identity = syntheticIdentity(seed);
  const image = {
    seed,
    seriesNumber: 1,
    rows: options.rows ?? 512,
    columns: options.columns ?? 512,
    date: identity.studyDate,
    time: identity.studyTime,
  };
  const header = identityElements(seed, identity, words);
  const slices = Array.from({ length: Math.min(distinctSlices, options.count) }, (_, index) =>
    ctImage({ ...image, instanceNumber: index + 1, zMm: -40 + index * 13 }),
  );
  await mkdir(options.directory, { recursive: true });
  const paths: string[] = [];
  for (let index = 0; index < options.count; index += 1) {
    const slice = slices[index % slices.length] ?? [];
    const own: WriterElement[] = [
      element(0x00080018, 'UI', seededUid(seed, `instance 1 ${index + 1}`)),
      element(0x00200013, 'IS', index + 1),
    ];
    const elements = [
      ...header,
      ...slice.filter(({ tag }) => tag !== 0x00080018 && tag !== 0x00200013),
      ...own,
    ];
    const path = join(options.directory, `${String(index + 1).padStart(6, '0')}.dcm`);
    const file = await open(path, 'w');
    try {
      await file.writev(part10Chunks({ elements }));
    } finally {
      await file.close();
    }
    paths.push(path);
  }
  return paths;
}

export interface LargeInstanceOptions {
  readonly path: string;
  /** Size of the pixel data at least, bytes; rounded up to whole frames of 512 x 512 x 16 bit (0.5 MiB). */
  readonly pixelBytes: number;
  readonly seed?: string;
}

const frameBytes = 512 * 512 * 2;

/**
 * Writes one Multi-frame Grayscale Word Secondary Capture instance of any size without holding it in memory; returns its
 * number of frames. Native pixel data stays below 4 GiB - 2 (PS3.5 7.1.1), larger is refused by the writer.
 */
export async function writeLargeInstance(options: LargeInstanceOptions): Promise<number> {
  const seed = options.seed ?? 'large';
  const identity = syntheticIdentity(seed);
  const frames = Math.max(1, Math.ceil(options.pixelBytes / frameBytes));
  const slice = ctImage({
    seed,
    seriesNumber: 1,
    instanceNumber: 1,
    rows: 512,
    columns: 512,
    date: identity.studyDate,
    time: identity.studyTime,
    zMm: 10,
  });
  const pixels = slice.find(({ tag }) => tag === 0x7fe00010)?.value;
  const frame = pixels instanceof Uint16Array ? new Uint8Array(pixels.buffer) : new Uint8Array(frameBytes);
  const elements: WriterElement[] = [
    ...identityElements(seed, identity, { ...words, modality: 'OT' }),
    ...slice.filter(({ tag }) => tag >>> 16 === 0x0028 && tag !== 0x00281054),
    element(0x00080016, 'UI', sopClasses.multiframeGrayscaleWordSc),
    element(0x00080018, 'UI', seededUid(seed, `large ${frames}`)),
    element(0x00080008, 'CS', ['DERIVED', 'SECONDARY']),
    element(0x00080064, 'CS', 'SYN'),
    element(0x00280008, 'IS', frames),
    element(0x00280009, 'AT', 0x00181063),
    element(0x00281054, 'LO', 'US'),
    element(0x00181063, 'DS', 40),
    element(0x00200013, 'IS', 1),
    element(0x00200020, 'CS', null),
    element(0x20500020, 'CS', 'IDENTITY'),
    element(0x7fe00010, 'OW', { raw: new Uint8Array(0), declaredLength: frames * frameBytes }),
  ];
  const stream = createWriteStream(options.path);
  for (const chunk of part10Chunks({
    elements,
    transferSyntaxUid: transferSyntaxes.explicitVrLittleEndian,
  })) {
    stream.write(chunk);
  }
  for (let index = 0; index < frames; index += 1) {
    if (!stream.write(frame)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return frames;
}
