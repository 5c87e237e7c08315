import {
  type DeviceAction,
  type DeviceRectangle,
  type DeviceRule,
  deviceActions,
} from '../deidentify/pixels/pixel-policy.ts';
import {
  deviceRuleFileProperties,
  deviceRuleLimits,
  deviceRuleProperties,
  rectangleProperties,
} from './device-rule-schema.ts';
import { readDeviceTest } from './device-tests.ts';
import { FaultList, type ProfileFault, quoted, type SourcePlace } from './faults.ts';
import { asMap, asText, asWord, Fields } from './reading.ts';
import { readSourceTree, type SourceNode } from './source-tree.ts';

/** A rule with the place of its name, for faults that only show beside other rules. */
export interface PlacedDeviceRule extends SourcePlace {
  readonly rule: DeviceRule;
}

export type ParsedDeviceRules =
  | { readonly kind: 'ok'; readonly rules: readonly PlacedDeviceRule[] }
  | { readonly kind: 'faulty'; readonly faults: readonly ProfileFault[] };

/**
 * The rules of a file from its text, YAML 1.2 or JSON, or all of its faults at once, each with its place. What is named
 * .json must be JSON. Never throws.
 */
export function parseDeviceRules(text: string, fileName = ''): ParsedDeviceRules {
  const faults = new FaultList();
  const content = text.startsWith('\ufeff') ? text.slice(1) : text;
  const tree = readSourceTree(content, faults, /\.json$/i.test(fileName), {
    what: 'a file of device rules',
    beginning: 'deviceRules:',
  });
  const rules = tree === undefined ? undefined : readFile(tree, faults);
  if (rules === undefined || !faults.isEmpty) return { kind: 'faulty', faults: faults.sorted() };
  return { kind: 'ok', rules };
}

function readFile(tree: SourceNode, faults: FaultList): PlacedDeviceRule[] | undefined {
  const map = asMap(tree, 'a file of device rules', faults);
  if (map === undefined) return undefined;
  const fields = new Fields(
    map,
    'a file of device rules',
    [...Object.keys(deviceRuleFileProperties), '$schema'],
    faults,
  );
  shortText(fields, 'description', deviceRuleLimits.description, faults);
  const provenance = shortText(fields, 'provenance', deviceRuleLimits.provenance, faults);
  const node = fields.get('deviceRules');
  if (!fields.has('deviceRules'))
    faults.add(fields.place, 'the file has no rules; begin with `deviceRules:` and a list');
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    faults.add(node, 'deviceRules must be a list: each rule begins with "- "');
    return [];
  }
  if (node.items.length === 0) faults.add(node, 'deviceRules is an empty list');
  if (node.items.length > deviceRuleLimits.rules)
    faults.add(node, `there are more than ${deviceRuleLimits.rules} rules`);
  const rules = node.items
    .slice(0, deviceRuleLimits.rules)
    .flatMap((item) => readDeviceRule(item, faults, provenance) ?? []);
  findSameNames(rules, faults);
  return rules;
}

/** Boxes name the rule that chose them: a name stands for one rule. */
export function findSameNames(rules: readonly PlacedDeviceRule[], faults: FaultList): void {
  const names = new Set<string>();
  for (const { rule, ...place } of rules) {
    if (names.has(rule.name))
      faults.add(place, `two device rules have the name ${quoted(rule.name)}; rename one`);
    names.add(rule.name);
  }
}

