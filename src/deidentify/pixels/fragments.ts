import type { ErrorCode } from '../../core/errors.ts';
import { memorySource } from '../../dicom/byte-source.ts';
import type { FragmentsBody } from '../../dicom/data-set.ts';

/** Largest encapsulated pixel data that is rewritten in memory, bytes; also the longest frame looked into. */
export const maxRewrittenBytes = 1024 * 1024 * 1024;

/** A part of a code stream to keep: [start, end). */
export type KeptRange = readonly [start: number, end: number];

/** What to make of one code stream. */
export type StripResult =
  | { readonly kind: 'whole' }
  | { readonly kind: 'parts'; readonly ranges: readonly KeptRange[] }
  /** The stream cannot be followed, so nobody can say what is in it. */
  | { readonly kind: 'unreadable' }
  /** It holds text where it cannot be taken out. */
  | { readonly kind: 'stuck' };

export interface Stripper {
  /** Whether a fragment that begins so begins a code stream. */
  begins(head: Uint8Array): boolean;
  strip(codestream: Uint8Array): StripResult;
}

export type StrippedFragments =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly body: FragmentsBody }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly detail: string };

interface Frame {
  readonly parts: readonly { readonly offset: number; readonly length: number }[];
  readonly size: number;
}

/**
 * Fragments without the metadata inside their code streams. A frame whose stream changes becomes one fragment; the
 * others are referred to as they are, as long as nothing changes at all. The Basic Offset Table is made anew where it had
 * one entry a frame, else left empty, which PS3.5 A.4 allows.
 */
export function stripFragments(
  body: FragmentsBody,
  stripper: Stripper,
  numberOfFrames: number,
): StrippedFragments {
  const frames = groupFrames(body, stripper);
  // A picture that no viewer shows is one that nobody has judged.
  if (frames.length > numberOfFrames)
    return { kind: 'held', code: 'PIXEL_DATA_INVALID', detail: 'more frames than described' };
  const results: StripResult[] = [];
  for (const frame of frames) {
    if (frame.size > maxRewrittenBytes) {
      return { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'very large frame' };
    }
    const result = stripper.strip(joined(body, frame));
    if (result.kind === 'unreadable')
      return { kind: 'held', code: 'PIXEL_DATA_INVALID', detail: 'code stream' };
    if (result.kind === 'stuck') {
      return { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'metadata in code stream' };
    }
    results.push(result);
  }
  if (results.every(({ kind }) => kind === 'whole')) return { kind: 'unchanged' };
  // What looks like bytes behind a frame may be the next one, whose beginning was not recognised.
  if (frames.length < numberOfFrames)
    return { kind: 'held', code: 'PIXEL_DATA_INVALID', detail: 'fewer frames than described' };
  return rewritten(body, frames, results);
}

function groupFrames({ source, fragments }: FragmentsBody, stripper: Stripper): Frame[] {
  const frames: { parts: { offset: number; length: number }[]; size: number }[] = [];
  for (const fragment of fragments) {
    const head = source.read(fragment.offset, Math.min(12, fragment.length));
    const last = frames.at(-1);
    if (last === undefined || stripper.begins(head))
      frames.push({ parts: [fragment], size: fragment.length });
    else {
      last.parts.push(fragment);
      last.size += fragment.length;
    }
  }
  return frames;
}

/** The bytes of a frame; a view of the source when it is one fragment. */
function joined({ source }: FragmentsBody, frame: Frame): Uint8Array {
  const [first, ...others] = frame.parts;
  if (first === undefined) return new Uint8Array(0);
  if (others.length === 0) return source.read(first.offset, first.length);
  const bytes = new Uint8Array(frame.size);
  let position = 0;
  for (const { offset, length } of frame.parts) {
    bytes.set(source.read(offset, length), position);
    position += length;
  }
  return bytes;
}

function rewritten(
  body: FragmentsBody,
  frames: readonly Frame[],
  results: readonly StripResult[],
): StrippedFragments {
  const total = frames.reduce((sum, { size }) => sum + size, 0);
  if (total > maxRewrittenBytes) {
    return { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'metadata in very large pixel data' };
  }
  const hadTable = body.offsetTable.length === frames.length * 4;
  const tableLength = hadTable ? body.offsetTable.length : 0;
  // One fragment of even length for each frame, behind the table.
  const bytes = new Uint8Array(tableLength + total + frames.length);
  const table = new DataView(bytes.buffer, 0, tableLength);
  const fragments: { offset: number; length: number }[] = [];
  let position = tableLength;
  let itemOffset = 0;
  frames.forEach((frame, index) => {
    const codestream = joined(body, frame);
    const result = results[index];
    const ranges: readonly KeptRange[] = result?.kind === 'parts' ? result.ranges : [[0, codestream.length]];
    const start = position;
    for (const [from, to] of ranges) {
      bytes.set(codestream.subarray(from, to), position);
      position += to - from;
    }
    position += (position - start) % 2;
    const length = position - start;
    fragments.push({ offset: start, length });
    if (hadTable) table.setUint32(index * 4, itemOffset, true);
    itemOffset += 8 + length;
  });
  const source = memorySource(bytes.subarray(0, position));
  return {
    kind: 'changed',
    body: { kind: 'fragments', source, offsetTable: { offset: 0, length: tableLength }, fragments },
  };
}
