import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import type { IdentifierPair } from '../../../src/core/identifier-pair.ts';
import { CrosswalkStore } from '../../../src/crosswalk/crosswalk-store.ts';
import { key, pair, patient } from '../../crosswalk/pairs.ts';

const cli = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'cli.ts');

async function crosswalk(args: readonly string[], input = '') {
  const child = spawn(process.execPath, [cli, 'crosswalk', ...args]);
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [exitCode] = await once(child, 'close');
  return { exitCode: exitCode as number, ...text };
}

const awkward: IdentifierPair[] = [
  pair(3, { kind: 'accession', idOld: 'A "1", 2', idNew: 'AAAAAAAAAAAAAAAA' }),
  pair(4, { kind: 'patient-id', idOld: '=1+1', idNew: 'SP-BBBBBBBBBBBBBBBB', issuer: 'a\r\nb' }),
];

function scene(t: Test): { dir: string; keyFile: string; output: string; args: string[] } {
  const folder = t.testdir({ key: key.toString('hex') });
  const dir = join(folder, 'crosswalk');
  const store = new CrosswalkStore(dir, key, 'write');
  store.record([pair(1), pair(2), patient, ...awkward], Date.now());
  store.close();
  const keyFile = join(folder, 'key');
  return { dir, keyFile, output: join(folder, 'out.csv'), args: ['--key', keyFile, '--dir', dir] };
}

const noPython = spawnSync('/usr/bin/python3', ['-c', 'import csv']).status !== 0 && 'python3 is absent';

t.test('an export read back by another reader of CSV is what was recorded', { skip: noPython }, async (t) => {
  const { output, args } = scene(t);
  const { exitCode, stdout, stderr } = await crosswalk(['export', ...args, '--full', '--output', output]);
  t.equal(exitCode, 0, stderr);
  t.equal(stdout, '5 pairs written\n');
  t.equal(statSync(output).mode & 0o777, 0o600);
  const read = spawnSync(
    '/usr/bin/python3',
    [
      '-c',
      'import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))))',
      output,
    ],
    { encoding: 'utf8' },
  );
  t.equal(read.status, 0, read.stderr);
  const rows = (JSON.parse(read.stdout) as Record<string, string>[]).map((row) => JSON.stringify(row)).sort();
  const wanted = [pair(1), pair(2), patient, ...awkward].map(({ kind, keyId, issuer, idOld, idNew }) =>
    JSON.stringify({ kind, key_id: keyId, issuer, id_old: idOld, id_new: idNew }),
  );
  t.same(rows, wanted.sort());
});

t.test('the short form has the two columns; a kind chooses its rows', async (t) => {
  const { output, args } = scene(t);
  t.equal((await crosswalk(['export', ...args, '--kind', 'uid', '--output', output])).exitCode, 0);
  const [head, ...rows] = readFileSync(output, 'utf8').split('\r\n');
  t.equal(head, 'id_old,id_new');
  t.same(rows.sort(), ['', ...[pair(1), pair(2)].map(({ idOld, idNew }) => `${idOld},${idNew}`)]);
});

t.test('a file that is there is not touched, and a failed export leaves none', async (t) => {
  const { output, args, keyFile } = scene(t);
  writeFileSync(output, 'precious');
  t.equal((await crosswalk(['export', ...args, '--output', output])).exitCode, 73);
  t.equal(readFileSync(output, 'utf8'), 'precious');
  writeFileSync(keyFile, '00'.repeat(32));
  const refused = await crosswalk(['export', ...args, '--output', `${output}2`]);
  t.equal(refused.exitCode, 78);
  t.match(refused.stderr, /CROSSWALK_UNUSABLE.*another key/);
  t.notOk(existsSync(`${output}2`));
  t.equal((await crosswalk(['export', ...args, '--output', '/nowhere/x'])).exitCode, 78);
});

t.test('damaged rows are counted, the others exported, and the exit code tells', async (t) => {
  const { dir, output, args } = scene(t);
  const database = new DatabaseSync(join(dir, 'crosswalk.sqlite'));
  database.exec(
    'UPDATE pairs SET used_day = used_day - 1 WHERE old_digest = (SELECT old_digest FROM pairs LIMIT 1)',
  );
  database.close();
  const { exitCode, stdout, stderr } = await crosswalk(['export', ...args, '--output', output]);
  t.equal(exitCode, 1);
  t.equal(stdout, '4 pairs written\n');
  t.match(stderr, /CROSSWALK_DAMAGED.*1 rows/);
  t.equal(readFileSync(output, 'utf8').trim().split('\r\n').length >= 5, true);
});

t.test('one value is looked up on either side, from standard input', async (t) => {
  const { args } = scene(t);
  for (const value of [patient.idOld, `${patient.idNew}\n`, ` ${patient.idNew} \r\n`]) {
    const { exitCode, stdout } = await crosswalk(['lookup', ...args], value);
    t.equal(exitCode, 0);
    t.equal(
      stdout,
      `kind,key_id,issuer,id_old,id_new\r\npatient-id,0a1b2c3d,GENERAL HOSPITAL,${patient.idOld},${patient.idNew}\r\n`,
    );
  }
  t.same(await crosswalk(['lookup', ...args], 'absent'), {
    exitCode: 1,
    stdout: '',
    stderr: 'sallyport crosswalk lookup: no pair has this value\n',
  });
  t.equal((await crosswalk(['lookup', ...args, '--kind', 'uid'], patient.idOld)).exitCode, 1);
  t.equal((await crosswalk(['lookup', ...args], '\n')).exitCode, 64);
});

t.test('wrong words and missing arguments are refused; the configuration gives key and folder', async (t) => {
  const { args, dir, keyFile } = scene(t);
  t.equal((await crosswalk([])).exitCode, 64);
  t.equal((await crosswalk(['export', ...args])).exitCode, 64);
  t.equal((await crosswalk(['lookup', ...args, '--output', 'x'])).exitCode, 64);
  t.equal((await crosswalk(['lookup', ...args, '--kind', 'name'])).exitCode, 64);
  t.equal((await crosswalk(['lookup', 'MRN1', ...args])).exitCode, 64, 'no value among the arguments');
  const config = join(dir, '..', 'config.json');
  writeFileSync(config, JSON.stringify({ crosswalk: { keyFile, dir } }));
  t.equal((await crosswalk(['lookup', '--config', config], patient.idNew)).exitCode, 0);
  writeFileSync(config, '{}');
  t.equal((await crosswalk(['lookup', '--config', config], patient.idNew)).exitCode, 78);
});
