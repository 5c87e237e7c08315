import { parseArgs } from 'node:util';
import type { TruthText } from '../src/annotate/annotation.ts';
import type { PixelBox, RedactionBox } from '../src/core/redaction.ts';
import { openTextEngine } from '../src/ocr/engine.ts';
import type { TextEngine } from '../src/ocr/text-engine.ts';
import type { EightBitImage } from '../src/render/output/sharp.ts';
import { corpusMissing } from '../test/support/corpus.ts';
import { printTable } from './measure.ts';
import { measureCosts, measureMemory } from './text/costs.ts';
import { differs, groupsOf, inkOf, isSeen, marksOf, Tally } from './text/coverage.ts';
import { writeMarked } from './text/miss-pictures.ts';
import { corpusImages, draw, isTrainedOn, type Planted, type PlantedText, plant } from './text/planted.ts';
import { tesseractBoxes } from './text/tesseract.ts';
import { boxesIn, padding, treat } from './text/treat.ts';
import { measureCleanImages, measureOwnTexts } from './text/unplanted.ts';

/**
 * How much burned-in text is found and removed, on images of the corpus with texts planted by `annotate` and on those that
 * came with text, by the product's own redaction and by Tesseract; and what it costs. Figures of one run hold together; the
 * same seed plants the same texts.
 */
const { values } = parseArgs({
  options: {
    texts: { type: 'string', default: '1000' },
    'per-image': { type: 'string', default: '10' },
    limit: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    'max-megapixels': { type: 'string', default: '20' },
    'max-frames': { type: 'string', default: '30' },
    misses: { type: 'string' },
    threads: { type: 'string', default: '1' },
    memory: { type: 'string', default: '0' },
    'no-tesseract': { type: 'boolean', default: false },
    'no-costs': { type: 'boolean', default: false },
    'no-clean': { type: 'boolean', default: false },
  },
});
const modes = ['all', 'identifying'] as const;
type Arm = 'all' | 'identifying' | 'tesseract' | 'tesseract psm 11';
const arms: readonly Arm[] = values['no-tesseract'] ? modes : [...modes, 'tesseract', 'tesseract psm 11'];
const allowance = 0.02;

const tallies: Readonly<Record<Arm, Tally>> = {
  all: new Tally(),
  identifying: new Tally(),
  tesseract: new Tally(),
  'tesseract psm 11': new Tally(),
};
const held = new Map<string, number>();
const cpu: Record<Arm, number> = { all: 0, identifying: 0, tesseract: 0, 'tesseract psm 11': 0 };
let images = 0;
let planted = 0;
/** Texts of which only a scrap is seen; not counted. */
let unseen = 0;
let unchanged = 0;
/** Of images that had no text before: pixels blanked away from the planted ones, and all others. */
const beside: Record<'all' | 'identifying', [number, number]> = { all: [0, 0], identifying: [0, 0] };

async function main(): Promise<void> {
  if (corpusMissing !== false) {
    console.log(corpusMissing);
    return;
  }
  const engine = await openTextEngine({ threads: Number(values.threads) });
  const files = corpusImages(Number(values['max-megapixels']) * 1e6, Number(values['max-frames'])).filter(
    ({ name }) => name.includes(values.only),
  );
  const end = performance.now() + 1000 * Number(values.seconds);
  for (let pass = 1; planted < Number(values.texts) && pass < 50; pass++) {
    const before = planted;
    for (const file of files) {
      if (planted >= Number(values.texts) || images >= Number(values.limit) || performance.now() > end) break;
      await measure(await plant(file, `${values.seed} ${pass}`, Number(values['per-image'])), engine);
    }
    if (planted === before) break;
  }
  report();
  const unplanted = { only: values.only, misses: values.misses };
  await measureOwnTexts(engine, unplanted);
  if (!values['no-clean']) await measureCleanImages(engine, files, { ...unplanted, end });
  if (!values['no-costs']) await measureCosts(engine);
  if (Number(values.memory) > 0) await measureMemory(Number(values.memory), engine);
  await engine.close();
}

