/** Levels between nodes: a divisor of 255, so that nodes are levels. */
const step = 5;
const nodes = 255 / step + 1;
const perRed = 3 * nodes * nodes;
const perGreen = 3 * nodes;
const perBlue = 3;

const nodeOf = Uint8Array.from({ length: 256 }, (_, level) => Math.floor(level / step));
const restOf = Uint8Array.from({ length: 256 }, (_, level) => level % step);

/** Interleaved RGB of the nodes of the table, in its order: what is to be converted to make one. */
export function tableColors(): Uint8Array {
  const colors = new Uint8Array(perRed * nodes);
  let to = 0;
  for (let red = 0; red <= 255; red += step) {
    for (let green = 0; green <= 255; green += step) {
      for (let blue = 0; blue <= 255; blue += step) {
        colors[to++] = red;
        colors[to++] = green;
        colors[to++] = blue;
      }
    }
  }
  return colors;
}

/**
 * Interleaved RGB through a table of the converted nodes, tetrahedra interpolated. Exact at the nodes; between them as good
 * as the conversion is straight.
 */
export function throughTable(table: Uint8Array, rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgb.length);
  for (let i = 0; i + 2 < rgb.length; i += 3) {
    const r = rgb[i] as number;
    const g = rgb[i + 1] as number;
    const b = rgb[i + 2] as number;
    const start =
      (nodeOf[r] as number) * perRed + (nodeOf[g] as number) * perGreen + (nodeOf[b] as number) * perBlue;
    const fr = restOf[r] as number;
    const fg = restOf[g] as number;
    const fb = restOf[b] as number;
    // The corners on the way from the nearest node to the farthest, along the largest rest first.
    let most = fr;
    let middle = fg;
    let least = fb;
    let first = perRed;
    let second = perRed + perGreen;
    if (fr >= fg) {
      if (fg < fb) {
        least = fg;
        second = perRed + perBlue;
        if (fr >= fb) middle = fb;
        else {
          most = fb;
          middle = fr;
          first = perBlue;
        }
      }
    } else if (fr >= fb) {
      most = fg;
      middle = fr;
      first = perGreen;
    } else {
      least = fr;
      second = perGreen + perBlue;
      most = Math.max(fg, fb);
      middle = Math.min(fg, fb);
      first = fg >= fb ? perGreen : perBlue;
    }
    const w0 = step - most;
    const w1 = most - middle;
    const w2 = middle - least;
    const one = w1 === 0 ? start : start + first;
    const two = w2 === 0 ? start : start + second;
    const all = least === 0 ? start : start + perRed + perGreen + perBlue;
    for (let c = 0; c < 3; c++) {
      const sum =
        w0 * (table[start + c] as number) +
        w1 * (table[one + c] as number) +
        w2 * (table[two + c] as number) +
        least * (table[all + c] as number);
      // Rounded; (sum + 2) / 5 for whole numbers up to 1,277, without a division.
      out[i + c] = ((sum + 2) * 52_429) >>> 18;
    }
  }
  return out;
}
