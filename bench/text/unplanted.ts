import { readFileSync } from 'node:fs';
import type { PixelBox } from '../../src/core/redaction.ts';
import type { TextEngine } from '../../src/ocr/text-engine.ts';
import { type CorpusFile, corpusPath } from '../../test/support/corpus.ts';
import { printTable } from '../measure.ts';
import { marksOf } from './coverage.ts';
import { writeMarked } from './miss-pictures.ts';
import { draw, read } from './planted.ts';
import { boxesIn, treat } from './treat.ts';

const modes = ['all', 'identifying'] as const;

export interface Unplanted {
  /** A part of the names of the files. */
  readonly only: string;
  /** Folder for pictures of what was missed, or blanked for nothing. */
  readonly misses: string | undefined;
}

/** The boxes of GROUND_TRUTH.json: text that was in the images before. */
export async function measureOwnTexts(engine: TextEngine, { only, misses }: Unplanted): Promise<void> {
  interface Box extends PixelBox {
    readonly frame?: number;
  }
  const truth = JSON.parse(readFileSync(corpusPath('GROUND_TRUTH.json'), 'utf8')) as {
    readonly boxes: Readonly<Record<string, readonly Box[]>>;
  };
  const rows: (string | number)[][] = [];
  for (const [name, boxes] of Object.entries(truth.boxes)) {
    if (!name.includes(only)) continue;
    const input = read(corpusPath(name));
    const row: (string | number)[] = [name, boxes.length];
    for (const mode of modes) {
      const treated = await treat(input, mode, engine);
      const covered = boxes.filter((box) => {
        const image = draw(input, box.frame ?? 1);
        const marks = marksOf(image.width, image.height, boxesIn(treated.boxes, box.frame ?? 1));
        return marksOf(image.width, image.height, [box]).every(
          (mark, pixel) => mark === 0 || marks[pixel] === 1,
        );
      });
      row.push(treated.kind === 'held' ? `held ${treated.code}, ${covered.length}` : covered.length);
      if (misses !== undefined)
        await writeMarked(
          misses,
          `own-${mode}-${name}`,
          draw(input, 1),
          boxesIn(treated.boxes, 1),
          boxes.filter((box) => !covered.includes(box)),
        );
    }
    rows.push(row);
  }
  printTable('Text of the corpus itself: boxes wholly covered', ['file', 'boxes', ...modes], rows);
}

/** Images without text: whatever is blanked is lost for nothing. */
export async function measureCleanImages(
  engine: TextEngine,
  files: readonly CorpusFile[],
  { misses, end }: Unplanted & { readonly end: number },
): Promise<void> {
  const sums = { all: [0, 0, 0, 0], identifying: [0, 0, 0, 0] };
  for (const file of files) {
    if (!file.burnedInText.startsWith('none') || performance.now() > end) continue;
    const input = read(file.path);
    const { width, height } = draw(input, 1);
    for (const mode of modes) {
      const { boxes } = await treat(input, mode, engine);
      const here = boxesIn(boxes, 1);
      const blanked = marksOf(width, height, here).reduce((total, mark) => total + mark, 0);
      const sum = sums[mode];
      sum[0] = (sum[0] ?? 0) + blanked;
      sum[1] = (sum[1] ?? 0) + width * height;
      sum[2] = (sum[2] ?? 0) + here.length;
      sum[3] = (sum[3] ?? 0) + blanked / (width * height);
      if (here.length > 0 && misses !== undefined) {
        await writeMarked(misses, `false-${mode}-${file.name}`, draw(input, 1), here, []);
        console.error(
          `FALSE ${mode} ${file.name} ${here.length} boxes, ${((100 * blanked) / (width * height)).toFixed(2)} %`,
        );
      }
    }
  }
  const clean = files.filter((file) => file.burnedInText.startsWith('none')).length;
  printTable(
    `Blanked for nothing, first frames of ${clean} images without text`,
    ['', 'of all pixels', 'mean of images', 'boxes'],
    modes.map((mode) => {
      const [blanked = 0, all = 1, boxes = 0, shares = 0] = sums[mode];
      return [
        mode,
        `${((100 * blanked) / all).toFixed(3)} %`,
        `${((100 * shares) / clean).toFixed(3)} %`,
        boxes,
      ];
    }),
  );
}
