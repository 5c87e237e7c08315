import t from 'tap';
import { SallyportError } from '../../../src/core/errors.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { drawFrames } from '../../../src/render/render.ts';
import { makePixelObject, type PixelObject } from '../../../src/synthetic/pixels/make-pixel-object.ts';
import { pairwise } from '../../../src/synthetic/pixels/pairwise.ts';
import { type PixelCase, pixelCases } from '../../../src/synthetic/pixels/pixel-cases.ts';
import { pixelLayouts } from '../../../src/synthetic/pixels/pixel-layouts.ts';
import { pixelSyntaxes } from '../../../src/synthetic/pixels/pixel-spec.ts';
import { specialCases } from '../../../src/synthetic/pixels/special-cases.ts';
import { limits } from '../../render/drawn.ts';
import { storedOf } from '../../render/stored.ts';

/** 'drawn' where every frame is drawn in its size and every stored value is the one that was put in; else what was wrong. */
function outcomeOf({ bytes, stored, tolerance, spec }: PixelObject): string {
  try {
    const part10 = readPart10(memorySource(bytes));
    let frames = 0;
    for (const { image } of drawFrames(part10.dataSet, part10.transferSyntaxUid, limits)) {
      frames += 1;
      if (image.pixels.length !== image.width * image.height * image.channels) return 'drawn in a wrong size';
    }
    if (frames !== spec.frames) return `${frames} frames drawn`;
    const decoded = storedOf(part10);
    for (const [index, expected] of stored.entries()) {
      const own = decoded[index];
      if (own?.length !== expected.length) return `frame ${index} has ${own?.length} values`;
      const worst = expected.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (own[at] ?? NaN))),
        0,
      );
      if (!(worst <= tolerance)) return `frame ${index} is wrong by ${worst}`;
    }
    return 'drawn';
  } catch (error) {
    return error instanceof SallyportError ? error.code : String(error);
  }
}

function wrong(cases: readonly PixelCase[]): string[] {
  return cases.flatMap(({ name, spec, expected }) => {
    const outcome = outcomeOf(makePixelObject(spec));
    return outcome === expected ? [] : [`${name}: ${outcome}, not ${expected}`];
  });
}

t.test(
  'every pair of properties that can meet is made, and comes out with exactly its stored values',
  async (t) => {
    const cases = pixelCases();
    t.comment(`${cases.length} cases`);
    t.same(wrong(cases), []);
    t.same(
      Object.keys(pixelSyntaxes).filter((syntax) => !cases.some(({ spec }) => spec.syntax === syntax)),
      [],
      'every transfer syntax',
    );
    t.same(
      pixelLayouts.filter((layout) => !cases.some(({ name }) => name.includes(`, ${layout.name}, `))),
      [],
      'every layout of samples',
    );
  },
);

t.test(
  'named cases: three-way meetings, objects of modalities, and what is held with its code',
  async (t) => {
    const cases = specialCases();
    t.same(wrong(cases), []);
    t.equal(new Set(cases.map(({ name }) => name)).size, cases.length, 'names are unique');
  },
);

t.test('an object is made the same way every time', async (t) => {
  const cases = [...pixelCases().filter((_, index) => index % 40 === 0), ...specialCases()];
  const different = cases.filter(
    ({ spec }) => !Buffer.from(makePixelObject(spec).bytes).equals(makePixelObject(spec).bytes),
  );
  t.same(
    different.map(({ name }) => name),
    [],
  );
});

t.test('pairs that can meet do, and no choice is made that is not allowed', async (t) => {
  const factors = [3, 4, 2, 5].map((values, index) => ({ name: String(index), values }));
  const allowed = ([a, b]: readonly number[]): boolean => !(a === 2 && b === 3);
  const choices = pairwise(factors, allowed, { seed: 'test' });
  const met = new Set<string>();
  for (const choice of choices) {
    t.ok(allowed(choice));
    for (let a = 0; a < 4; a++)
      for (let b = a + 1; b < 4; b++) met.add(`${a} ${choice[a]} ${b} ${choice[b]}`);
  }
  // 12 + 6 + 15 + 8 + 20 + 10 pairs, without the one that cannot be.
  t.equal(met.size, 70);
  t.ok(choices.length < 40, `${choices.length} choices`);
});
