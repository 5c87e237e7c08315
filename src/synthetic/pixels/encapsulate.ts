import { element, type WriterElement, type WriterFragments } from '../writer-element.ts';
import type { PixelSpec } from './pixel-spec.ts';

/** Pixel Data of encoded frames, and the elements of an Extended Offset Table where that is asked for. */
export function encapsulate(
  frames: readonly Uint8Array[],
  spec: Pick<PixelSpec, 'fragments' | 'table'>,
): { readonly value: WriterFragments; readonly tables: readonly WriterElement[] } {
  const fragments: Uint8Array[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const frame of frames) {
    offsets.push(offset);
    for (const fragment of split(frame, spec.fragments === 'several' ? 3 : 1)) {
      fragments.push(fragment);
      offset += 8 + fragment.length + (fragment.length % 2);
    }
  }
  switch (spec.table) {
    case 'basic':
      return { value: { fragments, offsetTable: offsets }, tables: [] };
    case 'wrong':
      return { value: { fragments, offsetTable: offsets.map((right) => right + 2) }, tables: [] };
    case 'extended': {
      // PS3.3 C.7.6.3.1.8: one fragment a frame, and the Basic Offset Table empty; lengths are those before padding.
      const lengths = frames.map(({ length }) => BigInt(length));
      return {
        value: { fragments, offsetTable: [] },
        tables: [
          element(0x7fe00001, 'OV', BigUint64Array.from(offsets, BigInt)),
          element(0x7fe00002, 'OV', BigUint64Array.from(lengths)),
        ],
      };
    }
    default:
      return { value: { fragments, offsetTable: [] }, tables: [] };
  }
}

/** Cut at even places, since only the last fragment of a frame can have padding that no decoder sees. */
function split(frame: Uint8Array, parts: number): Uint8Array[] {
  const step = Math.max(2, Math.ceil(frame.length / parts / 2) * 2);
  const cut: Uint8Array[] = [];
  for (let at = 0; at < frame.length; at += step) cut.push(frame.subarray(at, at + step));
  return cut;
}
