import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { part10, receive } from './http/contract-group.ts';
import { fileForm, makeFile, startReal } from './http/real-gateway.ts';

t.test('nothing in the folder of the gateway is open to other users', async (t) => {
  const before = process.umask(0o022);
  t.teardown(() => process.umask(before));
  const real = await startReal(t, {
    directory: t.testdir(),
    args: ['--storage.keepDelivered=1h', '--crosswalk.dir=', '--http.folderRoots='],
  });
  await receive(t, real);
  await receive(t, real, makeFile('clear').bytes.subarray(0, -40) as Buffer<ArrayBuffer>);
  const body = fileForm(makeFile('clear').bytes, { anonymize: 'false' });
  t.equal((await real.ask(t, 'POST', '/api/dicom/upload', { body })).status, 200);
  t.equal(
    (await real.ask(t, 'POST', '/receive_dicom', { body: Buffer.from('x'), headers: part10 })).status,
    400,
  );
  await real.gateway.settled();
  const { storageDir } = real.gateway;
  const names = readdirSync(storageDir, { recursive: true, encoding: 'utf8' });
  t.ok(names.includes('gateway.lock-journal'), 'SQLite keeps its journal while the lock is held');
  t.ok(names.length > 15, `${names.length} files`);
  t.same(
    names.filter((name) => (statSync(join(storageDir, name)).mode & 0o077) !== 0),
    [],
  );
});
