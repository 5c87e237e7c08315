import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import t from 'tap';
import type { InstanceState } from '../../src/core/instance.ts';
import { contentDigestAlgorithm } from '../../src/core/instance.ts';
import type { BlobStore } from '../../src/spool/backend.ts';
import { FileBlobStore } from '../../src/spool/blobs-files.ts';
import { instanceKeyOf, isInstanceId, newInstanceId } from '../../src/spool/ids.ts';
import {
  accept,
  blobOf,
  bytesOf,
  headBytes,
  idsOf,
  type OpenSpool,
  openSpool,
  originOf,
  temporaryFiles,
} from './spool-fixture.ts';

let folder = 0;
const root = t.testdir();
const freshDir = () => `${root}/${folder++}`;

async function setState(open: OpenSpool, id: string, state: InstanceState): Promise<void> {
  const from = ['received', 'prepared', 'held', 'failed', 'delivered'] as const;
  t.strictSame(await open.ledger.apply([{ id, from, set: { state } }]), [id]);
}

t.test('an accepted instance is on disk and in the ledger, whole and private', async (t) => {
  const dir = freshDir();
  const open = await openSpool(dir, { now: () => 1_700_000_000_000 });
  const dataSet = bytesOf(100_000);
  const { kind, id } = await accept(open.spool, '1.2.3', dataSet);
  t.equal(kind, 'stored');
  const path = open.blobs.localPath(id);
  t.ok(readFileSync(path).equals(blobOf(dataSet)));
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal(statSync(dirname(path)).mode & 0o777, 0o700);
  t.equal(statSync(`${dir}/ledger.sqlite`).mode & 0o777, 0o600);
  t.equal(statSync(`${dir}/ledger.sqlite-wal`).mode & 0o777, 0o600);
  t.match(await open.ledger.get(id), {
    state: 'received',
    revision: 1,
    sizeBytes: 100_000 + headBytes,
    headBytes,
    receivedAt: 1_700_000_000_000,
    dueAt: 1_700_000_000_000,
    callingAeTitle: 'SENDER',
    contentDigest: null,
  });
  await open.close();
  for (const file of ['ledger.sqlite']) {
    t.notOk(readFileSync(`${dir}/${file}`).includes('1.2.3'), 'the received UID is not in the ledger');
  }
});

t.test('an aborted instance leaves nothing, and its UID may come again', async (t) => {
  const dir = freshDir();
  const open = await openSpool(dir);
  const incoming = await open.spool.begin(originOf('1.2.3'), bytesOf(headBytes));
  await incoming.write(bytesOf(400_000));
  await incoming.abort();
  t.strictSame(await idsOf(open.blobs), []);
  t.strictSame(await open.ledger.list({ limit: 10 }), []);
  t.equal((await accept(open.spool, '1.2.3', bytesOf(10))).kind, 'stored');
  await open.close();
  t.strictSame(temporaryFiles(dir), [], 'nothing temporary after a clean end');
});

for (const state of ['received', 'prepared', 'held', 'delivered'] as const) {
  t.test(
    `the same content again while the first is ${state} is a duplicate, and nothing new is kept`,
    async (t) => {
      const open = await openSpool(freshDir());
      const dataSet = bytesOf(50_000);
      const first = await accept(open.spool, '1.2.3', dataSet);
      await setState(open, first.id, state);
      const again = await accept(open.spool, '1.2.3\0', dataSet, { head: bytesOf(headBytes + 40) });
      t.strictSame(
        again,
        { kind: 'duplicate', id: first.id },
        'padding of the UID and the head do not count',
      );
      t.strictSame(await idsOf(open.blobs), [first.id]);
      t.equal((await open.ledger.list({ limit: 10 })).length, 1);
      await open.close();
    },
  );
}

t.test('a delivered instance without bytes is known by its digest', async (t) => {
  const open = await openSpool(freshDir());
  const dataSet = bytesOf(3_000_000);
  const { id } = await accept(open.spool, '1.2.3', dataSet);
  const contentDigest = createHash(contentDigestAlgorithm).update(dataSet).digest('hex');
  await open.ledger.apply([{ id, from: ['received'], set: { state: 'delivered', contentDigest } }]);
  await open.blobs.remove(id);
  t.strictSame(await accept(open.spool, '1.2.3', dataSet), { kind: 'duplicate', id });
  const other = Buffer.from(dataSet);
  other[2_999_999] = (other[2_999_999] ?? 0) ^ 1;
  t.match(await accept(open.spool, '1.2.3', other), { kind: 'held', code: 'DUPLICATE_CONTENT_DIFFERS' });
  await open.close();
});

