import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePixelObject } from '../../../src/synthetic/pixels/make-pixel-object.ts';
import type { PixelCase } from '../../../src/synthetic/pixels/pixel-cases.ts';

/** Files of cases for other programs: the object, and its expected stored values as little-endian doubles. */
export interface ObjectOnDisk {
  readonly name: string;
  readonly path: string;
  readonly storedPath: string;
  readonly tolerance: number;
  readonly syntax: string;
}

/** Writes each case as NNNN.dcm and NNNN.f64 below the folder; the list of them as `objects.json` too. */
export function writeObjects(folder: string, cases: readonly PixelCase[]): readonly ObjectOnDisk[] {
  mkdirSync(folder, { recursive: true });
  const objects = cases.map(({ name, spec }, index) => {
    const { bytes, stored, tolerance } = makePixelObject(spec);
    const path = join(folder, `${String(index).padStart(4, '0')}.dcm`);
    const storedPath = path.replace('.dcm', '.f64');
    writeFileSync(path, bytes);
    writeFileSync(storedPath, Buffer.concat(stored.map((frame) => new Uint8Array(frame.buffer))));
    return { name, path, storedPath, tolerance, syntax: spec.syntax };
  });
  writeFileSync(join(folder, 'objects.json'), JSON.stringify(objects));
  return objects;
}