async function measure(sample: Planted, engine: TextEngine): Promise<void> {
  const texts = sample.texts.filter(({ runs }) => runs.some(isSeen));
  unseen += sample.texts.length - texts.length;
  if (texts.length === 0) return;
  images += 1;
  planted += texts.length;
  for (const mode of modes) {
    const used = process.cpuUsage();
    const treated = await treat(sample.annotated, mode, engine);
    cpu[mode] += millis(process.cpuUsage(used));
    if (treated.kind === 'held') {
      held.set(`${mode} ${treated.code}`, (held.get(`${mode} ${treated.code}`) ?? 0) + 1);
      // Nothing of it leaves.
      continue;
    }
    const missed: Missed[] = [];
    for (const text of texts) {
      if (mode === 'identifying' && !text.kind.identifying) {
        countKept(sample, text, boxesIn(treated.boxes, text.kind.frame));
        continue;
      }
      const left = Math.max(
        ...ends(text).map((run) => {
          const [clean, annotated] = [draw(sample.clean, run.frame), draw(sample.annotated, run.frame)];
          const marks = marksOf(clean.width, clean.height, boxesIn(treated.boxes, run.frame), padding);
          const ink = inkIn(mode, run, clean, annotated);
          if (treated.kind === 'treated' && mode === 'all')
            countUnchanged(ink, run, marks, annotated, draw(treated.output, run.frame));
          return ink.filter((pixel) => marks[pixel] === 0).length / Math.max(1, ink.length);
        }),
      );
      count(mode, sample, text.kind, left);
      if (left > 0) missed.push({ ...text.kind, uncovered: left });
    }
    countBeside(sample, mode, treated.boxes);
    await picture(sample, mode, boxesIn(treated.boxes, missed[0]?.frame ?? 1), missed);
  }
  if (values['no-tesseract']) return;
  const [clean, annotated] = [draw(sample.clean, 1), draw(sample.annotated, 1)];
  for (const [arm, pageMode] of [
    ['tesseract', '3'],
    ['tesseract psm 11', '11'],
  ] as const) {
    const began = performance.now();
    const boxes = await tesseractBoxes(annotated, pageMode);
    cpu[arm] += performance.now() - began;
    const marks = marksOf(clean.width, clean.height, boxes ?? [], 2);
    for (const { kind: text } of texts) {
      if (text.frame !== 1 || !isSeen(text)) continue;
      const ink = inkOf(text, clean, annotated);
      count(arm, sample, text, ink.filter((pixel) => marks[pixel] === 0).length / Math.max(1, ink.length));
    }
  }
}

interface Missed extends TruthText {
  /** Share of its ink that no box covers. */
  readonly uncovered: number;
}

/** In mode `identifying` labels may stay. */
function inkIn(
  mode: 'all' | 'identifying',
  text: TruthText,
  clean: EightBitImage,
  annotated: EightBitImage,
): number[] {
  if (mode === 'all') return inkOf(text, clean, annotated);
  return text.words.filter(({ identifying }) => identifying).flatMap((word) => inkOf(word, clean, annotated));
}

/** The first and the last frame a text stands in. */
function ends(text: PlantedText): readonly TruthText[] {
  const seen = text.runs.filter(isSeen);
  const [first] = seen;
  const last = seen.at(-1);
  if (first === undefined || last === undefined) return [];
  const end = { ...last, frame: last.frame + last.frames - 1, frames: 1 };
  return end.frame === first.frame ? [first] : [first, end];
}

function count(arm: Arm, sample: Planted, text: TruthText, left: number): void {
  const tally = tallies[arm];
  tally.add(text.identifying ? 'identifying' : 'harmless', left === 0);
  if (text.identifying) tally.add('nearly', left <= allowance);
  for (const group of groupsOf(text, sample.file.photometric)) tally.add(group, left === 0);
  tally.add(
    `picture ${isTrainedOn(sample.file.name) ? 'seen in training' : 'not seen in training'}`,
    left === 0,
  );
}

/** Harmless texts should stay in mode `identifying`. */
function countKept(sample: Planted, { kind: text }: PlantedText, boxes: readonly PixelBox[]): void {
  const marks = marksOf(sample.file.columns ?? 0, sample.file.rows ?? 0, boxes);
  let blanked = 0;
  for (let row = text.top; row < text.top + text.height; row++)
    for (let column = text.left; column < text.left + text.width; column++)
      blanked += marks[row * (sample.file.columns ?? 0) + column] ?? 0;
  tallies.identifying.add('harmless left', blanked < 0.3 * text.width * text.height);
}

