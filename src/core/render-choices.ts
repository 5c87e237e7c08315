/** Which frames of a multi-frame instance are rendered. */
export type FrameSelection =
  | { readonly kind: 'all' | 'first' | 'middle' }
  /** Frames 1, 1 + n, 1 + 2n, ... */
  | { readonly kind: 'every'; readonly n: number }
  /** At most n frames, evenly spread, the first among them. */
  | { readonly kind: 'atMost'; readonly n: number }
  /** Frame n alone, from 1; none where the instance has fewer. Asked for in a call, not in the configuration. */
  | { readonly kind: 'only'; readonly n: number };

/** Which VOI transformation of an image is applied (PS3.3 C.11.2). */
export type WindowChoice =
  /** The n-th window, from 1; the first where the image has fewer. */
  | { readonly kind: 'nth'; readonly n: number }
  /** The window with this Window Center & Width Explanation (0028,1055), compared without case; else the first. */
  | { readonly kind: 'explanation'; readonly text: string }
  /** None of the image's own: a window made from its values. */
  | { readonly kind: 'automatic' };

/** `all`, `first`, `middle`, `every:N` or `at-most:N`; undefined for anything else. */
export function parseFrameSelection(text: string): FrameSelection | undefined {
  if (text === 'all' || text === 'first' || text === 'middle') return { kind: text };
  const match = /^(every|at-most):([1-9]\d{0,8})$/.exec(text);
  if (match === null) return undefined;
  return { kind: match[1] === 'every' ? 'every' : 'atMost', n: Number(match[2]) };
}

/** `1`, `2`, ... for the n-th window, `automatic`, or `explanation:TEXT`; undefined for anything else. */
export function parseWindowChoice(text: string): WindowChoice | undefined {
  if (text === 'automatic') return { kind: 'automatic' };
  if (/^[1-9]\d?$/.test(text)) return { kind: 'nth', n: Number(text) };
  const match = /^explanation:(.{1,64})$/.exec(text);
  const explanation = match?.[1]?.trim() ?? '';
  return explanation === '' ? undefined : { kind: 'explanation', text: explanation };
}
