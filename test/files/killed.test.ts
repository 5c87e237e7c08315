import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { collectOutput, waitFor } from '../support/run.ts';
import { bench, textOf } from './shelf.ts';

const whole = 'doe^jane'.repeat(20_000);

t.test('killed at any moment, every file that was answered for is whole, and all work is done', async (t) => {
  const folder = join(t.testdir(), 'files');
  const told = new Map<string, boolean>();
  for (let round = 0; round < 6; round += 1) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'uploader.ts'), folder]);
    const output = collectOutput(child);
    await waitFor('the first answer', () => output().includes('\n'), { output });
    await wait(37 * round);
    child.kill('SIGKILL');
    await once(child, 'close');
    for (const [, id = '', anonymize] of output().matchAll(/^(\S{27}) (true|false)$/gm))
      told.set(id, anonymize === 'true');
  }
  const { shelf, clock, settled } = bench(folder, { maxFiles: 10_000, maxBytes: 2 ** 30 });
  clock.now = Date.now();
  await shelf.start();
  t.teardown(() => shelf.stop());
  t.ok(told.size >= 6);
  for (const [id, anonymize] of told) {
    const record = await settled(id);
    const expected = anonymize ? whole.toUpperCase() : whole;
    if (record.state !== 'completed' || (await textOf(shelf, record)) !== expected)
      t.fail(`${record.kind} ${record.state} ${record.code}`);
  }
  await waitFor('nothing half done', () => readdirSync(join(folder, 'incoming')).length === 0);
  await waitFor('no upload of a result', () => {
    const ids = readdirSync(folder).filter((name) => name.endsWith('.dcm'));
    return ids.every((name) => {
      const { kind, hidden } = shelf.get(name.replace('.dcm', ''));
      return kind === 'result' || !hidden;
    });
  });
});
