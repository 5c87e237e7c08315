import { readFileSync, statSync } from 'node:fs';
import { makePixelObject } from '../../src/synthetic/pixels/make-pixel-object.ts';
import { pixelCases } from '../../src/synthetic/pixels/pixel-cases.ts';
import { specialCases } from '../../src/synthetic/pixels/special-cases.ts';
import { corpusFiles } from '../support/corpus.ts';

export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Larger files make slow mutants and find no more. */
const maxSeedBytes = 150_000;

/**
 * What is mutated: one made object of each transfer syntax and layout of samples, every named one, and every small file
 * of the corpus where that is there. The order is fixed, and neighbours differ.
 */
export function loadSeeds(): readonly Seed[] {
  const met = new Set<string>();
  const chosen = pixelCases().filter(({ spec, pipeline, extra }) => {
    const { syntax, photometric, bitsAllocated } = spec;
    const marks = [`${syntax} ${photometric} ${bitsAllocated}`, pipeline, extra];
    const isNew = marks.some((mark) => !met.has(mark));
    for (const mark of marks) met.add(mark);
    return isNew;
  });
  const made = [...chosen, ...specialCases()].map(({ name, spec }) => ({
    name,
    bytes: makePixelObject(spec).bytes,
  }));
  const files = corpusFiles()
    .filter(({ path }) => statSync(path).size <= maxSeedBytes)
    .map(({ name, path }) => ({ name, bytes: new Uint8Array(readFileSync(path)) }));
  return [...made, ...files];
}
