/** Most decomposition levels (ISO/IEC 15444-1 table A.15), hence most sub-bands. */
const maxSubBands = 3 * 32 + 1;
const maxProgressionChanges = 64;

/**
 * Whether a segment of parameters (annex A.6; CAP of part 15) is as long as its content says. Two parameter sets cannot
 * both hold, so that a longer or another one is read by no decoder. True for segments of other kinds.
 *
 * `start` is the marker's place, `end` that of the next one; `components` is Csiz.
 */
export function isWholeParameters(
  bytes: Uint8Array,
  start: number,
  end: number,
  components: number,
): boolean {
  const at = (index: number): number => bytes[start + 4 + index] ?? 0;
  const length = end - start - 4;
  const index = components < 257 ? 1 : 2;
  switch (((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0)) {
    case 0xff50: {
      const parts = [0, 1, 2, 3].reduce((sum, place) => sum + bitsOf(at(place)), 0);
      return length === 4 + 2 * parts;
    }
    case 0xff52:
      return length === 10 + ((at(0) & 1) === 1 ? at(5) + 1 : 0);
    case 0xff53:
      return length === 6 + index + ((at(index) & 1) === 1 ? at(index + 1) + 1 : 0);
    case 0xff5c:
      return isQuantization(bytes.subarray(start + 4, end));
    case 0xff5d:
      return isQuantization(bytes.subarray(start + 4 + index, end));
    case 0xff5e:
      return length === index + 2;
    case 0xff5f:
      return length % (5 + 2 * index) === 0 && length <= maxProgressionChanges * (5 + 2 * index);
    default:
      return true;
  }
}

/** Sqcd or Sqcc with the step sizes of its style (A.6.4). */
function isQuantization(content: Uint8Array): boolean {
  const steps = content.subarray(1);
  switch ((content[0] ?? 0) & 0x1f) {
    case 0:
      return steps.length <= maxSubBands && steps.every((step) => (step & 7) === 0);
    case 1:
      return steps.length === 2;
    case 2:
      return steps.length % 2 === 0 && steps.length <= 2 * maxSubBands;
    default:
      return false;
  }
}

function bitsOf(byte: number): number {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}
