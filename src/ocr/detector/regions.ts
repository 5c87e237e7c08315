/** Connected cells whose chance reaches a threshold, with what tells the shape of them. In cells; ends exclusive. */
export interface Region {
  readonly label: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly cells: number;
  /** Mean chance. */
  readonly score: number;
  /** Direction in which it is longest, radians from the rows, -pi/2 to pi/2; and its spread along and across, as deviations. */
  readonly angle: number;
  readonly along: number;
  readonly across: number;
}

export interface Regions {
  /** Label of each cell, 0 where there is none. */
  readonly labels: Int32Array;
  readonly regions: readonly Region[];
}

/** Regions of eight-connected cells, in the order of their first cell, row by row. Linear in the number of cells. */
export function regionsOf(chances: Float32Array, columns: number, rows: number, threshold: number): Regions {
  const labels = new Int32Array(columns * rows);
  const open: number[] = [];
  const regions: Region[] = [];
  for (let start = 0; start < labels.length; start += 1) {
    if (labels[start] !== 0 || (chances[start] as number) < threshold) continue;
    const label = regions.length + 1;
    let [left, top, right, bottom] = [columns, rows, 0, 0];
    let [cells, score, sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0, 0, 0];
    labels[start] = label;
    open.push(start);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const x = at % columns;
      const y = (at - x) / columns;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      if (y >= bottom) bottom = y + 1;
      cells += 1;
      score += chances[at] as number;
      sumX += x;
      sumY += y;
      sumXX += x * x;
      sumYY += y * y;
      sumXY += x * y;
      const toX = Math.min(columns - 1, x + 1);
      const toY = Math.min(rows - 1, y + 1);
      for (let ny = Math.max(0, y - 1); ny <= toY; ny += 1) {
        for (let nx = Math.max(0, x - 1); nx <= toX; nx += 1) {
          const next = ny * columns + nx;
          if (labels[next] !== 0 || (chances[next] as number) < threshold) continue;
          labels[next] = label;
          open.push(next);
        }
      }
    }
    const [meanX, meanY] = [sumX / cells, sumY / cells];
    const [xx, yy, xy] = [
      sumXX / cells - meanX * meanX,
      sumYY / cells - meanY * meanY,
      sumXY / cells - meanX * meanY,
    ];
    const root = Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy);
    regions.push({
      label,
      left,
      top,
      right,
      bottom,
      cells,
      score: score / cells,
      angle: Math.atan2(2 * xy, xx - yy) / 2,
      along: Math.sqrt(Math.max(0, (xx + yy) / 2 + root)),
      across: Math.sqrt(Math.max(0, (xx + yy) / 2 - root)),
    });
  }
  return { labels, regions };
}
