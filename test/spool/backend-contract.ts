import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { type AuditRecord, noHash } from '../../src/core/audit.ts';
import { prunedOf } from '../../src/core/audit-pruning.ts';
import type { InstanceRecord } from '../../src/core/instance.ts';
import { auditHash } from '../../src/spool/audit-hash.ts';
import type { BlobStore, Ledger } from '../../src/spool/backend.ts';
import { newInstanceId } from '../../src/spool/ids.ts';
import { allIds, aRecord, bytesOf } from './spool-fixture.ts';

/** A pair of backends over fresh storage; `reopen` closes and opens the same storage again as its only owner. */
export interface BackendPair {
  readonly ledger: Ledger;
  readonly blobs: BlobStore;
  reopen(): Promise<BackendPair>;
  close(): Promise<void>;
}

const ids = (records: readonly InstanceRecord[]) => records.map(({ id }) => id);

async function inserted(ledger: Ledger, ...changes: Partial<InstanceRecord>[]): Promise<InstanceRecord[]> {
  const records = changes.map((change) => aRecord(change));
  await Promise.all(records.map((record) => ledger.insert(record)));
  return records;
}

/** The whole trail, each record held against the one before. */
async function trailOf(t: Test, ledger: Ledger): Promise<readonly AuditRecord[]> {
  const records = await ledger.audit.after(0, 10_000);
  for (const [index, record] of records.entries()) {
    if (index > 0 && record.sequence !== (records[index - 1]?.sequence ?? 0) + 1) t.fail('a gap');
    if (index > 0 && record.previousHash !== records[index - 1]?.hash) t.fail('the chain is broken');
    if (auditHash(record) !== record.hash) t.fail('a hash is wrong');
  }
  return records;
}

const told = ({ action, actor, object, outcome, code }: AuditRecord) =>
  `${actor.kind} ${actor.name}: ${action} ${object.id} ${outcome}${code === null ? '' : ` ${code}`}`;

