import { tableEdition } from '../deidentify/generated/table-e1-1.ts';
import type { PixelPolicy } from '../deidentify/pixels/pixel-policy.ts';
import { starterRules } from '../deidentify/pixels/starter-rules.ts';
import { type Outcome, outcomes } from './action-words.ts';
import { deviceActionDocs } from './device-rule-schema.ts';
import type { AskedInstance, Explanation } from './explain.ts';
import { conditionWords } from './explain.ts';
import { pixelFillDocs, pixelModeDocs, redactedEncodingDocs } from './pixel-schema.ts';
import type { LoadedProfile } from './profile-files.ts';
import { actionDocs, optionDocs } from './schema.ts';
import { sopClassKeyword } from './sop-classes.ts';

/** Headings in the order a privacy officer reads: what leaves first. */
const headings: Readonly<Record<Outcome, string>> = {
  kept: 'kept as they are',
  cleaned: 'kept without what identifies',
  shifted: 'dates, shifted',
  replaced: 'replaced',
  emptied: 'emptied',
  removed: 'removed',
  written: 'written by the gateway',
};

export interface ProfilePage {
  readonly loaded: LoadedProfile;
  readonly asked: AskedInstance;
  readonly explanations: readonly Explanation[];
  /** True when only some attributes were asked for. */
  readonly isPart: boolean;
}

/** How many attributes share an outcome. */
export function countsOf(explanations: readonly Explanation[]): Record<Outcome, number> {
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { outcome } of explanations) counts[outcome] += 1;
  return counts;
}

/** What a profile does, as text for a person, line by line. */
export function* profilePage(page: ProfilePage): Generator<string> {
  yield* profileHead(page);
  const counts = countsOf(page.explanations);
  yield page.isPart
    ? `The ${page.explanations.length} attributes asked for`
    : `The ${page.explanations.length} attributes of PS3.6`;
  for (const outcome of outcomes)
    if (counts[outcome] > 0) yield `  ${String(counts[outcome]).padStart(5)}  ${headings[outcome]}`;
  yield '';
  for (const outcome of outcomes) {
    const group = page.explanations.filter((explanation) => explanation.outcome === outcome);
    if (group.length === 0) continue;
    yield `${capital(headings[outcome])} (${group.length})`;
    yield '';
    yield* table(group);
    yield '';
  }
  if (page.isPart) return;
  yield 'Beyond the attributes of PS3.6';
  yield '';
  yield* beyondAttributes(page.loaded);
  yield '';
}

/** What a profile is made of, before its attributes: base, options, pixels, devices. */
export function* profileHead({ loaded, asked }: Pick<ProfilePage, 'loaded' | 'asked'>): Generator<string> {
  const { profile, file, notices } = loaded;
  const { definition } = profile;
  yield `Profile ${profile.id}, revision ${profile.revision}${file === undefined ? ', built in' : `, ${file}`}`;
  if (definition.description !== '') yield definition.description;
  yield '';
  yield `Base      Basic Application Level Confidentiality Profile (${tableEdition})`;
  const [first, ...others] = definition.options.map((option) => optionDocs[option]);
  yield `Options   ${first ?? 'none'}`;
  for (const other of others) yield `          ${other}`;
  if (definition.options.includes('retainSafePrivate'))
    yield `          safe private elements kept: ${definition.safePrivate.join(', ')}`;
  if (definition.descriptors.vocabulary === 'listed')
    yield `          descriptions keep only known words (${definition.descriptors.words.length} of them from the profile)`;
  if (definition.trueDeviceDates) yield '          true dates of devices are kept beside shifted dates';
  yield `Reports   structured content that no option cleans: ${policyWords(definition.structuredContent)}`;
  yield `          encapsulated documents: ${policyWords(definition.encapsulatedDocuments)}`;
  yield* pixelLines(definition.pixels);
  yield `Key       ${definition.keyId === '' ? 'the active one' : definition.keyId}`;
  yield `Rules     ${definition.rules.length === 0 ? 'none of its own' : `${definition.rules.length} of its own`}`;
  yield `For       ${askedWords(asked)}`;
  for (const notice of notices) yield `Notice    ${notice}`;
  yield '';
  yield 'Rules go for every depth; where a row has several codes (X/Z/D), the Type of the attribute at its place decides.';
  yield 'Text that stays is removed all the same where it repeats an identifier of its own object.';
  yield '';
}

