import type { DeviceRectangle, DeviceRule, DeviceTest } from '../../deidentify/pixels/pixel-policy.ts';
import { lookup } from '../../dicom/dictionary.ts';
import { attributeByKeyword } from '../attributes.ts';

/** Rules as a file of device rules in YAML, which `parseDeviceRules` reads back into the same rules. */
export function writeDeviceRules(rules: readonly DeviceRule[], comments: readonly string[] = []): string {
  const [first] = rules;
  const provenance =
    first !== undefined && rules.every((rule) => rule.provenance === first.provenance)
      ? first.provenance
      : undefined;
  const lines = comments.map((comment) => `# ${comment.replaceAll(/\s+/g, ' ')}`);
  if (provenance !== undefined) lines.push(`provenance: ${quotedText(provenance)}`);
  lines.push('deviceRules:');
  for (const rule of rules) {
    lines.push(`  - name: ${quotedText(rule.name)}`);
    if (provenance === undefined) lines.push(`    provenance: ${quotedText(rule.provenance)}`);
    lines.push(...whenLines(rule.when), `    action: ${rule.action}`);
    if (rule.rectangles.length > 0) {
      lines.push('    rectangles:');
      for (const rectangle of rule.rectangles) lines.push(`      - ${rectangleText(rectangle)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function whenLines(when: DeviceTest): string[] {
  if (!('all' in when) || when.all.length === 0) return [`    when: ${testText(when)}`];
  return ['    when:', ...when.all.map((test) => `      - ${testText(test)}`)];
}

function testText(test: DeviceTest): string {
  if ('all' in test)
    return test.all.length === 0 ? 'always' : `{ all: [${test.all.map(testText).join(', ')}] }`;
  if ('any' in test) return `{ any: [${test.any.map(testText).join(', ')}] }`;
  if ('not' in test) return `{ not: ${testText(test.not)} }`;
  if (!('values' in test)) return `{ ${subjectText(test.tag)}, ${test.is}: true }`;
  const values = test.values.map(quotedText);
  const value = values.length === 1 ? (values[0] ?? '') : `[${values.join(', ')}]`;
  if (test.tag === 'callingAeTitle') return `{ callingAeTitle: ${value} }`;
  const flags = [
    ...(test.wholeValue === true ? ['wholeValue: true'] : []),
    ...(test.caseSensitive === true ? ['caseSensitive: true'] : []),
  ];
  return `{ ${[subjectText(test.tag), `${test.is}: ${value}`, ...flags].join(', ')} }`;
}

function subjectText(digits: string): string {
  const tag = Number.parseInt(digits, 16);
  const keyword = lookup(tag)?.keyword;
  // The keyword of a repeating group stands for its first group.
  if (keyword !== undefined && attributeByKeyword(keyword)?.tag === tag) return `keyword: ${keyword}`;
  return `tag: "${digits.slice(0, 4)},${digits.slice(4)}"`;
}

function rectangleText({ left, top, width, height, frames }: DeviceRectangle): string {
  const parts = [`left: ${left}`, `top: ${top}`];
  if (width !== 0) parts.push(`width: ${width}`);
  if (height !== 0) parts.push(`height: ${height}`);
  if (frames !== undefined) parts.push(`frames: [${frames[0]}, ${frames[1]}]`);
  return `{ ${parts.join(', ')} }`;
}

/** JSON's quotes are YAML's double quotes. */
function quotedText(text: string): string {
  return JSON.stringify(text);
}
