import { createHash } from 'node:crypto';
import { decoders } from './decode/decoder-table.ts';
import { imageLibraryVersions } from './output/sharp.ts';
import type { RenderSettings } from './settings.ts';

/** To be raised with every change of code here that can change a rendered pixel. */
const renderVersion = 2;

/**
 * 8 hexadecimal digits that change whenever the output of the same de-identified instance could: rules, decoders, encoders,
 * settings. Part of every idempotency key, because the same key promises the same body.
 */
export function renderRevision(settings: RenderSettings): string {
  // Limits change whether there is an output, not what it is.
  const { maxPixelsPerFrame, maxFrames, frameTimeoutMs, ffmpeg, ...relevant } = settings;
  const content = [
    renderVersion,
    decoders.map((decoder) => ({ ...decoder, decode: undefined })),
    imageLibraryVersions,
    relevant,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8);
}
