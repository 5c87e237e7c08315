import { asSallyportError, type ErrorCode } from '../core/errors.ts';
import type { DrawnBox, RedactionBox } from '../core/redaction.ts';
import type { DeidentifyInput } from '../deidentify/deidentify.ts';
import { isVideo } from '../deidentify/pixels/codestreams.ts';
import type { ElementChange, PixelTreatment } from '../deidentify/pixels/treatment.ts';
import type { Profile } from '../deidentify/profile.ts';
import { tags } from '../dicom/tags.ts';
import type { TextEngine } from '../ocr/text-engine.ts';
import type { DrawSettings, RenderSurroundings } from '../render/settings.ts';
import { changedElements } from './edit/changed-elements.ts';
import { type EditResult, editPixels } from './edit/edit-pixels.ts';
import { editVideoFrame } from './edit/edit-video-frame.ts';
import { isCovered, joinedBoxes } from './joined-boxes.ts';
import { judgeContext } from './judge/judge-context.ts';
import { type Plan, planOf } from './plan.ts';
import { type SearchFrames, searchFrames } from './search-frames.ts';

export interface RedactOptions {
  readonly profile: Profile;
  /** Codes a person has accepted for this instance. */
  readonly releasedCodes?: readonly string[];
  /** Regions a person drew when releasing it; they take the place of the search. */
  readonly drawnBoxes?: readonly DrawnBox[];
  readonly callingAeTitle?: string;
  /** Nothing of the pixel data leaves but frames drawn from it: redacted pixels need no compressed form. */
  readonly onlyFramesLeave?: boolean;
  /** Only frames in 8 bits through the configured window leave: what that hides need not be looked for. */
  readonly onlyShownLeaves?: boolean;
  /**
   * False: what is found is not compared with the identifiers of the header. Nothing but the place of a text then tells
   * whose it is, so all of it goes, whatever the profile says.
   */
  readonly useMetadata?: boolean;
  /** How the frames are shown to whoever receives them, and limits. */
  readonly draw: DrawSettings;
  readonly surroundings?: RenderSurroundings;
  /** Gives the engine when text is first looked for; loaded once a thread. */
  readonly engine: () => Promise<TextEngine>;
}

export type RedactResult =
  /** Nothing to do: low risk, no pixels, or a profile that asks for nothing. */
  | { readonly kind: 'untouched' }
  /** Every frame was treated; `treatment` goes to `deidentify()` with `input`. */
  | { readonly kind: 'treated'; readonly input: DeidentifyInput; readonly treatment: PixelTreatment }
  | {
      readonly kind: 'held';
      readonly code: ErrorCode;
      readonly detail?: string;
      /** What was found, for whoever decides. */
      readonly boxes: readonly RedactionBox[];
    };

/** Looks at the result, and blanks what only shows then, so many times; what still names somebody is held. */
const maxLooks = 3;

/**
 * Finds and blanks text in the pixels of one instance as its profile asks, while the identifiers of the header are still
 * known, and looks again at the result: what the second look finds is blanked too, and looked at again; where text that
 * names somebody remains, the instance is held. Device rules and ultrasound regions are blanked with it. The input is not
 * changed. Fails closed: what cannot be looked at, or blanked, is held.
 *
 * Held: BURNED_IN_TEXT_RISK where the profile wants a person to decide, TEXT_LEFT_IN_PIXELS, REDACTION_UNSUPPORTED,
 * PIXEL_REGION_INVALID, DEVICE_RULE_HOLD, TEXT_SEARCH_UNAVAILABLE, and what decoding says. A person who released the
 * instance has decided: with boxes, those are blanked and nothing is searched; BURNED_IN_TEXT_RISK or
 * REDACTION_UNSUPPORTED released without boxes lets the pixels pass as they are.
 */
export async function redact(input: DeidentifyInput, options: RedactOptions): Promise<RedactResult> {
  let boxes: readonly RedactionBox[] = [];
  try {
    const plan = planOf(input, options);
    switch (plan.kind) {
      case 'untouched':
      case 'held':
        return plan;
      case 'waived':
        return treated(input, input, {
          mode: 'none',
          complete: false,
          changed: false,
          boxes: [],
          risk: plan.risk,
        });
      case 'blank':
        boxes = plan.boxes;
        return blanked(input, plan, options);
      case 'search':
        return await searched(input, plan, options, (found) => {
          boxes = found;
        });
      default:
        return plan satisfies never;
    }
  } catch (thrown) {
    const { code, detail } = asSallyportError(thrown);
    if (code === 'UNEXPECTED') throw thrown;
    // A range that leaves the source means that the pixels are not all there.
    if (code === 'DATA_SET_TRUNCATED') return { kind: 'held', code: 'PIXEL_DATA_INVALID', boxes };
    return { kind: 'held', code, ...(detail === undefined ? {} : { detail }), boxes };
  }
}

