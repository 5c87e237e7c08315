import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { auditCommand } from '../../../src/cli/commands/audit.ts';
import { discardCommand, retryCommand } from '../../../src/cli/commands/instances.ts';
import type { AuditRecord } from '../../../src/core/audit.ts';
import { accept, bytesOf, type OpenSpool, openSpool } from '../../spool/spool-fixture.ts';
import { run } from '../../support/run.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function audit(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const exitCode = await auditCommand(args, { stdout, stderr });
  return { exitCode, out: stdout.text, err: stderr.text };
}

/** A storage folder in which some instances went their way. */
async function filled(t: Test, count = 12): Promise<{ dir: string; open: OpenSpool; ids: string[] }> {
  const dir = join(t.testdir(), 'storage');
  const open = await openSpool(dir);
  t.teardown(() => open.close());
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push((await accept(open.spool, `1.2.${n}`, bytesOf(500, n))).id);
  for (const id of ids.slice(0, 4))
    await open.ledger.apply([{ id, from: ['received'], set: { state: 'held', code: 'UNEXPECTED' } }]);
  return { dir, open, ids };
}

/** Writes into the database as somebody who knows how would. */
function tamper(dir: string, sql: string): void {
  const database = new DatabaseSync(join(dir, 'ledger.sqlite'));
  for (const name of [
    'audit_unchanged',
    'audit_written_once',
    'audit_kept',
    'audit_chain_onward',
    'audit_chain_kept',
  ])
    database.exec(`DROP TRIGGER IF EXISTS ${name}`);
  database.exec(sql);
  database.close();
}

t.test('a chain is proven beside a running gateway, and its head known again later', async (t) => {
  const { dir, open, ids } = await filled(t);
  const first = await audit('verify', '--storage', dir);
  t.equal(first.exitCode, 0, first.err);
  t.match(first.out, /^whole: 16 records, records 1 to 16\nhead 16 [0-9a-f]{64}\n$/);
  const head = first.out.trim().split(' ').at(-1) ?? '';
  t.equal((await audit('head', '--storage', dir)).out.split(' ')[1], head);
  await open.ledger.apply([
    { id: ids[0] ?? '', from: ['held'], set: { state: 'failed', code: 'UNEXPECTED' } },
  ]);
  const later = await audit('verify', '--storage', dir, '--head', head);
  t.equal(later.exitCode, 0);
  t.match(later.out, /the given hash is that of record 16\n/);
  const unknown = await audit('verify', '--storage', dir, '--head', 'ab'.repeat(32));
  t.equal(unknown.exitCode, 65);
  t.match(unknown.out, /head-unknown/);
});

t.test('the database refuses to change, remove, replace or turn back records', async (t) => {
  const { dir } = await filled(t);
  const database = new DatabaseSync(join(dir, 'ledger.sqlite'));
  for (const sql of [
    "UPDATE audit SET outcome = 'success'",
    'DELETE FROM audit',
    'DELETE FROM audit WHERE sequence = 16',
    'REPLACE INTO audit SELECT * FROM audit WHERE sequence = 3',
    'UPDATE audit_chain SET head_sequence = 3',
    'DELETE FROM audit_chain',
  ])
    t.throws(() => database.exec(sql), /audit/, sql);
  database.close();
  t.equal((await audit('verify', '--storage', dir)).exitCode, 0);
});

t.test('what was done to the database is named, with the first record that shows it', async (t) => {
  const { dir: pattern } = await filled(t);
  t.ok(existsSync(pattern));
  const cases: readonly (readonly [string, RegExp])[] = [
    ["UPDATE audit SET actor_name = 'OTHER' WHERE sequence = 5", /record 5: content-changed/],
    ['UPDATE audit SET at = at + 1 WHERE sequence = 16', /record 16: content-changed/],
    ['DELETE FROM audit WHERE sequence BETWEEN 6 AND 8', /record 9: record-missing: .*\(records 6 to 8\)/],
    ['DELETE FROM audit WHERE sequence <= 3', /record 4: beginning-missing/],
    ['DELETE FROM audit WHERE sequence > 13', /record 14: end-missing/],
    [
      'UPDATE audit SET sequence = -1 * sequence WHERE sequence = 6; UPDATE audit SET sequence = 6 WHERE sequence = 7; UPDATE audit SET sequence = 7 WHERE sequence = -6',
      /record 6: order-changed: another record stands in its place \(record 7\)/,
    ],
    ['DELETE FROM audit', /record 1: emptied: .*the trail was emptied/],
    ['DELETE FROM audit; DELETE FROM audit_chain', /record 1: emptied/],
    ['DROP TABLE audit', /record 1: emptied/],
    ['DELETE FROM audit_chain', /record 16: note-missing/],
    ['UPDATE audit SET at = 9223372036854775807 WHERE sequence = 4', /record 4: unreadable/],
  ];
  for (const [sql, expected] of cases) {
    await t.test(sql, async (t) => {
      const { dir, open } = await filled(t);
      await open.spool.stop();
      tamper(dir, `PRAGMA ignore_check_constraints = ON; ${sql}`);
      const { exitCode, out } = await audit('verify', '--storage', dir);
      t.equal(exitCode, 65);
      t.match(out, /^broken\n/);
      t.match(out, expected);
    });
  }
});

