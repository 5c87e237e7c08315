import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';

const run = promisify(execFile);
const source = (path: string): string =>
  JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src', path)).href);

/** A thread that loads the runtime and all models, and says how that went. */
const thread = `
  import { parentPort } from 'node:worker_threads';
  const { openSessions } = await import(${source('ocr/sessions.ts')});
  const told = await openSessions({ threads: 1 }).then(
    async (sessions) => { await sessions.close(); return 'loaded'; },
    ({ code, detail }) => code + ' ' + detail,
  );
  parentPort.postMessage(told);`;

/** What the thread of a process of its own says, and what that process has left in its home and temporary folders. */
async function inProcess(
  t: Test,
  before: string,
): Promise<{ readonly told: string; readonly left: readonly string[] }> {
  const folder = t.testdir({});
  for (const name of ['home', 'temporary']) mkdirSync(join(folder, name));
  const script = `
    import { Worker } from 'node:worker_threads';
    ${before}
    const url = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(thread)});
    const worker = new Worker(new URL(url), { type: 'module' });
    worker.on('message', (told) => process.stdout.write(told));`;
  const { PATH = '' } = process.env;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    // Not the environment of these tests: build machines and test runners are spared the reports.
    env: { PATH, HOME: join(folder, 'home'), TMPDIR: join(folder, 'temporary') },
  });
  return { told: stdout, left: readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort() };
}

t.test('the runtime of the models leaves no id and no report of the machine', async (t) => {
  const silent = `const { silenceRuntime } = await import(${source('ocr/silent-runtime.ts')}); silenceRuntime();`;
  t.same(await inProcess(t, silent), { told: 'loaded', left: ['home', 'temporary'] });
});

t.test('it is not loaded by a thread of a process that was not silenced', async (t) => {
  t.same(await inProcess(t, ''), {
    told: 'TEXT_SEARCH_UNAVAILABLE telemetry',
    left: ['home', 'temporary'],
  });
});

t.test('the pools of threads silence it before they start any', async (t) => {
  const pools = [
    ['pipeline/worker-pool.ts', 'WorkerPool', '{ threads: 1, prepareTimeoutMs: 1000, frameTimeoutMs: 1000 }'],
    ['cli/deidentify/file-pool.ts', 'FilePool', '{ threads: 1, timeoutMs: 1000, maxHeapMiB: 0 }'],
  ] as const;
  for (const [path, name, settings] of pools) {
    const pool = `
      const { ${name} } = await import(${source(path)});
      await new ${name}({ ...${settings}, entry: new URL(${source('ocr/silent-runtime.ts')}) }, {}, () => undefined).stop();`;
    t.same(await inProcess(t, pool), { told: 'loaded', left: ['home', 'temporary'] }, name);
  }
});
