import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataElement, DataSet } from '../../src/dicom/data-set.ts';
import { encodeDataSet } from '../../src/dicom/encode.ts';
import { explicitVrLittleEndian } from '../../src/dicom/encodings.ts';
import { encodeFileMeta } from '../../src/dicom/file-meta.ts';
import { type Part10, readPart10 } from '../../src/dicom/part10.ts';
import { element } from '../../src/dicom/values.ts';

/** Bytes written out by hand, so that what is read does not depend on what the product writes. */

/** Text as Latin-1, hexadecimal digits between <>. */
export function bytes(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part !== 'string') return Buffer.from(part);
      return part.startsWith('<')
        ? Buffer.from(part.slice(1, -1).replaceAll(' ', ''), 'hex')
        : Buffer.from(part, 'latin1');
    }),
  );
}

function u16(value: number, big: boolean): Buffer {
  const out = Buffer.alloc(2);
  if (big) out.writeUInt16BE(value);
  else out.writeUInt16LE(value);
  return out;
}

function u32(value: number, big: boolean): Buffer {
  const out = Buffer.alloc(4);
  if (big) out.writeUInt32BE(value);
  else out.writeUInt32LE(value);
  return out;
}

export const undefinedLength = 0xffffffff;

/** Tag in either byte order. */
export function tagBytes(tag: number, big = false): Buffer {
  return Buffer.concat([u16(tag >>> 16, big), u16(tag & 0xffff, big)]);
}

/** Explicit VR with a 16-bit length. */
export function short(tag: number, vr: string, value: string | Uint8Array, big = false): Buffer {
  const content = bytes(value);
  return bytes(tagBytes(tag, big), vr, u16(content.length, big), content);
}

/** Explicit VR with a 32-bit length; `length` when another than that of the content. */
export function long(
  tag: number,
  vr: string,
  value: string | Uint8Array,
  length?: number,
  big = false,
): Buffer {
  const content = bytes(value);
  return bytes(tagBytes(tag, big), vr, u16(0, big), u32(length ?? content.length, big), content);
}

/** Implicit VR. */
export function implicit(tag: number, value: string | Uint8Array, length?: number): Buffer {
  const content = bytes(value);
  return bytes(tagBytes(tag), u32(length ?? content.length, false), content);
}

/** An item of defined length, or of undefined length with its delimiter. */
export function itemOf(content: Uint8Array, open = false): Buffer {
  return open
    ? bytes(implicit(0xfffee000, '', undefinedLength), content, implicit(0xfffee00d, ''))
    : implicit(0xfffee000, content);
}

export const sequenceEnd = implicit(0xfffee0dd, '');
export const itemEnd = implicit(0xfffee00d, '');

export const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  big: '1.2.840.10008.1.2.2',
  jpeg: '1.2.840.10008.1.2.4.50',
} as const;

/** A Part 10 file around an encoded data set. */
export function file(dataSet: Uint8Array, transferSyntaxUid: string = syntaxes.explicit): Buffer {
  const head = encodeFileMeta({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    sopInstanceUid: '2.25.1',
    transferSyntaxUid,
  });
  return bytes(head, dataSet);
}

export function read(content: Uint8Array): Part10 {
  return readPart10(memorySource(content));
}

/** The data set of an explicit VR little endian file with this content. */
export function explicit(...elements: readonly Uint8Array[]): DataSet {
  return read(file(bytes(...elements))).dataSet;
}

export function dataSetOf(elements: readonly DataElement[], characterSets: readonly string[] = []): DataSet {
  return { encoding: explicitVrLittleEndian, elements, characterSets };
}

export function encoded(dataSet: DataSet): Buffer {
  return Buffer.concat([...encodeDataSet(dataSet)]);
}

export function need(dataSet: DataSet, tag: number): DataElement {
  const found = element(dataSet, tag);
  if (found === undefined) throw new Error(`no element ${tag.toString(16)}`);
  return found;
}
