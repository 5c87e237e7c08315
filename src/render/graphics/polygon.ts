interface Vertex {
  readonly x: number;
  readonly y: number;
}
interface Span {
  readonly from: number;
  readonly to: number;
}

/** More than any device writes; bounds the work to this many times the rows. */
const maxVertices = 1000;
/** What a computed crossing may be beside a pixel's centre that it goes through. */
const slack = 1e-9;

/**
 * The pixels whose centres lie in a closed polygon, its border included, as spans of columns of each row, in order and
 * apart; filled by the even-odd rule. Undefined with fewer than three vertices or more than 1,000.
 */
export function polygonSpans(
  vertices: readonly Vertex[],
  rows: number,
  columns: number,
): readonly (readonly Span[])[] | undefined {
  if (vertices.length < 3 || vertices.length > maxVertices) return undefined;
  // Rows at which an edge begins and at which it ends count in one list each, so that no corner is lost.
  const begun: number[][] = Array.from({ length: rows }, () => []);
  const ended: number[][] = Array.from({ length: rows }, () => []);
  const spans: Span[][] = Array.from({ length: rows }, () => []);
  const add = (row: number, from: number, to: number): void => {
    const clipped = {
      from: Math.max(0, Math.ceil(from - slack)),
      to: Math.min(columns - 1, Math.floor(to + slack)),
    };
    if (clipped.from <= clipped.to) spans[row]?.push(clipped);
  };
  for (const [index, first] of vertices.entries()) {
    const second = vertices[(index + 1) % vertices.length] as Vertex;
    const [upper, lower] = first.y <= second.y ? [first, second] : [second, first];
    if (upper.y === lower.y) {
      if (Number.isInteger(upper.y)) add(upper.y, Math.min(upper.x, lower.x), Math.max(upper.x, lower.x));
      continue;
    }
    const slope = (lower.x - upper.x) / (lower.y - upper.y);
    for (let row = Math.max(0, Math.ceil(upper.y)); row <= lower.y && row < rows; row++) {
      const x = upper.x + (row - upper.y) * slope;
      if (row < lower.y) begun[row]?.push(x);
      if (row > upper.y) ended[row]?.push(x);
    }
  }
  for (const crossings of [begun, ended]) {
    for (const [row, found] of crossings.entries()) {
      found.sort((a, b) => a - b);
      for (let i = 0; i + 1 < found.length; i += 2) add(row, found[i] as number, found[i + 1] as number);
    }
  }
  return spans.map(joined);
}

/** Spans in order, those that touch or overlap made one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const out: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last !== undefined && span.from <= last.to + 1) {
      out[out.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    } else out.push(span);
  }
  return out;
}
