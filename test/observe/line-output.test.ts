import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { LineOutput } from '../../src/observe/line-output.ts';

t.test('lines arrive in their order', async (t) => {
  const file = join(t.testdir(), 'log');
  const descriptor = openSync(file, 'w');
  const output = new LineOutput(descriptor, () => t.fail('nothing is lost'));
  const lines = Array.from({ length: 2_000 }, (_, index) => `line ${index}\n`);
  for (const [index, line] of lines.entries()) {
    output.write(line);
    if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await output.drained(2_000);
  t.equal(readFileSync(file, 'utf8'), lines.join(''));
  closeSync(descriptor);
});

t.test('a full disk costs log lines and nothing else', async (t) => {
  const descriptor = openSync('/dev/full', 'w');
  let lost = 0;
  const output = new LineOutput(descriptor, () => lost++);
  for (let line = 0; line < 100; line++) output.write('line\n');
  await output.drained(2_000);
  t.equal(lost, 100);
  closeSync(descriptor);
});

t.test('a reader that stands still is not waited for, and memory stays bounded', async (t) => {
  const reader = spawn('sleep', ['60'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const pipe = reader.stdin as unknown as { readonly _handle: { readonly fd: number } };
  let lost = 0;
  const output = new LineOutput(pipe._handle.fd, () => lost++);
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 5_000; count++) output.write(line);
  t.ok(lost >= 2_900, `${lost} of 5000 lines are lost`);
  const began = Date.now();
  await output.drained(200);
  t.ok(Date.now() - began < 1_000);
  reader.kill();
  await once(reader, 'close');
});
