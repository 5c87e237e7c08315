import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { type FaultPoint, setFaultHandler } from '../../src/core/fault-points.ts';
import { isWholeCrashContent } from './crash-content.ts';
import { provenTrail } from './proven-trail.ts';
import { accept, bytesOf, headBytes, openSpool, temporaryFiles } from './spool-fixture.ts';

const root = t.testdir();
const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

const points: readonly FaultPoint[] = [
  'blob.created',
  'blob.written',
  'blob.renamed',
  'blob.synced',
  'blob.directorySynced',
  'ledger.committed',
  'blob.removed',
];

interface Told {
  readonly stored: Set<string>;
  readonly delivered: Set<string>;
}

/** Runs the child until it is dead, by its own hand or after `killAfterMs`; adds what it told. */
async function runChild(
  dir: string,
  run: string,
  point: string,
  count: number,
  told: Told,
  killAfterMs?: number,
) {
  const gateway = spawn(process.execPath, [child, dir, run, point, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  let text = '';
  gateway.stdout.setEncoding('utf8').on('data', (part: string) => {
    if (text === '' && killAfterMs !== undefined) setTimeout(() => gateway.kill('SIGKILL'), killAfterMs);
    text += part;
  });
  const [, signal] = await once(gateway, 'close');
  for (const line of text.split('\n').slice(0, -1)) {
    const [word = '', id = ''] = line.split(' ');
    if (word === 'stored') told.stored.add(id);
    if (word === 'delivered') told.delivered.add(id);
  }
  return signal;
}

/** Opens the folder as the next gateway would and holds everything against what was told. */
async function examine(t: Test, dir: string, told: Told): Promise<void> {
  const open = await openSpool(dir);
  t.strictSame(temporaryFiles(dir), [], 'nothing half-written remains');
  const rows = new Map((await open.ledger.list({ limit: 1_000_000 })).map((row) => [row.id, row]));
  const blobs = new Set<string>();
  for await (const id of open.blobs.ids()) blobs.add(id);
  const lost = [...told.stored].filter((id) => !rows.has(id));
  const undone = [...told.delivered].filter((id) => rows.get(id)?.state !== 'delivered');
  const withoutBytes = [...rows.values()].filter(({ id, state }) => state !== 'delivered' && !blobs.has(id));
  const surplus = [...blobs].filter((id) => rows.get(id)?.state !== 'received');
  const broken = [...blobs].filter((id) => {
    const blob = readFileSync(open.blobs.localPath(id));
    return blob.length !== rows.get(id)?.sizeBytes || !isWholeCrashContent(blob.subarray(headBytes));
  });
  const { records, fault } = provenTrail(dir);
  t.equal(fault, null, 'the audit trail is whole');
  const recorded = (action: string) =>
    new Set(records.flatMap((record) => (record.action === action ? record.object.id : [])));
  const [received, delivered] = [recorded('instance.received'), recorded('instance.delivered')];
  const unrecorded = [...rows.values()].filter(
    ({ id, state }) => !received.has(id) || (state === 'delivered') !== delivered.has(id),
  );
  t.strictSame(
    unrecorded,
    [],
    'each row has the records of its changes, and no record is of a change that was lost',
  );
  t.equal([...received].filter((id) => !rows.has(id)).length, 0, 'nor of an instance that was');
  t.strictSame(
    { lost, undone, withoutBytes, surplus, broken },
    {
      lost: [],
      undone: [],
      withoutBytes: [],
      surplus: [],
      broken: [],
    },
  );
  t.notOk(open.heard.some(({ name }) => name === 'spool.blobMissing'));
  await open.close();
}

t.test('killed at every fault point of the spool, again and again on the same folder', async (t) => {
  const told: Told = { stored: new Set(), delivered: new Set() };
  const dir = `${root}/points`;
  let run = 0;
  for (const count of [1, 2, 7]) {
    for (const point of points) {
      const signal = await runChild(dir, String(run++), point, count, told);
      t.equal(signal, 'SIGKILL', `${point}, pass ${count}`);
      await examine(t, dir, told);
    }
  }
  t.ok(told.stored.size > 20, `${told.stored.size} instances were told to be stored`);
});

t.test('killed at random moments under load', async (t) => {
  const told: Told = { stored: new Set(), delivered: new Set() };
  const dir = `${root}/random`;
  for (let run = 0; run < 12; run++) {
    const killAfterMs = Math.floor(Math.random() * 300);
    t.equal(
      await runChild(dir, String(run), 'none', 0, told, killAfterMs),
      'SIGKILL',
      `after ${killAfterMs} ms`,
    );
    await examine(t, dir, told);
  }
  t.ok(told.stored.size > 20, `${told.stored.size} instances were told to be stored`);
});

t.test('the steps of an accept come in the order that makes each crash harmless', async (t) => {
  const open = await openSpool(`${root}/order`);
  const passed: FaultPoint[] = [];
  setFaultHandler((point) => passed.push(point));
  t.teardown(() => setFaultHandler(undefined));
  await accept(open.spool, '1.2.3', bytesOf(100_000));
  t.strictSame(passed, [
    'blob.created',
    'blob.written',
    'blob.renamed',
    'blob.synced',
    'blob.directorySynced',
    'ledger.committed',
  ]);
  await open.close();
});