for (const state of ['failed', 'discarded'] as const) {
  t.test(`the same content again after the first was ${state} is processed as a new revision`, async (t) => {
    const open = await openSpool(freshDir());
    const first = await accept(open.spool, '1.2.3', bytesOf(500));
    await setState(open, first.id, state);
    const again = await accept(open.spool, '1.2.3', bytesOf(500));
    t.equal(again.kind, 'stored');
    t.match(await open.ledger.get(again.id), { state: 'received', revision: 2 });
    await open.close();
  });
}

t.test('other content under the same UID', async (t) => {
  const variants: readonly (readonly [string, Buffer, string?])[] = [
    ['one byte differs at the end', Buffer.concat([bytesOf(2_000_000).subarray(0, -1), Buffer.of(0)])],
    ['it is shorter', bytesOf(2_000_000).subarray(0, -2)],
    ['the transfer syntax differs', bytesOf(2_000_000), '1.2.840.10008.1.2'],
  ];
  for (const [name, content, transferSyntaxUid] of variants) {
    t.test(`${name}: held by default, with an event`, async (t) => {
      const open = await openSpool(freshDir());
      const first = await accept(open.spool, '1.2.3', bytesOf(2_000_000));
      const syntax = transferSyntaxUid === undefined ? {} : { transferSyntaxUid };
      const other = await accept(open.spool, '1.2.3', content, syntax);
      t.match(other, { kind: 'held', code: 'DUPLICATE_CONTENT_DIFFERS' });
      t.match(await open.ledger.get(other.id), {
        state: 'held',
        revision: 2,
        code: 'DUPLICATE_CONTENT_DIFFERS',
      });
      t.ok(
        readFileSync(open.blobs.localPath(first.id)).equals(blobOf(bytesOf(2_000_000))),
        'not overwritten',
      );
      t.strictSame(open.heard, [
        {
          name: 'instance.held',
          fields: { instanceId: other.id, code: 'DUPLICATE_CONTENT_DIFFERS', stage: 'receive' },
        },
      ]);
      const third = await accept(open.spool, '1.2.3', content, syntax);
      t.strictSame(third, { kind: 'duplicate', id: other.id }, 'the held one is known too');
      await open.close();
    });
  }

  t.test('kept as a new revision where so configured', async (t) => {
    const open = await openSpool(freshDir(), { duplicateContent: 'revision' });
    await accept(open.spool, '1.2.3', bytesOf(500, 1));
    const other = await accept(open.spool, '1.2.3', bytesOf(500, 2));
    t.equal(other.kind, 'stored');
    t.match(await open.ledger.get(other.id), { state: 'received', revision: 2 });
    await open.close();
  });

  t.test(
    'is held although the same bytes were discarded before, while another revision stands',
    async (t) => {
      const open = await openSpool(freshDir());
      await accept(open.spool, '1.2.3', bytesOf(500, 1));
      const other = await accept(open.spool, '1.2.3', bytesOf(500, 2));
      await setState(open, other.id, 'discarded');
      t.match(await accept(open.spool, '1.2.3', bytesOf(500, 2)), { kind: 'held' });
      await open.close();
    },
  );
});

t.test(
  'ten associations send the same UID at the same time: one is stored, nine are duplicates',
  async (t) => {
    const open = await openSpool(freshDir());
    const dataSet = bytesOf(300_000);
    const results = await Promise.all(Array.from({ length: 10 }, () => accept(open.spool, '1.2.3', dataSet)));
    t.equal(results.filter(({ kind }) => kind === 'stored').length, 1);
    t.equal(results.filter(({ kind }) => kind === 'duplicate').length, 9);
    t.equal(new Set(results.map(({ id }) => id)).size, 1, 'all name the same instance');
    t.equal((await idsOf(open.blobs)).length, 1);
    await open.close();
  },
);

t.test('another node that stores the same revision first is noticed', async (t) => {
  const open = await openSpool(freshDir());
  const incoming = await open.spool.begin(originOf('1.2.3'), new Uint8Array(headBytes).fill(0x11));
  await incoming.write(bytesOf(900));
  // The other node has its own turns; here a second spool over the same ledger and blobs stands for it.
  const foreign = await accept(open.spool, '9.9.9', bytesOf(900));
  const row = await open.ledger.get(foreign.id);
  if (row === undefined) throw new Error('no row');
  const rival = {
    ...row,
    id: newInstanceId(1),
    instanceKey: instanceKeyOf(new Uint8Array(32).fill(7), '1.2.3'),
  };
  const writer = await open.blobs.create(rival.id);
  await writer.write(blobOf(bytesOf(900)));
  await writer.commit();
  t.equal(await open.ledger.insert(rival), true);
  t.strictSame(await incoming.commit(), { kind: 'duplicate', id: rival.id });
  t.strictSame(await idsOf(open.blobs), [rival.id, foreign.id].sort());
  await open.close();
});

