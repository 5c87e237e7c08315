import { createHash } from 'node:crypto';
import type { DrawnBox } from '../core/redaction.ts';
import { textEngineVersions } from '../ocr/revision.ts';

/** To be raised with every change in src/ocr or src/redact by which other pixels could be blanked, or otherwise. */
const redactVersion = 1;

/**
 * 8 hexadecimal digits that change whenever the same instance could be redacted otherwise under the same profile, and 8
 * more over the boxes a person drew for it. Part of every idempotency key, because the same key promises the same body.
 */
export function redactRevision(drawnBoxes: readonly DrawnBox[] | null): string {
  const product = digest([redactVersion, textEngineVersions]);
  if (drawnBoxes === null) return product;
  return `${product}-${digest(
    drawnBoxes.map(({ frame, frames = 1, left, top, width, height }) => [
      frame,
      frames,
      left,
      top,
      width,
      height,
    ]),
  )}`;
}

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8);
}
