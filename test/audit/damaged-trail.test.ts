import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import { AuditGuard } from '../../src/audit/audit-guard.ts';
import { TokenStore } from '../../src/http/security/token-store.ts';
import type { EventName } from '../../src/observe/events.ts';
import type { auditDamages } from '../../src/spool/audit-mending.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { startReal } from '../http/real-gateway.ts';
import { provenTrail } from '../spool/proven-trail.ts';
import { accept, bytesOf, openSpool } from '../spool/spool-fixture.ts';
import { startGateway } from '../support/gateway.ts';

/** A storage folder with 13 records. */
async function filled(t: Test): Promise<string> {
  const dir = join(t.testdir(), 'storage');
  const open = await openSpool(dir);
  for (let n = 0; n < 13; n += 1) await accept(open.spool, `1.2.${n}`, bytesOf(100, n));
  await open.close();
  return dir;
}

const triggers = [
  'audit_unchanged',
  'audit_written_once',
  'audit_kept',
  'audit_chain_onward',
  'audit_chain_kept',
];

/** As somebody who knows how, who puts back what refuses changes. */
function tamper(dir: string, sql: string): void {
  const database = new DatabaseSync(join(dir, 'ledger.sqlite'));
  const made = triggers.map((name) => {
    const row = database.prepare('SELECT sql FROM sqlite_master WHERE name = ?').get(name);
    database.exec(`DROP TRIGGER ${name}`);
    return String(row?.sql);
  });
  database.exec(sql);
  for (const one of made) {
    try {
      database.exec(one);
    } catch {
      // Its table is gone.
    }
  }
  database.close();
}

const cases: readonly {
  readonly damage: keyof typeof auditDamages;
  readonly sql: string;
  readonly fault: string;
  readonly sequence: number;
}[] = [
  { damage: 'emptied', sql: 'DELETE FROM audit', fault: 'beginning-missing', sequence: 14 },
  {
    damage: 'emptied',
    sql: 'DELETE FROM audit; DELETE FROM audit_chain; DELETE FROM audit_positions',
    fault: 'found-damaged',
    sequence: 1,
  },
  { damage: 'note', sql: 'DELETE FROM audit_chain', fault: 'found-damaged', sequence: 14 },
  { damage: 'end', sql: 'DELETE FROM audit WHERE sequence > 10', fault: 'record-missing', sequence: 14 },
  {
    damage: 'beginning',
    sql: 'DELETE FROM audit WHERE sequence < 4',
    fault: 'beginning-missing',
    sequence: 4,
  },
  {
    damage: 'end',
    sql: 'UPDATE audit_chain SET head_sequence = 9, head_hash = (SELECT hash FROM audit WHERE sequence = 9)',
    fault: 'found-damaged',
    sequence: 14,
  },
  { damage: 'tables', sql: 'DROP TABLE audit', fault: 'beginning-missing', sequence: 14 },
  {
    damage: 'tables',
    sql: 'DROP TABLE audit; DROP TABLE audit_chain; DROP TABLE audit_positions',
    fault: 'found-damaged',
    sequence: 1,
  },
  { damage: 'triggers', sql: '', fault: 'found-damaged', sequence: 14 },
];

for (const { damage, sql, fault, sequence } of cases)
  t.test(`${damage}: ${sql}`, async (t) => {
    const dir = await filled(t);
    if (damage === 'triggers') {
      const database = new DatabaseSync(join(dir, 'ledger.sqlite'));
      database.exec('DROP TRIGGER audit_kept');
      database.close();
    } else tamper(dir, sql);
    const ledger = await SqliteLedger.open(dir, { thread: false });
    const events: { readonly name: EventName; readonly fields: object }[] = [];
    const guard = new AuditGuard({
      trail: ledger.audit,
      emit: (name, fields) => void events.push({ name, fields }),
      now: Date.now,
    });
    await guard.start();
    t.strictSame(events, [{ name: 'audit.damaged', fields: { code: 'AUDIT_DAMAGED', fault: damage } }]);
    t.ok(guard.damaged);
    await ledger.audit.append({
      actor: { kind: 'user', name: 'a' },
      action: 'session.opened',
      object: { kind: 'session', id: 'b' },
    });
    t.equal((await ledger.audit.after(0, 100)).at(-1)?.action, 'session.opened', 'the trail goes on');
    t.equal((await ledger.audit.list({ limit: 10 })).records[0]?.action, 'session.opened');
    t.type((await ledger.audit.head()).sequence, 'number');
    await guard.look();
    t.equal(events.length, 1, 'told once');
    await guard.stop();
    await ledger.close();
    t.match(provenTrail(dir).fault, { kind: fault, sequence }, 'and never whole again');
    const again = await SqliteLedger.open(dir, { thread: false });
    t.teardown(() => again.close());
    const found: object[] = [];
    const next = new AuditGuard({
      trail: again.audit,
      emit: (_name, fields) => void found.push(fields),
      now: Date.now,
    });
    await next.start();
    t.strictSame(found, [{ code: 'AUDIT_DAMAGED', fault: 'found before' }], 'the next start says so too');
    t.ok(next.damaged);
    await next.stop();
    const records = (await again.audit.after(0, 100)).filter(({ action }) => action === 'audit.damaged');
    t.match(records, [
      { object: { kind: 'audit', id: damage }, outcome: 'major-failure', code: 'AUDIT_DAMAGED' },
    ]);
  });