async function searched(
  input: DeidentifyInput,
  { mode: planned, ruled, risk }: Extract<Plan, { kind: 'search' }>,
  options: RedactOptions,
  tell: (boxes: readonly RedactionBox[]) => void,
): Promise<RedactResult> {
  const { draw, surroundings = {}, profile } = options;
  const { useMetadata = true } = options;
  const mode = useMetadata ? planned : 'all';
  const context = judgeContext(useMetadata ? input.dataSet : { ...input.dataSet, elements: [] }, profile);
  const { onlyShownLeaves = false } = options;
  const engine = await options.engine();
  const search: SearchFrames = { engine, context, mode, draw, surroundings, onlyShownLeaves };
  const found = await searchFrames(input, search);
  let boxes = joinedBoxes(withinFrames(ruled, found.numberOfFrames), found.boxes);
  /** What was searched last; of a video, whose stream stays as it is, what was received. */
  let seen = input;
  for (let look = 1; ; look += 1) {
    tell(boxes);
    const result = edited(input, boxes, options);
    if (result.kind === 'held') return { ...result, boxes };
    const again = await searchFrames(result.input, {
      ...search,
      before: seen,
      surroundings: { ...surroundings, videoFrameEdit: frameEdit(boxes, profile) },
    });
    const known = boxes;
    const more = again.boxes.filter((box) => !isCovered(box, known));
    if (more.length > 0) boxes = joinedBoxes(boxes, more);
    if (more.length > 0 && look < maxLooks) {
      seen = result.input;
      continue;
    }
    const accepted = options.releasedCodes?.includes('TEXT_LEFT_IN_PIXELS') === true;
    if (again.identifies && !accepted) return { kind: 'held', code: 'TEXT_LEFT_IN_PIXELS', boxes };
    const last = more.length > 0 ? edited(input, boxes, options) : result;
    if (last.kind === 'held') return { ...last, boxes };
    const { changed } = last;
    return treated(input, last.input, { mode, complete: !again.identifies, changed, boxes, risk });
  }
}

/** Blanks what rules or a person chose, without a search. */
function blanked(
  input: DeidentifyInput,
  { boxes, mode, risk }: Extract<Plan, { kind: 'blank' }>,
  options: RedactOptions,
): RedactResult {
  const result = edited(input, boxes, options);
  if (result.kind === 'held') return { ...result, boxes };
  // An image of low risk without any change is what it was before.
  if (mode === 'none' && !result.changed && risk === undefined) return { kind: 'untouched' };
  const { changed } = result;
  return treated(input, result.input, { mode, complete: mode === 'person', changed, boxes, risk });
}

function edited(
  input: DeidentifyInput,
  boxes: readonly RedactionBox[],
  { profile, draw, onlyFramesLeave = false }: RedactOptions,
): EditResult {
  // The stream of a video stays here: its frames are blanked as they are drawn.
  if (onlyFramesLeave && isVideo(input.transferSyntaxUid))
    return { kind: 'edited', input, changed: boxes.length > 0 };
  const { fill, padding, encoding } = profile.definition.pixels;
  const limits = { ...draw, frames: { kind: 'all' } } as const;
  return editPixels(input, boxes, { fill, padding, encoding, onlyFramesLeave, limits });
}

/** Blanks a drawn frame of a video, whose stream nobody here writes. */
export function frameEdit(
  boxes: readonly RedactionBox[],
  { definition }: Pick<Profile, 'definition'>,
): NonNullable<RenderSurroundings['videoFrameEdit']> {
  return (image, frame) => editVideoFrame(image, frame, boxes, definition.pixels);
}

function withinFrames(boxes: readonly RedactionBox[], numberOfFrames: number): RedactionBox[] {
  return boxes
    .filter(({ frame }) => frame <= numberOfFrames)
    .map((box) => ({ ...box, frames: Math.min(box.frames, numberOfFrames - box.frame + 1) }));
}

function treated(
  received: DeidentifyInput,
  input: DeidentifyInput,
  {
    risk,
    ...done
  }: Pick<PixelTreatment, 'mode' | 'complete' | 'changed' | 'boxes'> & {
    readonly risk: string | undefined;
  },
): RedactResult {
  const treatment = {
    dataSet: input.dataSet,
    ...done,
    ...(risk === undefined ? {} : { risk }),
    elements: elementChanges(received, input, done.changed),
  };
  // The one place where the brand is given: everything above has run.
  return { kind: 'treated', input, treatment: treatment as PixelTreatment };
}

/** Of a video, whose stream stays here, the frames that leave are blanked. */
function elementChanges(
  received: DeidentifyInput,
  input: DeidentifyInput,
  changed: boolean,
): readonly ElementChange[] {
  if (received.dataSet !== input.dataSet) return changedElements(received.dataSet, input.dataSet);
  return changed ? [{ tag: tags.PixelData, how: 'cleaned' }] : [];
}
