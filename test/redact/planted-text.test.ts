import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { annotate } from '../../src/annotate/annotate.ts';
import { withIdentity } from '../../src/annotate/header.ts';
import { burnedIdentity, identityLines } from '../../src/annotate/identifiers.ts';
import { layOut, type TextLayout } from '../../src/annotate/layout.ts';
import type { PixelBox, RedactionBox } from '../../src/core/redaction.ts';
import { standardPixelPolicy } from '../../src/deidentify/pixels/pixel-policy.ts';
import { defineProfile } from '../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../src/deidentify/profile-definition.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { textEngineOnce } from '../../src/ocr/engine-once.ts';
import { redact } from '../../src/redact/redact.ts';
import { type EightBitImage, encodePng } from '../../src/render/output/sharp.ts';
import { drawFrames } from '../../src/render/render.ts';
import { standardRenderSettings } from '../../src/render/settings.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { dxImage } from '../../src/synthetic/images.ts';
import { corpusMissing, corpusPath } from '../support/corpus.ts';

/**
 * A guard, far below what `npm run bench:text` measures: a change that makes redaction blind is noticed by everybody who
 * runs the tests. With SALLYPORT_TEST_PICTURES=DIR, pictures before and after are written there for a person to look at.
 */
type Input = Parameters<typeof redact>[0];

const settings = { ...standardRenderSettings, aspectRatio: 'stored' } as const;
const engine = textEngineOnce({ threads: 1 });
t.teardown(async () => (await engine()).close());

function profile(mode: 'all' | 'identifying') {
  const policy = { ...standardPixelPolicy, highRisk: mode, lowRisk: mode, ultrasoundRegions: false };
  return defineProfile({ ...emptyDefinition('guard'), pixels: { ...policy, starterRules: false } });
}

function draw({ dataSet, transferSyntaxUid }: Input): EightBitImage {
  for (const { image } of drawFrames(dataSet, transferSyntaxUid, settings))
    return { ...image, pixels: Uint8Array.from(image.pixels) };
  throw new Error('no frame');
}

/** Share of the pixels of a box that boxes cover. */
function coverage(box: PixelBox, boxes: readonly PixelBox[]): number {
  let covered = 0;
  for (let row = box.top; row < box.top + box.height; row++)
    for (let column = box.left; column < box.left + box.width; column++)
      if (
        boxes.some(
          ({ left, top, width, height }) =>
            column >= left && column < left + width && row >= top && row < top + height,
        )
      )
        covered += 1;
  return covered / (box.width * box.height);
}

async function treated(
  input: Input,
  mode: 'all' | 'identifying',
): Promise<{ readonly boxes: readonly RedactionBox[]; readonly output: Input | undefined }> {
  const result = await redact(input, { profile: profile(mode), draw: settings, engine });
  if (result.kind === 'untouched') return { boxes: [], output: input };
  if (result.kind === 'held') return { boxes: result.boxes, output: undefined };
  return { boxes: result.treatment.boxes, output: result.input };
}

async function keepPictures(name: string, before: Input, after: Input | undefined): Promise<void> {
  const folder = process.env.SALLYPORT_TEST_PICTURES;
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  for (const [when, input] of [
    ['before', before],
    ['after', after],
  ] as const) {
    if (input === undefined) continue;
    const image = draw(input);
    const png = await encodePng({ ...image, samples: image.pixels });
    writeFileSync(join(folder, `${name.replace(/[^\w.-]/g, '_')}-${when}.png`), png);
  }
}

const layout: Omit<TextLayout, 'lines'> = {
  leftPercent: 2,
  topPercent: 3,
  size: { value: 11, unit: 'px' },
  color: undefined,
  font: 'sans',
  thickness: 0,
  outline: 0,
  smooth: true,
  stacked: false,
  rotation: 0,
  shown: 'window',
  frame: 1,
  frames: undefined,
  move: [0, 0],
};

t.test('an identity in the corners of a radiograph is blanked, and little else', async (t) => {
  const options = { seed: 'guard', instanceNumber: 1, seriesNumber: 1, rows: 300, columns: 360 };
  const elements = dxImage({ ...options, date: '20250101', time: '120000' });
  const clean = readPart10(memorySource(encodePart10({ elements })));
  const who = burnedIdentity('guard', 'de');
  const image = draw(clean);
  const lines = identityLines(who);
  const annotations = [
    ...layOut(image, 1, { ...layout, lines }),
    ...layOut(image, 1, {
      ...layout,
      lines: lines.slice(0, 2),
      leftPercent: 98,
      topPercent: 97,
      font: 'pixel',
    }),
    ...layOut(image, 1, {
      ...layout,
      lines: lines.slice(0, 1),
      leftPercent: 99,
      topPercent: 20,
      rotation: 270,
    }),
  ];
  const input = await annotate({ ...clean, dataSet: withIdentity(clean.dataSet, who) }, annotations);
  const found = await treated(input, 'identifying');
  await keepPictures('planted', input, found.output);
  const words = input.texts.flatMap((text) => text.words.filter(({ identifying }) => identifying));
  const covered = words.filter((word) => coverage(word, found.boxes) === 1);
  t.ok(covered.length >= 0.8 * words.length, `${covered.length} of ${words.length} words`);
  const blanked = coverage({ left: 0, top: 0, width: image.width, height: image.height }, found.boxes);
  t.ok(blanked < 0.5, `${(100 * blanked).toFixed(1)} % of the image blanked`);
  const { boxes } = await treated(clean, 'all');
  const lost = coverage({ left: 0, top: 0, width: image.width, height: image.height }, boxes);
  t.ok(lost < 0.2, `${(100 * lost).toFixed(2)} % blanked of the image without text`);
});

t.test('text that came with images of the corpus is gone', { skip: corpusMissing }, async (t) => {
  interface Box extends PixelBox {
    readonly label: string;
  }
  const truth = JSON.parse(readFileSync(corpusPath('GROUND_TRUTH.json'), 'utf8')) as {
    readonly boxes: Readonly<Record<string, readonly Box[]>>;
  };
  let [covered, all] = [0, 0];
  for (const [name, boxes] of Object.entries(truth.boxes)) {
    const input = readPart10(memorySource(readFileSync(corpusPath(name))));
    const found = await treated(input, 'all');
    await keepPictures(name, input, found.output);
    const gone = boxes.filter((box) => coverage(box, found.boxes) === 1);
    covered += gone.length;
    all += boxes.length;
    t.comment(`${name}: ${gone.length} of ${boxes.length}${found.output === undefined ? ', held' : ''}`);
  }
  t.ok(all > 0 && covered >= 0.8 * all, `${covered} of ${all} boxes`);
});
