import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { corpusFiles, corpusMissing } from '../support/corpus.ts';

interface Node {
  readonly outcomes: Readonly<Record<string, string>>;
  readonly pseudonyms: readonly string[];
}

/** What a process of its own makes of the study and the files. */
async function node(secret: string, order: string, files: readonly string[]): Promise<Node> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'determinism-child.ts')]);
  let [text, faults] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    faults += chunk.toString();
  });
  child.stdin.end(JSON.stringify({ secret, order, files }));
  await once(child, 'close');
  if (faults !== '') throw new Error(faults);
  return JSON.parse(text) as Node;
}

const [secret, other] = ['5a'.repeat(32), '5b'.repeat(32)];

for (const { what, skip, files } of [
  { what: 'a synthetic study', skip: false as const, files: [] },
  {
    what: 'a part of the corpus',
    skip: corpusMissing,
    files: corpusFiles()
      .filter(({ bytes }) => bytes < 600_000)
      .map(({ path }) => path)
      .slice(0, 120),
  },
]) {
  t.test(
    `${what}: two nodes, other orders and restarts give the same bytes; another secret gives nothing in common`,
    { skip, timeout: 180_000 },
    async (t) => {
      const first = await node(secret, 'forward', files);
      const written = Object.values(first.outcomes).filter((outcome) => outcome.startsWith('written'));
      t.ok(written.length >= (files.length === 0 ? 6 : 20), `${written.length} written`);
      t.ok(first.pseudonyms.length > written.length, `${first.pseudonyms.length} pseudonyms`);
      for (const order of ['backward', 'shuffled', 'forward']) {
        const again = await node(secret, order, files);
        t.same(again.outcomes, first.outcomes, order);
        t.same([...again.pseudonyms].sort(), [...first.pseudonyms].sort(), order);
      }
      const stranger = await node(other, 'forward', files);
      t.same(Object.keys(stranger.outcomes), Object.keys(first.outcomes));
      const known = new Set(first.pseudonyms);
      t.same(
        stranger.pseudonyms.filter((pseudonym) => known.has(pseudonym)),
        [],
        'no pseudonym in common',
      );
      t.equal(stranger.pseudonyms.length, first.pseudonyms.length);
      const digests = new Set(written);
      t.notOk(
        Object.values(stranger.outcomes).some((outcome) => digests.has(outcome)),
        'no output in common',
      );
    },
  );
}
