import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { sendFiles } from '../../src/send/send-files.ts';
import { startGatewayChild } from '../crash/gateway-child.ts';
import { holdProfile } from '../support/hold-profile.ts';
import { waitFor } from '../support/run.ts';
import { fileForm, makeFile, startReal, storeRequest } from './real-gateway.ts';

t.setTimeout(120_000);

const root = t.testdir();
const disk = join(root, 'small');
const folders = join(root, 'folders');

/** Uses up what is free, to the last block. */
function fill(): void {
  spawnSync('dd', ['if=/dev/zero', `of=${disk}/filler`, 'bs=4096'], { stdio: 'ignore' });
}

t.test('a disk that is full to its last byte', async (t) => {
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]);
  if (mounted.status !== 0) return t.plan(0, 'full disk: mounting a small file system needs root');
  t.teardown(() => void spawnSync('umount', [disk]));
  for (const name of ['in', 'out']) mkdirSync(join(folders, name), { recursive: true });
  const real = await startReal(t, {
    directory: disk,
    args: [`--deidentify.profile=${holdProfile}`, `--http.folderRoots=${folders}`],
  });
  const dicom = { 'content-type': 'application/dicom' };
  const receive = (bytes: Buffer<ArrayBuffer>) =>
    real.ask(t, 'POST', '/receive_dicom', { body: bytes, headers: dicom });
  const { instanceId } = (await receive(makeFile('risky').bytes)).body as { instanceId: string };
  await real.gateway.settled();

  const late = makeFile('risky', { rows: 400, columns: 400 });
  const path = join(root, 'late.dcm');
  writeFileSync(path, late.bytes);
  fill();

  // The first second the gateway does not know yet.
  for (const round of ['at once', 'when the disk was looked at']) {
    t.equal((await receive(late.bytes)).status, 507, `received ${round}`);
    const stored = await real.ask(t, 'POST', '/dicom-web/studies', storeRequest([late.bytes]));
    t.ok(stored.status === 409 || stored.status === 507, `stored: ${stored.status}`);
    const form = (fields = {}) => ({ body: fileForm(makeFile('clear').bytes, fields) });
    for (const upload of ['/api/dicom/upload', '/uploadfile', '/process-dicom-image'])
      t.equal((await real.ask(t, 'POST', upload, form())).status, 507, upload);
    const sent = sendFiles([path], { aeTitle: 'SALLYPORT', host: '127.0.0.1', port: real.gateway.dimsePort });
    for await (const { outcome } of sent) t.not(outcome, 'sent');
    const job = { folder_in: join(folders, 'in'), folder_out: join(folders, 'out') };
    t.match(await real.ask(t, 'POST', '/process-dicom-folder', { body: job }), {
      status: 507,
      body: { code: 'STORAGE_FULL' },
    });
    const token = { name: `late-${round.length}`, scopes: ['read'] };
    t.match(await real.ask(t, 'POST', '/api/tokens', { body: token }), {
      status: 507,
      body: { code: 'STORAGE_FULL' },
    });
    t.equal((await real.ask(t, 'GET', '/healthz')).status, 200);
    t.equal((await real.ask(t, 'GET', '/api/tokens')).status, 200);
    await delay(1_500);
  }
  t.equal((await real.ask(t, 'GET', '/readyz')).status, 503);
  t.ok(real.gateway.count('spool.low') > 0, 'with an alarm');
  // The pages of the ledger that are there already take a few records.
  const looked = async (): Promise<number> =>
    (await real.ask(t, 'GET', `/api/instances/${instanceId}/original`)).status;
  await waitFor('what cannot be recorded is not shown', async () => (await looked()) === 507);

  rmSync(join(disk, 'filler'));
  await waitFor('it is well again', async () => (await real.ask(t, 'GET', '/readyz')).status === 200);
  t.equal(await looked(), 200);
  t.match((await receive(late.bytes)).body, { status: 'received' }, 'nothing of what was refused is there');
  t.equal((await real.ask(t, 'POST', '/api/dicom/upload', { body: fileForm(late.bytes) })).status, 200);
  await real.gateway.stop();

  fill();
  const child = startGatewayChild(t, {
    serve: true,
    args: [`--storage.dir=${real.gateway.storageDir}`, '--dimse.port=0', '--http.port=0'],
  });
  t.match(await child.ended, { exitCode: 73 }, 'no start without a byte');
  t.match(child.output(), /STORAGE_UNUSABLE: .*\(the disk is full: make room first\)/);
  t.ok(existsSync(join(real.gateway.storageDir, 'http-tokens.json')));
});
