import t from 'tap';
import { maxReportEntries, type PixelFacts, ReportBuilder } from '../../src/deidentify/report.ts';

const untouched: PixelFacts = {
  risk: null,
  riskReason: null,
  treatment: null,
  complete: false,
  changed: false,
};
const head = { profile: 'basic', profileRevision: 'r', keyId: 'k', methodCodes: [], pixels: untouched };
const sequence = 0x00081140;

/** A report over items, each a list of tags; the first of each is removed, the others kept. */
function over(...items: readonly (readonly number[])[]): ReportBuilder {
  const report = new ReportBuilder();
  const place = report.within(report.root, sequence);
  for (const tags of items)
    for (const [index, tag] of tags.entries())
      report.add(place, tag, index === 0 ? 'removed' : 'kept', 'table-e1-1');
  return report;
}

t.test('changes and what stayed are listed apart, the items of a sequence as one', async (t) => {
  const builder = over([1, 2, 3], [1, 2, 3], [1, 3], [3, 2, 1]);
  builder.add(builder.root, 0x00100010, 'pseudonymized', 'pseudonym');
  builder.add(builder.root, 0x00080060, 'kept', 'default');
  const report = builder.build(head);
  t.strictSame(report.elements, [
    { path: '(0010,0010)', action: 'pseudonymized', rule: 'pseudonym', count: 1 },
    { path: '(0008,1140)/(0000,0001)', action: 'removed', rule: 'table-e1-1', count: 3 },
    { path: '(0008,1140)/(0000,0003)', action: 'removed', rule: 'table-e1-1', count: 1 },
  ]);
  t.strictSame(report.kept, [
    { path: '(0008,0060)', action: 'kept', rule: 'default', count: 1 },
    { path: '(0008,1140)/(0000,0002)', action: 'kept', rule: 'table-e1-1', count: 3 },
    { path: '(0008,1140)/(0000,0003)', action: 'kept', rule: 'table-e1-1', count: 3 },
    { path: '(0008,1140)/(0000,0001)', action: 'kept', rule: 'table-e1-1', count: 1 },
  ]);
  t.equal(report.counts.removed, 4);
  t.equal(report.counts.kept, 8);
  t.notOk(report.truncated);
  t.strictSame(JSON.parse(JSON.stringify(report)).kept, report.kept, 'plain data for JSON');
});

t.test('equal reports have one fingerprint, others another', async (t) => {
  const of = (builder: ReportBuilder, about = head): string => builder.build(about).fingerprint;
  t.match(of(over([1, 2])), /^[0-9a-f]{32}$/);
  t.equal(of(over([1, 2])), of(over([1, 2])));
  const noted = over([1, 2]);
  noted.note('patient-id-missing');
  const all = [
    of(over([1, 2])),
    of(over([2, 1])),
    of(over([1, 2], [1, 2])),
    of(over([1, 2], [1])),
    of(over([1, 2]), { ...head, profileRevision: 's' }),
    of(over([1, 2]), { ...head, keyId: 'l' }),
    of(noted),
  ];
  t.equal(new Set(all).size, all.length);
});

t.test('lists end, counts go on; what is kept takes no room of what was changed', async (t) => {
  const builder = new ReportBuilder();
  const place = builder.within(builder.root, sequence);
  for (let tag = 0; tag < maxReportEntries + 5; tag += 1) builder.add(place, tag, 'kept', 'default');
  builder.add(place, 1, 'removed', 'default');
  for (let tag = 0; tag < maxReportEntries + 5; tag += 1) builder.add(place, tag, 'kept', 'default');
  const report = builder.build(head);
  t.equal(report.kept.length, maxReportEntries);
  t.equal(report.kept[0]?.count, 2);
  t.equal(report.elements.length, 1);
  t.equal(report.counts.kept, 2 * maxReportEntries + 10);
  t.ok(report.truncated);
});
