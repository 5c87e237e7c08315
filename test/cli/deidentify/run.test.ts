import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { FilePool } from '../../../src/cli/deidentify/file-pool.ts';
import { Manifest } from '../../../src/cli/deidentify/manifest.ts';
import { OutputFolder } from '../../../src/cli/deidentify/output-folder.ts';
import type { Counts } from '../../../src/cli/deidentify/progress.ts';
import { runFiles } from '../../../src/cli/deidentify/run.ts';
import { walk } from '../../../src/cli/deidentify/walk.ts';
import { emptyDefinition } from '../../../src/deidentify/profile-definition.ts';
import { encodePart10 } from '../../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../../src/dicom/file-meta.ts';
import { ct, words } from '../../deidentify/build.ts';

const entry = new URL('./faulty-worker.ts', import.meta.url);

function image(uid: string, maker = 'ACME'): Buffer {
  const dataSet = ct(words(0x00080018, 'UI', uid), words(0x00080070, 'LO', maker));
  const transferSyntaxUid = '1.2.840.10008.1.2.1';
  const head = encodeFileMeta({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: uid,
    transferSyntaxUid,
  });
  return Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid, head })]);
}

function lines(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function run(
  t: Test,
  files: Record<string, Buffer>,
  settings: {
    threads: number;
    timeoutMs?: number;
    stop?: AbortSignal;
    onProgress?: (counts: Counts) => void;
  },
): Promise<{ counts: Counts; lines: Record<string, unknown>[]; output: string }> {
  const folder = t.testdir({ input: files });
  const output = join(folder, 'output');
  const manifestPath = join(folder, 'manifest.jsonl');
  const manifest = Manifest.create(manifestPath, {
    profile: 'basic',
    profileRevision: 'r',
    redactRevision: 's',
    keyId: 'k',
    callingAeTitle: null,
  });
  const outputs = new OutputFolder(output, true);
  const pool = new FilePool(
    { threads: settings.threads, timeoutMs: settings.timeoutMs ?? 60_000, maxHeapMiB: 64, entry },
    {
      profile: emptyDefinition('basic'),
      secret: Buffer.alloc(32, 1),
      callingAeTitle: null,
      reports: false,
      pairs: false,
      fsync: true,
      textThreads: 1,
      compare: null,
    },
  );
  try {
    const counts = await runFiles({
      inputs: walk([join(folder, 'input')], [output]),
      pool,
      output: outputs,
      manifest,
      reports: undefined,
      crosswalk: undefined,
      earlier: undefined,
      stop: settings.stop ?? new AbortController().signal,
      onProgress: settings.onProgress ?? (() => undefined),
    });
    return { counts, lines: lines(manifestPath), output };
  } finally {
    await pool.stop();
    manifest.close();
    outputs.close();
  }
}

t.test('a thread that ends, runs out of memory or never comes back costs one file each', async (t) => {
  const files = {
    'a.dcm': image('1.2.3.1'),
    'crash.dcm': image('1.2.3.2'),
    'd.dcm': image('1.2.3.3'),
    'hang.dcm': image('1.2.3.4'),
    'memory.dcm': image('1.2.3.5'),
    'z.dcm': image('1.2.3.6'),
  };
  const { lines, output } = await run(t, files, { threads: 2, timeoutMs: 15_000 });
  t.strictSame(
    lines.map(({ status, code }) => [status, code]),
    [
      ['deidentified', null],
      ['held', 'WORKER_CRASHED'],
      ['deidentified', null],
      ['held', 'RENDER_TIMEOUT'],
      ['held', 'WORKER_CRASHED'],
      ['deidentified', null],
    ],
  );
  t.strictSame(
    readdirSync(output).filter((name) => name.startsWith('.')),
    [],
    'nothing half written is left',
  );
});

t.test('of two contents under one UID the first in order stays, also when it is done last', async (t) => {
  const { lines, output } = await run(
    t,
    {
      'late.dcm': image('1.2.3.1', 'First'),
      'next.dcm': image('1.2.3.1', 'Second'),
      'z.dcm': image('1.2.3.2'),
    },
    { threads: 2 },
  );
  t.strictSame(
    lines.map(({ status, code }) => [status, code]),
    [
      ['deidentified', null],
      ['held', 'DUPLICATE_CONTENT_DIFFERS'],
      ['deidentified', null],
    ],
  );
  t.equal(lines[0]?.output, join(output, String(lines[0]?.output).slice(output.length + 1)));
  t.ok(readFileSync(String(lines[0]?.output)).includes('First'));
});

t.test('a stop takes up nothing new and settles what is at work', async (t) => {
  const stop = new AbortController();
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`late-${index + 100}.dcm`, image(`1.2.3.${index}`)]),
  );
  const { counts, lines } = await run(t, files, {
    threads: 2,
    stop: stop.signal,
    onProgress: ({ deidentified }) => deidentified >= 4 && stop.abort(),
  });
  t.ok(counts.deidentified >= 4 && counts.deidentified <= 12, `${counts.deidentified} done`);
  t.equal(lines.length, counts.deidentified, 'each with its line');
});