/** What is lost beside the planted texts; around each a third of its height is its own. */
function countBeside(sample: Planted, mode: 'all' | 'identifying', boxes: readonly RedactionBox[]): void {
  if (!sample.file.burnedInText.startsWith('none')) return;
  const [columns, rows] = [sample.file.columns ?? 0, sample.file.rows ?? 0];
  const own = sample.texts.flatMap(({ runs }) => runs.filter(({ frame }) => frame === 1));
  const grown = own.map((text) => {
    const by = Math.ceil(text.capHeight / 3) + 4;
    return {
      left: text.left - by,
      top: text.top - by,
      width: text.width + 2 * by,
      height: text.height + 2 * by,
    };
  });
  const [marks, texts] = [marksOf(columns, rows, boxesIn(boxes, 1)), marksOf(columns, rows, grown)];
  const sum = beside[mode];
  marks.forEach((mark, pixel) => {
    if (texts[pixel] === 1) return;
    sum[0] += mark;
    sum[1] += 1;
  });
}

/**
 * Covered by a box, and yet the same as before, and not because it was of the colour of the fill: it still stands out from
 * what is beside it.
 */
function countUnchanged(
  ink: readonly number[],
  text: PixelBox,
  marks: Uint8Array,
  before: ReturnType<typeof draw>,
  after: ReturnType<typeof draw>,
): void {
  const same = ink.filter((pixel) => marks[pixel] === 1 && !differs(pixel, before, after)).length;
  if (same <= 0.1 * ink.length) return;
  const isInk = new Set(ink);
  const covered = pixelsOf(text, before.width).filter((pixel) => marks[pixel] === 1);
  const levels = [true, false].map((wanted) =>
    levelOf(
      covered.filter((p) => isInk.has(p) === wanted),
      after,
    ),
  );
  if (Math.abs((levels[0] ?? 0) - (levels[1] ?? 0)) >= 2) unchanged += 1;
}

function pixelsOf({ left, top, width, height }: PixelBox, columns: number): number[] {
  return Array.from(
    { length: width * height },
    (_, at) => (top + Math.floor(at / width)) * columns + left + (at % width),
  );
}

function levelOf(pixels: readonly number[], { pixels: values, channels }: ReturnType<typeof draw>): number {
  return pixels.reduce((sum, pixel) => sum + (values[pixel * channels] ?? 0), 0) / Math.max(1, pixels.length);
}

async function picture(
  sample: Planted,
  mode: string,
  boxes: readonly PixelBox[],
  missed: readonly Missed[],
): Promise<void> {
  const [first] = missed;
  if (values.misses === undefined || first === undefined) return;
  const name = `${mode}-${sample.file.name}-${sample.seed}`;
  const here = missed.filter(({ frame }) => frame === first.frame);
  await writeMarked(values.misses, name, draw(sample.annotated, first.frame), boxes, here);
  for (const text of here)
    console.error(
      `MISS ${name.replace(/[^\w.-]/g, '_')} ${JSON.stringify({ text: text.string, uncovered: Number(text.uncovered.toFixed(3)), kind: text.kind, cap: text.capHeight, contrast: text.contrast, rough: text.roughness, turn: text.rotation, stacked: text.stacked, font: text.font, box: [text.left, text.top, text.width, text.height] })}`,
    );
}

function report(): void {
  console.log(`\n${planted} texts planted in ${images} images; of ${unseen} more only a scrap is seen`);
  printTable(
    'Burned-in text wholly covered',
    ['', ...arms],
    [
      ['identifying texts', ...arms.map((arm) => tallies[arm].share('identifying'))],
      ['with up to 2 % of their ink left', ...arms.map((arm) => tallies[arm].share('nearly'))],
      ['harmless texts', ...arms.map((arm) => tallies[arm].share('harmless'))],
      ['harmless texts left as they are', ...arms.map((arm) => tallies[arm].share('harmless left'))],
      [
        'blanked beside the texts, images without others',
        ...arms.map((arm) => {
          if (arm !== 'all' && arm !== 'identifying') return '–';
          const [blanked, all] = beside[arm];
          return `${((100 * blanked) / Math.max(1, all)).toFixed(3)} %`;
        }),
      ],
      [
        'ms an image (Tesseract: wall, ours: CPU)',
        ...arms.map((arm) => (cpu[arm] / Math.max(1, images)).toFixed(0)),
      ],
    ],
  );
  const groups = tallies.all.names().filter((name) => name.includes(' ') && !name.startsWith('harmless'));
  printTable(
    'By what was planted',
    ['', ...arms],
    groups.map((group) => [group, ...arms.map((arm) => tallies[arm].share(group))]),
  );
  console.log(`\nheld: ${[...held].map(([name, times]) => `${name} ${times}`).join(', ') || 'none'}`);
  console.log(`texts whose ink was boxed and yet stayed: ${unchanged}`);
}

function millis({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

await main();
