import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { commands } from '../../src/cli/cli-commands.ts';
import { type RunResult, run } from '../support/run.ts';

const cli = join(import.meta.dirname, '..', '..', 'src', 'cli', 'cli.ts');
const sallyport = (args: string[], env: Record<string, string> = {}): Promise<RunResult> =>
  run(process.execPath, [cli, ...args], { env });

t.test('help names every command; an unknown one is wrong usage', async (t) => {
  const help = await sallyport(['--help']);
  t.equal(help.exitCode, 0);
  for (const name of Object.keys(commands)) t.match(help.output, new RegExp(`^ {2}${name} `, 'm'), name);
  t.equal((await sallyport([])).exitCode, 64);
  const { version } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
  ) as { version: string };
  t.equal((await sallyport(['--version'])).output.trim(), `sallyport ${version}`);
  const unknown = await sallyport(['wat']);
  t.equal(unknown.exitCode, 64);
  for (const name of Object.keys(commands)) {
    const { exitCode, output } = await sallyport([name, '--help']);
    t.equal(exitCode, 0, name);
    t.match(output, 'Usage: sallyport');
  }
  for (const [name, option] of [
    ['render', 'format'],
    ['video', 'fps'],
    ['annotate', 'random'],
  ] as const)
    t.match((await sallyport([name, '--help'])).output, new RegExp(`^ {2}--${option} `, 'm'), name);
});

t.test('check prints the effective configuration and masks secrets', async (t) => {
  const { exitCode, output } = await sallyport(['check', '--dimse.port', '104'], {
    SALLYPORT_DEIDENTIFY_SECRET: 'ab'.repeat(32),
  });
  t.equal(exitCode, 0);
  t.match(output, /"port": 104/);
  t.notMatch(output, 'abababab');
});

t.test('check lists all faults at once and ends with 78', async (t) => {
  const dir = t.testdir({ 'bad.yaml': 'dimse:\n  port: many\n  colour: red\n' });
  const { exitCode, output } = await sallyport(['check', '--config', join(dir, 'bad.yaml')], {
    SALLYPORT_LOG_LEVEL: 'loud',
  });
  t.equal(exitCode, 78);
  t.match(output, /dimse\.port/);
  t.match(output, /dimse\.colour/);
  t.match(output, /log\.level/);
});

t.test('config-reference prints what config/README.md holds', async (t) => {
  const { output } = await sallyport(['config-reference']);
  t.equal(
    output.trim(),
    readFileSync(join(import.meta.dirname, '..', '..', 'config', 'README.md'), 'utf8').trim(),
  );
});

t.test('instances of a folder that is no storage folder: a clear answer', async (t) => {
  const { exitCode, output } = await sallyport(['list', '--storage', t.testdir()]);
  t.equal(exitCode, 73);
  t.match(output, /STORAGE_UNUSABLE/);
});

t.test('serve refuses a port that is taken and a storage folder that is in use', async (t) => {
  const dir = t.testdir();
  const { Gateway } = await import('../../src/gateway.ts');
  const { loadConfig } = await import('../../src/config/load.ts');
  const args = [
    '--dimse.host=127.0.0.1',
    '--dimse.port=0',
    '--http.port=0',
    `--storage.dir=${join(dir, 'a')}`,
  ];
  const gateway = new Gateway(loadConfig({ environment: {}, args }).config, { log: false });
  const { dimse } = await gateway.start();
  t.teardown(() => gateway.stop());
  const inUse = await sallyport(['serve', ...args]);
  t.equal(inUse.exitCode, 69);
  t.match(inUse.output, /STORAGE_IN_USE/);
  const taken = await sallyport([
    'serve',
    '--dimse.host=127.0.0.1',
    `--dimse.port=${dimse}`,
    '--http.port=0',
    `--storage.dir=${join(dir, 'b')}`,
  ]);
  t.equal(taken.exitCode, 69);
  t.match(taken.output, /ADDRESS_IN_USE/);
});

t.test('the demo delivers its study and ends by itself', async (t) => {
  const dir = join(t.testdir(), 'demo');
  const { exitCode, output } = await run(process.execPath, [cli, 'demo', '--once', '--directory', dir], {
    timeoutMs: 120_000,
  });
  t.equal(exitCode, 0, output.slice(-500));
  t.match(output, /13\/13 delivered/);
  const jpegs = readdirSync(join(dir, 'received'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.jpg'),
  );
  t.equal(jpegs.length, 13);
  t.same(readdirSync(join(dir, 'storage', 'scratch')), []);
});

t.test('the demo does not empty a folder it did not make', async (t) => {
  const dir = join(t.testdir(), 'mine');
  mkdirSync(dir);
  writeFileSync(join(dir, 'thesis.txt'), 'years of work');
  const { exitCode } = await run(process.execPath, [cli, 'demo', '--once', '--directory', dir]);
  t.not(exitCode, 0);
  t.ok(existsSync(join(dir, 'thesis.txt')));
});
