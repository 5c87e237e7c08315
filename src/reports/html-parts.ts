/** A table in a box; the cells are HTML. A column that begins with # holds numbers. */
export function table(
  title: string,
  text: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const kind = head.map((name) => (name.startsWith('#') ? ' class="number"' : ''));
  const cells = (row: readonly string[]): string =>
    row.map((cell, index) => `<td${kind[index] ?? ''}>${cell}</td>`).join('');
  return `<section class="box"><div class="title"><h3>${escaped(title)}</h3>${text === '' ? '' : `<p>${escaped(text)}</p>`}</div><div class="scroll"><table>
<thead><tr>${head.map((name, index) => `<th scope="col"${kind[index] ?? ''}>${escaped(name.replace('#', ''))}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody></table></div></section>`;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
