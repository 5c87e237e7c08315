import type { RedactionBox } from '../core/redaction.ts';
import type { DeidentifyInput } from '../deidentify/deidentify.ts';
import { compacted } from '../deidentify/text/fold.ts';
import type { FoundText } from '../ocr/picture.ts';
import type { TextEngine } from '../ocr/text-engine.ts';
import type { DrawSettings, RenderSurroundings } from '../render/settings.ts';
import { BoxRuns } from './box-runs.ts';
import { findInChanges } from './frames/find-in-changes.ts';
import { findInFrames } from './frames/find-in-frames.ts';
import { type FrameView, frameViews } from './frames/frame-views.ts';
import type { JudgedArea } from './judge/boxes.ts';
import { identifyingIn } from './judge/identifying-in.ts';
import type { JudgeContext } from './judge/judge-context.ts';
import { judgeTexts } from './judge/judge-texts.ts';

export interface SearchFrames {
  readonly engine: TextEngine;
  readonly context: JudgeContext;
  readonly mode: 'all' | 'identifying';
  readonly draw: DrawSettings;
  readonly surroundings: RenderSurroundings;
  /** Only drawn frames in 8 bits leave: what the window hides stays here. */
  readonly onlyShownLeaves: boolean;
  /**
   * For a look at the result, what was searched before: only where the two differ is looked, and only what can be read
   * counts, not every shape that might be text.
   */
  readonly before?: DeidentifyInput;
}

/** What counts when the result is looked at: remains of a blanked place, and anatomy, read as less. */
const readable = { confidence: 0.6, characters: 2 } as const;

export interface SearchedFrames {
  /** Frames there are; of a video as counted in its stream. */
  readonly numberOfFrames: number;
  /** What is to be blanked under the mode. */
  readonly boxes: readonly RedactionBox[];
  /** Whether any frame names somebody, or shows what was to be blanked. */
  readonly identifies: boolean;
}

/** Looks for text in every frame and judges it. Throws what decoding and the engine throw. */
export async function searchFrames(input: DeidentifyInput, search: SearchFrames): Promise<SearchedFrames> {
  const { engine, context, mode, draw, surroundings, onlyShownLeaves, before } = search;
  const { onProgress } = surroundings;
  const runs = new BoxRuns();
  let numberOfFrames = 0;
  let identifies = false;
  let last: { readonly texts: readonly FoundText[]; readonly areas: readonly JudgedArea[] } | undefined;
  const views = frameViews(input, draw, surroundings);
  const options = { read: true, hidden: !onlyShownLeaves, ...(onProgress && { onProgress }) };
  // In mode `all` what a line says is no more than the reason that is given for its box.
  const frames =
    before === undefined
      ? findInFrames(views, engine, { ...options, quickly: mode === 'all' })
      : findInChanges(originalViews(before, search), views, engine, options);
  for await (const { frame, texts } of frames) {
    numberOfFrames = Math.max(numberOfFrames, frame);
    // Frames that show the same share one list, and one verdict.
    if (last?.texts !== texts) {
      const counted = before === undefined ? texts : texts.filter(isReadable);
      last = { texts, areas: judgeTexts(counted, context, mode) };
      identifies ||= identifyingIn(counted, context, mode);
    }
    runs.add(frame, last.areas);
  }
  return { numberOfFrames, boxes: runs.boxes(), identifies };
}

/** As they were searched, without the boxes painted into frames of a video. */
function originalViews(
  before: DeidentifyInput,
  { draw, surroundings }: SearchFrames,
): AsyncIterable<FrameView> {
  const { videoFrameEdit, ...unedited } = surroundings;
  return frameViews(before, draw, unedited);
}

function isReadable({ text, confidence }: FoundText): boolean {
  return confidence >= readable.confidence && compacted(text).length >= readable.characters;
}
