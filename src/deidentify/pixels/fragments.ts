import type { ErrorCode } from '../../core/errors.ts';
import { memorySource } from '../../dicom/byte-source.ts';
import type { FragmentsBody } from '../../dicom/data-set.ts';
import { type Piece, splicedSource } from '../../dicom/spliced-source.ts';

/** Longest frame looked into, bytes. */
export const maxFrameBytes = 1024 * 1024 * 1024;

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
    if (frame.size > maxFrameBytes) {
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

/** Refers to the bytes that stay where they are: memory does not grow with the pixel data. */
function rewritten(
  body: FragmentsBody,
  frames: readonly Frame[],
  results: readonly StripResult[],
): StrippedFragments {
  const hadTable = body.offsetTable.length === frames.length * 4;
  const table = new DataView(new ArrayBuffer(hadTable ? body.offsetTable.length : 0));
  const pieces: Piece[] = [];
  const fragments: { offset: number; length: number }[] = [];
  const tableLength = table.byteLength;
  let position = tableLength;
  let itemOffset = 0;
  frames.forEach((frame, index) => {
    const result = results[index];
    const ranges: readonly KeptRange[] = result?.kind === 'parts' ? result.ranges : [[0, frame.size]];
    const start = position;
    for (const [from, to] of ranges) {
      for (const piece of piecesOf(body, frame, from, to)) pieces.push(piece);
      position += to - from;
    }
    // One fragment of even length for each frame.
    if ((position - start) % 2 === 1) {
      pieces.push(padding);
      position += 1;
    }
    const length = position - start;
    fragments.push({ offset: start, length });
    // Beyond 4 GiB the table cannot say it, and is left empty.
    if (itemOffset < 2 ** 32 && hadTable) table.setUint32(index * 4, itemOffset, true);
    itemOffset += 8 + length;
  });
  const fits = itemOffset <= 2 ** 32;
  const tableBytes = memorySource(new Uint8Array(table.buffer));
  const source = splicedSource([{ source: tableBytes, offset: 0, length: tableLength }, ...pieces]);
  return {
    kind: 'changed',
    body: {
      kind: 'fragments',
      source,
      offsetTable: { offset: 0, length: fits ? tableLength : 0 },
      fragments,
    },
  };
}

const padding: Piece = { source: memorySource(new Uint8Array(1)), offset: 0, length: 1 };

/** Where the bytes [from, to) of a frame lie in the source. */
function* piecesOf({ source }: FragmentsBody, { parts }: Frame, from: number, to: number): Generator<Piece> {
  let at = 0;
  for (const part of parts) {
    const start = Math.max(from, at);
    const end = Math.min(to, at + part.length);
    if (end > start) yield { source, offset: part.offset + start - at, length: end - start };
    at += part.length;
  }
}
