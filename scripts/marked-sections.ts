/** Parts of a document that are made from the code, by the name of their markers. */
export type Sections = Readonly<Record<string, () => string | Promise<string>>>;

/** The text with each marked section made anew. Throws where a marker is missing. */
export async function fillSections(document: string, text: string, sections: Sections): Promise<string> {
  let filled = text;
  for (const [name, make] of Object.entries(sections)) {
    const begin = `<!-- begin ${name}: made by npm run generate -->`;
    const end = `<!-- end ${name} -->`;
    const from = filled.indexOf(begin);
    const to = filled.indexOf(end);
    if (from < 0 || to < from) throw new Error(`${document} has no section ${name}`);
    filled = `${filled.slice(0, from + begin.length)}\n\n${await make()}\n\n${filled.slice(to)}`;
  }
  return filled;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