t.test('a manifest that cannot be written ends the run', async (t) => {
  const folder = t.testdir({ input: { 'a.dcm': image('1.2.3.1'), 'b.dcm': image('1.2.3.2') } });
  const output = new OutputFolder(join(folder, 'out'), false);
  const pool = new FilePool(
    { threads: 1, timeoutMs: 60_000, maxHeapMiB: 0 },
    {
      profile: emptyDefinition('basic'),
      secret: Buffer.alloc(32, 1),
      callingAeTitle: null,
      reports: false,
      pairs: false,
      textThreads: 1,
      compare: null,
      fsync: false,
    },
  );
  t.teardown(() => pool.stop());
  await t.rejects(
    runFiles({
      inputs: walk([join(folder, 'input')], [join(folder, 'out')]),
      pool,
      output,
      manifest: {
        add() {
          throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        },
      },
      reports: undefined,
      crosswalk: undefined,
      earlier: undefined,
      stop: new AbortController().signal,
      onProgress: () => undefined,
    }),
    { code: 'ENOSPC' },
  );
});

t.test('parts of a dead process are swept, those of a living one stay', async (t) => {
  const folder = t.testdir({});
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  for (const pid of [dead.pid, process.ppid])
    mkdirSync(join(folder, `.part-${hostname()}-${pid}`), { recursive: true });
  mkdirSync(join(folder, '.part-elsewhere-1'));
  new OutputFolder(folder, false).close();
  t.strictSame(
    readdirSync(folder).sort(),
    ['.part-elsewhere-1', `.part-${hostname()}-${process.ppid}`].sort(),
  );
});

t.test('SIGINT ends a run with a valid manifest, --resume does the rest', { timeout: 120_000 }, async (t) => {
  const count = 600;
  const folder = t.testdir({ secret: 'a'.repeat(64), input: {} });
  for (let index = 0; index < count; index += 1)
    writeFileSync(join(folder, 'input', `${index + 1000}.dcm`), image(`1.2.3.${index}`));
  const manifest = join(folder, 'manifest.jsonl');
  const start = (): ChildProcess =>
    spawn(process.execPath, [
      fileURLToPath(new URL('../../../src/cli/cli.ts', import.meta.url)),
      'deidentify',
      join(folder, 'input'),
      ...['--output', join(folder, 'out'), '--manifest', manifest, '--secret-file', join(folder, 'secret')],
      ...['--workers', '2', '--resume'],
    ]);
  const first = start();
  let stderr = '';
  first.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const watch = setInterval(() => {
    try {
      if (lines(manifest).length <= 20) return;
      clearInterval(watch);
      first.kill('SIGINT');
    } catch {
      // Not there yet, or a line half written.
    }
  }, 10);
  const [code] = await once(first, 'exit');
  clearInterval(watch);
  t.equal(code, 1);
  t.match(stderr, /stopped on request; the same command with --resume does the rest/);
  const done = lines(manifest);
  t.ok(done.length > 20 && done.length < count, `${done.length} of ${count} done`);
  t.ok(done.every(({ status }) => status === 'deidentified'));
  const second = start();
  let stdout = '';
  second.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  t.strictSame(await once(second, 'exit'), [0, null]);
  t.match(
    stdout,
    new RegExp(`^${count} de-identified, 0 held, 0 failed \\(${done.length} of them before\\)`),
  );
  t.equal(new Set(lines(manifest).map(({ input }) => input)).size, count);
  t.equal(lines(manifest).length, count, 'none twice');
  t.strictSame(
    readdirSync(join(folder, 'out')).filter((name) => name.startsWith('.')),
    [],
  );
});
