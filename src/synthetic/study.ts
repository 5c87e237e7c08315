import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePart10, transferSyntaxes } from './dicom-writer.ts';
import { identityElements, type SeriesWords, syntheticIdentity } from './identity.ts';
import { ctImage, dxImage, type ImageOptions, mrImage } from './images.ts';
import type { WriterElement } from './writer-element.ts';

export interface SyntheticStudyOptions {
  /** Same seed, same bytes. */
  readonly seed: string;
  /** Number of CT slices; 8 when left out. MR has half as many, DX one. */
  readonly images?: number;
  /** Rows and columns of CT; 512 when left out. MR has half, DX twice as many. */
  readonly size?: number;
}

export interface SyntheticInstance {
  /** A file name without any identifier: series folder and number. */
  readonly name: string;
  readonly modality: string;
  readonly transferSyntaxUid: string;
  readonly elements: readonly WriterElement[];
}

const ct: SeriesWords = {
  modality: 'CT',
  seriesNumber: 1,
  seriesDescription: 'Head 10 mm',
  protocolName: 'Head routine',
  bodyPart: 'HEAD',
};
const mr: SeriesWords = {
  modality: 'MR',
  seriesNumber: 2,
  seriesDescription: 'T2 transverse',
  protocolName: 'Head T2',
  bodyPart: 'HEAD',
};
const dx: SeriesWords = {
  modality: 'DX',
  seriesNumber: 3,
  seriesDescription: 'Skull frontal',
  protocolName: 'Skull AP',
  bodyPart: 'SKULL',
};

/**
 * One invented patient with a CT series (explicit VR little endian), an MR series (implicit VR) and a radiograph, full of
 * identifiers in header, sequences, private elements and free text. Instances are made one at a time.
 */
export function* syntheticStudy(options: SyntheticStudyOptions): Generator<SyntheticInstance> {
  const { seed } = options;
  const slices = options.images ?? 8;
  const size = options.size ?? 512;
  const identity = syntheticIdentity(seed);
  const at = { seed, date: identity.studyDate, time: identity.studyTime };
  const instance = (
    series: SeriesWords,
    number: number,
    syntax: string,
    image: WriterElement[],
  ): SyntheticInstance => ({
    name: `${series.modality.toLowerCase()}/${String(number).padStart(4, '0')}.dcm`,
    modality: series.modality,
    transferSyntaxUid: syntax,
    elements: [...identityElements(seed, identity, series), ...image],
  });
  for (let number = 1; number <= slices; number += 1) {
    const image: ImageOptions = { ...at, instanceNumber: number, seriesNumber: 1, rows: size, columns: size };
    const zMm = sliceZ(number, slices);
    yield instance(ct, number, transferSyntaxes.explicitVrLittleEndian, ctImage({ ...image, zMm }));
  }
  const mrSlices = Math.ceil(slices / 2);
  for (let number = 1; number <= mrSlices; number += 1) {
    const image = { ...at, instanceNumber: number, seriesNumber: 2, rows: size / 2, columns: size / 2 };
    const zMm = sliceZ(number, mrSlices);
    yield instance(mr, number, transferSyntaxes.implicitVrLittleEndian, mrImage({ ...image, zMm }));
  }
  if (slices > 0) {
    const image = { ...at, instanceNumber: 1, seriesNumber: 3, rows: size * 2, columns: size * 2 };
    yield instance(dx, 1, transferSyntaxes.explicitVrLittleEndian, dxImage(image));
  }
}

/** Writes the study as Part 10 files into `directory` (made if needed); returns the paths in order. */
export async function writeSyntheticStudy(
  options: SyntheticStudyOptions & { readonly directory: string },
): Promise<string[]> {
  const paths: string[] = [];
  for (const series of ['ct', 'mr', 'dx']) await mkdir(join(options.directory, series), { recursive: true });
  for (const instance of syntheticStudy(options)) {
    const path = join(options.directory, instance.name);
    await writeFile(path, encodePart10(instance));
    paths.push(path);
  }
  return paths;
}

/** Spreads the slices over the part of the head where there is something to see, foot to head. */
function sliceZ(number: number, slices: number): number {
  return slices === 1 ? 10 : -40 + ((number - 1) * 100) / (slices - 1);
}