t.test('below its reserve of free space the spool has no room and says so once', async (t) => {
  const probe = await openSpool(freshDir());
  const free = await probe.blobs.freeBytes();
  await probe.close();
  const open = await openSpool(freshDir(), { reserveBytes: free * 2 });
  t.equal(open.spool.hasRoom(), false);
  await t.rejects(accept(open.spool, '1.2.3', bytesOf(10)), { code: 'STORAGE_FULL' });
  t.strictSame(
    open.heard.map(({ name }) => name),
    ['spool.low'],
  );
  await open.close();
});

t.test('a large instance that reaches the reserve on its way is refused and leaves nothing', async (t) => {
  const dir = freshDir();
  const store = new FileBlobStore(dir);
  let asked = 0;
  const shrinking: BlobStore = {
    create: (id) => store.create(id),
    localPath: (id) => store.localPath(id),
    size: (id) => store.size(id),
    remove: (id) => store.remove(id),
    ids: () => store.ids(),
    sweepTemporary: () => store.sweepTemporary(),
    close: () => store.close(),
    freeBytes: async () => (asked++ === 0 ? 1_000_000 + 20 * 1024 * 1024 : 0),
  };
  const open = await openSpool(dir, { reserveBytes: 1_000_000, blobs: shrinking });
  t.equal(open.spool.hasRoom(), true);
  const incoming = await open.spool.begin(originOf('1.2.3'), bytesOf(headBytes));
  const chunk = bytesOf(8 * 1024 * 1024);
  const written = async () => {
    for (let n = 0; n < 5; n++) await incoming.write(chunk);
  };
  await t.rejects(written(), { code: 'STORAGE_FULL' });
  await incoming.abort();
  t.strictSame(await idsOf(store), []);
  await open.close();
  await store.close();
  t.strictSame(temporaryFiles(dir), []);
});

t.test('an instance that is still arriving when the spool has stopped is not stored', async (t) => {
  const dir = freshDir();
  const open = await openSpool(dir);
  const incoming = await open.spool.begin(originOf('1.2.3'), bytesOf(headBytes));
  await open.spool.stop();
  await t.rejects(incoming.commit(), { code: 'SHUTTING_DOWN' });
  t.strictSame(await idsOf(open.blobs), []);
  await open.close();
  t.strictSame(temporaryFiles(dir), []);
});

t.test('a spool that is stopping refuses new instances and finishes commits', async (t) => {
  const open = await openSpool(freshDir());
  const incoming = await open.spool.begin(originOf('1.2.3'), bytesOf(headBytes));
  await incoming.write(bytesOf(100_000));
  const committed = incoming.commit();
  await open.spool.stop();
  t.equal((await committed).kind, 'stored');
  t.equal(open.spool.hasRoom(), false);
  await t.rejects(open.spool.begin(originOf('1.2.4'), bytesOf(10)), { code: 'SHUTTING_DOWN' });
  await open.close();
});

t.test(
  'a ledger that fails keeps the instance from being called stored, and its blob is taken back',
  async (t) => {
    const dir = freshDir();
    const whole = await openSpool(dir);
    const failing = Object.create(whole.ledger, {
      findByInstanceKey: { value: async () => [] },
      get: { value: async () => undefined },
      list: { value: async () => [] },
      insert: {
        value: async () => Promise.reject(Object.assign(new Error('full'), { code: 'STORAGE_FULL' })),
      },
    });
    await whole.close();
    const open = await openSpool(dir, { ledger: failing });
    await t.rejects(accept(open.spool, '1.2.3', bytesOf(10)), { code: 'STORAGE_FULL' });
    t.strictSame(await idsOf(open.blobs), []);
    await open.close();
  },
);

t.test('ids sort by time, are random and are recognised', async (t) => {
  const early = newInstanceId(1_700_000_000_000);
  const late = newInstanceId(1_700_000_000_001);
  t.ok(early < late);
  t.ok(newInstanceId(2 ** 48 - 1) > late);
  t.not(newInstanceId(5), newInstanceId(5));
  t.ok(isInstanceId(early));
  for (const other of ['', '../../etc/passwd', early.toUpperCase(), `${early}x`, early.slice(1)]) {
    t.notOk(isInstanceId(other));
  }
});

t.test('an instance key needs the secret and does not show the UID', async (t) => {
  const key = instanceKeyOf(new Uint8Array(32).fill(1), '1.2.3');
  t.match(key, /^[0-9a-f]{32}$/);
  t.equal(key, instanceKeyOf(new Uint8Array(32).fill(1), '1.2.3 '));
  t.not(key, instanceKeyOf(new Uint8Array(32).fill(2), '1.2.3'));
  t.not(key, instanceKeyOf(new Uint8Array(32).fill(1), '1.2.30'));
});
