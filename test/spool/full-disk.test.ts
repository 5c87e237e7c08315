import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { FileBlobWriter } from '../../src/spool/blob-writer.ts';
import { accept, blobOf, bytesOf, idsOf, openSpool, originOf, temporaryFiles } from './spool-fixture.ts';

const root = t.testdir();
const mebibyte = 1024 * 1024;

/** A file system of this size on the folder; undefined where this user may not mount. */
function smallDisk(dir: string, sizeBytes: number): (() => void) | undefined {
  mkdirSync(dir);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', dir]);
  if (mounted.status !== 0) return undefined;
  return () => void spawnSync('umount', [dir]);
}

t.test('a full disk', async (t) => {
  const dir = `${root}/small`;
  const unmount = smallDisk(dir, 8 * mebibyte);
  if (unmount === undefined) return t.plan(0, 'full disk: mounting a small file system needs root');
  t.teardown(unmount);
  const open = await openSpool(dir);

  await t.test('in the middle of an instance: STORAGE_FULL, nothing left, smaller ones go on', async (t) => {
    const incoming = await open.spool.begin(originOf('1.1'), bytesOf(16));
    const chunk = bytesOf(200_000);
    const written = async () => {
      for (let n = 0; n < 100; n++) await incoming.write(chunk);
    };
    await t.rejects(written(), { code: 'STORAGE_FULL' });
    await t.rejects(incoming.write(chunk), { code: 'STORAGE_FULL' }, 'and stays so');
    await incoming.abort();
    t.strictSame(await idsOf(open.blobs), []);
    t.equal((await accept(open.spool, '1.2', bytesOf(100_000))).kind, 'stored');
  });

  await t.test(
    'only the commit notices, since the rest was staged: STORAGE_FULL, nothing left',
    async (t) => {
      const before = await idsOf(open.blobs);
      writeFileSync(`${dir}/filler`, '');
      const incoming = await open.spool.begin(originOf('1.3'), bytesOf(16));
      await incoming.write(bytesOf(60_000));
      fill(`${dir}/filler`);
      await t.rejects(incoming.commit(), { code: 'STORAGE_FULL' });
      t.strictSame(await idsOf(open.blobs), before);
      rmSync(`${dir}/filler`);
    },
  );

  await t.test('the ledger cannot grow: no Success, the blob is taken back, and it recovers', async (t) => {
    const before = (await idsOf(open.blobs)).length;
    const stored: string[] = [];
    let refused = 0;
    // Each try leaves just room for the blob, so that the row is what does not fit, as soon as its log must grow.
    for (let n = 0; n < 60 && refused === 0; n++) {
      const incoming = await open.spool.begin(originOf(`2.${n}`), bytesOf(16));
      await incoming.write(bytesOf(70_000));
      fill(`${dir}/filler`);
      try {
        stored.push((await incoming.commit()).id);
      } catch (thrown) {
        refused++;
        t.match(thrown, { code: 'STORAGE_FULL', detail: /^sqlite/ });
      }
      rmSync(`${dir}/filler`);
    }
    t.equal(refused, 1);
    t.equal((await idsOf(open.blobs)).length, before + stored.length);
    const { kind, id } = await accept(open.spool, '3.1', bytesOf(1000));
    t.equal(kind, 'stored');
    t.ok(readFileSync(open.blobs.localPath(id)).equals(blobOf(bytesOf(1000))));
  });

  await open.close();
  t.strictSame(temporaryFiles(dir), []);
});

/** Uses up what is free, to the last block. */
function fill(path: string): void {
  const descriptor = openSync(path, 'w');
  closeSync(descriptor);
  spawnSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=4096'], { stdio: 'ignore' });
}

t.test('a blob writer on a device that is always full', async (t) => {
  const writer = writerOn(`${root}/full-temporary`, openSync('/dev/full', 'w'));
  await writer.write(bytesOf(10));
  await t.rejects(writer.commit(), { code: 'STORAGE_FULL', detail: 'ENOSPC' });
  t.notOk(existsSync(`${root}/full-temporary`));
});

t.test('a blob writer whose flush of the directory fails removes the file under its new name', async (t) => {
  const temporary = `${root}/flush-temporary`;
  const writer = writerOn(temporary, openSync(temporary, 'w'), async () => {
    t.ok(existsSync(`${temporary}.final`), 'it had been renamed');
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  });
  await writer.write(bytesOf(10));
  await t.rejects(writer.commit(), { code: 'STORAGE_FAILED', detail: 'EIO' });
  t.notOk(existsSync(temporary));
  t.notOk(existsSync(`${temporary}.final`));
});

t.test('a failed write is told by the next call and kept', async (t) => {
  const temporary = `${root}/readonly-temporary`;
  writeFileSync(temporary, '');
  const writer = writerOn(temporary, openSync(temporary, 'r'));
  await t.rejects(writer.write(bytesOf(100_000)), { code: 'STORAGE_FAILED', detail: 'EBADF' });
  await t.rejects(writer.write(bytesOf(1)), { code: 'STORAGE_FAILED' });
  await writer.abort();
  t.notOk(existsSync(temporary));
});

function writerOn(temporaryPath: string, descriptor: number, flushDirectory = async () => undefined) {
  return new FileBlobWriter({
    descriptor,
    temporaryPath,
    finalPath: `${temporaryPath}.final`,
    ensureDirectory: async () => undefined,
    flushDirectory: async () => void (await flushDirectory()),
    lost: () => undefined,
  });
}
