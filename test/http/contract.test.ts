import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { holdProfile } from '../support/hold-profile.ts';
import { type ContractGroup, maxInstanceBytes } from './contract-group.ts';
import { documentedAnswers, makeFile, type RealGateway, startReal } from './real-gateway.ts';

// To add operations: put one file into contract-groups/ that exports `exercise`, a ContractGroup; it is found by itself.
// Statuses that no request can bring about go into its export `notHere`, each with the reason.
interface GroupFile {
  readonly exercise: ContractGroup;
  /** `operationId status`, and why no request brings it about here. */
  readonly notHere?: Readonly<Record<string, string>>;
}

const folder = new URL('./contract-groups/', import.meta.url);
const directory = t.testdir();
const root = join(directory, 'root');
mkdirSync(join(root, 'in'), { recursive: true });
for (let index = 0; index < 400; index += 1)
  writeFileSync(join(root, 'in', `${index}.dcm`), makeFile('clear').bytes);

t.setTimeout(180_000);
const real = await startReal(t, {
  directory,
  args: [
    `--deidentify.profile=${holdProfile}`,
    '--storage.keepDelivered=1h',
    `--dimse.maxInstanceBytes=${maxInstanceBytes}B`,
    '--http.maxUploadBytes=64KiB',
    `--http.folderRoots=${root}`,
  ],
});

const asked: RealGateway[] = [real];
const notHere: Record<string, string> = {};
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .sort();

for (const name of names) {
  const group = (await import(new URL(name, folder).href)) as GroupFile;
  Object.assign(notHere, group.notHere);
  t.test(`group ${name}`, (t) =>
    group.exercise(t, {
      real,
      root,
      async startAnother(args) {
        const another = await startReal(t, { directory: join(directory, `another-${asked.length}`), args });
        asked.push(another);
        return another;
      },
    }),
  );
}

t.test('every operation and every status that the contract names was seen', async (t) => {
  const seen = new Set(asked.flatMap((one) => [...one.seen]));
  const missing = documentedAnswers().filter((one) => !seen.has(one) && notHere[one] === undefined);
  t.same(missing, []);
  t.same(
    Object.keys(notHere).filter((one) => seen.has(one) || !documentedAnswers().includes(one)),
    [],
    'exceptions are real ones',
  );
});
