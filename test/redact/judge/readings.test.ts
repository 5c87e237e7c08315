import { readFileSync } from 'node:fs';
import t from 'tap';
import type { FoundText } from '../../../src/ocr/picture.ts';
import { identifyingIn } from '../../../src/redact/judge/identifying-in.ts';
import { judgeTexts } from '../../../src/redact/judge/judge-texts.ts';
import { contextOf, line } from './found.ts';

/** A line as it was drawn, and what the recogniser read of it: text, confidence of line and words, width and height. */
interface Reading {
  readonly shown: string;
  readonly read: string;
  readonly confidence: number;
  readonly words: readonly number[];
  readonly size: readonly [number, number];
}

const readings: { readonly kept: readonly Reading[]; readonly gone: readonly Reading[] } = JSON.parse(
  readFileSync(new URL('readings.json', import.meta.url), 'utf8'),
);
const context = contextOf();

function found({ read, confidence, words, size: [width, height] }: Reading): FoundText {
  const drawn = line(read, { confidence });
  const step = width / Math.max(1, read.length);
  const parts = drawn.words.map((word, index) => ({
    ...word,
    confidence: words[index] ?? confidence,
    left: (word.left / 8) * step,
    width: word.text.length * step,
    height,
  }));
  return { ...drawn, width, height, words: parts };
}

t.test('annotations stay as a recogniser read them on pictures, errors included', async (t) => {
  const lost = readings.kept.filter((one) => judgeTexts([found(one)], context, 'identifying').length > 0);
  t.strictSame(
    lost.map(({ read }) => read),
    [],
  );
  t.ok(readings.kept.length >= 40);
});

t.test('the second look is content with them', async (t) => {
  const held = readings.kept.filter((one) => identifyingIn([found(one)], context, 'identifying'));
  t.strictSame(held, []);
});

t.test('names, numbers, dates and places go as a recogniser read them, of any alphabet', async (t) => {
  const left = readings.gone.filter((one) => judgeTexts([found(one)], context, 'identifying').length === 0);
  t.strictSame(
    left.map(({ read }) => read),
    [],
  );
  t.ok(readings.gone.length >= 40);
});

t.test(
  'a worse reading of a harmless line does not blank it, but what names somebody goes all the same',
  async (t) => {
    const better = { ...line('THYROID RIGHT TRANS', { confidence: 0.99 }), top: 10 };
    const wide = { left: -10, top: 1, width: better.width + 20, height: 30 };
    const worse = { ...line('THROR', { confidence: 0.77 }), ...wide };
    t.not(judgeTexts([worse], context, 'identifying').length, 0, 'by itself it goes');
    t.strictSame(judgeTexts([worse, better], context, 'identifying'), []);
    const own = { ...line('KAUFMAN', { confidence: 0.77 }), ...wide };
    t.not(judgeTexts([own, better], context, 'identifying').length, 0);
    const beside = { ...worse, height: 60 };
    t.not(judgeTexts([beside, better], context, 'identifying').length, 0, 'there is room for another line');
  },
);

t.test('signs of other scripts are read as the ASCII ones they look like', async (t) => {
  for (const text of ['Depth：12.0cm', 'Gain 50％', 'W 400，L 40', 'ＡＰ', 'Angle 60º'])
    t.strictSame(judgeTexts([line(text)], context, 'identifying'), [], text);
  t.not(judgeTexts([line('Name：Hart')], context, 'identifying').length, 0);
});
