import type { Encoding } from './data-set.ts';
import { transferSyntax } from './uids.ts';

export const implicitVrLittleEndian: Encoding = { explicitVr: false, littleEndian: true };
export const explicitVrLittleEndian: Encoding = { explicitVr: true, littleEndian: true };
export const explicitVrBigEndian: Encoding = { explicitVr: true, littleEndian: false };

/** GE's private transfer syntax: implicit VR little endian with big endian pixel data. */
const geImplicitUid = '1.2.840.113619.5.2';
const bigEndianUid = '1.2.840.10008.1.2.2';

/**
 * The encoding of the elements of a data set in a transfer syntax (PS3.5 annex A, 10). One of a later edition is explicit
 * VR little endian, as the standard promises (PS3.5 10). Undefined for one that is not the standard's.
 */
export function encodingOf(transferSyntaxUid: string): Encoding | undefined {
  const known = transferSyntax(transferSyntaxUid);
  if (known !== undefined) return { explicitVr: known.explicitVr, littleEndian: known.littleEndian };
  if (transferSyntaxUid === geImplicitUid) return implicitVrLittleEndian;
  return transferSyntaxUid.startsWith('1.2.840.10008.1.2.') ? explicitVrLittleEndian : undefined;
}

/** True where the whole data set is deflated (PS3.5 A.5). Deflated Image Frame Compression is not: only its frames are. */
export function isDeflated(transferSyntaxUid: string): boolean {
  return transferSyntax(transferSyntaxUid)?.deflated === true;
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
