import type { ParseArgsOptionsConfig } from 'node:util';
import { parseFrameSelection, parseWindowChoice } from '../core/render-choices.ts';
import { type RenderSettings, standardRenderSettings } from '../render/settings.ts';

const standard = standardRenderSettings;
const formats: readonly RenderSettings['format'][] = ['jpeg', 'png', 'jxl', 'htj2k'];
const segmentations: readonly RenderSettings['segmentations'][] = ['grey', 'color', 'hold'];
const largestEdge = 65_500;

/** The options of `sallyport render` that say how images are made; each has the meaning of its key `render.*`. */
export const renderOptions = {
  format: { type: 'string', default: standard.format },
  quality: { type: 'string', default: String(standard.quality) },
  'max-long-edge': { type: 'string', default: String(standard.maxLongEdge) },
  frames: { type: 'string', default: 'all' },
  window: { type: 'string', default: '1' },
  overlays: { type: 'boolean', default: standard.overlays },
  shutters: { type: 'boolean', default: standard.shutters },
  'stored-aspect-ratio': { type: 'boolean', default: standard.aspectRatio === 'stored' },
  segmentations: { type: 'string', default: standard.segmentations },
  ffmpeg: { type: 'string', default: standard.ffmpeg ?? '' },
} as const satisfies ParseArgsOptionsConfig;

export const renderOptionsHelp = `  --format FORMAT        jpeg (default): 8 bits, as people see the image; png, jxl or htj2k: without loss, grey images
                         with their stored values, colour as it is drawn
  --quality N            JPEG quality, 1 to 100 (default ${standard.quality})
  --max-long-edge N      JPEG only: reduce larger images until their longer side has N pixels, 1 to ${largestEdge}; 0
                         (default): never
  --frames WHICH         all (default), first, middle, every:N (every n-th) or at-most:N (evenly spread)
  --window WHICH         1 (default), 2, … for the n-th window of the image, explanation:TEXT for the one so named,
                         automatic for one made from the values
  --overlays             draw overlay planes
  --shutters             apply the display shutter of the image
  --stored-aspect-ratio  leave pixels that are not square; without it the shorter side is enlarged (JPEG only)
  --segmentations HOW    grey (default), color as the object recommends, or hold
  --ffmpeg PROGRAM       decodes videos, by name or path (default ${standard.ffmpeg ?? 'none'}); empty: they are held
`;

export interface RenderArguments {
  readonly format: string;
  readonly quality: string;
  readonly 'max-long-edge': string;
  readonly frames: string;
  readonly window: string;
  readonly overlays: boolean;
  readonly shutters: boolean;
  readonly 'stored-aspect-ratio': boolean;
  readonly segmentations: string;
  readonly ffmpeg: string;
}

/** The settings that arguments stand for, or a sentence about each that is wrong. */
export function renderSettingsOf(
  values: RenderArguments,
): { readonly settings: RenderSettings } | { readonly faults: readonly string[] } {
  const format = formats.find((name) => name === values.format);
  const segmentation = segmentations.find((name) => name === values.segmentations);
  const quality = wholeNumber(values.quality, 1, 100);
  const maxLongEdge = wholeNumber(values['max-long-edge'], 0, largestEdge);
  const frames = parseFrameSelection(values.frames);
  const window = parseWindowChoice(values.window);
  const { overlays, shutters, ffmpeg } = values;
  if (
    format !== undefined &&
    segmentation !== undefined &&
    quality !== undefined &&
    maxLongEdge !== undefined &&
    frames !== undefined &&
    window !== undefined
  ) {
    return {
      settings: {
        ...standard,
        ...{ format, quality, maxLongEdge, frames, window, overlays, shutters },
        aspectRatio: values['stored-aspect-ratio'] ? 'stored' : 'square',
        segmentations: segmentation,
        ffmpeg: ffmpeg === '' ? null : ffmpeg,
      },
    };
  }
  const faults = [
    format === undefined && `--format is ${oneOf(formats)}`,
    quality === undefined && '--quality is a whole number from 1 to 100',
    maxLongEdge === undefined && `--max-long-edge is a whole number from 0 to ${largestEdge}`,
    frames === undefined && '--frames is all, first, middle, every:N or at-most:N',
    window === undefined && '--window is a number from 1 to 99, automatic or explanation:TEXT',
    segmentation === undefined && `--segmentations is ${oneOf(segmentations)}`,
  ];
  return { faults: faults.filter((fault) => fault !== false) };
}

function wholeNumber(text: string, from: number, to: number): number | undefined {
  const value = Number(text);
  return /^\d{1,6}$/.test(text) && value >= from && value <= to ? value : undefined;
}

function oneOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
