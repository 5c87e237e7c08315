import {
  type DeviceRule,
  type PixelFill,
  type PixelMode,
  type PixelPolicy,
  pixelFills,
  pixelModes,
  type RedactedEncoding,
  redactedEncodings,
  standardPixelPolicy,
} from '../deidentify/pixels/pixel-policy.ts';
import { deviceRuleLimits } from './device-rule-schema.ts';
import {
  findSameNames,
  type ParsedDeviceRules,
  type PlacedDeviceRule,
  readDeviceRule,
  whole,
} from './device-rules.ts';
import { type FaultList, type ProfileFault, quoted, type SourcePlace } from './faults.ts';
import { pixelLimits, pixelProperties } from './pixel-schema.ts';
import { asMap, asText, asTexts, asWord, Fields } from './reading.ts';
import type { SourceNode, SourceText } from './source-tree.ts';

/** A file of device rules that a profile names, as whoever may read files found it. */
export type DeviceRuleFile = ParsedDeviceRules & {
  /** As messages shall name it. */
  readonly file: string;
};

/** Reads a file of device rules by its path as the profile writes it. */
export type DeviceRuleReader = (path: string) => DeviceRuleFile;

/** The policy with what the author should know of it. */
export interface PlacedPolicy {
  readonly policy: PixelPolicy;
  readonly notices: readonly ProfileFault[];
}

/** The `pixels:` block of a profile; undefined where there is none. */
export function readPixels(
  node: SourceNode | undefined,
  faults: FaultList,
  readFile: DeviceRuleReader | undefined,
): PlacedPolicy | undefined {
  const map = node === undefined ? undefined : asMap(node, 'pixels', faults);
  if (map === undefined) return undefined;
  const fields = new Fields(map, 'pixels', Object.keys(pixelProperties), faults);
  const standard = standardPixelPolicy;
  const mode = (key: 'highRisk' | 'lowRisk'): PixelMode =>
    asWord<PixelMode>(
      asText(fields.get(key), key, faults),
      `word for ${key}`,
      pixelModes,
      faults,
      modeSynonyms,
    ) ?? standard[key];
  const rules = readRules(fields.get('deviceRules'), faults, readFile);
  const policy: PixelPolicy = {
    highRisk: mode('highRisk'),
    lowRisk: mode('lowRisk'),
    ultrasoundRegions: readFlag(fields, 'ultrasoundRegions', faults) ?? standard.ultrasoundRegions,
    starterRules: readFlag(fields, 'starterRules', faults) ?? standard.starterRules,
    deviceRules: rules.map(({ rule }) => rule),
    fill:
      asWord<PixelFill>(asText(fields.get('fill'), 'fill', faults), 'fill', pixelFills, faults) ??
      standard.fill,
    padding: whole(fields.get('padding'), 'padding', 0, pixelLimits.padding, faults) ?? standard.padding,
    harmlessWords: readWords(fields, faults),
    encoding:
      asWord<RedactedEncoding>(
        asText(fields.get('encoding'), 'encoding', faults),
        'encoding',
        redactedEncodings,
        faults,
      ) ?? standard.encoding,
  };
  if (map.entries.length === 0) faults.add(map, 'pixels says nothing; give it a key or remove it');
  if (fields.has('harmlessWords') && ![policy.highRisk, policy.lowRisk].includes('identifying'))
    faults.add(
      fields.placeOf('harmlessWords'),
      'harmlessWords have an effect with `identifying` only; set highRisk or lowRisk to it, or remove them',
    );
  return { policy, notices: [...policyNotices(policy, fields), ...ruleNotices(rules, policy)] };
}

const modeSynonyms: Readonly<Record<string, PixelMode>> = {
  everything: 'all',
  identifiers: 'identifying',
  keep: 'none',
  off: 'none',
  false: 'none',
  pass: 'none',
};

function readFlag(fields: Fields, key: string, faults: FaultList): boolean | undefined {
  const text = asText(fields.get(key), key, faults);
  if (text === undefined) return undefined;
  if (text.isQuoted || (text.text !== 'true' && text.text !== 'false'))
    faults.add(text, `${quoted(text.text)} must be true or false`);
  return text.text === 'true';
}

