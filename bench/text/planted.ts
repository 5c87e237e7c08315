import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { annotate } from '../../src/annotate/annotate.ts';
import type { Annotation, TruthText } from '../../src/annotate/annotation.ts';
import { withIdentity } from '../../src/annotate/header.ts';
import { planRandomly, standardRandomPlan } from '../../src/annotate/plan.ts';
import { SallyportError } from '../../src/core/errors.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import type { EightBitImage } from '../../src/render/output/sharp.ts';
import { drawFrames } from '../../src/render/render.ts';
import { standardRenderSettings } from '../../src/render/settings.ts';
import { type CorpusFile, corpusFiles } from '../../test/support/corpus.ts';

export interface Input {
  readonly dataSet: DataSet;
  readonly transferSyntaxUid: string;
}

/** A corpus image as it is, and with texts. Both have the identity of the texts in their header. */
export interface Planted {
  readonly file: CorpusFile;
  readonly seed: string;
  readonly clean: Input;
  readonly annotated: Input;
  readonly annotations: readonly Annotation[];
  /** Texts as planned, each with all the runs of frames it stands in. */
  readonly texts: readonly PlantedText[];
}

export interface PlantedText {
  readonly kind: TruthText;
  readonly runs: readonly TruthText[];
}

export const drawSettings = { ...standardRenderSettings, aspectRatio: 'stored' } as const;

/** Images of the corpus that can be decoded, up to a size and a number of frames. */
export function corpusImages(maxPixels: number, maxFrames: number): readonly CorpusFile[] {
  return corpusFiles().filter(({ path, rows = 0, columns = 0, frames = 1 }) => {
    if (rows * columns > maxPixels || frames > maxFrames) return false;
    try {
      return draw(read(path), 1) !== undefined;
    } catch (error) {
      if (error instanceof SallyportError) return false;
      throw error;
    }
  });
}

/** Whether the network that finds text has seen the picture, under drawn text: see training/README.md. */
export function isTrainedOn(name: string): boolean {
  return (createHash('sha256').update(name).digest()[0] ?? 0) % 2 === 0;
}

export function read(path: string): Input {
  return readPart10(memorySource(readFileSync(path)));
}

/** One frame, from 1, as it is shown. */
export function draw({ dataSet, transferSyntaxUid }: Input, frame: number): EightBitImage {
  for (const drawn of drawFrames(dataSet, transferSyntaxUid, drawSettings))
    if (drawn.frame === frame) return { ...drawn.image, pixels: Uint8Array.from(drawn.image.pixels) };
  throw new RangeError(`no frame ${frame}`);
}

/** Plants up to `count` texts; fewer in small images. */
export async function plant(file: CorpusFile, seed: string, count: number): Promise<Planted> {
  const input = read(file.path);
  const image = draw(input, 1);
  const { who, annotations } = planRandomly(image, file.frames ?? 1, {
    ...standardRandomPlan,
    seed: `${file.name} ${seed}`,
    count: Math.min(count, Math.ceil((image.width * image.height) / 6000)),
  });
  const clean = { ...input, dataSet: withIdentity(input.dataSet, who) };
  const annotated = await annotate(clean, annotations);
  return { file, seed, clean, annotated, annotations, texts: grouped(annotated.texts) };
}

/** Runs of one planted text share everything but place and frames. */
function grouped(texts: readonly TruthText[]): PlantedText[] {
  const groups = new Map<string, TruthText[]>();
  for (const text of texts) {
    const key = [
      text.string,
      text.font,
      text.capHeight,
      text.rotation,
      text.frame === 1 ? text.left : '',
    ].join('|');
    const moving = [...groups.entries()].find(
      ([, runs]) => runs.at(-1)?.string === text.string && continues(runs.at(-1), text),
    );
    const found = moving?.[1] ?? groups.get(key);
    if (found === undefined) groups.set(`${key}|${groups.size}`, [text]);
    else found.push(text);
  }
  return [...groups.values()].flatMap((runs) => {
    const [kind] = runs;
    return kind === undefined ? [] : [{ kind, runs }];
  });
}

/** Moves by no more than a pixel from the frame before. */
function continues(before: TruthText | undefined, text: TruthText): boolean {
  return (
    before !== undefined &&
    before.font === text.font &&
    before.capHeight === text.capHeight &&
    before.rotation === text.rotation &&
    before.frame + before.frames === text.frame &&
    Math.abs(before.left - text.left) <= 2 &&
    Math.abs(before.top - text.top) <= 2
  );
}