/** What every pair of Ledger and BlobStore must do; `open` gives fresh, empty storage at each call. */
export async function backendContract(t: Test, open: () => Promise<BackendPair>): Promise<void> {
  const check = (name: string, body: (t: Test, pair: BackendPair) => Promise<BackendPair | undefined>) =>
    t.test(name, async (t) => {
      const pair = await open();
      const last = await body(t, pair);
      await (last ?? pair).close();
    });

  await check('a row comes back as it was inserted, also after reopening', async (t, { ledger, reopen }) => {
    const [plain] = await inserted(ledger, {});
    const [full] = await inserted(ledger, {
      state: 'held',
      contentDigest: 'ab'.repeat(32),
      code: 'BURNED_IN_TEXT_RISK',
      detail: '17',
      releasedCodes: ['BURNED_IN_TEXT_RISK', 'DUPLICATE_CONTENT_DIFFERS'],
      foundBoxes: {
        boxes: [
          {
            frame: 1,
            frames: 30,
            left: 0,
            top: 2,
            width: 300,
            height: 14,
            source: 'rule',
            reason: 'device-rule',
            rule: 'console',
          },
        ],
        leftOut: 4,
      },
      drawnBoxes: [{ frame: null, left: 1, top: 2, width: 3, height: 4 }],
      postId: 'post-1',
      studyPseudonym: '2.25.1',
      seriesPseudonym: '2.25.2',
      sizeBytes: 5_000_000_000,
    });
    const again = await reopen();
    for (const record of [plain, full]) t.strictSame(await again.ledger.get(record?.id ?? ''), record);
    const set = { foundBoxes: null, drawnBoxes: [] };
    await again.ledger.apply([{ id: full?.id ?? '', from: ['held'], set }]);
    t.match(await again.ledger.get(full?.id ?? ''), set);
    t.equal(await again.ledger.get(newInstanceId(1)), undefined);
    return again;
  });

  await check('an earlier revision is not inserted behind a later one', async (t, { ledger }) => {
    t.equal(await ledger.insert(aRecord({ instanceKey: 'k', revision: 2 })), true);
    t.equal(await ledger.insert(aRecord({ instanceKey: 'k', revision: 1 })), false);
    t.equal((await ledger.findByInstanceKey('k')).length, 1);
  });

  await check('one revision of an instance key is inserted once', async (t, { ledger }) => {
    const [first] = await inserted(ledger, { instanceKey: 'k' });
    const rivals = await Promise.all([
      ledger.insert(aRecord({ instanceKey: 'k' })),
      ledger.insert(aRecord({ instanceKey: 'k', revision: 2 })),
      ledger.insert(aRecord({ instanceKey: 'k', revision: 2 })),
      ledger.insert(aRecord({ instanceKey: 'other' })),
    ]);
    t.strictSame(rivals, [false, true, false, true]);
    const found = await ledger.findByInstanceKey('k');
    t.strictSame(
      found.map(({ revision }) => revision),
      [1, 2],
      'oldest first',
    );
    t.equal(found[0]?.id, first?.id);
    t.strictSame(await ledger.findByInstanceKey('unknown'), []);
    return undefined;
  });

  await check('a claim takes what is due, the longest due first, and nothing else', async (t, { ledger }) => {
    const [late, early, future, prepared] = await inserted(
      ledger,
      { dueAt: 200 },
      { dueAt: 100 },
      { dueAt: 301 },
      { dueAt: 1, state: 'prepared' },
      { dueAt: 1, state: 'held' },
    );
    t.strictSame(ids(await ledger.claim('received', 300, 10, 1000)), [early?.id, late?.id]);
    t.strictSame(ids(await ledger.claim('received', 301, 10, 1000)), [future?.id]);
    t.strictSame(ids(await ledger.claim('prepared', 300, 10, 1000)), [prepared?.id]);
    return undefined;
  });

  await check(
    'a lease keeps others away until it ends, apply touches it or the owner restarts',
    async (t, pair) => {
      const [one] = await inserted(pair.ledger, { dueAt: 0 });
      const id = one?.id ?? '';
      const claim = (now: number) => pair.ledger.claim('received', now, 5, 100).then(ids);
      t.strictSame(await claim(0), [id]);
      t.strictSame(await claim(99), []);
      t.strictSame(await claim(100), [id], 'ended');
      t.strictSame(await pair.ledger.apply([{ id, from: ['received'], set: { attempts: 1 } }]), [id]);
      t.strictSame(await claim(101), [id], 'released by apply');
      const again = await pair.reopen();
      t.strictSame(ids(await again.ledger.claim('received', 102, 5, 100)), [id], 'ended by a restart');
      return again;
    },
  );

  await check('claims at the same time share nothing and miss nothing', async (t, { ledger }) => {
    const records = await inserted(ledger, ...Array.from({ length: 100 }, () => ({})));
    const claims = await Promise.all(
      Array.from({ length: 14 }, () => ledger.claim('received', 2_000_000, 8, 60_000)),
    );
    const all = claims.flatMap(ids);
    t.equal(new Set(all).size, all.length, 'no instance twice');
    t.strictSame(all.sort(), ids(records).sort());
    return undefined;
  });

  await check('apply changes rows in the named states only and says which', async (t, { ledger }) => {
    const [a, b, c] = await inserted(ledger, {}, { state: 'held', code: 'UNEXPECTED' }, {});
    const set = {
      state: 'prepared',
      postId: 'p',
      updatedAt: 9,
      contentDigest: 'd',
      studyPseudonym: 's',
    } as const;
    const applied = await ledger.apply([
      { id: a?.id ?? '', from: ['received'], set },
      { id: b?.id ?? '', from: ['received', 'failed'], set },
      { id: newInstanceId(5), from: ['received'], set },
      { id: c?.id ?? '', from: ['held', 'received'], set: { releasedCodes: ['X', 'Y'], code: null } },
    ]);
    t.strictSame(applied, [a?.id, c?.id]);
    t.strictSame(await ledger.get(a?.id ?? ''), { ...a, ...set });
    t.strictSame(await ledger.get(b?.id ?? ''), b, 'left alone');
    t.strictSame(await ledger.get(c?.id ?? ''), { ...c, releasedCodes: ['X', 'Y'] });
    t.strictSame(await ledger.apply([]), []);
    return undefined;
  });

  await check(
    'a call that fails takes none of its own changes and none of its neighbours with it',
    async (t, pair) => {
      const [a, b] = await inserted(pair.ledger, {}, {});
      const impossible = JSON.parse('"no-such-state"');
      const [good, bad, insert] = await Promise.allSettled([
        pair.ledger.apply([{ id: a?.id ?? '', from: ['received'], set: { state: 'held' } }]),
        pair.ledger.apply([
          { id: b?.id ?? '', from: ['received'], set: { attempts: 7 } },
          { id: b?.id ?? '', from: ['received'], set: { state: impossible } },
        ]),
        pair.ledger.insert(aRecord()),
      ]);
      t.match(good, { status: 'fulfilled', value: [a?.id] });
      t.match(bad, { status: 'rejected', reason: { code: 'STORAGE_FAILED' } });
      t.match(insert, { status: 'fulfilled', value: true });
      t.strictSame(await pair.ledger.get(b?.id ?? ''), b, 'all changes or none');
      return undefined;
    },
  );

  await check('members of a post come in the order of their ids', async (t, { ledger }) => {
    const records = await inserted(ledger, { postId: 'p' }, { postId: 'q' }, { postId: 'p' });
    const members = ids(records.filter(({ postId }) => postId === 'p')).sort();
    t.strictSame(ids(await ledger.findByPost('p')), members);
    return undefined;
  });

  await check('a list is filtered, ordered by id and paged', async (t, { ledger }) => {
    const records = await inserted(
      ledger,
      { state: 'held', code: 'UNEXPECTED', receivedAt: 10, studyPseudonym: '2.25.9' },
      { state: 'failed', code: 'NOT_DICOM', receivedAt: 20 },
      { state: 'delivered', receivedAt: 30, studyPseudonym: '2.25.9' },
      { state: 'held', code: 'NOT_DICOM', receivedAt: 40 },
      { state: 'received', receivedAt: 50, studyPseudonym: '2.25.9' },
    );
    const pick = (...indexes: number[]) => ids(indexes.flatMap((index) => records[index] ?? [])).sort();
    const listed = async (filter: Parameters<Ledger['list']>[0]) => ids(await ledger.list(filter));
    t.strictSame(await listed({ limit: 10 }), pick(0, 1, 2, 3, 4));
    t.strictSame(await listed({ states: ['held', 'failed'], limit: 10 }), pick(0, 1, 3));
    t.strictSame(await listed({ states: ['delivered', 'failed'], limit: 10 }), pick(1, 2));
    t.strictSame(await listed({ states: [], limit: 10 }), []);
    t.strictSame(await listed({ code: 'NOT_DICOM', limit: 10 }), pick(1, 3));
    t.strictSame(await listed({ receivedFrom: 20, receivedTo: 40, limit: 10 }), pick(1, 2, 3));
    t.strictSame(await listed({ studyPseudonym: '2.25.9', limit: 10 }), pick(0, 2, 4));
    t.strictSame(
      await listed({ studyPseudonym: '2.25.9', states: ['held', 'received'], limit: 10 }),
      pick(0, 4),
    );
    const first = await listed({ states: ['held', 'failed'], limit: 2 });
    const rest = await listed({ states: ['held', 'failed'], afterId: first[1] ?? '', limit: 2 });
    t.strictSame([...first, ...rest], pick(0, 1, 3), 'pages join without gap or overlap');
    return undefined;
  });

  await check('counts follow inserts, changes and forgetting', async (t, { ledger }) => {
    const none = { instances: 0, bytes: 0, oldestReceivedAt: null };
    t.strictSame((await ledger.counts()).received, none);
    const [a] = await inserted(
      ledger,
      { sizeBytes: 5, receivedAt: 100 },
      { sizeBytes: 7, receivedAt: 200 },
      { sizeBytes: 11, state: 'held', receivedAt: 50 },
    );
    t.strictSame((await ledger.counts()).received, { instances: 2, bytes: 12, oldestReceivedAt: 100 });
    await ledger.apply([{ id: a?.id ?? '', from: ['received'], set: { state: 'delivered', updatedAt: 1 } }]);
    const counts = await ledger.counts();
    t.strictSame(counts.received, { instances: 1, bytes: 7, oldestReceivedAt: 200 });
    t.strictSame(counts.delivered, { instances: 1, bytes: 5, oldestReceivedAt: 100 });
    t.strictSame(counts.held, { instances: 1, bytes: 11, oldestReceivedAt: 50 });
    t.strictSame(counts.failed, none);
    t.equal(await ledger.forget(2, 10), 1);
    t.strictSame((await ledger.counts()).delivered, none);
    return undefined;
  });

  await check(
    'forget removes old delivered and discarded rows, up to its limit, and no others',
    async (t, pair) => {
      const old = { updatedAt: 10 };
      const records = await inserted(
        pair.ledger,
        { ...old, state: 'delivered' },
        { ...old, state: 'discarded' },
        { ...old, state: 'delivered' },
        { updatedAt: 20, state: 'delivered' },
        { ...old, state: 'held' },
        { ...old, state: 'received' },
        { ...old, state: 'failed' },
      );
      t.equal(await pair.ledger.forget(20, 2), 2);
      t.equal(await pair.ledger.forget(20, 2), 1);
      t.equal(await pair.ledger.forget(20, 2), 0);
      t.strictSame(ids(await pair.ledger.list({ limit: 10 })), ids(records.slice(3)).sort());
      return undefined;
    },
  );

  await check('each change of state has its record, and nothing else has', async (t, { ledger, reopen }) => {
    const [a, b] = await inserted(ledger, { callingAeTitle: 'CT1' }, { state: 'held', code: 'NOT_DICOM' });
    const [one, two] = [a?.id ?? '', b?.id ?? ''];
    const person = { kind: 'token', name: 'reader', address: '10.0.0.9' } as const;
    await ledger.insert(aRecord({ instanceKey: a?.instanceKey ?? '' }));
    await ledger.apply([
      { id: one, from: ['received'], set: { attempts: 1, code: 'BACKEND_TIMEOUT' } },
      { id: one, from: ['held'], set: { state: 'failed', code: 'UNEXPECTED' } },
    ]);
    const prepared = { state: 'prepared', postId: 'p' } as const;
    const profileRevision = 'rev-1';
    await ledger.apply([{ id: one, from: ['received'], profileRevision, set: prepared }]);
    await ledger.apply([{ id: one, from: ['prepared'], profileRevision, set: prepared }]);
    await ledger.apply([
      { id: one, from: ['prepared'], set: { state: 'delivered', code: null, updatedAt: 1 } },
      { id: two, from: ['held'], by: person, action: 'instance.released', set: { state: 'received' } },
    ]);
    await ledger.apply([{ id: two, from: ['received'], set: { state: 'failed', code: 'UNEXPECTED' } }]);
    await ledger.apply([{ id: two, from: ['failed'], set: { state: 'failed', code: 'BLOB_MISSING' } }]);
    await ledger.apply([
      { id: two, from: ['failed'], by: person, set: { state: 'discarded', updatedAt: 9 } },
    ]);
    t.equal(await ledger.forget(5, 10), 1);
    const again = await reopen();
    const records = await trailOf(t, again.ledger);
    t.strictSame(records.map(told), [
      `ae CT1: instance.received ${one} success`,
      `ae SENDER: instance.received ${two} success`,
      `gateway sallyport: instance.held ${two} minor-failure NOT_DICOM`,
      `gateway sallyport: instance.prepared ${one} success`,
      `gateway sallyport: instance.delivered ${one} success`,
      `token reader: instance.released ${two} success`,
      `gateway sallyport: instance.failed ${two} serious-failure UNEXPECTED`,
      `gateway sallyport: instance.failed ${two} serious-failure BLOB_MISSING`,
      `token reader: instance.discarded ${two} success`,
      `gateway sallyport: instance.forgotten ${one} success`,
    ]);
    t.equal(records[0]?.sequence, 1);
    t.equal(records[0]?.previousHash, noHash);
    t.equal(records[3]?.profileRevision, 'rev-1');
    t.equal(records[5]?.actor.address, '10.0.0.9');
    const { sequence, hash, at } = records.at(-1) ?? {};
    t.strictSame(await again.ledger.audit.head(), { sequence, hash, at });
    return again;
  });

  await check('a change that fails leaves no record, and no gap', async (t, { ledger }) => {
    const [a, b] = await inserted(ledger, {}, {});
    const impossible = JSON.parse('"no-such-state"');
    const results = await Promise.allSettled([
      ledger.apply([{ id: a?.id ?? '', from: ['received'], set: { state: 'held', code: 'UNEXPECTED' } }]),
      ledger.apply([{ id: b?.id ?? '', from: ['received'], set: { state: impossible } }]),
      ledger.insert(aRecord()),
    ]);
    t.strictSame(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    const records = await trailOf(t, ledger);
    t.strictSame(
      records.map(({ sequence, action }) => `${sequence} ${action}`),
      ['1 instance.received', '2 instance.received', '3 instance.held', '4 instance.received'],
    );
    return undefined;
  });

  await check('names are made printable and cut, never empty', async (t, { ledger }) => {
    const object = { kind: 'token', id: 'a\nb' } as const;
    for (const name of ['Zoë Ω"\\', 'a\n\u0000\u2028\ud800b', ' ', 'x'.repeat(200)])
      await ledger.audit.append({ actor: { kind: 'user', name }, action: 'token.created', object });
    const records = await trailOf(t, ledger);
    t.strictSame(
      records.map(({ actor }) => actor.name),
      ['Zoë Ω"\\', 'a????b', '?', 'x'.repeat(64)],
    );
    t.equal(records[0]?.object.id, 'a?b');
    return undefined;
  });

  await check('the trail is listed newest first, by what is asked, in pages', async (t, { ledger }) => {
    const actor = (name: string) => ({ kind: 'user', name }) as const;
    const object = (id: string) => ({ kind: 'session', id }) as const;
    await ledger.audit.append(
      { actor: actor('a'), action: 'session.opened', object: object('s1') },
      { actor: actor('b'), action: 'session.refused', object: object('s2'), outcome: 'minor-failure' },
      { actor: actor('a'), action: 'session.closed', object: object('s1') },
      { actor: actor('a'), action: 'session.opened', object: object('s3') },
    );
    const listed = async (filter: Partial<Parameters<typeof ledger.audit.list>[0]>) => {
      const { records, next } = await ledger.audit.list({ limit: 10, ...filter });
      return { found: records.map(({ sequence }) => sequence), next };
    };
    t.strictSame(await listed({}), { found: [4, 3, 2, 1], next: null });
    t.strictSame(await listed({ objectId: 's1' }), { found: [3, 1], next: null });
    t.strictSame(await listed({ actor: 'b' }), { found: [2], next: null });
    t.strictSame(await listed({ action: 'session.opened' }), { found: [4, 1], next: null });
    t.strictSame(await listed({ to: 1000 }), { found: [], next: null });
    t.strictSame(await listed({ from: 1000, limit: 3 }), { found: [4, 3, 2], next: 2 });
    t.strictSame(await listed({ limit: 3, before: 2 }), { found: [1], next: null });
    return undefined;
  });

  await check('pruning takes the oldest, says so and keeps a chain', async (t, { ledger, reopen }) => {
    await inserted(ledger, {}, {}, {}, {}, {});
    const before = await trailOf(t, ledger);
    t.equal(await ledger.audit.prune(Date.now() - 60_000, 10), 0, 'none is old enough');
    t.equal(await ledger.audit.prune(Date.now() + 60_000, 2), 2);
    t.equal(await ledger.audit.prune(Date.now() + 60_000, 2), 2);
    const again = await reopen();
    const after = await trailOf(t, again.ledger);
    t.strictSame(
      after.map(({ sequence, action }) => `${sequence} ${action}`),
      ['5 instance.received', '6 audit.pruned', '7 audit.pruned'],
    );
    t.equal(after[0]?.previousHash, before[3]?.hash);
    t.match(prunedOf(after[2]?.object.id ?? ''), {
      first: 3,
      last: 4,
      hash: before[3]?.hash,
      lastAt: Date.parse(before[3]?.at ?? ''),
    });
    await again.ledger.audit.prune(Date.now() + 60_000, 100);
    t.ok((await trailOf(t, again.ledger)).length > 0, 'the newest stays');
    return again;
  });

  await check('a position is kept', async (t, { ledger, reopen }) => {
    t.equal(await ledger.audit.position('syslog'), 0);
    await ledger.audit.moveTo('syslog', 7);
    await ledger.audit.moveTo('syslog', 9);
    const again = await reopen();
    t.equal(await again.ledger.audit.position('syslog'), 9);
    return again;
  });

  await check('a closed ledger refuses', async (t, { ledger, reopen }) => {
    const last = ledger.insert(aRecord());
    const again = await reopen();
    t.equal(await last, true, 'what was asked before is finished');
    await t.rejects(ledger.insert(aRecord()), { code: 'SHUTTING_DOWN' });
    return again;
  });

  for (const [chunk, size] of [
    [1_000, 10_000],
    [16_384, 1_000_003],
    [65_536, 524_288],
    [300_001, 2_000_000],
    [5_000_000, 40_000_000],
  ] as const) {
    await check(`a blob of ${size} bytes in chunks of ${chunk} reads back the same`, async (t, pair) => {
      const id = newInstanceId(Date.now());
      const bytes = bytesOf(size);
      const writer = await pair.blobs.create(id);
      const reused = Buffer.alloc(chunk);
      for (let at = 0; at < size; at += chunk) {
        const length = bytes.copy(reused, 0, at, Math.min(size, at + chunk));
        await writer.write(reused.subarray(0, length));
        reused.fill(0xee); // the caller may use its chunk again
      }
      t.equal(await pair.blobs.size(id), undefined, 'not there before the commit');
      t.strictSame(await writer.commit(), { sizeBytes: size });
      const again = await pair.reopen();
      t.equal(await again.blobs.size(id), size);
      t.ok(readFileSync(again.blobs.localPath(id)).equals(bytes));
      return again;
    });
  }

  await check('small and large chunks mixed keep their order', async (t, { blobs }) => {
    const id = newInstanceId(Date.now());
    const parts = [1, 70_000, 10, 262_144, 262_143, 3, 65_535, 65_536, 600_000, 2].map(bytesOf);
    const writer = await blobs.create(id);
    for (const part of parts) await writer.write(part);
    await writer.commit();
    t.ok(readFileSync(blobs.localPath(id)).equals(Buffer.concat(parts)));
    return undefined;
  });

  await check(
    'an aborted blob is nowhere; a removed one is gone and may be removed again',
    async (t, { blobs }) => {
      const [aborted, removed, kept] = [newInstanceId(1), newInstanceId(2), newInstanceId(3)];
      const writer = await blobs.create(aborted);
      await writer.write(bytesOf(300_000));
      await writer.abort();
      for (const id of [removed, kept]) {
        const other = await blobs.create(id);
        await other.write(bytesOf(10));
        await other.commit();
      }
      t.strictSame((await allIds(blobs)).sort(), [removed, kept].sort());
      await blobs.remove(removed);
      await blobs.remove(removed);
      t.strictSame(await allIds(blobs), [kept]);
      t.equal(await blobs.size(aborted), undefined);
      t.equal(await blobs.size(removed), undefined);
      return undefined;
    },
  );

  await check('many blobs at once, across shards, all arrive', async (t, { blobs }) => {
    const wanted = new Map(
      Array.from({ length: 60 }, (_, n) => [newInstanceId(n * 40_000), bytesOf(2_000 + n, n)]),
    );
    await Promise.all(
      [...wanted].map(async ([id, bytes]) => {
        const writer = await blobs.create(id);
        await writer.write(bytes);
        await writer.commit();
      }),
    );
    t.strictSame((await allIds(blobs)).sort(), [...wanted.keys()].sort());
    for (const [id, bytes] of wanted) t.ok(readFileSync(blobs.localPath(id)).equals(bytes));
    t.ok((await blobs.freeBytes()) > 0);
    return undefined;
  });
}
