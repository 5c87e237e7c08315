import t from 'tap';
import { condensed } from '../../src/reports/condense.ts';
import type { AttributeRow } from '../../src/reports/study-report.ts';

function row(path: string, keyword: string, rule: string, instances: number, elements: number): AttributeRow {
  return { path, keyword, action: 'removed', rule, instances, elements };
}

t.test('private elements of one group and place become one row, all else stays as it is', async (t) => {
  const rows = [
    row('(0008,0080)', 'InstitutionName', 'table-e1-1', 3, 3),
    row('(0009,0010)', 'Private Creator', 'private', 2, 2),
    row('(0009,1001)', 'Private', 'private', 1, 4),
    row('(0009,1002)', 'Private', 'own-rule:1', 1, 1),
    row('(0009,1003)', 'Private', 'private', 2, 2),
    row('(0011,1003)', 'Private', 'private', 1, 1),
    row('(0040,0275)/(0009,0010)', 'RequestAttributesSequence / Private Creator', 'private', 3, 3),
    row('(0040,0275)/(0009,1001)', 'RequestAttributesSequence / Private', 'private', 1, 1),
  ];
  const shown = condensed(rows, 3);
  t.same(
    shown.map(({ path, keyword, attributes, instances, elements, exact }) => [
      path,
      keyword,
      attributes,
      instances,
      elements,
      exact,
    ]),
    [
      ['(0008,0080)', 'InstitutionName', 1, 3, 3, true],
      ['(0009,xxxx)', '3 private attributes', 3, 2, 8, false],
      ['(0009,1002)', 'Private', 1, 1, 1, true],
      ['(0011,1003)', 'Private', 1, 1, 1, true],
      ['(0040,0275)/(0009,xxxx)', 'RequestAttributesSequence / 2 private attributes', 2, 3, 4, true],
    ],
  );
  const sum = (of: readonly AttributeRow[]) => of.reduce((total, { elements }) => total + elements, 0);
  t.equal(sum(shown), sum(rows), 'no element is lost');
});
