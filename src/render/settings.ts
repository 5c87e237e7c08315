import type { FrameSelection, WindowChoice } from '../core/render-choices.ts';
import type { EightBitImage } from './output/sharp.ts';

export interface PixelLimits {
  /** Most pixels of one frame, rows times columns. */
  readonly maxPixelsPerFrame: number;
  /** Most frames rendered of one instance; those that are not selected do not count. */
  readonly maxFrames: number;
}

/** `jpeg`: 8 bits, for people; the others keep what is stored, for machines. */
export type OutputFormat = 'jpeg' | 'png' | 'jxl' | 'htj2k';

/** How stored values become what is shown: everything that changes a drawn pixel. Plain data. */
export interface DrawSettings extends PixelLimits {
  readonly frames: FrameSelection;
  readonly window: WindowChoice;
  /** Overlay planes (PS3.3 C.9.2) are drawn into the image. */
  readonly overlays: boolean;
  /** Display shutters (PS3.3 C.7.6.11) are applied. */
  readonly shutters: boolean;
  /** `square`: pixels that are not square are made so by enlarging the shorter side; `stored`: left as they are. */
  readonly aspectRatio: 'square' | 'stored';
  /** Segmentations: white masks and evenly spread greys, the recommended colours, or held. */
  readonly segmentations: 'grey' | 'color' | 'hold';
  /** Program that decodes MPEG-2, H.264 and HEVC; null: such instances are held. */
  readonly ffmpeg: string | null;
  /** Most time one frame may take to decode, ms; a code stream that takes longer is given up. */
  readonly frameTimeoutMs: number;
}

/** All of rendering: drawing, and the form of the output. */
export interface RenderSettings extends DrawSettings {
  readonly format: OutputFormat;
  /** JPEG quality, 1 to 100. */
  readonly quality: number;
  /** JPEG only: larger images are reduced until their longer side has this many pixels; 0: never. */
  readonly maxLongEdge: number;
}

/** What rendering finds around it; not part of what the output is. */
export interface RenderSurroundings {
  /** For files that other programs read; the system's folder for temporary files where left out. */
  readonly scratchFolder?: string;
  /** Told of work between frames: a video is read through before its first frame is given. */
  readonly onProgress?: () => void;
  /**
   * Changes the frames of a video, counted from 1, before they are drawn or encoded: what is blanked there cannot be blanked
   * in its stream. Gives another image of the same size, or the same where nothing changes.
   */
  readonly videoFrameEdit?: (image: EightBitImage, frame: number) => EightBitImage;
}

/** The defaults of the configuration, for offline use and tests. */
export const standardRenderSettings: RenderSettings = {
  maxPixelsPerFrame: 150_000_000,
  maxFrames: 20_000,
  frames: { kind: 'all' },
  window: { kind: 'nth', n: 1 },
  overlays: false,
  shutters: false,
  aspectRatio: 'square',
  segmentations: 'grey',
  ffmpeg: 'ffmpeg',
  frameTimeoutMs: 60_000,
  format: 'jpeg',
  quality: 90,
  maxLongEdge: 0,
};