t.test('a copy of yesterday put back lacks what was noted since', async (t) => {
  const { dir, open, ids } = await filled(t);
  await open.ledger.apply([
    { id: ids[0] ?? '', from: ['held'], set: { state: 'failed', code: 'UNEXPECTED' } },
  ]);
  const { out } = await audit('head', '--storage', dir);
  const [, head = ''] = out.split(' ');
  tamper(
    dir,
    'DELETE FROM audit WHERE sequence > 16; UPDATE audit_chain SET head_sequence = 16, head_hash = (SELECT hash FROM audit WHERE sequence = 16)',
  );
  t.equal((await audit('verify', '--storage', dir)).exitCode, 0, 'in itself it is whole');
  const asked = await audit('verify', '--storage', dir, '--head', head);
  t.equal(asked.exitCode, 65);
  t.match(asked.out, /head-unknown/);
});

t.test('an export is verified by others, with a script of a few lines', async (t) => {
  const { dir, open } = await filled(t);
  await open.ledger.audit.append({
    actor: { kind: 'oidc', name: 'Zoë "Ω" \\' },
    action: 'session.opened',
    object: { kind: 'session', id: 'ab12' },
  });
  const file = join(dir, 'trail.ndjson');
  const exported = await audit('export', '--storage', dir, '--output', file);
  t.equal(exported.exitCode, 0, exported.err);
  t.equal(statSync(file).mode & 0o777, 0o600);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  t.equal(lines.length, 18);
  const last = JSON.parse(lines.at(-1) ?? '') as AuditRecord;
  t.match(last, { action: 'audit.exported', actor: { kind: 'command-line' } });
  t.ok(last.actor.name.includes(userInfo().username), 'who takes it away stands in it');
  const script = join(dir, 'verify.py');
  writeFileSync(
    script,
    [
      'import hashlib, json, sys',
      'previous = "0" * 64',
      'for number, line in enumerate(open(sys.argv[1], encoding="utf-8", newline="\\n"), 1):',
      '    line = line.rstrip("\\n")',
      '    record = json.loads(line)',
      '    digest = hashlib.sha256((line[:-75] + "}").encode()).hexdigest()',
      '    if (record["sequence"], record["previousHash"], record["hash"]) != (number, previous, digest):',
      '        sys.exit("broken at %d" % number)',
      '    previous = digest',
      'print("whole", number, previous)',
    ].join('\n'),
  );
  const python = await run('/usr/bin/python3', ['-P', script, file]);
  t.equal(python.exitCode, 0, python.output);
  t.equal(python.output.trim(), `whole 18 ${last.hash}`);
  const shell = await run('/bin/sh', [
    '-c',
    `sed -n 17p '${file}' | sed 's/,"hash":"[0-9a-f]*"}$/}/' | tr -d '\\n' | sha256sum`,
  ]);
  t.ok(shell.output.startsWith((JSON.parse(lines[16] ?? '') as AuditRecord).hash), 'and with sha256sum');

  t.equal((await audit('verify', '--file', file)).exitCode, 0);
  t.match(
    await audit('export', '--storage', dir, '--output', file),
    { exitCode: 73 },
    'nothing is overwritten',
  );
  for (const [name, changed, expected] of [
    ['changed', lines.with(4, lines[4]?.replace('"SENDER"', '"OTHER"') ?? ''), /record 5: content-changed/],
    ['missing', lines.toSpliced(7, 1), /record 9: record-missing/],
    [
      'swapped',
      lines.with(7, lines[8] ?? '').with(8, lines[7] ?? ''),
      /record 8: order-changed: .* \(record 9\)/,
    ],
    ['no record', lines.with(3, '{}'), /record 4: unreadable/],
    ['spaced', lines.with(3, lines[3]?.replace(',', ', ') ?? ''), /record 4: unreadable/],
  ] as const) {
    const broken = join(dir, `${name}.ndjson`);
    writeFileSync(broken, `${changed.join('\n')}\n`);
    const { exitCode, out } = await audit('verify', '--file', broken);
    t.equal(exitCode, 65, name);
    t.match(out, expected, name);
    t.not((await run('/usr/bin/python3', ['-P', script, broken])).exitCode, 0, `${name}, by the script too`);
  }
});

