import type { Profile } from '../../../src/deidentify/profile.ts';
import { basicProfile } from '../../../src/deidentify/profile.ts';
import type { DataElement } from '../../../src/dicom/data-set.ts';
import type { FoundText, Turn } from '../../../src/ocr/picture.ts';
import type { JudgedArea } from '../../../src/redact/judge/boxes.ts';
import { type JudgeContext, judgeContext } from '../../../src/redact/judge/judge-context.ts';
import { judgeTexts } from '../../../src/redact/judge/judge-texts.ts';
import { ct, words } from '../../deidentify/build.ts';

export const letterWidth = 8;
export const lineHeight = 12;

/** A line as the engine gives it: letters 8 pixels wide, words one letter apart. */
export function line(
  text: string,
  place: { left?: number; top?: number; confidence?: number; turn?: Turn; score?: number } = {},
): FoundText {
  const { left = 0, top = 0, confidence = 0.95, turn = 0, score = 0.9 } = place;
  const across = { width: text.length * letterWidth, height: lineHeight };
  const found = [...text.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    confidence,
    left: left + match.index * letterWidth,
    top,
    width: match[0].length * letterWidth,
    height: lineHeight,
  }));
  return { left, top, ...across, turn, score, text, confidence, words: found };
}

/** A patient, a physician, an institution and two dates. */
export const somebody: readonly DataElement[] = [
  words(0x00080020, 'DA', '20120903'),
  words(0x00080050, 'SH', '7731-2204'),
  words(0x00080080, 'LO', 'St Elsewhere Hospital'),
  words(0x00080090, 'PN', 'Okafor^John'),
  words(0x00100010, 'PN', 'Kaufman^Scott^Jay'),
  words(0x00100020, 'LO', '339833062'),
  words(0x00100030, 'DA', '19430722'),
];

export function contextOf(
  elements: readonly DataElement[] = somebody,
  profile: Profile = basicProfile,
): JudgeContext {
  return judgeContext(ct(...elements), profile);
}

/** The words of the line that a box covers to the last column, in order, with the reason. */
export function goes(text: string, context: JudgeContext = contextOf()): string[] {
  const found = line(text);
  const boxes = judgeTexts([found], context, 'identifying');
  return found.words.filter((word) => boxes.some((box) => holds(box, word))).map((word) => word.text);
}

function holds({ area }: JudgedArea, word: { left: number; width: number }): boolean {
  return area.left <= word.left && area.left + area.width >= word.left + word.width;
}
