import { builtInProfile } from '../deidentify/profile.ts';
import {
  emptyDefinition,
  type ProfileDefinition,
  type SafePrivateClass,
  safePrivateClasses,
} from '../deidentify/profile-definition.ts';
import { type ProfileOption, profileOptions } from '../deidentify/rules.ts';
import { FaultList, type ProfileFault, quoted } from './faults.ts';
import { readNotices } from './notices.ts';
import { type DeviceRuleReader, readPixels } from './pixels.ts';
import { asMap, asText, asTexts, asWord, Fields } from './reading.ts';
import { type PlacedRule, readRules } from './rules.ts';
import {
  bases,
  contentPolicies,
  descriptorProperties,
  keyIdPattern,
  limits,
  namePattern,
  profileProperties,
  vocabularies,
} from './schema.ts';
import { readSourceTree, type SourceNode, type SourceText } from './source-tree.ts';

export type ParsedProfile =
  | {
      readonly kind: 'ok';
      readonly definition: ProfileDefinition;
      /** Line of each rule of the definition, in its order. */
      readonly ruleLines: readonly number[];
      /** What the author should know of a profile that is allowed, such as a rule that keeps a name. */
      readonly notices: readonly ProfileFault[];
    }
  | { readonly kind: 'faulty'; readonly faults: readonly ProfileFault[] };

/**
 * A profile from its text, YAML 1.2 or JSON, or all of its faults at once, each with its place. `fileName` decides only
 * how strict the text is read: what is named .json must be JSON. Nothing is read from disk, nothing is guessed: an unknown
 * key, option, action, keyword, tag, VR, modality or SOP class is a fault. Files of device rules that the profile names are
 * asked of `readFile`; without it, naming one is a fault. Never throws, unless `readFile` does.
 */
export function parseProfile(text: string, fileName = '', readFile?: DeviceRuleReader): ParsedProfile {
  const faults = new FaultList();
  // Some editors put a byte order mark in front.
  const content = text.startsWith('\ufeff') ? text.slice(1) : text;
  const tree = readSourceTree(content, faults, /\.json$/i.test(fileName));
  const read = tree === undefined ? undefined : readProfile(tree, faults, readFile);
  if (read === undefined || !faults.isEmpty) return { kind: 'faulty', faults: faults.sorted() };
  const { definition, rules, pixelNotices } = read;
  return {
    kind: 'ok',
    definition,
    ruleLines: rules.map(({ line }) => line),
    notices: [...readNotices(definition, rules), ...pixelNotices],
  };
}

interface ReadProfile {
  readonly definition: ProfileDefinition;
  readonly rules: readonly PlacedRule[];
  readonly pixelNotices: readonly ProfileFault[];
}

/** Options of PS3.15 that are none here, and what takes their place. */
const notOptions: Readonly<Record<string, string>> = {
  cleanpixeldata: 'Clean Pixel Data follows from `pixels`, image by image; remove it here',
  cleanrecognizablevisualfeatures:
    'Clean Recognizable Visual Features is not offered: images known for them are held; remove it here',
};

function readOption(text: SourceText, faults: FaultList): ProfileOption | undefined {
  const plain = text.text
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .replace(/option$/, '');
  if (!Object.hasOwn(notOptions, plain)) return asWord<ProfileOption>(text, 'option', profileOptions, faults);
  faults.add(text, `${quoted(text.text)} is no option of a profile: ${notOptions[plain]}`);
  return undefined;
}

function readProfile(
  tree: SourceNode,
  faults: FaultList,
  readFile: DeviceRuleReader | undefined,
): ReadProfile | undefined {
  const map = asMap(tree, 'a profile', faults);
  if (map === undefined) return undefined;
  const fields = new Fields(map, 'the profile', [...Object.keys(profileProperties), '$schema'], faults);
  const name = readName(fields, faults);
  const description = asText(fields.get('description'), 'description', faults);
  if (description !== undefined && description.text.length > limits.description)
    faults.add(description, `the description has more than ${limits.description} characters`);
  asWord(asText(fields.get('base'), 'base', faults), 'base', bases, faults);
  const optionTexts = asTexts(fields.get('options'), 'options', faults);
  const options = optionTexts.flatMap((text) => readOption(text, faults) ?? []);
  const rules = readRules(fields.get('rules'), faults);
  const pixels = readPixels(fields.get('pixels'), faults, readFile);
  const empty = emptyDefinition(name);
  const definition: ProfileDefinition = {
    ...empty,
    description: description?.text.trim() ?? '',
    options: profileOptions.filter((option) => options.includes(option)),
    descriptors: readDescriptors(fields.get('descriptors'), faults) ?? empty.descriptors,
    safePrivate: readSafePrivate(fields, faults) ?? empty.safePrivate,
    structuredContent: readPolicy(fields, 'structuredContent', faults),
    encapsulatedDocuments: readPolicy(fields, 'encapsulatedDocuments', faults),
    pixels: pixels?.policy ?? empty.pixels,
    trueDeviceDates: readFlag(asText(fields.get('trueDeviceDates'), 'trueDeviceDates', faults), faults),
    keyId: readKeyId(asText(fields.get('keyId'), 'keyId', faults), faults),
    rules: rules.map(({ rule }) => rule),
  };
  findConflicts(definition, rules, fields, optionTexts, faults);
  return { definition, rules, pixelNotices: pixels?.notices ?? [] };
}