t.test('a part of the trail by time is one stretch that verifies', async (t) => {
  const { dir } = await filled(t, 3);
  const part = await audit('export', '--storage', dir, '--from', '2020-01-01', '--to', '2020-02-01');
  t.equal(part.exitCode, 0);
  t.equal(part.out, '');
  const all = await audit('export', '--storage', dir, '--from', '2020-01-01');
  const lines = all.out.trimEnd().split('\n');
  const file = join(dir, 'part.ndjson');
  writeFileSync(file, `${lines.slice(2).join('\n')}\n`);
  const { exitCode, out } = await audit('verify', '--file', file);
  t.equal(exitCode, 0);
  t.match(out, /records 3 to .*; records 1 to 2 are not in what was read/);
  await t.rejects(audit('export', '--storage', dir, '--from', 'monday'), { code: 'REQUEST_INVALID' });
});

t.test('what cannot be read is named as that, and what is no whole database is broken', async (t) => {
  const { dir, open } = await filled(t);
  await open.close();
  const bytes = readFileSync(join(dir, 'ledger.sqlite'));
  const other = (name: string, content: Uint8Array): string => {
    const folder = join(dir, '..', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'ledger.sqlite'), content);
    return folder;
  };
  for (const [name, content] of [
    ['cut', bytes.subarray(0, bytes.length / 2)],
    ['no database', Buffer.from('x'.repeat(20_000))],
  ] as const) {
    const { exitCode, out } = await audit('verify', '--storage', other(name, content));
    t.equal(exitCode, 65, name);
    t.match(out, /^broken\n/, name);
  }
  await t.rejects(audit('head', '--storage', other('no database', Buffer.from('x'.repeat(20_000)))), {
    code: 'AUDIT_DAMAGED',
  });
  writeFileSync(join(dir, 'no-export'), 'hello\n');
  t.match(await audit('verify', '--file', join(dir, 'no-export')), {
    exitCode: 65,
    out: /may be no export of an audit trail/,
  });
  writeFileSync(join(dir, 'empty'), '');
  t.match(await audit('verify', '--file', join(dir, 'empty')), { exitCode: 1, out: /^not proven: / });
  await t.rejects(audit('verify', '--file', dir), { code: 'FILE_UNREADABLE' });
});

t.test('a copy is verified by whoever may read it, though not write it', async (t) => {
  if (process.getuid?.() !== 0) return t.plan(0, 'only root can be somebody else');
  const { dir, open } = await filled(t);
  const copy = join(mkdtempSync(join(tmpdir(), 'sallyport-copy-')), 'copy');
  t.teardown(() => rmSync(join(copy, '..'), { recursive: true }));
  chmodSync(join(copy, '..'), 0o755);
  const cli = new URL('../../../src/cli/cli.ts', import.meta.url).pathname;
  const asNobody = (...args: string[]) =>
    spawnSync(process.execPath, [cli, 'audit', ...args], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
      env: {},
    });
  cpSync(dir, copy, { recursive: true });
  for (const name of readdirSync(copy)) chmodSync(join(copy, name), 0o755);
  chmodSync(copy, 0o755);
  rmSync(join(copy, 'ledger.sqlite-shm'));
  const withLog = asNobody('verify', '--storage', copy);
  t.equal(withLog.status, 73, 'a log of writes would be missed');
  t.match(withLog.stderr, /ledger.sqlite-wal/);
  await open.close();
  for (const name of ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-shm'])
    rmSync(join(copy, name), { force: true });
  cpSync(join(dir, 'ledger.sqlite'), join(copy, 'ledger.sqlite'));
  chmodSync(join(copy, 'ledger.sqlite'), 0o644);
  const whole = asNobody('verify', '--storage', copy);
  t.equal(whole.status, 0, whole.stderr);
  t.match(whole.stdout, /^whole: 16 records/);
  chmodSync(join(copy, 'ledger.sqlite'), 0o600);
  const refused = asNobody('verify', '--storage', copy);
  t.equal(refused.status, 73);
  t.match(refused.stderr, /no permission to read the ledger/);
  return undefined;
});

