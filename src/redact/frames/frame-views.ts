import type { DeidentifyInput } from '../../deidentify/deidentify.ts';
import type { Picture } from '../../ocr/picture.ts';
import { supplementalPalette } from '../../render/color/supplemental-palette.ts';
import type { DecodedFrame } from '../../render/decode/decoders.ts';
import { isSegmentation } from '../../render/grey/segmentation.ts';
import { describePixels, type PixelDescription } from '../../render/pixel-description.ts';
import { type DrawableFrame, openAll } from '../../render/render.ts';
import type { DrawSettings, RenderSurroundings } from '../../render/settings.ts';
import { type StoredPlanes, storedPlanes } from './stored-planes.ts';

/** One frame as text is looked for in it, in stored geometry: no pixel is moved, scaled or covered. */
export interface FrameView {
  /** From 1, as in the standard. */
  readonly frame: number;
  /** Of a video as counted in its stream. */
  readonly numberOfFrames: number;
  /** What a receiver sees: through the configured window, palette or colour transformation. */
  readonly shown: Picture;
  /** What is stored, where something may be that the window does not show. */
  readonly stored: StoredPlanes;
  /** It has every pixel of the frame before, shown alike: the pictures are the same objects. */
  readonly isRepeated: boolean;
  /** Of a video: its frames are predicted from others, and what stands still differs a little from frame to frame. */
  readonly isPredicted: boolean;
}

/**
 * Opens all frames of an instance, whatever selection is rendered, in order; one is decoded at a time. What is given stays
 * valid. Overlays and shutters are left away: they are cleared elsewhere, and must hide nothing here. Throws what rendering
 * throws (NO_PIXEL_DATA, PIXEL_FORMAT_UNSUPPORTED, PIXEL_DATA_INVALID, PIXEL_LIMIT_EXCEEDED, VIDEO_DECODER_MISSING,
 * RENDER_TIMEOUT), possibly after some frames.
 */
export async function* frameViews(
  input: DeidentifyInput,
  draw: DrawSettings,
  surroundings: RenderSurroundings = {},
): AsyncGenerator<FrameView> {
  const settings: DrawSettings = {
    ...draw,
    frames: { kind: 'all' },
    overlays: false,
    shutters: false,
    aspectRatio: 'stored',
    // Whether segmentations are rendered at all is not the question here.
    segmentations: draw.segmentations === 'hold' ? 'grey' : draw.segmentations,
  };
  const pixels = describePixels(input.dataSet, settings);
  // How these are shown may differ from frame to frame where the samples do not.
  const isDrawnByFrame =
    isSegmentation(input.dataSet) || supplementalPalette(input.dataSet, pixels) !== undefined;
  let last: Seen | undefined;
  for await (const opened of openAll(input.dataSet, input.transferSyntaxUid, settings, surroundings)) {
    const isRepeated = last !== undefined && repeats(opened, last, isDrawnByFrame);
    if (last === undefined || !isRepeated) last = look(opened, pixels);
    const { shown, stored } = last;
    yield {
      frame: opened.frame,
      numberOfFrames: opened.framesSelected,
      shown,
      stored,
      isRepeated,
      isPredicted: last.decoded === undefined,
    };
  }
}

interface Seen {
  readonly shown: Picture;
  readonly stored: StoredPlanes;
  /** A copy of what was decoded; absent of videos. */
  readonly bytes: Uint8Array | undefined;
  readonly decoded: DecodedFrame | undefined;
  readonly transform: DrawableFrame['transform'];
}

function look(opened: DrawableFrame, pixels: PixelDescription): Seen {
  const { decoded, transform } = opened;
  const { width, height, channels, pixels: drawn } = opened.draw();
  // Drawing colour may give the decoded samples themselves, which hold until the next frame only.
  const isShared = decoded !== undefined && drawn.buffer === decoded.bytes.buffer;
  const shown = { width, height, channels, pixels: isShared ? new Uint8Array(drawn) : drawn };
  return {
    shown,
    stored: storedPlanes(decoded, pixels, shown),
    bytes: decoded === undefined || pixels.numberOfFrames === 1 ? undefined : new Uint8Array(decoded.bytes),
    decoded,
    transform,
  };
}

/** The same samples, drawn alike. */
function repeats({ decoded, transform, draw }: DrawableFrame, last: Seen, isDrawnByFrame: boolean): boolean {
  if ((decoded === undefined || isDrawnByFrame) && !sameBytes(draw().pixels, last.shown.pixels)) return false;
  if (decoded === undefined) return true;
  const before = last.decoded;
  return (
    last.bytes !== undefined &&
    transform === last.transform &&
    decoded.depth === before?.depth &&
    decoded.photometricInterpretation === before.photometricInterpretation &&
    sameBytes(decoded.bytes, last.bytes)
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
