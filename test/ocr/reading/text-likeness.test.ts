import t from 'tap';
import { looksLikeText } from '../../../src/ocr/reading/text-likeness.ts';
import { found } from './drawn-lines.ts';

function read(text: string, confidence: number, width: number, height: number) {
  return { ...found({ left: 0, top: 0, width, height }, 0), turn: 0 as const, text, confidence };
}

t.test('names, numbers and single letters are text, also where they are read badly', async (t) => {
  for (const one of [
    read('MULLER ANNA', 0.98, 100, 12),
    read('Cuv aebl', 0.4, 60, 14),
    read('AEF', 0.43, 24, 9),
    read('R', 0.9, 12, 14),
    read('L', 0.55, 8, 12),
    read('I', 0.8, 4, 12),
    read('1', 0.8, 4, 12),
    read('24', 0.5, 20, 12),
    read('王小明', 0.5, 40, 14),
  ])
    t.ok(looksLikeText(one), one.text);
});

t.test('nothing, guesses and what rulers, calipers and edges are read as is not', async (t) => {
  for (const one of [
    read('', 0, 60, 12),
    read('区', 0.29, 40, 20),
    read('W', 0.4, 18, 15),
    read('..........', 0.95, 200, 12),
    read('-—-—', 0.91, 100, 12),
    read('lllIl|', 0.8, 120, 16),
    read('十十', 0.68, 300, 20),
    read('00000', 0.84, 323, 55),
    read('L', 0.61, 170, 30),
  ])
    t.notOk(looksLikeText(one), one.text);
});

t.test('the shape is judged along the line', async (t) => {
  const tall = { ...read('M. WEISS', 0.6, 14, 90), turn: 90 as const };
  t.ok(looksLikeText(tall));
  t.notOk(looksLikeText({ ...tall, text: 'M' }));
});