function readWords(fields: Fields, faults: FaultList): string[] {
  const node = fields.get('harmlessWords');
  if (node?.kind === 'list' && node.items.length === 0) faults.add(node, 'harmlessWords is an empty list');
  return asTexts(node, 'harmlessWords', faults, { max: pixelLimits.words }).flatMap((text) => {
    const word = text.text.trim();
    if (/^\S+$/.test(word) && word.length <= pixelLimits.wordLength) return [word];
    faults.add(
      text,
      `${quoted(text.text)} must be a single word of at most ${pixelLimits.wordLength} characters`,
    );
    return [];
  });
}

function readRules(
  node: SourceNode | undefined,
  faults: FaultList,
  readFile: DeviceRuleReader | undefined,
): PlacedDeviceRule[] {
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    faults.add(node, 'deviceRules must be a list of files and rules, such as [./device-rules.yaml]');
    return [];
  }
  if (node.items.length === 0) faults.add(node, 'deviceRules is an empty list');
  const files = new Set<string>();
  const rules: PlacedDeviceRule[] = [];
  for (const item of node.items.slice(0, deviceRuleLimits.rules)) {
    if (item.kind !== 'text') rules.push(...list(readDeviceRule(item, faults)));
    else if (files.has(item.text))
      faults.add(item, `the file ${quoted(item.text)} stands here twice; remove one`);
    else rules.push(...rulesOfFile(item, faults, readFile));
    if (item.kind === 'text') files.add(item.text);
  }
  if (rules.length > deviceRuleLimits.rules)
    faults.add(node, `there are more than ${deviceRuleLimits.rules} device rules`);
  findSameNames(rules, faults);
  return rules.slice(0, deviceRuleLimits.rules);
}

const list = <T>(one: T | undefined): T[] => (one === undefined ? [] : [one]);

function rulesOfFile(
  item: SourceText,
  faults: FaultList,
  readFile: DeviceRuleReader | undefined,
): PlacedDeviceRule[] {
  const path = item.text.trim();
  if (path === '' || path.length > pixelLimits.fileName) {
    faults.add(item, `a file of device rules is named by a path of 1 to ${pixelLimits.fileName} characters`);
    return [];
  }
  if (readFile === undefined) {
    faults.add(item, 'files of device rules cannot be read here; write the rules into the profile');
    return [];
  }
  const found = readFile(path);
  if (found.kind === 'ok') return found.rules.map((rule) => ({ ...rule, file: found.file }));
  for (const fault of found.faults) faults.add({ file: found.file, ...fault }, fault.message);
  faults.add(item, `the file ${quoted(path)} has faults`);
  return [];
}

function policyNotices(policy: PixelPolicy, fields: Fields): ProfileFault[] {
  const notices: ProfileFault[] = [];
  const note = (key: string, message: string): void => {
    const { line, column } = fields.placeOf(key);
    notices.push({ line, column, message });
  };
  if (policy.highRisk === 'none')
    note('highRisk', 'names in the pixels leave: images that are likely to carry text pass as they are');
  if (policy.highRisk === 'identifying')
    note(
      'highRisk',
      'text stays in images that are likely to carry identifiers, where nothing tells it from a harmless annotation',
    );
  if (!policy.ultrasoundRegions)
    note('ultrasoundRegions', 'what stands beside the ultrasound image is blanked only where text is found');
  if (!policy.starterRules)
    note('starterRules', 'banners of known devices are blanked only where text is found');
  return notices;
}

function ruleNotices(
  rules: readonly PlacedDeviceRule[],
  { highRisk }: Pick<PixelPolicy, 'highRisk'>,
): ProfileFault[] {
  return rules.flatMap(({ rule, ...place }) => {
    const message = ruleNotice(rule, highRisk);
    return message === undefined ? [] : [{ ...placeOf(place), message }];
  });
}

function ruleNotice({ action, name }: DeviceRule, highRisk: PixelMode): string | undefined {
  if (action === 'pass')
    return `the device rule ${quoted(name)} lets images pass as of low risk, whatever else speaks for text in them`;
  if (action === 'treat' && highRisk === 'none')
    return `the device rule ${quoted(name)} has images treated as of high risk, and highRisk: none lets those pass as they are`;
  return undefined;
}

function placeOf({ line, column, file }: SourcePlace): SourcePlace {
  return file === undefined ? { line, column } : { line, column, file };
}
