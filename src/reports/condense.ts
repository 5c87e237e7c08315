import type { AttributeRow } from './study-report.ts';

/** A row as it is shown: one attribute, or private ones of one group that the same rule treated alike. */
export interface ShownRow extends AttributeRow {
  /** Attributes the row stands for. */
  readonly attributes: number;
  /** False where `instances` is only the most of any one of them: all together may be in more. */
  readonly exact: boolean;
}

/** The rule that nothing but private elements comes under. */
const privateRule = 'private';

/**
 * Private elements that went because they are private, as one row for each group and place: a scanner writes hundreds of
 * them, and a person looks for the others. Rows and their order are otherwise as given; `allInstances` is how many there
 * are at most.
 */
export function condensed(rows: readonly AttributeRow[], allInstances: number): ShownRow[] {
  const shown: ShownRow[] = [];
  const places = new Map<string, number>();
  for (const row of rows) {
    const group = row.rule === privateRule ? row.path.replace(/,[0-9A-Fa-f]{4}\)$/, ',xxxx)') : row.path;
    const place = group === row.path ? undefined : places.get(group);
    const before = place === undefined ? undefined : shown[place];
    if (place === undefined || before === undefined) {
      if (group !== row.path) places.set(group, shown.length);
      shown.push({ ...row, attributes: 1, exact: true });
      continue;
    }
    const attributes = before.attributes + 1;
    const instances = Math.max(before.instances, row.instances);
    shown[place] = {
      ...before,
      path: group,
      keyword: before.keyword.replace(
        /[^/]*$/,
        (last) => `${last.startsWith(' ') ? ' ' : ''}${attributes} private attributes`,
      ),
      elements: before.elements + row.elements,
      instances,
      attributes,
      exact: instances >= allInstances,
    };
  }
  return shown;
}
