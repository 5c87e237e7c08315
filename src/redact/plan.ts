import type { ErrorCode } from '../core/errors.ts';
import type { DrawnBox, RedactionBox } from '../core/redaction.ts';
import type { DeidentifyInput } from '../deidentify/deidentify.ts';
import { embedsOverlay } from '../deidentify/pixels/clean.ts';
import { isVideo } from '../deidentify/pixels/codestreams.ts';
import type { PixelMode } from '../deidentify/pixels/pixel-policy.ts';
import { assessObject, assessPixels, type PixelRisk } from '../deidentify/pixels/risk.ts';
import type { Profile } from '../deidentify/profile.ts';
import { describePixels, type PixelDescription } from '../render/pixel-description.ts';
import type { DrawSettings } from '../render/settings.ts';
import { mayHaveUnusedBits } from './edit/used-bits.ts';
import { type RuledRegions, ruledRegions } from './regions/ruled-regions.ts';

/** What is asked of one instance. */
export interface PlanOptions {
  readonly profile: Profile;
  readonly releasedCodes?: readonly string[];
  readonly drawnBoxes?: readonly DrawnBox[];
  readonly callingAeTitle?: string;
  /** Nothing of the pixel data leaves but frames drawn from it. */
  readonly onlyFramesLeave?: boolean;
  readonly draw: DrawSettings;
}

/** `risk`: why text is feared; undefined for images of low risk. */
export type Plan =
  | { readonly kind: 'untouched' }
  /** The pixels pass as they are, because the profile or a person said so. */
  | { readonly kind: 'waived'; readonly risk: string | undefined }
  | {
      readonly kind: 'blank';
      readonly mode: 'person' | 'none';
      readonly boxes: readonly RedactionBox[];
      readonly risk: string | undefined;
    }
  | {
      readonly kind: 'search';
      readonly mode: 'all' | 'identifying';
      readonly ruled: readonly RedactionBox[];
      readonly risk: string | undefined;
    }
  | {
      readonly kind: 'held';
      readonly code: ErrorCode;
      readonly detail?: string;
      readonly boxes: readonly RedactionBox[];
    };

/** More frames than a stream has: only what decodes a video counts its frames. */
const allFrames = 1_000_000_000;

/**
 * What is to be done with the pixels of one instance, by its risk, the device rules that fit, the profile and what a person
 * decided. A video whose stream would leave is held before anybody searches it: nothing that is found could be blanked.
 * Throws what describing the pixels throws.
 */
export function planOf(input: DeidentifyInput, options: PlanOptions): Plan {
  const plan = planned(input, options);
  if (options.onlyFramesLeave === true || !isVideo(input.transferSyntaxUid)) return plan;
  if (plan.kind !== 'search' && plan.kind !== 'blank') return plan;
  const boxes = plan.kind === 'search' ? plan.ruled : plan.boxes;
  if (plan.kind === 'blank' && boxes.length === 0) return plan;
  return { kind: 'held', code: 'REDACTION_UNSUPPORTED', detail: 'video', boxes };
}

