const flagWords: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'on', 'yes'].map((word) => [word, true] as const),
  ...['false', '0', 'off', 'no'].map((word) => [word, false] as const),
]);

/** A boolean as clients write it in queries and forms: `true`, and Python's `True`, `1`, `on`, `yes`; undefined for other text. */
export function flagIn(text: string): boolean | undefined {
  return flagWords.get(text.toLowerCase());
}
