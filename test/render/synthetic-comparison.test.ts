import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makePixelObject } from '../../src/synthetic/pixels/make-pixel-object.ts';
import { type PixelCase, pixelCases } from '../../src/synthetic/pixels/pixel-cases.ts';
import { askOracles, type ComparedFile, oraclePeers } from '../support/oracles.ts';
import { requirePeer } from '../support/peers.ts';
import { prepareComparison } from './compared.ts';
import { fault } from './comparison-verdict.ts';
import { open } from './drawn.ts';
import { type Rule, rules } from './synthetic-expectations.ts';

/** The plainest case of each transfer syntax with each kind of samples, and of each way through the grey pipeline. */
function chosenCases(): PixelCase[] {
  const plainest = new Map<string, PixelCase>();
  for (const one of pixelCases()) {
    if (one.expected !== 'drawn') continue;
    const { syntax, sampleKind, photometric } = one.spec;
    for (const key of [`${syntax}, ${layoutOf(one)}`, `${one.pipeline}, ${sampleKind}, ${photometric}`]) {
      const other = plainest.get(key);
      if (other === undefined || oddness(one) < oddness(other)) plainest.set(key, one);
    }
  }
  return [...new Set(plainest.values())];
}

/** What other tools stumble over. */
function oddness({ spec, extra }: PixelCase): number {
  const odd = [
    spec.table === 'wrong',
    spec.fragments === 'several',
    spec.unusedBits === 'garbage',
    spec.highBit !== spec.bitsStored - 1,
  ].filter(Boolean);
  return 4 * odd.length + (extra === 'none' ? 0 : 1);
}

function layoutOf({ name }: PixelCase): string {
  return name.split(', ')[1] ?? '';
}

// Many processes of many tools, one after the other.
t.setTimeout(1_200_000);

t.test('made objects of every syntax and kind of pixels are rendered as other tools do', async (t) => {
  if (!requirePeer(t, ...oraclePeers)) return;
  const folder = t.testdir();
  const jobs: ComparedFile[] = [];
  const cases = chosenCases();
  for (const [index, one] of cases.entries()) {
    const { bytes, stored, tolerance } = makePixelObject(one.spec);
    const path = join(folder, `${index}.dcm`);
    writeFileSync(path, bytes);
    const made = stored.at(-1) ?? new Float64Array();
    mkdirSync(join(folder, String(index)));
    const known = { frame: one.spec.frames, made, tolerance };
    jobs.push(await prepareComparison(String(index), path, open(path), join(folder, String(index)), known));
  }
  const answers = await askOracles(folder, jobs);
  const matrix = new Matrix();
  const needed = new Set<Rule>();
  for (const [index, one] of cases.entries()) {
    const rows = answers[index] ?? [];
    const wrong: string[] = [];
    for (const row of rows) {
      const found = fault(row, row.tolerance ?? 1);
      if (row.step === 'stored' && row.oracle !== 'made') {
        // Who stumbles over an odd object proves nothing, since what was made is known.
        matrix.add(one.spec.syntax, layoutOf(one), found === undefined ? row.oracle : undefined);
        continue;
      }
      if (found === undefined) continue;
      const rule = rules.find(
        ({ step, oracle, applies }) => step === row.step && oracle === row.oracle && applies(one, row),
      );
      if (rule === undefined) wrong.push(`${row.step}, ${row.oracle}: ${found}`);
      else needed.add(rule);
    }
    const drawn = rows.filter(({ step, error }) => step === 'drawn' && error === undefined);
    const stored = rows.filter(({ step, oracle }) => step === 'stored' && oracle === 'made');
    t.same(wrong, [], `${one.name}: stored by ${stored.length}, drawn by ${drawn.length}`);
    t.equal(stored.length, 1, `${one.name}: held against what was made`);
  }
  t.comment('kind of samples | transfer syntax: tools that read the same stored values');
  for (const line of matrix.lines()) t.comment(line);
  t.same(
    rules.filter((rule) => !needed.has(rule)).map(({ reason }) => reason),
    [],
    'every rule is needed',
  );
  t.same(matrix.syntaxesNobodyRead(), [], 'another tool reads what is made of every syntax');
  t.ok(cases.length > 250, `${cases.length} objects compared`);
});

/** Which tools read the same values of which syntax and kind of samples. */
class Matrix {
  readonly #cells = new Map<string, Map<string, Set<string>>>();

  add(syntax: string, layout: string, oracle: string | undefined): void {
    const row = this.#cells.get(layout) ?? new Map<string, Set<string>>();
    this.#cells.set(layout, row);
    const cell = row.get(syntax) ?? new Set<string>();
    row.set(syntax, cell);
    if (oracle !== undefined) cell.add(oracle);
  }

  *lines(): Generator<string> {
    for (const [layout, row] of this.#cells) {
      const cells = [...row].map(([syntax, oracles]) => `${syntax}: ${[...oracles].join('+') || '-'}`);
      yield `${layout} | ${cells.join(', ')}`;
    }
  }

  syntaxesNobodyRead(): string[] {
    const read = new Map<string, number>();
    for (const row of this.#cells.values())
      for (const [syntax, oracles] of row) read.set(syntax, (read.get(syntax) ?? 0) + oracles.size);
    return [...read].filter(([, count]) => count === 0).map(([syntax]) => syntax);
  }
}