function planned(input: DeidentifyInput, options: PlanOptions): Plan {
  const { dataSet, transferSyntaxUid } = input;
  const { profile, releasedCodes = [], drawnBoxes } = options;
  const policy = profile.definition.pixels;
  const assessed = assessPixels(dataSet, transferSyntaxUid);
  if (assessed.level === 'none' || isHeldAnyway(input, options)) return { kind: 'untouched' };
  const waived = ['BURNED_IN_TEXT_RISK', 'REDACTION_UNSUPPORTED'].some((code) =>
    releasedCodes.includes(code),
  );
  if (waived && drawnBoxes === undefined) return { kind: 'waived', risk: detailOf(assessed) };
  const pixels = describePixels(dataSet, { ...options.draw, frames: { kind: 'all' } });
  const numberOfFrames = isVideo(transferSyntaxUid) ? allFrames : pixels.numberOfFrames;
  const regions = ruledRegions(input, {
    policy,
    columns: pixels.columns,
    rows: pixels.rows,
    numberOfFrames,
    ...(options.callingAeTitle === undefined ? {} : { callingAeTitle: options.callingAeTitle }),
    releasedCodes,
  });
  const drawn = drawnBoxes?.map((box) => asRedaction(box, numberOfFrames));
  if (drawn !== undefined && !drawn.every((box) => isInside(box, pixels)))
    return { kind: 'held', code: 'PIXEL_REGION_INVALID', detail: 'drawn boxes', boxes: regions.boxes };
  const risk = riskAfterRules(assessed, regions);
  if (drawn !== undefined)
    return { kind: 'blank', mode: 'person', boxes: [...regions.boxes, ...drawn], risk };
  if (regions.kind === 'held') return regions;
  const mode: PixelMode = risk === undefined ? policy.lowRisk : policy.highRisk;
  const { boxes } = regions;
  switch (mode) {
    case 'all':
    case 'identifying':
      return { kind: 'search', mode, ruled: boxes, risk };
    case 'hold':
      return { kind: 'held', code: 'BURNED_IN_TEXT_RISK', ...(risk && { detail: risk }), boxes };
    case 'none':
      // Planes in the upper bits of compressed pixels go with the blanking, and nowhere else.
      if (boxes.length > 0 || embedsOverlay(dataSet) || mayLeaveBits(input, options))
        return { kind: 'blank', mode: 'none', boxes, risk };
      return assessed.level === 'low' ? { kind: 'untouched' } : { kind: 'waived', risk };
    default:
      return mode satisfies never;
  }
}

/** Bits beside the stored ones leave with compressed pixels, described as planes or not. */
function mayLeaveBits(
  { dataSet, transferSyntaxUid }: DeidentifyInput,
  { onlyFramesLeave = false }: PlanOptions,
): boolean {
  return !onlyFramesLeave && !isVideo(transferSyntaxUid) && mayHaveUnusedBits(dataSet);
}

/** Whether de-identification holds the object for another reason: then nobody needs to look for text in it. */
function isHeldAnyway(
  { dataSet, transferSyntaxUid }: DeidentifyInput,
  { profile, releasedCodes }: PlanOptions,
): boolean {
  return assessObject(dataSet, transferSyntaxUid, profile).some(
    ({ code }) => code !== 'BURNED_IN_TEXT_RISK' && releasedCodes?.includes(code) !== true,
  );
}

/** Rules know the device: they are above guesses from the header. */
function riskAfterRules(assessed: PixelRisk, regions: RuledRegions): string | undefined {
  if (regions.kind === 'regions' && regions.risk === 'treat') return detailOf(assessed) ?? 'device rule';
  if (regions.kind === 'regions' && regions.risk === 'pass') return undefined;
  return detailOf(assessed);
}

function detailOf(risk: PixelRisk): string | undefined {
  return risk.level === 'high' ? risk.detail : undefined;
}

function asRedaction({ frame, frames = 1, left, top, width, height }: DrawnBox, all: number): RedactionBox {
  const extent = frame === null ? { frame: 1, frames: all } : { frame, frames };
  return { ...extent, left, top, width, height, source: 'person', reason: 'drawn' };
}

/** A person who drew beyond the image, or on frames there are none of, saw another image. */
function isInside(box: RedactionBox, { columns, rows, numberOfFrames }: PixelDescription): boolean {
  const { frame, frames, left, top, width, height } = box;
  const whole = [frame, frames, left, top, width, height].every(Number.isSafeInteger);
  const framed = frames === allFrames || frame + frames - 1 <= numberOfFrames;
  return (
    whole &&
    framed &&
    frame >= 1 &&
    left >= 0 &&
    top >= 0 &&
    width > 0 &&
    height > 0 &&
    left + width <= columns &&
    top + height <= rows
  );
}
