import type { DataSet } from '../dicom/data-set.ts';
import { renderColor } from './color/color.ts';
import { iccProfiles } from './color/icc-profile.ts';
import { PaletteRenderer, readPalette } from './color/palette.ts';
import { type SupplementalPalette, supplementalPalette } from './color/supplemental-palette.ts';
import type { DecodedFrame } from './decode/decoders.ts';
import { overlayPlanes, withOverlays } from './graphics/overlays.ts';
import { displayShutters, withShutter } from './graphics/shutters.ts';
import { type FrameTransform, presentationOf } from './grey/frame-transform.ts';
import { GrayscaleRenderer } from './grey/grayscale.ts';
import { isSegmentation, refuseHeldSegmentation, segmentationPainter } from './grey/segmentation.ts';
import type { EightBitImage } from './output/sharp.ts';
import type { PixelDescription } from './pixel-description.ts';
import { freshMemory, type PixelMemory } from './pixel-memory.ts';
import { type CellLayout, type Cells, cellsOf, layoutOf } from './samples.ts';
import type { DrawSettings } from './settings.ts';

/** How the frames of one instance become images. */
export interface Painter {
  /** `grey`: the samples mean something measured; `color`: they do not, or not all of them. */
  readonly kind: 'grey' | 'color' | 'segmentation';
  /** Draws one decoded frame; `index` counts from 0. Valid until the next. */
  paint(frame: DecodedFrame, transform: FrameTransform, index: number): EightBitImage;
  /** Cells that take part in an automatic window. */
  greyCells(frame: DecodedFrame): { cells: Cells; layout: CellLayout };
  /** The ICC profile of the painted colours of a frame, counted from 0. */
  readonly iccProfileOf: (index: number) => Uint8Array | undefined;
}

type Paint = (
  frame: DecodedFrame,
  transform: FrameTransform,
  index: number,
) => Pick<EightBitImage, 'channels' | 'pixels'>;

/**
 * The painter of an instance, with its shutters and overlays if the settings ask for them: overlays over shutters, as in
 * PS3.4 N.2. Grey images lie in `memory`. Throws PIXEL_DATA_INVALID or PIXEL_FORMAT_UNSUPPORTED for palettes and
 * segmentations that cannot be drawn.
 */
export function painter(
  dataSet: DataSet,
  pixels: PixelDescription,
  settings: DrawSettings,
  memory: PixelMemory = freshMemory,
): Painter {
  const supplemental = supplementalPalette(dataSet, pixels);
  const { kind, paint } = choosePaint(dataSet, pixels, settings, supplemental, memory);
  const { rows: height, columns: width } = pixels;
  const shutterOf = settings.shutters ? displayShutters(dataSet, height, width) : () => undefined;
  const planes = settings.overlays ? overlayPlanes(dataSet, pixels) : [];
  return {
    kind,
    paint(frame, transform, index) {
      const image = { width, height, ...paint(frame, transform, index) };
      const shutter = shutterOf(index);
      const shown = shutter === undefined ? image : withShutter(image, shutter);
      return withOverlays(shown, planes, index, () => cellsOf(frame, pixels));
    },
    greyCells(frame) {
      const cells = cellsOf(frame, pixels);
      const layout = layoutOf(frame, pixels);
      return { cells: supplemental?.greyOf(cells, layout) ?? cells, layout };
    },
    iccProfileOf: kind === 'color' ? iccProfiles(dataSet, pixels.numberOfFrames) : () => undefined,
  };
}

function choosePaint(
  dataSet: DataSet,
  pixels: PixelDescription,
  settings: DrawSettings,
  supplemental: SupplementalPalette | undefined,
  memory: PixelMemory,
): Pick<Painter, 'kind'> & { readonly paint: Paint } {
  refuseHeldSegmentation(dataSet, settings.segmentations);
  const inColor = settings.segmentations === 'color';
  const hasPalette = pixels.photometricInterpretation === 'PALETTE COLOR';
  if (isSegmentation(dataSet) && pixels.samplesPerPixel === 1 && !(inColor && hasPalette)) {
    const paint = segmentationPainter(dataSet, pixels, inColor);
    return {
      kind: 'segmentation',
      paint: (frame, _, index) => paint(cellsOf(frame, pixels), layoutOf(frame, pixels), index),
    };
  }
  if (pixels.samplesPerPixel === 3) {
    return {
      kind: 'color',
      paint: (frame) => ({
        channels: 3,
        pixels: renderColor(frame, cellsOf(frame, pixels), layoutOf(frame, pixels), pixels),
      }),
    };
  }
  if (hasPalette) {
    const palette = new PaletteRenderer(readPalette(dataSet, pixels.signed), false);
    const count = pixels.rows * pixels.columns;
    return {
      kind: 'color',
      paint: (frame) => ({
        channels: 3,
        pixels: palette.render(cellsOf(frame, pixels), layoutOf(frame, pixels), count),
      }),
    };
  }
  const grayscale = new GrayscaleRenderer(presentationOf(dataSet, pixels), pixels, memory);
  return {
    kind: supplemental === undefined ? 'grey' : 'color',
    paint(frame, transform, index) {
      const cells = cellsOf(frame, pixels);
      const layout = layoutOf(frame, pixels);
      const levels = grayscale.render(cells, layout, transform);
      return supplemental?.isColor(index) === true
        ? { channels: 3, pixels: supplemental.paint(cells, layout, levels) }
        : { channels: 1, pixels: levels };
    },
  };
}
