import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { element } from '../../src/synthetic/writer-element.ts';
import { greyImage, uniqueUid, withElements, withoutElements, writeInstance } from '../support/instances.ts';

const storage = '1.2.840.10008.5.1.4.1.1';

/** A file to send and what has to become of it. */
export interface TestInstance {
  readonly path: string;
  readonly sopInstanceUid: string;
  readonly frames: number;
  /** False: text may be burned in, so the gateway holds it. */
  readonly deliverable: boolean;
}

interface Kind {
  readonly sopClassUid: string;
  readonly modality: string;
  readonly frames: number;
  readonly size: number;
}

const kinds = {
  radiograph: { sopClassUid: `${storage}.12.2`, modality: 'RF', frames: 1, size: 96 },
  angiogram: { sopClassUid: `${storage}.12.1`, modality: 'XA', frames: 7, size: 48 },
  cine: { sopClassUid: `${storage}.12.1`, modality: 'XA', frames: 40, size: 512 },
  ultrasound: { sopClassUid: `${storage}.6.1`, modality: 'US', frames: 1, size: 32 },
} as const satisfies Record<string, Kind>;

export interface InstanceCounts {
  readonly radiographs?: number;
  /** Seven frames each: several posts where a post may have fewer images. */
  readonly angiograms?: number;
  /** Forty large frames: too much output to be kept in memory. */
  readonly cines?: number;
  readonly ultrasounds?: number;
  /** Rows and columns of radiographs; 96 when left out. */
  readonly size?: number;
}

/** Writes new instances of one new study, one series of each kind, with noise for pixels so that no two are alike. */
export function writeInstances(directory: string, counts: InstanceCounts): TestInstance[] {
  mkdirSync(directory, { recursive: true });
  const studyInstanceUid = uniqueUid();
  const series = (kind: Kind, count: number): TestInstance[] => {
    const seriesInstanceUid = uniqueUid();
    return Array.from({ length: count }, (_, index) =>
      writeOne(directory, kind, { studyInstanceUid, seriesInstanceUid, number: index + 1 }),
    );
  };
  return [
    ...series({ ...kinds.radiograph, size: counts.size ?? kinds.radiograph.size }, counts.radiographs ?? 0),
    ...series(kinds.angiogram, counts.angiograms ?? 0),
    ...series(kinds.cine, counts.cines ?? 0),
    ...series(kinds.ultrasound, counts.ultrasounds ?? 0),
  ];
}

function writeOne(
  directory: string,
  { sopClassUid, modality, frames, size }: Kind,
  where: { readonly studyInstanceUid: string; readonly seriesInstanceUid: string; readonly number: number },
): TestInstance {
  const sopInstanceUid = uniqueUid();
  const pixels = new Uint8Array(randomBytes(size * size * frames));
  const elements = withElements(
    withoutElements(
      greyImage({ rows: size, columns: size, frames, sopClassUid, sopInstanceUid, ...where }),
      // Conversion Type marks a secondary capture; Number of Frames belongs to multi-frame classes alone.
      0x00080064,
      ...(frames === 1 ? [0x00280008] : []),
    ),
    element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY']),
    element(0x00080060, 'CS', modality),
    // A trace that a detector leaves: without one an X-ray may be a film that somebody wrote on, and is searched or held.
    element(0x00181164, 'DS', ['0.2', '0.2']),
    element(0x00200013, 'IS', where.number),
    element(0x7fe00010, 'OB', pixels),
  );
  const path = writeInstance(join(directory, `${sopInstanceUid}.dcm`), elements);
  return { path, sopInstanceUid, frames, deliverable: modality !== 'US' };
}
