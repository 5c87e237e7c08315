import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { newInstanceId } from '../../src/spool/ids.ts';
import { accept, bytesOf, idsOf, openSpool, temporaryFiles } from './spool-fixture.ts';

let folder = 0;
const root = t.testdir();
const freshDir = () => `${root}/${folder++}`;

t.test(
  'a start removes half-written files and blobs without a row, and leaves what is not its own',
  async (t) => {
    const dir = freshDir();
    const first = await openSpool(dir);
    const kept = await accept(first.spool, '1.2.3', bytesOf(100));
    const orphan = newInstanceId(Date.now());
    const writer = await first.blobs.create(orphan);
    await writer.write(bytesOf(10));
    await writer.commit();
    await first.close();
    writeFileSync(`${dir}/incoming/half`, 'half');
    mkdirSync(`${dir}/blobs/zz`, { recursive: true });
    writeFileSync(`${dir}/blobs/zz/notes.txt`, 'mine');

    const second = await openSpool(dir);
    t.strictSame(await idsOf(second.blobs), [kept.id]);
    t.strictSame(temporaryFiles(dir), []);
    t.strictSame(readdirSync(`${dir}/blobs/zz`), ['notes.txt']);
    t.strictSame(second.heard, [{ name: 'spool.orphansSwept', fields: { temporary: 1, blobs: 1 } }]);
    await second.close();

    const third = await openSpool(dir);
    t.strictSame(third.heard, [], 'nothing is left to mend');
    await third.close();
  },
);

t.test(
  'a start removes blobs of discarded and delivered instances, but keeps what is to be kept',
  async (t) => {
    const dir = freshDir();
    const open = await openSpool(dir);
    const [discarded, old, young, waiting] = await Promise.all(
      ['1.1', '1.2', '1.3', '1.4'].map((uid) => accept(open.spool, uid, bytesOf(100))),
    );
    const set = (id: string | undefined, state: 'discarded' | 'delivered', updatedAt: number) =>
      open.ledger.apply([{ id: id ?? '', from: ['received'], set: { state, updatedAt } }]);
    await set(discarded?.id, 'discarded', 1000);
    await set(old?.id, 'delivered', 1000);
    await set(young?.id, 'delivered', 1901);
    await open.close();
    const again = await openSpool(dir, { keepDeliveredMs: 100, now: () => 2000 });
    t.strictSame(await idsOf(again.blobs), [young?.id, waiting?.id].sort());
    await again.close();
    const third = await openSpool(dir, { keepDeliveredMs: 0, now: () => 2000 });
    t.strictSame(await idsOf(third.blobs), [waiting?.id]);
    await third.close();
  },
);

t.test('an instance whose bytes are gone or cut short is marked failed, once', async (t) => {
  const dir = freshDir();
  const open = await openSpool(dir);
  const [gone, cut, whole] = await Promise.all(
    ['1.1', '1.2', '1.3'].map((uid) => accept(open.spool, uid, bytesOf(5000))),
  );
  await open.close();
  rmSync(open.blobs.localPath(gone?.id ?? ''));
  truncateSync(open.blobs.localPath(cut?.id ?? ''), 4000);
  const again = await openSpool(dir);
  t.strictSame(
    again.heard.map(({ name, fields }) => ({ name, ...fields })),
    [gone, cut]
      .map((one) => ({ name: 'spool.blobMissing', instanceId: one?.id ?? '' }))
      .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1)),
  );
  for (const one of [gone, cut]) {
    t.match(await again.ledger.get(one?.id ?? ''), { state: 'failed', code: 'BLOB_MISSING' });
  }
  t.match(await again.ledger.get(whole?.id ?? ''), { state: 'received', code: null });
  t.equal((await accept(again.spool, '1.1', bytesOf(5000))).kind, 'stored', 'sent again it is processed');
  await again.close();
  const third = await openSpool(dir);
  t.strictSame(third.heard, []);
  await third.close();
});

t.test('more blobs and rows than fit one page are all looked at', async (t) => {
  const dir = freshDir();
  const open = await openSpool(dir);
  const accepted: { readonly id: string }[] = [];
  for (let n = 0; n < 1200; n += 100) {
    const hundred = Array.from({ length: 100 }, (_, i) => accept(open.spool, `1.${n + i}`, bytesOf(10)));
    accepted.push(...(await Promise.all(hundred)));
  }
  const ids = accepted.map(({ id }) => id);
  const delivered = ids.filter((_, n) => n % 3 === 0);
  await open.ledger.apply(delivered.map((id) => ({ id, from: ['received'], set: { state: 'delivered' } })));
  await open.close();
  const missing = ids.filter((_, n) => n % 3 === 1 && n % 5 === 0);
  for (const id of missing) rmSync(open.blobs.localPath(id));
  const again = await openSpool(dir);
  t.equal((await idsOf(again.blobs)).length, 1200 - delivered.length - missing.length);
  t.equal((await again.ledger.counts()).failed.instances, missing.length);
  await again.close();
});

t.test('one gateway per storage folder', async (t) => {
  const dir = freshDir();
  const open = await openSpool(dir);
  await t.rejects(openSpool(dir), { code: 'STORAGE_IN_USE' }, 'in the same process');
  await open.close();
  const again = await openSpool(dir);
  await again.close();

  t.test('the lock of another process holds until that process is killed', async (t) => {
    const lockModule = new URL('../../src/spool/gateway-lock.ts', import.meta.url).href;
    const script = `import { GatewayLock } from '${lockModule}';
      globalThis.lock = GatewayLock.take(process.argv[1]);
      console.log('taken');
      setInterval(() => undefined, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script, dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    await once(holder.stdout, 'data');
    await t.rejects(openSpool(dir), { code: 'STORAGE_IN_USE' });
    const exited = once(holder, 'exit');
    holder.kill('SIGKILL');
    await exited;
    const free = await openSpool(dir);
    t.ok(free.spool.hasRoom());
    await free.close();
  });
});

t.test('a folder that cannot be used is told as such', async (t) => {
  const dir = freshDir();
  mkdirSync(dir);
  writeFileSync(`${dir}/file`, '');
  await t.rejects(openSpool(`${dir}/file/data`), Error);
  writeFileSync(`${dir}/ledger.sqlite`, 'this is no database, though long enough to look at. '.repeat(100));
  await t.rejects(openSpool(dir), { code: 'STORAGE_UNUSABLE' });
});
