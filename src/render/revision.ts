import { createHash } from 'node:crypto';
import { decoders } from './decoders.ts';
import { jpegEncoderVersion } from './jpeg.ts';

/** To be raised with every change of code here that can change a rendered pixel. */
const renderVersion = 1;

/**
 * 8 hexadecimal digits that change whenever the JPEG of the same de-identified instance could: rules, decoders, encoder,
 * quality. Part of every idempotency key, because the same key promises the same body.
 */
export function renderRevision(settings: { readonly quality: number }): string {
  const content = [
    renderVersion,
    decoders.map((decoder) => ({ ...decoder, decode: undefined })),
    jpegEncoderVersion,
    settings.quality,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8);
}
