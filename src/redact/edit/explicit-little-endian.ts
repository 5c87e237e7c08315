import { SallyportError } from '../../core/errors.ts';
import type { ByteSource } from '../../dicom/byte-source.ts';
import type { DataElement, DataSet, ElementBody } from '../../dicom/data-set.ts';
import { explicitVrLittleEndian, sameEncoding } from '../../dicom/encodings.ts';
import { traitsOf } from '../../dicom/vr.ts';

/** The same data set in explicit VR little endian, at every depth. Values are turned as they are read. */
export function asExplicitLittleEndian(dataSet: DataSet): DataSet {
  if (sameEncoding(dataSet.encoding, explicitVrLittleEndian)) return dataSet;
  return converted(dataSet, dataSet);
}

function converted(dataSet: DataSet, outermost: DataSet): DataSet {
  // Items of a sequence received with VR UN are in an encoding of their own, and stay in it.
  if (!sameEncoding(dataSet.encoding, outermost.encoding)) return dataSet;
  const elements = dataSet.elements.map((element): DataElement => {
    const body = convertedBody(element, outermost);
    return body === element.body ? element : { ...element, body };
  });
  return { encoding: explicitVrLittleEndian, elements, characterSets: dataSet.characterSets };
}

function convertedBody({ vr, body }: DataElement, outermost: DataSet): ElementBody {
  if (body.kind === 'items') return { kind: 'items', items: body.items.map((i) => converted(i, outermost)) };
  const { wordBytes } = traitsOf(vr);
  if (outermost.encoding.littleEndian || wordBytes === 1 || body.kind === 'fragments') return body;
  if (body.kind === 'bytes') return { kind: 'bytes', bytes: turned(body.bytes, wordBytes) };
  const { source, offset, length } = body;
  return { kind: 'source', source: turnedSource(source, offset, length, wordBytes), offset: 0, length };
}

function turnedSource(inner: ByteSource, start: number, size: number, wordBytes: 2 | 4 | 8): ByteSource {
  return {
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size)
        throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
      const from = offset - (offset % wordBytes);
      const to = Math.min(size, Math.ceil((offset + length) / wordBytes) * wordBytes);
      const words = turned(inner.read(start + from, to - from), wordBytes);
      return words.subarray(offset - from, offset - from + length);
    },
  };
}

/** A copy with the bytes of every whole word turned. */
function turned(bytes: Uint8Array, wordBytes: 2 | 4 | 8): Uint8Array {
  const copy = new Uint8Array(bytes);
  const whole = Buffer.from(copy.buffer, 0, copy.length - (copy.length % wordBytes));
  if (wordBytes === 2) whole.swap16();
  else if (wordBytes === 4) whole.swap32();
  else whole.swap64();
  return copy;
}
