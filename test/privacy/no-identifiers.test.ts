import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ExampleBackend } from '../../src/example-backend/example-backend.ts';
import { sendFiles } from '../../src/send/send-files.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { holdProfile } from '../support/hold-profile.ts';
import {
  markedImage,
  uniqueUid,
  withElements,
  withoutElements,
  writeInstance,
} from '../support/instances.ts';
import { freePort, run, startDaemon, waitFor } from '../support/run.ts';

const cli = join(import.meta.dirname, '..', '..', 'src', 'cli', 'cli.ts');
const ctStorage = '1.2.840.10008.5.1.4.1.1.2';
const usStorage = '1.2.840.10008.5.1.4.1.1.6.1';

/** A relay that keeps every byte the gateway sends towards the backend. */
async function recordingRelay(t: Test, backendPort: number): Promise<{ port: number; sent: () => Buffer }> {
  const chunks: Buffer[] = [];
  const server = createServer((socket) => {
    const upstream = connect(backendPort, '127.0.0.1');
    socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    socket.pipe(upstream).pipe(socket);
    for (const end of [socket, upstream]) end.on('error', () => [socket.destroy(), upstream.destroy()]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sent: () => Buffer.concat(chunks),
  };
}

/** Marked instances that go every way there is: delivered, held for several reasons, refused with a status. */
function writeMarked(folder: string): { files: string[]; markers: string[]; uids: string[] } {
  const markers: string[] = [];
  const uids: string[] = [];
  const marked = (prefix: string, sopClassUid: string, modality: string) => {
    const image = markedImage(prefix);
    markers.push(...image.markers);
    const own = [uniqueUid(), uniqueUid(), uniqueUid()];
    uids.push(...own);
    return withElements(
      image.elements,
      element(0x00080016, 'UI', sopClassUid),
      element(0x00080018, 'UI', own[0] ?? ''),
      element(0x0020000d, 'UI', own[1] ?? ''),
      element(0x0020000e, 'UI', own[2] ?? ''),
      element(0x00080060, 'CS', modality),
      element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
      element(0x00280100, 'US', 16),
      element(0x00280101, 'US', 12),
      element(0x00280102, 'US', 11),
      element(
        0x7fe00010,
        'OW',
        Array.from({ length: 64 }, (_, index) => index * 16),
      ),
    );
  };
  const delivered = withElements(
    withoutElements(marked('ZQDELIV', ctStorage, 'CT'), 0x60003000, 0x00080064),
    // What a scanner writes and a converter does not: without it the image is taken for a capture.
    element(0x00200032, 'DS', ['0', '0', '0']),
    element(0x00200037, 'DS', ['1', '0', '0', '0', '1', '0']),
  );
  const whole = encodePart10({ elements: marked('ZQTRUNC', ctStorage, 'CT') });
  const mislabelled = Buffer.from(encodePart10({ elements: marked('ZQMISLA', ctStorage, 'CT') }));
  const at = mislabelled.indexOf(ctStorage, 132);
  mislabelled.write('1.2.840.10008.5.1.4.1.1.4', at, 'latin1');
  const files = [
    writeInstance(join(folder, 'a.dcm'), delivered),
    writeInstance(join(folder, 'b.dcm'), marked('ZQULTRA', usStorage, 'US')),
    writeInstance(
      join(folder, 'c.dcm'),
      withElements(marked('ZQNOPIX', ctStorage, 'CT'), element(0x00280010, 'US', 0)),
    ),
    join(folder, 'd.dcm'),
    join(folder, 'e.dcm'),
    join(folder, 'f.dcm'),
  ];
  writeFileSync(join(folder, 'd.dcm'), whole.subarray(0, whole.length - 40));
  writeFileSync(join(folder, 'e.dcm'), mislabelled);
  writeFileSync(join(folder, 'f.dcm'), 'ZQTEXTFILE is no DICOM at all');
  markers.push('ZQTEXTFILE');
  return { files, markers, uids };
}

function searchable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  return `${text}\n${Buffer.from(bytes).toString('utf16le')}`;
}

t.test('no marker of an incoming data set reaches anything but the spool', async (t) => {
  const folder = t.testdir({ in: {}, received: {} });
  const storage = join(folder, 'storage');
  const { files, markers, uids } = writeMarked(join(folder, 'in'));
  t.ok(markers.length > 120, `${markers.length} markers planted`);
  const backend = new ExampleBackend({ port: 0, host: '127.0.0.1', outputDir: join(folder, 'received') });
  const { url } = await backend.start();
  t.teardown(() => backend.stop());
  const relay = await recordingRelay(t, Number(new URL(url).port));
  const [dimsePort, httpPort] = [await freePort(), await freePort()];
  const gateway = startDaemon(t, process.execPath, [
    cli,
    'serve',
    '--log.level=debug',
    '--dimse.host=127.0.0.1',
    `--dimse.port=${dimsePort}`,
    `--http.port=${httpPort}`,
    `--storage.dir=${storage}`,
    '--storage.reserve=1MiB',
    `--deidentify.profile=${holdProfile}`,
    `--backend.baseUrl=http://127.0.0.1:${relay.port}`,
  ]);
  await waitFor(
    'the gateway is ready',
    () =>
      fetch(`http://127.0.0.1:${httpPort}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    gateway,
  );
  const answers: string[] = [];
  for await (const result of sendFiles(files, { aeTitle: 'SALLYPORT', host: '127.0.0.1', port: dimsePort })) {
    answers.push(JSON.stringify({ ...result, path: '' }));
  }
  const sallyport = (...args: string[]) => run(process.execPath, [cli, ...args]);
  await waitFor('all are delivered or held', async () => {
    const { output } = await sallyport('list', '--storage', storage);
    return !/ (received|prepared) /.test(output) && output.includes('delivered');
  });
  const outputs = new Map<string, string>([['answers to the sender', answers.join('\n')]]);
  const list = await sallyport('list', '--storage', storage, '--json');
  outputs.set('list', list.output);
  for (const id of [...list.output.matchAll(/"id":"([^"]+)"/g)].map((match) => match[1] ?? '')) {
    outputs.set(`show ${id}`, (await sallyport('show', id, '--storage', storage)).output);
  }
  const codes = [...list.output.matchAll(/"code":"([^"]+)"/g)].map((match) => match[1]);
  t.ok(
    codes.includes('BURNED_IN_TEXT_RISK') && codes.includes('DATA_SET_TRUNCATED'),
    `held for ${codes.join(', ')}`,
  );
  for (const page of ['metrics', 'readyz', 'healthz', 'elsewhere']) {
    outputs.set(page, await (await fetch(`http://127.0.0.1:${httpPort}/${page}`)).text());
  }
  mkdirSync(join(folder, 'offline'));
  outputs.set(
    'deidentify',
    (
      await sallyport(
        'deidentify',
        join(folder, 'in'),
        '--output',
        join(folder, 'offline'),
        '--manifest',
        join(folder, 'manifest.jsonl'),
      )
    ).output,
  );
  outputs.set('manifest', readFileSync(join(folder, 'manifest.jsonl'), 'utf8'));
  outputs.set(
    'render',
    (
      await sallyport(
        'render',
        join(folder, 'in'),
        '--output',
        join(folder, 'jpeg'),
        '--manifest',
        join(folder, 'jpeg.jsonl'),
      )
    ).output,
  );
  outputs.set('render manifest', readFileSync(join(folder, 'jpeg.jsonl'), 'utf8'));
  await gateway.stop();
  outputs.set('audit trail', (await sallyport('audit', 'export', '--storage', storage)).output);
  outputs.set('log', gateway.output());
  outputs.set('bytes to the backend', searchable(relay.sent()));
  outputs.set(
    'ledger',
    ['ledger.sqlite', 'ledger.sqlite-wal'].map((name) => readOrEmpty(join(storage, name))).join(''),
  );
  for (const place of ['storage', 'received', 'offline', 'jpeg']) {
    const names = readdirSync(join(folder, place), { recursive: true, encoding: 'utf8' });
    outputs.set(`file names in ${place}`, names.join('\n'));
    if (place === 'storage') continue;
    for (const name of names) {
      const bytes = readOrEmpty(join(folder, place, name));
      outputs.set(`${place}/${name}`, bytes);
    }
  }
  t.ok((outputs.get('bytes to the backend') ?? '').length > 1000, 'something was posted');
  t.match(outputs.get('log'), /instance\.received/, 'the log says a lot');
  t.match(outputs.get('audit trail'), /"instance\.prepared"/, 'the audit trail says a lot');
  for (const [place, text] of outputs) {
    const upper = text.toUpperCase();
    t.same(
      markers.filter((marker) => upper.includes(marker)),
      [],
      place,
    );
    t.same(
      uids.filter((uid) => text.includes(uid)),
      [],
      `${place}: no original UID`,
    );
  }
  const spool = readdirSync(join(storage, 'blobs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.dcm'),
  );
  t.ok(spool.length > 0, 'held originals are in the spool');
});

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === 'EISDIR' ||
      (error as NodeJS.ErrnoException).code === 'ENOENT'
    )
      return '';
    throw error;
  }
}
