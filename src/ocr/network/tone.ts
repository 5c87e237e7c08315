import type { Area, Picture } from '../picture.ts';
import type { Tone } from './patch.ts';

/** Pixels looked at along each side of an area. */
const samples = 64;
/** Less contrast than this is not spread further: it would make text of noise. */
const leastSpan = 40;

/**
 * The tone in which an area is shown to the network: its contrast spread over the whole range, and the background, which
 * is what there is most of, bright, as on the documents it was trained with (measured: 4 in 100 lines more are found).
 */
export function toneOf(picture: Picture, area: Area): Tone {
  const { pixels, width, channels } = picture;
  const histogram = new Uint32Array(256);
  const stepX = Math.max(1, Math.floor(area.width / samples));
  const stepY = Math.max(1, Math.floor(area.height / samples));
  let count = 0;
  for (let y = area.top; y < area.top + area.height; y += stepY) {
    for (let x = area.left; x < area.left + area.width; x += stepX) {
      for (let channel = 0; channel < channels; channel += 1) {
        const value = pixels[(y * width + x) * channels + channel] ?? 0;
        histogram[value] = (histogram[value] ?? 0) + 1;
        count += 1;
      }
    }
  }
  const least = quantile(histogram, count * 0.002);
  const most = quantile(histogram, count * 0.998);
  const middle = quantile(histogram, count * 0.5);
  const center = (least + most) / 2;
  const half = Math.max(leastSpan, most - least) / 2;
  const low = Math.round(center - half);
  const high = Math.round(center + half);
  return middle < center ? { low: high, high: low } : { low, high };
}

function quantile(histogram: Uint32Array, wanted: number): number {
  let seen = 0;
  for (let value = 0; value < 256; value += 1) {
    seen += histogram[value] ?? 0;
    if (seen > wanted) return value;
  }
  return 255;
}
