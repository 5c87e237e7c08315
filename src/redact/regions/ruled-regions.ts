import type { ErrorCode } from '../../core/errors.ts';
import type { PixelBox, RedactionBox } from '../../core/redaction.ts';
import type { DeidentifyInput } from '../../deidentify/deidentify.ts';
import type { DeviceRectangle, DeviceRule, PixelPolicy } from '../../deidentify/pixels/pixel-policy.ts';
import { starterRules } from '../../deidentify/pixels/starter-rules.ts';
import { holds, testedInstance } from './device-tests.ts';
import { clipped, complement, coveredPixels } from './rectangles.ts';
import { outsideUltrasoundRegions } from './ultrasound-regions.ts';

export interface RegionContext {
  readonly policy: PixelPolicy;
  readonly columns: number;
  readonly rows: number;
  readonly numberOfFrames: number;
  /** AE title of the sender; absent offline. */
  readonly callingAeTitle?: string;
  /** Codes a person has accepted: invalid ultrasound regions are then left out, and rules hold nothing. */
  readonly releasedCodes?: readonly string[];
}

export type RuledRegions =
  | {
      readonly kind: 'regions';
      /** Inside the image, without padding. They may overlap. */
      readonly boxes: readonly RedactionBox[];
      /** What rules say of the risk: above all guesses from the header. */
      readonly risk?: 'treat' | 'pass';
    }
  | {
      readonly kind: 'held';
      readonly code: ErrorCode;
      readonly detail: string;
      /** What would be blanked all the same, for whoever decides. */
      readonly boxes: readonly RedactionBox[];
    };

/**
 * What rules say of the pixels of one instance, before anybody looks at them: areas outside the Sequence of Ultrasound
 * Regions, the rectangles of every device rule that fits, the starter rules and those of the profile alike, and whether the
 * image is of high or low risk, or for a person. The text search comes on top; nothing here takes its place.
 *
 * Ultrasound regions that contradict the image, as of one that was scaled down by half, are not used: the image is
 * treated as of high risk, so that the text search decides alone; where the profile does not search, it is held.
 *
 * Of the profile's own rules about risk, `hold` beats `treat` and `treat` beats `pass`; where one of them fits, the starter
 * rules about risk are not asked. A rectangle is cut at the edges of the image. One that lies outside altogether was written
 * for another picture of that device: the image is treated as of high risk; it is held where the profile does not search, and
 * where nothing would be kept of it. An objection that a person has accepted leaves the image of high risk. A starter rule blanks nothing
 * that the regions of the image leave out already, all but an edge.
 *
 * Held with PIXEL_REGION_INVALID, where `detail` is a fixed word, or DEVICE_RULE_HOLD, where it names the first rule that holds.
 */
export function ruledRegions(input: DeidentifyInput, context: RegionContext): RuledRegions {
  const { policy } = context;
  const boxes: RedactionBox[] = [];
  const objections: { readonly code: ErrorCode; readonly detail: string }[] = [];
  let missed = false;
  let kept: readonly PixelBox[] = [];
  if (policy.ultrasoundRegions) {
    const outside = outsideUltrasoundRegions(input.dataSet, context.columns, context.rows);
    if (outside.kind === 'invalid') {
      missed = true;
      if (policy.highRisk === 'none')
        objections.push({ code: 'PIXEL_REGION_INVALID', detail: outside.detail });
    }
    if (outside.kind === 'outside') {
      kept = outside.kept;
      for (const box of outside.boxes)
        boxes.push({
          frame: 1,
          frames: context.numberOfFrames,
          ...box,
          source: 'ultrasound-region',
          reason: 'outside-regions',
        });
    }
  }
  const instance = testedInstance(input.dataSet, context.callingAeTitle);
  const own = policy.deviceRules.filter((rule) => holds(rule.when, instance));
  const starter = policy.starterRules ? starterRules.filter((rule) => holds(rule.when, instance)) : [];
  for (const rule of [...own, ...starter]) {
    const applied = applyRule(rule, context);
    missed ||= applied.kind === 'missed';
    if (applied.kind === 'nothing-kept') {
      objections.push({ code: 'PIXEL_REGION_INVALID', detail: 'nothing kept' });
      continue;
    }
    if (applied.kind === 'missed' && policy.highRisk === 'none')
      objections.push({ code: 'PIXEL_REGION_INVALID', detail: 'rectangle outside' });
    if (policy.deviceRules.includes(rule)) boxes.push(...applied.boxes);
    else boxes.push(...applied.boxes.filter((box) => !leavesOut(kept, box)));
  }
  const risk = riskOf(own) ?? riskOf(starter);
  if (risk === 'hold') {
    const holding = [...own, ...starter].find(({ action }) => action === 'hold');
    objections.push({ code: 'DEVICE_RULE_HOLD', detail: `device rule ${holding?.name ?? ''}`.trimEnd() });
  }
  const held = objections.find(({ code }) => context.releasedCodes?.includes(code) !== true);
  if (held !== undefined) return { kind: 'held', ...held, boxes };
  if (missed || objections.length > 0) return { kind: 'regions', boxes, risk: 'treat' };
  return risk === 'treat' || risk === 'pass' ? { kind: 'regions', boxes, risk } : { kind: 'regions', boxes };
}

