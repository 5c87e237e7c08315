import { SallyportError } from '../../core/errors.ts';

export type CodeStreamKind = 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'jpeg-xl';

/** What a code stream says of itself, read before any decoder sees it. */
export interface CodeStream {
  readonly kind: CodeStreamKind;
  readonly columns: number;
  readonly rows: number;
  /** 0 where the header does not say it in a place read here (JPEG XL). */
  readonly samplesPerPixel: number;
  /** Bits per sample. */
  readonly precision: number;
  readonly signed: boolean;
  /**
   * What the stream says of the colour of three components; undefined where nothing in it tells. JPEG: marks as libjpeg
   * reads them. JPEG 2000: RGB if the multiple component transformation is used, as the decoder undoes it.
   */
  readonly color: 'RGB' | 'YBR' | undefined;
  /** JPEG-LS: each component has a scan of its own, and the decoder leaves them one after the other. */
  readonly planar: boolean;
}

export function invalid(detail: string, cause?: unknown): SallyportError {
  return new SallyportError('PIXEL_DATA_INVALID', { detail, cause });
}

export function unsupported(detail: string): SallyportError {
  return new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail });
}

/** First bytes that start a new code stream: SOI, SOC, a JPEG XL code stream, a JP2 or JPEG XL container. */
export function startsCodeStream(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  if (a === 0xff) return (b === 0xd8 && c === 0xff) || (b === 0x4f && c === 0xff && d === 0x51) || b === 0x0a;
  return (
    a === 0 && b === 0 && c === 0 && d === 12 && (isBoxType(bytes, 4, 'jP  ') || isBoxType(bytes, 4, 'JXL '))
  );
}

export function isBoxType(bytes: Uint8Array, at: number, type: string): boolean {
  for (let i = 0; i < 4; i++) if (bytes[at + i] !== type.charCodeAt(i)) return false;
  return true;
}
