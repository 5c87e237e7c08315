import type { DeviceRectangle } from '../../deidentify/pixels/pixel-policy.ts';
import { deviceRuleLimits } from '../device-rule-schema.ts';
import { quoted } from '../faults.ts';
import { ExpressionFault, parseCtpExpression } from './ctp-expression.ts';
import { ImportBuilder, type ImportedRules, ruleName } from './imported.ts';
import { testFault } from './test-limits.ts';

/**
 * Device rules from a script of CTP's DicomPixelAnonymizer: signatures in braces, each followed by regions
 * (left, top, width, height); all other text is comment. CTP blanks the regions of the first signature that fits; of
 * the rules made here all that fit hold, which blanks the same or more. Never throws.
 */
export function importCtpScript(script: string, provenance: string): ImportedRules {
  const builder = new ImportBuilder();
  const text = script.startsWith('\ufeff') ? script.slice(1) : script;
  const lineAt = lineCounter(text);
  let comment = '';
  const signatures = [...text.matchAll(/\{([^}]*)\}/g)];
  const [first] = signatures;
  if (first === undefined) {
    builder.fail(1, 'there is no signature: a script has them in braces');
    return builder.result();
  }
  reportStray(text.slice(0, first.index), 0, lineAt, builder);
  comment = lastWords(text.slice(0, first.index));
  for (const [index, found] of signatures.entries()) {
    const start = found.index;
    const end = start + found[0].length;
    const until = signatures[index + 1]?.index ?? text.length;
    const behind = text.slice(end, until);
    const line = lineAt(start);
    const rectangles = readRegions(behind, end, lineAt, builder);
    const name = ruleName(comment, 'CTP signature', line);
    comment = lastWords(behind);
    try {
      const when = parseCtpExpression(found[1] ?? '');
      const fault = testFault(when);
      if (fault !== undefined) builder.fail(line, `the signature ${fault}`);
      else if (rectangles.length === 0)
        builder.note(
          line,
          'the signature has no region: it blanks nothing here, and does not keep later ones from blanking, as in CTP',
        );
      else builder.rules.push({ name, provenance, when, action: 'blank', rectangles });
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      builder.fail(lineAt(start + 1 + error.offset), `the signature is not translated: ${error.message}`);
    }
  }
  builder.note(1, 'CTP applies the first signature that fits; here all rules that fit hold');
  const open = /[{}]/.exec(text.replaceAll(/\{[^}]*\}/g, (all) => ' '.repeat(all.length)));
  if (open !== null) builder.fail(lineAt(open.index), `a ${quoted(open[0])} has no counterpart`);
  return builder.result();
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

function readRegions(
  text: string,
  offset: number,
  lineAt: (offset: number) => number,
  builder: ImportBuilder,
): DeviceRectangle[] {
  const rectangles: DeviceRectangle[] = [];
  for (const found of text.matchAll(/\(([^)]*)\)/g)) {
    const line = lineAt(offset + found.index);
    const inside = found[1] ?? '';
    const parts = inside.split(',').map((part) => part.trim());
    if (parts.length !== 4 || !parts.every((part) => /^-?\d{1,6}$/.test(part))) {
      if (/\d\s*,/.test(inside)) builder.fail(line, `${quoted(found[0])} is no region of four numbers`);
      else builder.note(line, `${quoted(found[0])} is taken for a comment`);
      continue;
    }
    const [left = 0, top = 0, width = 0, height = 0] = parts.map(Number);
    const rectangle = inImage(left, top, width, height);
    if (rectangle === undefined)
      builder.fail(line, `the region ${quoted(found[0])} covers nothing of an image`);
    else rectangles.push(rectangle);
  }
  if (rectangles.length > deviceRuleLimits.rectangles)
    builder.fail(
      lineAt(offset),
      `there are more than ${deviceRuleLimits.rectangles} regions; the others are left out`,
    );
  return rectangles.slice(0, deviceRuleLimits.rectangles);
}

/** The part of a rectangle that can lie in an image: here negative places count from the far edge. */
export function inImage(
  left: number,
  top: number,
  width: number,
  height: number,
): DeviceRectangle | undefined {
  const { pixels } = deviceRuleLimits;
  const right = Math.min(left + width, 2 * pixels);
  const bottom = Math.min(top + height, 2 * pixels);
  const from = { left: Math.max(0, left), top: Math.max(0, top) };
  if (right <= from.left || bottom <= from.top || from.left > pixels || from.top > pixels) return undefined;
  return {
    ...from,
    width: Math.min(pixels, right - from.left),
    height: Math.min(pixels, bottom - from.top),
  };
}

function reportStray(
  text: string,
  offset: number,
  lineAt: (offset: number) => number,
  builder: ImportBuilder,
): void {
  for (const found of text.matchAll(/\(\s*\d+\s*,[^)]*\)/g))
    builder.fail(lineAt(offset + found.index), `the region ${quoted(found[0])} stands before any signature`);
}

/** The last line of a comment that has words. */
function lastWords(text: string): string {
  const lines = text
    .replaceAll(/\([^)]*\)/g, '\n')
    .split('\n')
    .map((line) => line.replaceAll(/[*=#_]+/g, ' ').trim())
    .filter((line) => /\p{L}/u.test(line));
  return lines.at(-1) ?? '';
}