/**
 * Whether the regions of this very image leave a box out, all but an edge: then what the starter rules know of such
 * machines says nothing more, and their box would take a strip of the image.
 */
function leavesOut(kept: readonly PixelBox[], box: PixelBox): boolean {
  if (kept.length === 0) return false;
  const inside = kept.map((one) => ({ ...one, left: one.left - box.left, top: one.top - box.top }));
  return 2 * coveredPixels(inside, box.width, box.height) < box.width * box.height;
}

function riskOf(rules: readonly DeviceRule[]): 'treat' | 'pass' | 'hold' | undefined {
  return (['hold', 'treat', 'pass'] as const).find((action) => rules.some((rule) => rule.action === action));
}

type Applied =
  | { readonly kind: 'applied' | 'missed'; readonly boxes: readonly RedactionBox[] }
  | { readonly kind: 'nothing-kept' };

/** A rectangle of a rule in an image, and the frames it is about. */
interface Placed {
  readonly box: PixelBox;
  readonly first: number;
  readonly last: number;
}

function applyRule(rule: DeviceRule, context: RegionContext): Applied {
  const { columns, rows } = context;
  if (rule.action !== 'blank' && rule.action !== 'keep') return { kind: 'applied', boxes: [] };
  const placed: Placed[] = [];
  let missed = false;
  for (const rectangle of rule.rectangles) {
    const box = clipped(absolute(rectangle, columns, rows), columns, rows);
    if (box === undefined) {
      missed = true;
      continue;
    }
    const [first, last] = rectangle.frames ?? [1, context.numberOfFrames];
    if (first <= context.numberOfFrames)
      placed.push({ box, first, last: Math.min(last, context.numberOfFrames) });
  }
  const kind = missed ? 'missed' : 'applied';
  const marks = { source: 'rule', reason: 'device-rule', rule: rule.name } as const;
  if (rule.action === 'blank')
    return {
      kind,
      boxes: placed.map(({ box, first, last }) => ({
        frame: first,
        frames: last - first + 1,
        ...box,
        ...marks,
      })),
    };
  if (placed.length === 0) return { kind: 'nothing-kept' };
  const boxes: RedactionBox[] = [];
  for (const [first, last] of stretches(placed, context.numberOfFrames)) {
    const kept = placed.filter((one) => one.first <= first && one.last >= last).map(({ box }) => box);
    for (const box of complement(kept, columns, rows))
      boxes.push({ frame: first, frames: last - first + 1, ...box, ...marks });
  }
  return { kind, boxes };
}

/** Negative places counted from the far edge; a size of 0 reaches to it. */
function absolute(rectangle: DeviceRectangle, columns: number, rows: number): PixelBox {
  const left = rectangle.left < 0 ? columns + rectangle.left : rectangle.left;
  const top = rectangle.top < 0 ? rows + rectangle.top : rectangle.top;
  const width = rectangle.width === 0 ? columns - left : rectangle.width;
  const height = rectangle.height === 0 ? rows - top : rectangle.height;
  return { left, top, width, height };
}

/** Runs of frames over which the same rectangles hold. */
function stretches(placed: readonly Placed[], numberOfFrames: number): [first: number, last: number][] {
  const starts = new Set([1]);
  for (const { first, last } of placed) {
    starts.add(first);
    if (last < numberOfFrames) starts.add(last + 1);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.map((first, index) => [first, (sorted[index + 1] ?? numberOfFrames + 1) - 1]);
}
