import { transferSyntaxTable } from '../../dicom/transfer-syntaxes.ts';

/** Who decodes the frames of a transfer syntax. */
export interface Decoder {
  readonly transferSyntaxUid: string;
  readonly how:
    | 'native'
    | 'fragment'
    | 'deflate'
    | 'rle'
    | 'jpeg'
    | 'jpeg-ls'
    | 'jpeg-2000'
    | 'jpeg-xl'
    | 'video';
  /** Package of the decoder and its version; null for own code, Node's zlib and what is no part of this product. */
  readonly package: string | null;
  /** The library inside the package. */
  readonly library: string | null;
}

type Codec = Omit<Decoder, 'transferSyntaxUid'>;

const codecs = 'dcmjs-codecs@0.0.8';
const native: Codec = { how: 'native', package: null, library: null };
const jpeg: Codec = { how: 'jpeg', package: codecs, library: 'IJG libjpeg 6b, 8/12/16 bit, lossless' };
const jpegLs: Codec = { how: 'jpeg-ls', package: codecs, library: 'CharLS 2.3.4' };
const jpeg2000: Codec = { how: 'jpeg-2000', package: codecs, library: 'OpenJPEG 2.5.0' };
const htj2k: Codec = { how: 'jpeg-2000', package: codecs, library: 'OpenJPH 0.18.2' };
const jpegXl: Codec = { how: 'jpeg-xl', package: codecs, library: 'libjxl 0.11.2' };
/** See ../video: where there is none, such instances are held. */
const video: Codec = { how: 'video', package: null, library: 'ffmpeg (external), 4.4 or later' };

const rows: readonly (readonly [string, Codec])[] = [
  ['1.2.840.10008.1.2', native],
  ['1.2.840.10008.1.2.1', native],
  ['1.2.840.10008.1.2.1.99', native],
  ['1.2.840.10008.1.2.2', native],
  ['1.2.840.10008.1.2.1.98', { how: 'fragment', package: null, library: null }],
  ['1.2.840.10008.1.2.8.1', { how: 'deflate', package: null, library: null }],
  ['1.2.840.10008.1.2.5', { how: 'rle', package: null, library: null }],
  ['1.2.840.10008.1.2.4.50', jpeg],
  ['1.2.840.10008.1.2.4.51', jpeg],
  ['1.2.840.10008.1.2.4.53', jpeg],
  ['1.2.840.10008.1.2.4.55', jpeg],
  ['1.2.840.10008.1.2.4.57', jpeg],
  ['1.2.840.10008.1.2.4.70', jpeg],
  ['1.2.840.10008.1.2.4.80', jpegLs],
  ['1.2.840.10008.1.2.4.81', jpegLs],
  ['1.2.840.10008.1.2.4.90', jpeg2000],
  ['1.2.840.10008.1.2.4.91', jpeg2000],
  ['1.2.840.10008.1.2.4.201', htj2k],
  ['1.2.840.10008.1.2.4.202', htj2k],
  ['1.2.840.10008.1.2.4.203', htj2k],
  ['1.2.840.10008.1.2.4.110', jpegXl],
  ['1.2.840.10008.1.2.4.111', jpegXl],
  ['1.2.840.10008.1.2.4.112', jpegXl],
  ['1.2.840.10008.1.2.4.100', video],
  ['1.2.840.10008.1.2.4.100.1', video],
  ['1.2.840.10008.1.2.4.101', video],
  ['1.2.840.10008.1.2.4.101.1', video],
  ['1.2.840.10008.1.2.4.102', video],
  ['1.2.840.10008.1.2.4.102.1', video],
  ['1.2.840.10008.1.2.4.103', video],
  ['1.2.840.10008.1.2.4.103.1', video],
  ['1.2.840.10008.1.2.4.104', video],
  ['1.2.840.10008.1.2.4.104.1', video],
  ['1.2.840.10008.1.2.4.105', video],
  ['1.2.840.10008.1.2.4.105.1', video],
  ['1.2.840.10008.1.2.4.107', video],
  ['1.2.840.10008.1.2.4.108', video],
];

/**
 * The decoder of every renderable transfer syntax; what is not listed cannot be rendered. On the test corpus these give
 * the same samples as GDCM, bit by bit. Within the JPEG family (50 to 70), and between JPEG 2000 and HTJ2K, the code
 * stream itself decides on the process, because devices and archives mislabel them.
 */
export const decoders: readonly Decoder[] = rows.map(([transferSyntaxUid, codec]) => ({
  transferSyntaxUid,
  ...codec,
}));

const byUid: ReadonlyMap<string, Decoder> = new Map(decoders.map((row) => [row.transferSyntaxUid, row]));

/** The decoder of a transfer syntax, or undefined when it cannot be rendered. */
export function decoderOf(transferSyntaxUid: string): Decoder | undefined {
  return byUid.get(transferSyntaxUid);
}

const ownWords: Readonly<Partial<Record<Decoder['how'], string>>> = {
  native: 'own code',
  fragment: 'own code',
  deflate: "own code, Node's zlib",
  rle: 'own code',
};

/** Markdown table of every transfer syntax that can be stored and its decoder, for the documentation. */
export function decoderTableMarkdown(): string {
  const lines = transferSyntaxTable
    .filter(({ storable }) => storable)
    .map(({ uid, name }) => {
      const decoder = byUid.get(uid);
      if (decoder === undefined) return [name, uid, 'none: held', ''];
      return [name, uid, ownWords[decoder.how] ?? decoder.library ?? '', decoder.package ?? ''];
    });
  const head = ['Transfer syntax', 'UID', 'Decoder', 'Package'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
