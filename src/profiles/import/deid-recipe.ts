import type { DeviceRectangle, DeviceRule, DeviceTest } from '../../deidentify/pixels/pixel-policy.ts';
import { deviceRuleLimits } from '../device-rule-schema.ts';
import { quoted } from '../faults.ts';
import { joined } from './ctp-expression.ts';
import { type Coordinates, type MaskedLabel, maskOf, parseCoordinates } from './deid-coordinates.ts';
import { combined, LineFault, parseDeidLine } from './deid-tests.ts';
import { ImportBuilder, type ImportedRules, ruleName } from './imported.ts';
import { testFault } from './test-limits.ts';

const ultrasoundRegions: DeviceTest = { tag: '00186011', is: 'present' };
const always: DeviceTest = { all: [] };

interface Label extends MaskedLabel {
  readonly line: number;
  readonly name: string;
  readonly group: string;
  readonly when: DeviceTest;
}

/**
 * Device rules from the filters of a recipe of pydicom/deid. A label with coordinates becomes a rule that blanks or keeps;
 * one without holds the image where it stands in a blacklist, and else treats it as of high risk. Labels of a whitelist are
 * not translated: nothing here passes because a recipe says so. Other sections (header, labels, values, fields) are no
 * matter of device rules. Never throws.
 */
export function importDeidRecipe(recipe: string, provenance: string): ImportedRules {
  const builder = new ImportBuilder();
  const labels = readLabels(recipe.startsWith('\ufeff') ? recipe.slice(1) : recipe, builder);
  for (const rule of rulesOf(labels, builder)) {
    const fault = testFault(rule.when);
    if (fault === undefined) builder.rules.push({ ...rule, provenance });
    else builder.fail(Number(/line (\d+)/.exec(rule.name)?.[1] ?? 1), `the label ${fault}`);
  }
  return builder.result();
}

interface OpenLabel {
  readonly line: number;
  readonly name: string;
  readonly group: string;
  when: DeviceTest | undefined;
  faulty: boolean;
  readonly coordinates: Coordinates[];
}

function readLabels(text: string, builder: ImportBuilder): Label[] {
  const labels: Label[] = [];
  let section = '';
  let group = '';
  let format = false;
  let open: OpenLabel | undefined;
  const close = (): void => {
    if (open !== undefined) labels.push(...closed(open, builder));
    open = undefined;
  };
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    if (content.startsWith('%')) {
      close();
      [section, group] = readSection(content, line, builder);
    } else if (section === '' && /^format\b/i.test(content)) {
      format = true;
      if (!/^format\s+dicom$/i.test(content)) builder.fail(line, 'only recipes of FORMAT dicom are known');
    } else if (section !== 'filter') {
      // The section itself was reported.
      if (section === '') builder.fail(line, `${quoted(content)} stands in no section`);
    } else if (/^label\b/i.test(content)) {
      close();
      const words = content.slice(5).split('#')[0] ?? '';
      open = {
        line,
        name: ruleName(words, 'deid label', line),
        group,
        when: undefined,
        faulty: false,
        coordinates: [],
      };
    } else if (open === undefined) builder.fail(line, `${quoted(content)} stands in no label`);
    else readMember(open, content, line, builder);
  }
  close();
  if (!format) builder.note(1, 'the recipe does not say FORMAT dicom; it is read as one of DICOM');
  return labels;
}

function readSection(
  content: string,
  line: number,
  builder: ImportBuilder,
): [section: string, group: string] {
  const [word = '', ...name] = (content.split('#')[0] ?? '').trim().split(/\s+/);
  const section = word.slice(1).toLowerCase();
  if (section === 'filter') return [section, name.join(' ').toLowerCase()];
  if (['header', 'labels', 'values', 'fields'].includes(section))
    builder.note(line, `%${section} is no matter of device rules; a profile says what becomes of attributes`);
  else builder.fail(line, `the section ${quoted(content)} is not known; its lines are left out`);
  return [section === '' ? 'unknown' : section, ''];
}

function readMember(label: OpenLabel, content: string, line: number, builder: ImportBuilder): void {
  try {
    const coordinates = parseCoordinates(content, line);
    if (coordinates !== undefined) {
      label.coordinates.push(coordinates);
      return;
    }
    const { operator, test } = parseDeidLine(content);
    if (label.faulty) return;
    label.when = label.when === undefined ? test : combined(label.when, operator, test);
    const fault = testFault(label.when);
    if (fault !== undefined) throw new LineFault(`the label ${fault}`);
  } catch (error) {
    if (!(error instanceof LineFault)) throw error;
    builder.fail(line, error.message);
    label.faulty = true;
  }
}