function readName(fields: Fields, faults: FaultList): string {
  const text = asText(fields.get('profile'), 'profile', faults);
  if (!fields.has('profile')) faults.add(fields.place, 'the profile has no name; begin with `profile: NAME`');
  if (text === undefined) return '';
  if (!new RegExp(namePattern).test(text.text))
    faults.add(
      text,
      `the name ${quoted(text.text)} must be small letters, digits and hyphens, begin with a letter, and have at most ${limits.name} characters`,
    );
  return text.text;
}

function readDescriptors(
  node: SourceNode | undefined,
  faults: FaultList,
): ProfileDefinition['descriptors'] | undefined {
  const map = node === undefined ? undefined : asMap(node, 'descriptors', faults);
  if (map === undefined) return undefined;
  const fields = new Fields(map, 'descriptors', Object.keys(descriptorProperties), faults);
  const vocabulary =
    asWord(asText(fields.get('vocabulary'), 'vocabulary', faults), 'vocabulary', vocabularies, faults) ??
    'any';
  const words = asTexts(fields.get('words'), 'words', faults, { max: limits.words }).flatMap((text) => {
    if (/^\S+$/.test(text.text) && text.text.length <= limits.wordLength) return [text.text];
    faults.add(text, `${quoted(text.text)} must be a single word of at most ${limits.wordLength} characters`);
    return [];
  });
  if (vocabulary === 'any' && fields.has('words'))
    faults.add(
      fields.placeOf('words'),
      'words have an effect with `vocabulary: listed` only; set it or remove them',
    );
  return { vocabulary, words };
}

function readSafePrivate(fields: Fields, faults: FaultList): SafePrivateClass[] | undefined {
  const node = fields.get('safePrivate');
  if (node === undefined) return undefined;
  if (node.kind === 'list' && node.items.length === 0)
    faults.add(node, 'safePrivate is an empty list; leave out retainSafePrivate instead');
  const given = asTexts(node, 'safePrivate', faults).flatMap(
    (text) =>
      asWord<SafePrivateClass>(text, 'class of safe private elements', safePrivateClasses, faults) ?? [],
  );
  return safePrivateClasses.filter((name) => given.includes(name));
}

function readPolicy(
  fields: Fields,
  key: 'structuredContent' | 'encapsulatedDocuments',
  faults: FaultList,
): 'hold' | 'replace' {
  return asWord(asText(fields.get(key), key, faults), `word for ${key}`, contentPolicies, faults) ?? 'hold';
}

function readFlag(text: SourceText | undefined, faults: FaultList): boolean {
  if (text === undefined) return false;
  if (text.isQuoted || (text.text !== 'true' && text.text !== 'false'))
    faults.add(text, `${quoted(text.text)} must be true or false`);
  return text.text === 'true';
}

function readKeyId(text: SourceText | undefined, faults: FaultList): string {
  if (text === undefined) return '';
  if (!new RegExp(keyIdPattern).test(text.text))
    faults.add(
      text,
      `the key id ${quoted(text.text)} must be 8 digits 0-9 and a-f, as the key ring names its keys`,
    );
  return text.text;
}

/** Settings that exclude each other, or that nothing would ever use. */
function findConflicts(
  definition: ProfileDefinition,
  rules: readonly PlacedRule[],
  fields: Fields,
  optionTexts: readonly SourceText[],
  faults: FaultList,
): void {
  const options = new Set(definition.options);
  const placeOf = (option: ProfileOption): SourceText | undefined =>
    optionTexts.find(({ text }) => text === option);
  const full = placeOf('retainLongFullDates');
  const modified = placeOf('retainLongModifiedDates');
  if (full !== undefined && modified !== undefined) {
    const second = optionTexts.indexOf(full) > optionTexts.indexOf(modified) ? full : modified;
    faults.add(
      second,
      'retainLongFullDates and retainLongModifiedDates exclude each other (PS3.15 E.3.6); remove one',
    );
  }
  for (const { rule, ...place } of rules) {
    if (full !== undefined && rule.action === 'shift')
      faults.add(
        place,
        'a shifted date beside the full dates of retainLongFullDates would tell the shift; remove one',
      );
  }
  const builtIn = builtInProfile(definition.name);
  if (builtIn !== undefined && saysMore(definition, builtIn.definition)) {
    faults.add(
      fields.get('profile') ?? fields.place,
      `the name ${quoted(definition.name)} belongs to the built-in profile, which says something else; choose another name`,
    );
  }
  // A misspelled option is one fault, not two.
  if (optionTexts.length > options.size) return;
  if (fields.has('safePrivate') && !options.has('retainSafePrivate'))
    faults.add(
      fields.placeOf('safePrivate'),
      'safePrivate has no effect without the option retainSafePrivate',
    );
  const cleansText =
    options.has('cleanDescriptors') ||
    options.has('cleanStructuredContent') ||
    options.has('cleanGraphics') ||
    rules.some(({ rule }) => rule.action === 'clean');
  if (fields.has('descriptors') && !cleansText)
    faults.add(
      fields.placeOf('descriptors'),
      'descriptors has no effect without the option cleanDescriptors',
    );
  if (definition.trueDeviceDates && !(options.has('retainDeviceIdentity') && modified !== undefined))
    faults.add(
      fields.placeOf('trueDeviceDates'),
      'trueDeviceDates has no effect without retainDeviceIdentity and retainLongModifiedDates',
    );
}

function saysMore(definition: ProfileDefinition, builtIn: ProfileDefinition): boolean {
  const content = (of: ProfileDefinition): string => JSON.stringify({ ...of, description: '' });
  return content(definition) !== content(builtIn);
}
