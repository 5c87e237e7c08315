import type { EightBitImage } from '../../../src/render/output/sharp.ts';

/** Numbers that look random and are the same in every run, 0 to 2^24 - 1. */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}

/** A body with soft structure, noise, a sharp border and letters: what a drawn medical image is made of. */
export function picture(
  width: number,
  height: number,
  channels: 1 | 3,
  seed = 1,
): EightBitImage & { readonly pixels: Uint8Array } {
  const next = noise(seed);
  const pixels = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = (2 * x) / width - 1;
      const dy = (2 * y) / height - 1;
      const inside = dx * dx + 1.3 * dy * dy < 0.7;
      const letter = y > height * 0.9 && x % 9 < 2 && x < width / 3;
      for (let c = 0; c < channels; c++) {
        const body = 110 + 50 * Math.sin((x + 13 * c) / 11) * Math.cos(y / 17) + (next() % 21) - 10 + 20 * c;
        pixels[(y * width + x) * channels + c] = letter ? 255 : inside ? body : 4 * c;
      }
    }
  }
  return { width, height, channels, pixels };
}

/** Python: `samples(path)` gives the samples of a PNG or binary PGM or PPM, and the largest sample it can hold. */
export const readsImages = `
import numpy
from PIL import Image
def netpbm(path):
    data = open(path, 'rb').read()
    fields, at = [], 0
    while len(fields) < 4:
        end = at
        while not data[end:end + 1].isspace(): end += 1
        if data[at:at + 1] == b'#': end = data.index(10, at)
        elif end > at: fields.append(data[at:end])
        at = end + 1
    kind, width, height, most = fields
    body = numpy.frombuffer(data[at:], dtype='>u2' if int(most) > 255 else 'u1')
    return body.reshape(int(height), int(width), 3 if kind == b'P6' else 1), int(most)
def samples(path):
    if not path.endswith('.png'): return netpbm(path)
    image = Image.open(path)
    return numpy.asarray(image), 255 if image.mode in ('L', 'RGB') else 65535
`;