t.test('exports and the trail join up, and a head is proven by the one that holds it', async (t) => {
  const { dir, open, ids } = await filled(t);
  const [, early = ''] = (await audit('head', '--storage', dir)).out.split(' ');
  const noted = (await audit('head', '--storage', dir)).out.trim();
  const old = join(dir, 'old.ndjson');
  t.equal((await audit('export', '--storage', dir, '--output', old)).exitCode, 0);
  await open.ledger.apply([
    { id: ids[0] ?? '', from: ['held'], set: { state: 'failed', code: 'UNEXPECTED' } },
  ]);
  const pruneBefore = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await open.ledger.audit.append({
    actor: { kind: 'user', name: 'a' },
    action: 'session.opened',
    object: { kind: 'session', id: 's' },
  });
  t.equal(await open.ledger.audit.prune(pruneBefore, 1000), 18);
  const alone = await audit('verify', '--storage', dir);
  t.equal(alone.exitCode, 0, alone.out);
  t.match(
    alone.out,
    /records 1 to 18 pruned, and recorded as such\nrecords were removed when they were older/,
  );
  const lost = await audit('verify', '--storage', dir, '--head', early);
  t.equal(lost.exitCode, 1);
  t.match(lost.out, /not proven: the given hash is of no record from 19 on/);
  const joined = await audit('verify', '--storage', dir, '--file', old, '--head', noted);
  t.equal(joined.exitCode, 65);
  t.match(joined.out, /record 19: record-missing: .*\(record 18\)/, 'one record is in neither');
  const whole = await audit('verify', '--file', old, '--head', noted);
  t.match(whole, { exitCode: 0, out: /the given hash is that of record 16\n/ });
  const lines = readFileSync(old, 'utf8');
  t.equal(lines.trim().split('\n').length, 17);
});

t.test('arguments that make no sense are refused', async (t) => {
  t.equal((await audit()).exitCode, 64);
  t.equal((await audit('burn')).exitCode, 64);
  t.equal((await audit('head', '--file', 'x')).exitCode, 64);
  t.equal((await audit('verify', '--head', 'abc')).exitCode, 64);
  await t.rejects(audit('verify', '--storage', join(t.testdir(), 'none')), { code: 'STORAGE_UNUSABLE' });
  await t.rejects(audit('verify', '--file', join(t.testdir(), 'none')), { code: 'FILE_UNREADABLE' });
});

t.test('command line and gateway write one chain at the same time', async (t) => {
  const { dir, open, ids } = await filled(t, 30);
  const held = ids.slice(0, 4);
  const cli = new URL('../../../src/cli/cli.ts', import.meta.url).pathname;
  const others = held.map((id) =>
    spawn(process.execPath, [cli, 'discard', id, '--storage', dir], { stdio: 'ignore' }),
  );
  let running = others.length;
  const exits = others.map(async (child) => {
    const [code] = await once(child, 'exit');
    running -= 1;
    return code as number;
  });
  for (let n = 0; running > 0; n += 1) await accept(open.spool, `1.3.${n}`, bytesOf(300, n));
  t.strictSame(
    await Promise.all(exits),
    held.map(() => 0),
  );
  const { exitCode, out } = await audit('verify', '--storage', dir);
  t.equal(exitCode, 0, out);
  const records = await open.ledger.audit.after(0, 100_000);
  const discarded = records.filter(({ action }) => action === 'instance.discarded');
  t.strictSame(discarded.map(({ object }) => object.id).sort(), [...held].sort());
  t.ok(discarded.every(({ actor }) => actor.kind === 'command-line'));
});

t.test('retry and discard name who typed them', async (t) => {
  const { dir, open, ids } = await filled(t, 4);
  const io = { stdout: new Sink(), stderr: new Sink() };
  await retryCommand([ids[0] ?? '', '--storage', dir], io);
  await discardCommand([ids[1] ?? '', '--storage', dir], io);
  const records = (await open.ledger.audit.after(0, 1000)).slice(-2);
  t.match(records, [
    { action: 'instance.retried', object: { id: ids[0] }, actor: { kind: 'command-line' } },
    { action: 'instance.discarded', object: { id: ids[1] }, actor: { kind: 'command-line' } },
  ]);
});
