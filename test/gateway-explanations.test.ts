import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startReal } from './http/real-gateway.ts';

interface Page {
  readonly beyond: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly attributes: readonly { readonly keyword: string; readonly unless?: unknown }[];
}

const rules = `profile: house
rules:
  - {keyword: StudyDate, action: keep}
  - {keyword: PatientAge, action: keep, when: {callingAeTitle: CT_ER}}
  - {keyword: Manufacturer, action: remove, when: {sopClass: 1.2.840.10008.5.1.4.1.1.2}}
  - {privateCreator: ACME 1.1, action: keep}
`;

t.test('an explained profile leaves out no condition, and nothing that PS3.15 would not allow', async (t) => {
  const directory = t.testdir();
  const file = join(directory, 'house.yaml');
  writeFileSync(file, rules);
  const real = await startReal(t, { directory, args: [`--deidentify.profile=${file}`] });
  const ask = async (query = ''): Promise<Page> =>
    (await real.ask(t, 'GET', `/api/profiles/house${query}`)).body as Page;
  const row = ({ attributes }: Page, keyword: string): unknown =>
    attributes.find((one) => one.keyword === keyword);

  const anybody = await ask();
  t.match(row(anybody, 'StudyDate'), { outcome: 'kept', weakens: true });
  t.match(row(anybody, 'PatientAge'), {
    weakens: undefined,
    unless: [{ when: 'sent by CT_ER', outcome: 'kept', line: 4, weakens: true }],
  });
  t.match(row(anybody, 'Manufacturer'), {
    outcome: 'kept',
    unless: [{ when: String, outcome: 'removed', line: 5, weakens: undefined }],
  });
  t.match(row(anybody, 'PatientName'), { weakens: undefined, unless: undefined });
  t.ok(
    anybody.beyond.some((line) => /^ACME 1\.1: the value stays.*\(own rule, line 6\)/.test(line)),
    anybody.beyond.join('\n'),
  );

  const asked = await ask('?callingAeTitle=CT_ER');
  t.match(row(asked, 'PatientAge'), { outcome: 'kept', weakens: true, unless: undefined });
  t.match(row(asked, 'Manufacturer'), { unless: [{ outcome: 'removed' }] }, 'the SOP Class stays open');
  t.match(row(await ask('?callingAeTitle=OTHER'), 'PatientAge'), { outcome: 'removed', unless: undefined });
});