/** A label of which a line has no translation has none: what is left of it would mean something else. */
function closed(label: OpenLabel, builder: ImportBuilder): Label[] {
  const { line, name, group, coordinates } = label;
  if (label.faulty) {
    builder.fail(line, 'the label is not translated, as one of its lines is not');
    return [];
  }
  if (label.when === undefined && coordinates.length === 0) {
    builder.fail(line, 'the label says nothing');
    return [];
  }
  if (/^(white|allow)list$/.test(group)) {
    builder.fail(
      line,
      'the label lets images pass, which is not translated; write a rule with `action: pass`',
    );
    return [];
  }
  if (coordinates.length > deviceRuleLimits.rectangles) {
    builder.fail(line, `the label has more than ${deviceRuleLimits.rectangles} lines of coordinates`);
    return [];
  }
  return [{ line, name, group, when: label.when ?? always, ...maskOf(coordinates) }];
}

type MadeRule = Omit<DeviceRule, 'provenance'>;

/** All labels share one mask in deid, where a later `keepcoordinates` gives back what an earlier label blanked. */
function rulesOf(labels: readonly Label[], builder: ImportBuilder): MadeRule[] {
  const rules: MadeRule[] = [];
  for (const [index, label] of labels.entries()) {
    const { line, name, group, when } = label;
    if (label.blanksRegions)
      builder.fail(line, 'coordinates from ultrasound regions would blank the image; not translated');
    if (label.isEmpty) {
      rules.push({ name, when, action: group === 'blacklist' ? 'hold' : 'treat', rectangles: [] });
      continue;
    }
    const given = labels.slice(index + 1).filter((later) => later.givesBack);
    if (label.base === 'blank' && label.rectangles.length === 0 && !label.keepsRegions)
      rules.push(...wholeImage(label, given));
    else if (label.base === 'blank') rules.push(...framed(label, builder));
    else {
      if (label.rectangles.length > 0)
        rules.push({ name, when, action: 'blank', rectangles: label.rectangles });
      if (label.givesBack) reportGivenBack(label, labels.slice(0, index), builder);
    }
  }
  return rules;
}

const whole: readonly DeviceRectangle[] = [{ left: 0, top: 0, width: 0, height: 0 }];

/** Everything is blanked, but for what later labels give back where they hold. */
function wholeImage({ name, when, line }: Label, given: readonly Label[]): MadeRule[] {
  const nots = given.map((later): DeviceTest => ({ not: gives(later) }));
  const rules: MadeRule[] = [];
  if (!given.some((later) => implies(when, gives(later))))
    rules.push({
      name,
      when: nots.length === 0 ? when : joined('all', [when, ...nots]),
      action: 'blank',
      rectangles: whole,
    });
  for (const later of given)
    if (later.kept.length > 0)
      rules.push({
        name: `${later.name}, after line ${line}`,
        when: joined('all', [when, later.when]),
        action: 'keep',
        rectangles: later.kept,
      });
  return rules;
}

/** When a label gives something back: ultrasound regions only where there are any. */
function gives(label: Label): DeviceTest {
  const { when, kept, keepsRegions } = label;
  if (kept.length > 0 || !keepsRegions || JSON.stringify(when) === JSON.stringify(ultrasoundRegions))
    return when;
  return joined('all', [when, ultrasoundRegions]);
}

/**
 * Whether every image that passes one test passes the other, as far as their form shows: a rule that asks for the one and
 * against the other would never fit.
 */
function implies(when: DeviceTest, other: DeviceTest): boolean {
  if ('all' in other) return other.all.every((part) => implies(when, part));
  if (JSON.stringify(when) === JSON.stringify(other)) return true;
  if ('all' in when) return when.all.some((part) => implies(part, other));
  return 'any' in when && when.any.length > 0 && when.any.every((part) => implies(part, other));
}

/** `coordinates all` and what the same label keeps of it. */
function framed({ name, when, line, rectangles, keepsRegions }: Label, builder: ImportBuilder): MadeRule[] {
  if (!keepsRegions) return [{ name, when, action: 'keep', rectangles }];
  if (rectangles.length > 0) {
    builder.fail(line, 'keepcoordinates from ultrasound regions beside others is not translated');
    return [];
  }
  builder.note(
    line,
    'what lies outside ultrasound regions is blanked by `ultrasoundRegions: true` of the profile',
  );
  if (implies(when, ultrasoundRegions)) return [];
  return [
    { name, when: joined('all', [when, { not: ultrasoundRegions }]), action: 'blank', rectangles: whole },
  ];
}

function reportGivenBack(label: Label, earlier: readonly Label[], builder: ImportBuilder): void {
  const blanking = earlier.filter(({ isEmpty }) => !isEmpty);
  const isWhole = (other: Label): boolean =>
    other.base === 'blank' && other.rectangles.length === 0 && !other.keepsRegions;
  if (blanking.length === 0)
    builder.note(label.line, 'keepcoordinates have no effect: nothing was blanked before them');
  else if (blanking.every(isWhole)) {
    if (label.keepsRegions)
      builder.note(label.line, 'ultrasound regions are kept by `ultrasoundRegions: true` of the profile');
    if (label.keepsRegions && label.kept.length > 0)
      builder.fail(label.line, 'keepcoordinates from ultrasound regions beside others is not translated');
  } else
    builder.fail(
      label.line,
      'keepcoordinates that give back what earlier labels blanked are not translated: it stays blanked',
    );
}