/** What is done about text in the pixels, and every rule about devices that the profile brings. */
function* pixelLines(pixels: PixelPolicy): Generator<string> {
  yield `Pixels    likely to carry text: ${pixelModeDocs[pixels.highRisk]}`;
  yield `          all others: ${pixelModeDocs[pixels.lowRisk]}`;
  yield `          outside of ultrasound regions: ${pixels.ultrasoundRegions ? 'blanked' : 'no more than any other part'}`;
  yield `          boxes: ${pixels.padding} pixels wider on each side, ${pixelFillDocs[pixels.fill]}`;
  yield `          form in data sets that leave: ${redactedEncodingDocs[pixels.encoding]}`;
  if (pixels.harmlessWords.length > 0)
    yield `          harmless words of the profile: ${pixels.harmlessWords.join(', ')}`;
  yield `Devices   ${pixels.starterRules ? `the ${starterRules.length} rules that come with the gateway, and ` : ''}${pixels.deviceRules.length === 0 ? 'none' : pixels.deviceRules.length} of the profile's own`;
  for (const { name, action, provenance } of pixels.deviceRules)
    yield `          ${name}: ${deviceActionDocs[action]} (${provenance})`;
}

function policyWords(policy: 'hold' | 'replace'): string {
  return policy === 'hold' ? 'held for a person' : 'replaced by a stand-in without content';
}

function askedWords({ modality, sopClassUid, callingAeTitle }: AskedInstance): string {
  const parts = [
    modality === undefined ? '' : `modality ${modality}`,
    sopClassUid === undefined ? '' : sopClassKeyword(sopClassUid),
    callingAeTitle === undefined ? '' : `what ${callingAeTitle} sends`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'all instances' : parts.join(', ');
}

function* table(rows: readonly Explanation[]): Generator<string> {
  const widthOf = (cell: (row: Explanation) => string): number =>
    rows.reduce((width, row) => Math.max(width, cell(row).length), 0);
  const keyword = widthOf((row) => row.keyword);
  const vr = widthOf((row) => row.vr);
  const action = widthOf((row) => row.action);
  for (const row of rows) {
    yield `  ${row.tag}  ${row.keyword.padEnd(keyword)}  ${row.vr.padEnd(vr)}  ${row.action.padEnd(action)}  ${row.why}`;
    for (const other of row.unless ?? [])
      yield `               but ${other.action} where ${other.when} (own rule, line ${other.line}${other.weakens === true ? ', against PS3.15' : ''})`;
  }
}

/** Private elements and what PS3.6 does not know: no attributes with names to list. */
export function* beyondAttributes(loaded: LoadedProfile): Generator<string> {
  const { definition } = loaded.profile;
  const keepsSafe = definition.options.includes('retainSafePrivate');
  yield keepsSafe
    ? `  Private elements: kept where PS3.15 Table E.3.10-1 lists them (${definition.safePrivate.join(', ')}); all others removed`
    : '  Private elements: removed';
  for (const [index, rule] of definition.rules.entries()) {
    const { select, action } = rule;
    if (select.kind !== 'privateCreator') continue;
    const group = select.group === undefined ? '' : ` group ${hex(select.group, 4)}`;
    const element = select.element === undefined ? '' : ` element xx${hex(select.element, 2)}`;
    const when = rule.when === undefined ? '' : `, where ${conditionWords(rule)}`;
    yield `    ${select.creator}${group}${element}: ${actionDocs[action]}${when} (own rule, line ${loaded.ruleLines[index] ?? 0})`;
  }
  yield '  Elements that PS3.6 does not know, and public elements of VR UN: removed';
  yield '  Preamble, File Meta Information, digital signatures, curves and overlays: removed or written anew';
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
