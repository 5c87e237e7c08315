import { SallyportError } from '../core/errors.ts';
import type { Encoding, Vr } from '../dicom/data-set.ts';
import type { NumberArray, WriterFragments, WriterItems, WriterRaw, WriterValue } from './writer-element.ts';

/** VRs with a 16-bit length in explicit VR (PS3.5 table 7.1-2). */
const shortForm = new Set<Vr>(
  'AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' ') as Vr[],
);
/** VRs whose text follows Specific Character Set (PS3.5 6.1.2.2). */
const charsetText = new Set<Vr>(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
const paddedWithZero = new Set<Vr>(['UI', 'OB', 'UN']);

type NumberWriter = (view: DataView, offset: number, value: number | bigint, littleEndian: boolean) => void;
const numberWriters: Partial<Record<Vr, { readonly size: number; readonly write: NumberWriter }>> = {
  US: { size: 2, write: (view, at, value, le) => view.setUint16(at, Number(value), le) },
  SS: { size: 2, write: (view, at, value, le) => view.setInt16(at, Number(value), le) },
  UL: { size: 4, write: (view, at, value, le) => view.setUint32(at, Number(value), le) },
  SL: { size: 4, write: (view, at, value, le) => view.setInt32(at, Number(value), le) },
  FL: { size: 4, write: (view, at, value, le) => view.setFloat32(at, Number(value), le) },
  FD: { size: 8, write: (view, at, value, le) => view.setFloat64(at, Number(value), le) },
  SV: { size: 8, write: (view, at, value, le) => view.setBigInt64(at, BigInt(value), le) },
  UV: { size: 8, write: (view, at, value, le) => view.setBigUint64(at, BigInt(value), le) },
  AT: {
    size: 4,
    write: (view, at, value, le) => {
      view.setUint16(at, Number(value) >>> 16, le);
      view.setUint16(at + 2, Number(value) & 0xffff, le);
    },
  },
  OB: { size: 1, write: (view, at, value) => view.setUint8(at, Number(value)) },
  UN: { size: 1, write: (view, at, value) => view.setUint8(at, Number(value)) },
  OW: { size: 2, write: (view, at, value, le) => view.setUint16(at, Number(value), le) },
  OL: { size: 4, write: (view, at, value, le) => view.setUint32(at, Number(value), le) },
  OF: { size: 4, write: (view, at, value, le) => view.setFloat32(at, Number(value), le) },
  OD: { size: 8, write: (view, at, value, le) => view.setFloat64(at, Number(value), le) },
  OV: { size: 8, write: (view, at, value, le) => view.setBigUint64(at, BigInt(value), le) },
};

export function isShortForm(vr: Vr): boolean {
  return shortForm.has(vr);
}

export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}

/** The value as bytes of even length in the data set's byte order. DATA_SET_MALFORMED where value and VR do not match. */
export function encodeValue(
  tag: number,
  vr: Vr,
  value: Exclude<WriterValue, WriterItems | WriterFragments | WriterRaw>,
  scope: { readonly encoding: Encoding; readonly utf8: boolean },
): Uint8Array {
  const little = scope.encoding.littleEndian;
  if (value === null) return new Uint8Array(0);
  if (value instanceof Uint8Array) return padded(value, vr);
  if (ArrayBuffer.isView(value)) return padded(typedArrayBytes(value, little), vr);
  const parts: readonly (string | number | bigint)[] =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? [value] : value;
  const numbers = numberWriters[vr];
  if (numbers !== undefined) return padded(numberBytes(tag, parts, numbers, little), vr);
  // DS and IS are text, but a number is what a caller has in hand.
  const text = parts.map(String).join('\\');
  return padded(textBytes(tag, text, scope.utf8 && charsetText.has(vr)), vr);
}

function numberBytes(
  tag: number,
  parts: readonly (string | number | bigint)[],
  numbers: { readonly size: number; readonly write: NumberWriter },
  littleEndian: boolean,
): Uint8Array {
  const bytes = new Uint8Array(parts.length * numbers.size);
  const view = new DataView(bytes.buffer);
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') throw malformed(tag, 'text given for a binary VR');
    numbers.write(view, index * numbers.size, part, littleEndian);
  }
  return bytes;
}

function textBytes(tag: number, text: string, utf8: boolean): Uint8Array {
  if (utf8) return Buffer.from(text, 'utf8');
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0xff)
      throw malformed(tag, 'a character outside Latin-1; give encoded bytes');
  }
  return Buffer.from(text, 'latin1');
}

function typedArrayBytes(array: NumberArray, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (littleEndian) return bytes;
  const copy = Buffer.from(bytes);
  if (array.BYTES_PER_ELEMENT === 2) return copy.swap16();
  return array.BYTES_PER_ELEMENT === 4 ? copy.swap32() : copy.swap64();
}

function padded(bytes: Uint8Array, vr: Vr): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const even = new Uint8Array(bytes.length + 1);
  even.set(bytes);
  if (!paddedWithZero.has(vr)) even[bytes.length] = 0x20;
  return even;
}

function malformed(tag: number, what: string): SallyportError {
  return new SallyportError('DATA_SET_MALFORMED', {
    detail: `${tag.toString(16).padStart(8, '0')}: ${what}`,
  });
}
