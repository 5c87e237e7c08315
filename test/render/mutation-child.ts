import { SallyportError } from '../../src/core/errors.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { renderAsIs } from '../../src/render/render.ts';
import { type RenderSettings, standardRenderSettings } from '../../src/render/settings.ts';
import { damaged } from './mutation-bytes.ts';
import { fragmentMutant, streamMutant } from './mutation-fragments.ts';
import { headerMutant, type MutantObject } from './mutation-header.ts';
import { type Dice, dice } from './mutation-random.ts';
import { loadSeeds, type Seed } from './mutation-seeds.ts';

/** The mutants the parent asks for, by number; each tells its place in the order before and how it came out after. */
export interface MutationOrder {
  readonly numbers: readonly number[];
}
export type MutationNews =
  | { readonly kind: 'begins'; readonly place: number; readonly seed: string }
  | {
      readonly kind: 'ended';
      readonly place: number;
      readonly outcome: string;
      readonly ms: number;
      readonly rssMiB: number;
    };

function settingsOf(roll: Dice): RenderSettings {
  return {
    ...standardRenderSettings,
    maxPixelsPerFrame: 4_000_000,
    maxFrames: 100,
    format: roll.pick(['jpeg', 'jpeg', 'jpeg', 'png', 'jxl', 'htj2k']),
    frames: roll.pick([
      { kind: 'all' },
      { kind: 'first' },
      { kind: 'middle' },
      { kind: 'atMost', n: 2 },
    ] as const),
    window: roll.pick([
      { kind: 'nth', n: 1 },
      { kind: 'nth', n: 2 },
      { kind: 'automatic' },
      { kind: 'explanation', text: 'bone' },
    ] as const),
    overlays: roll.chance(0.5),
    shutters: roll.chance(0.5),
    aspectRatio: roll.pick(['square', 'stored']),
    segmentations: roll.pick(['grey', 'color', 'hold']),
    maxLongEdge: roll.pick([0, 0, 7]),
    // A video decoder for each mutant would take hours; that path has tests of its own.
    ffmpeg: null,
  };
}

function open(bytes: Uint8Array): MutantObject {
  return readPart10(memorySource(bytes));
}

/** The mutant of a number: one of four kinds of damage, now and then two together. */
function mutantOf(seed: Seed, roll: Dice): MutantObject {
  const kind = roll.below(10);
  if (kind < 2) {
    // In the file itself: lengths, tags and delimiters too; the pixel data are at its end.
    const start = roll.chance(0.5) ? Math.max(0, seed.bytes.length - 4000) : Math.min(seed.bytes.length, 300);
    const tail = damaged(seed.bytes.subarray(start), roll);
    return open(new Uint8Array(Buffer.concat([seed.bytes.subarray(0, start), tail])));
  }
  const object = open(seed.bytes);
  if (kind < 5) return streamMutant(object, roll);
  if (kind < 8) return headerMutant(object, roll);
  if (kind < 9) return fragmentMutant(object, roll);
  return headerMutant(streamMutant(object, roll), roll);
}

async function outcomeOf(seed: Seed, roll: Dice): Promise<string> {
  try {
    const { dataSet, transferSyntaxUid } = mutantOf(seed, roll);
    const settings = settingsOf(roll);
    let frames = 0;
    for await (const { data } of renderAsIs(dataSet, transferSyntaxUid, settings)) {
      frames += 1;
      if (data.length === 0) return 'an empty picture';
    }
    return frames === 0 ? 'nothing' : 'pictures';
  } catch (error) {
    if (!(error instanceof SallyportError)) return `not registered: ${String(error)}`;
    const { cause } = error;
    return error.code === 'UNEXPECTED'
      ? `UNEXPECTED: ${cause instanceof Error ? cause.stack : String(cause)}`
      : error.code;
  }
}

if (process.send !== undefined) {
  const seeds = loadSeeds();
  const tell = (news: MutationNews): Promise<void> =>
    new Promise((resolve) => {
      process.send?.(news, undefined, undefined, () => resolve());
    });
  process.on('message', (order: MutationOrder) => {
    void (async () => {
      for (const [place, mutant] of order.numbers.entries()) {
        const seed = seeds[mutant % seeds.length];
        if (seed === undefined) break;
        await tell({ kind: 'begins', place, seed: seed.name });
        const start = performance.now();
        const outcome = await outcomeOf(seed, dice(mutant));
        const ms = performance.now() - start;
        const rssMiB = process.resourceUsage().maxRSS / 1024;
        await tell({ kind: 'ended', place, outcome, ms, rssMiB });
      }
      process.disconnect?.();
    })();
  });
}
