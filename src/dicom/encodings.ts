import type { Encoding } from './data-set.ts';

export const implicitVrLittleEndian: Encoding = { explicitVr: false, littleEndian: true };
export const explicitVrLittleEndian: Encoding = { explicitVr: true, littleEndian: true };
export const explicitVrBigEndian: Encoding = { explicitVr: true, littleEndian: false };

const implicitUids = new Set([
  '1.2.840.10008.1.2',
  // Papyrus 3 (retired), and GE's implicit VR with big endian pixel data.
  '1.2.840.10008.1.20',
  '1.2.840.113619.5.2',
]);
const deflatedUids = new Set(['1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.4.95', '1.2.840.10008.1.2.4.205']);
const bigEndianUid = '1.2.840.10008.1.2.2';

/**
 * The encoding of the elements of a data set in a transfer syntax (PS3.5 annex A, 10). Undefined for a transfer syntax
 * that is not the standard's, of which nothing is known; all of the standard's others are explicit VR little endian.
 */
export function encodingOf(transferSyntaxUid: string): Encoding | undefined {
  if (implicitUids.has(transferSyntaxUid)) return implicitVrLittleEndian;
  if (transferSyntaxUid === bigEndianUid) return explicitVrBigEndian;
  return transferSyntaxUid.startsWith('1.2.840.10008.1.2.') ? explicitVrLittleEndian : undefined;
}

/** True where the whole data set is deflated (PS3.5 A.5). Deflated Image Frame Compression is not: only its frames are. */
export function isDeflated(transferSyntaxUid: string): boolean {
  return deflatedUids.has(transferSyntaxUid);
}

/** The uncompressed transfer syntax that is encoded so, or undefined (there is no implicit VR big endian). */
export function nativeTransferSyntaxOf(encoding: Encoding): string | undefined {
  if (encoding.explicitVr) return encoding.littleEndian ? '1.2.840.10008.1.2.1' : bigEndianUid;
  return encoding.littleEndian ? '1.2.840.10008.1.2' : undefined;
}

/** True for the transfer syntaxes whose Pixel Data is native: encoding and pixels change together. */
export function isNative(transferSyntaxUid: string): boolean {
  return (
    transferSyntaxUid === '1.2.840.10008.1.2' ||
    transferSyntaxUid === '1.2.840.10008.1.2.1' ||
    transferSyntaxUid === bigEndianUid
  );
}

export function sameEncoding(a: Encoding, b: Encoding): boolean {
  return a.explicitVr === b.explicitVr && a.littleEndian === b.littleEndian;
}