t.test('a whole trail is left alone', async (t) => {
  const dir = await filled(t);
  const ledger = await SqliteLedger.open(dir, { thread: false });
  t.strictSame(await ledger.audit.inspect(), { damage: null, lastToldAt: null });
  await ledger.close();
  t.match(provenTrail(dir), { fault: null, records: { length: 13 } });
});

t.test('a follower goes on with a trail that was made anew', async (t) => {
  const dir = await filled(t);
  const ledger = await SqliteLedger.open(dir, { thread: false });
  t.teardown(() => ledger.close());
  await ledger.audit.moveTo('syslog', 13);
  tamper(dir, 'DELETE FROM audit; DELETE FROM audit_chain');
  await ledger.audit.inspect();
  t.equal(await ledger.audit.position('syslog'), 0, 'its first record is not behind the position');
});

t.test(
  'while it runs: images are received on, the API names the damage, and it is put on record',
  async (t) => {
    const { gateway, ask, tokens } = await startReal(t, { directory: t.testdir() });
    const before = await ask(t, 'GET', '/api/audit/head');
    t.equal(before.status, 200);
    t.equal(gateway.count('audit.damaged'), 0);
    tamper(gateway.storageDir, 'DELETE FROM audit');
    const head = await ask(t, 'GET', '/api/audit/head');
    t.equal(head.status, 500);
    t.match(head.body, { code: 'AUDIT_DAMAGED' });
    t.equal((await ask(t, 'GET', '/api/audit')).status, 200, 'who looks is the first of new records');
    tamper(gateway.storageDir, 'DELETE FROM audit; DELETE FROM audit_chain');
    const open = await fetch(`http://127.0.0.1:${gateway.httpPort}/api/audit/export`, {
      headers: { authorization: `Bearer ${tokens.read}` },
    });
    t.equal(open.status, 200, 'what can be recorded is done');
    const lines = (await open.text()).trim().split('\n');
    t.match(lines[0], /"action":"audit.damaged","object":\{"kind":"audit","id":"emptied"\}/);
    t.match(lines[1], /"action":"audit.exported"/);
    t.equal(provenTrail(gateway.storageDir).fault?.kind, 'found-damaged');
  },
);

t.test(
  'a start records version, configuration, profiles, where the trail begins, and tokens it does not know',
  async (t) => {
    const directory = t.testdir();
    const startAndStop = async (...args: string[]) => {
      const gateway = await startGateway(t, {
        directory,
        args: ['--workers=1', '--backend.baseUrl=http://127.0.0.1:9', ...args],
      });
      await gateway.stop();
      return gateway.storageDir;
    };
    const dir = await startAndStop();
    const { id } = new TokenStore(dir).create({ name: 'put in by hand', scopes: ['read'] });
    await startAndStop();
    await startAndStop('--audit.keep=40d');
    const { records, fault } = provenTrail(dir);
    t.equal(fault, null);
    const ofAction = (action: string) =>
      records.filter((record) => record.action === action).map(({ object }) => object.id);
    t.equal(new Set(ofAction('gateway.started')).size, 1);
    const [first, second, third] = ofAction('configuration.loaded');
    t.match(first, /^[0-9a-f]{64}$/);
    t.equal(first, second, 'the same configuration');
    t.not(second, third, 'a change of it shows');
    t.equal(ofAction('profile.loaded').length, 3);
    t.ok(
      records.filter(({ action }) => action === 'profile.loaded').every((r) => r.profileRevision !== null),
    );
    t.match(ofAction('audit.kept'), [/^1:\d{13}:189388800000$/, /^1:/, /^1:\d{13}:3456000000$/]);
    t.strictSame(ofAction('token.found'), [id], 'once');
  },
);

t.test('a start with an emptied trail says so and receives', async (t) => {
  const directory = t.testdir();
  const first = await startReal(t, { directory });
  await first.gateway.stop();
  tamper(first.gateway.storageDir, 'DELETE FROM audit');
  rmSync(join(first.gateway.storageDir, 'http-tokens.json'));
  const { gateway, ask } = await startReal(t, { directory });
  t.equal(gateway.count('audit.damaged'), 1);
  const { body } = await ask(t, 'GET', '/api/status');
  t.match(
    (body as { alarms: { id: string; severity: string }[] }).alarms.filter(
      ({ id }) => id === 'audit-damaged',
    ),
    [{ severity: 'critical' }],
  );
  const page = await ask(t, 'GET', '/api/audit?action=audit.damaged');
  t.match(page.body, { records: [{ object: { id: 'emptied' }, outcome: 'major-failure' }] });
  t.equal((await ask(t, 'GET', '/readyz')).status, 200);
});
