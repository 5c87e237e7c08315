/** A line of a profile's head under its heading, as the command line prints it in a column of ten characters. */
export interface HeadGroup {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** Headings of the text as a page says them. */
const headings: Readonly<Record<string, string>> = {
  Base: 'Stands on',
  Options: 'Options',
  Reports: 'Reports and documents',
  Pixels: 'Text in the pixels',
  Devices: 'Rules for devices',
  Key: 'Key of the pseudonyms',
  Rules: 'Rules of its own',
  For: 'Explained for',
  Notice: 'Notice',
};

/**
 * The lines of an explained profile as terms and what holds of them, and the sentences that stand under no heading. What the
 * page shows elsewhere (`known`: the description) is left out; a heading nobody knows stands as it is.
 */
export function headOf(
  lines: readonly string[],
  known: readonly string[],
): { readonly groups: readonly HeadGroup[]; readonly sentences: readonly string[] } {
  const groups: { heading: string; lines: string[] }[] = [];
  const sentences: string[] = [];
  for (const line of lines) {
    const [, word, rest] = /^(?=.{10})(\S+|) {2,}(\S.*)$/.exec(line) ?? [];
    if (rest === undefined) {
      if (!known.includes(line)) sentences.push(line);
      continue;
    }
    const heading = headings[word ?? ''] ?? word ?? '';
    const last = groups.at(-1);
    if (last !== undefined && (heading === '' || heading === last.heading)) last.lines.push(rest);
    else groups.push({ heading, lines: [rest] });
  }
  return { groups, sentences };
}
