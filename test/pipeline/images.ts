import { transferSyntaxes, type WriterFile } from '../../src/synthetic/dicom-writer.ts';
import { identityElements, syntheticIdentity } from '../../src/synthetic/identity.ts';
import { ctImage } from '../../src/synthetic/images.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import { uniqueUid, withElements, withoutElements } from '../support/instances.ts';

const words = {
  modality: 'CT',
  seriesNumber: 1,
  seriesDescription: 'Head',
  protocolName: 'Head',
  bodyPart: 'HEAD',
} as const;

/** A CT slice of 32 by 32 pixels with an invented patient's identifiers; one series for each seed. */
export function slice(seed: string, instanceNumber: number, ...changes: WriterElement[]): WriterFile {
  const identity = syntheticIdentity(seed);
  const image = {
    seed,
    instanceNumber,
    seriesNumber: 1,
    rows: 32,
    columns: 32,
    date: identity.studyDate,
    time: identity.studyTime,
    zMm: instanceNumber,
  };
  return {
    elements: withElements([...identityElements(seed, identity, words), ...ctImage(image)], ...changes),
  };
}

/** An Enhanced CT with functional groups (PS3.3 C.7.6.16): spacing is shared, each frame has a position of its own. */
export function enhanced(seed: string, frames: number): WriterFile {
  const { elements } = slice(seed, 1);
  const numbers = Array.from({ length: frames }, (_, index) => index + 1);
  const sequence = (tag: number, ...items: WriterElement[][]): WriterElement => element(tag, 'SQ', { items });
  return {
    elements: withElements(
      withoutElements(elements, 0x00200032, 0x00200037, 0x00280030, 0x00180050),
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2.1'),
      element(0x00080018, 'UI', uniqueUid()),
      element(0x00280008, 'IS', frames),
      sequence(0x52009229, [
        sequence(0x00289110, [element(0x00280030, 'DS', ['0.5', '0.25']), element(0x00180050, 'DS', '3')]),
        sequence(0x00209116, [element(0x00200037, 'DS', ['1', '0', '0', '0', '1', '0'])]),
      ]),
      sequence(
        0x52009230,
        ...numbers.map((number) => [
          sequence(0x00209113, [element(0x00200032, 'DS', ['-1', '-2', String(number * 10)])]),
        ]),
      ),
      element(
        0x7fe00010,
        'OW',
        Uint16Array.from({ length: 32 * 32 * frames }, (_, index) => (index * 37) % 4096),
      ),
    ),
  };
}

/** RLE frames (PS3.5 G) of which the last cannot be decoded: rendering fails after the others are written. */
export function brokenAtTheEnd(seed: string, frames: number): WriterFile {
  const segment = Buffer.from(Array.from({ length: 32 * 32 }, (_, index) => (index * 91) % 256));
  const literal = Buffer.concat(
    Array.from({ length: 8 }, (_, run) =>
      Buffer.concat([Buffer.of(127), segment.subarray(run * 128, run * 128 + 128)]),
    ),
  );
  const frame = Buffer.alloc(64 + literal.length);
  frame.writeUInt32LE(1, 0);
  frame.writeUInt32LE(64, 4);
  frame.set(literal, 64);
  const fragments = Array.from({ length: frames }, (_, index) =>
    index === frames - 1 ? Buffer.alloc(64, 0xff) : frame,
  );
  return {
    transferSyntaxUid: transferSyntaxes.rleLossless,
    elements: withElements(
      slice(seed, 1).elements,
      element(0x00280008, 'IS', frames),
      element(0x00280100, 'US', 8),
      element(0x00280101, 'US', 8),
      element(0x00280102, 'US', 7),
      element(0x7fe00010, 'OB', { fragments }),
    ),
  };
}