/** One rule; undefined where its faults leave nothing of it. `provenance` is that of the file it stands in. */
export function readDeviceRule(
  node: SourceNode,
  faults: FaultList,
  provenance?: string,
): PlacedDeviceRule | undefined {
  const map = asMap(node, 'a device rule', faults);
  if (map === undefined) return undefined;
  const fields = new Fields(map, 'a device rule', Object.keys(deviceRuleProperties), faults);
  const name = shortText(fields, 'name', deviceRuleLimits.name, faults);
  const own = shortText(fields, 'provenance', deviceRuleLimits.provenance, faults);
  if (!fields.has('name')) faults.add(map, 'the device rule has no name; boxes are shown with it');
  if (!fields.has('provenance') && provenance === undefined)
    faults.add(map, 'the device rule does not say where it comes from; give it `provenance`');
  if (!fields.has('when'))
    faults.add(map, 'the device rule does not say when it holds; give it `when`, or `when: always`');
  const whenNode = fields.get('when');
  const when = whenNode === undefined ? undefined : readDeviceTest(whenNode, faults);
  const actionText = asText(fields.get('action'), 'action', faults);
  const action = asWord<DeviceAction>(actionText, 'action', deviceActions, faults, {
    black: 'blank',
    mask: 'blank',
    redact: 'blank',
    remove: 'blank',
    crop: 'keep',
    quarantine: 'hold',
  });
  if (!fields.has('action'))
    faults.add(map, `the device rule has no action; give it one of ${deviceActions.join(', ')}`);
  const rectangles = readRectangles(fields, faults);
  if (action !== undefined) {
    const takes = action === 'blank' || action === 'keep';
    if (takes && !fields.has('rectangles'))
      faults.add(actionText ?? map, `${action} needs \`rectangles\`, the parts of the image it is about`);
    if (!takes && fields.has('rectangles'))
      faults.add(
        fields.placeOf('rectangles'),
        `rectangles go with blank and keep only; ${action} does not use them`,
      );
  }
  if (name === undefined || when === undefined || action === undefined) return undefined;
  const { line, column } = fields.placeOf('name');
  return { line, column, rule: { name, provenance: own ?? provenance ?? '', when, action, rectangles } };
}

function shortText(fields: Fields, key: string, max: number, faults: FaultList): string | undefined {
  const node = asText(fields.get(key), key, faults);
  if (node === undefined) return undefined;
  const value = node.text.trim();
  if (value === '') faults.add(node, `${key} is blank; give it a text or remove it`);
  if (value.length > max) faults.add(node, `${key} has more than ${max} characters`);
  if (key === 'name' && /[\n\r\t]/.test(value)) faults.add(node, 'a name stands on one line');
  return value;
}

function readRectangles(fields: Fields, faults: FaultList): DeviceRectangle[] {
  const node = fields.get('rectangles');
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    faults.add(node, 'rectangles must be a list, such as [{ left: 0, top: 0, width: 640, height: 40 }]');
    return [];
  }
  if (node.items.length === 0) faults.add(node, 'rectangles is an empty list');
  if (node.items.length > deviceRuleLimits.rectangles)
    faults.add(node, `rectangles has more than ${deviceRuleLimits.rectangles} entries`);
  return node.items
    .slice(0, deviceRuleLimits.rectangles)
    .flatMap((item) => readRectangle(item, faults) ?? []);
}

function readRectangle(node: SourceNode, faults: FaultList): DeviceRectangle | undefined {
  const map = asMap(node, 'a rectangle', faults);
  if (map === undefined) return undefined;
  if (map.entries.length === 0)
    faults.add(map, 'the rectangle says nothing; give it left, top, width or height');
  const fields = new Fields(map, 'a rectangle', Object.keys(rectangleProperties), faults);
  const { pixels } = deviceRuleLimits;
  const place = (key: 'left' | 'top'): number => whole(fields.get(key), key, -pixels, pixels, faults) ?? 0;
  const size = (key: 'width' | 'height'): number => whole(fields.get(key), key, 1, pixels, faults) ?? 0;
  const frames = readFrames(fields.get('frames'), faults);
  return {
    left: place('left'),
    top: place('top'),
    width: size('width'),
    height: size('height'),
    ...(frames === undefined ? {} : { frames }),
  };
}

function readFrames(
  node: SourceNode | undefined,
  faults: FaultList,
): [first: number, last: number] | undefined {
  if (node === undefined) return undefined;
  const parts = node.kind === 'list' ? node.items : [node, node];
  if (parts.length !== 2) {
    faults.add(node, 'frames must be one frame, or first and last, such as [1, 10]');
    return undefined;
  }
  const [first, last] = parts.map((part) => whole(part, 'a frame', 1, deviceRuleLimits.frames, faults));
  if (first === undefined || last === undefined) return undefined;
  if (last < first) faults.add(node, `the last frame ${last} comes before the first one ${first}`);
  return [first, last];
}

/** A whole number between two others; undefined with a fault for anything else. */
export function whole(
  node: SourceNode | undefined,
  what: string,
  least: number,
  most: number,
  faults: FaultList,
): number | undefined {
  const text = asText(node, what, faults);
  if (text === undefined) return undefined;
  const value = /^-?\d{1,9}$/.test(text.text) && !text.isQuoted ? Number(text.text) : undefined;
  if (value !== undefined && value >= least && value <= most) return value;
  faults.add(text, `${what} must be a whole number from ${least} to ${most}, not ${quoted(text.text)}`);
  return undefined;
}
