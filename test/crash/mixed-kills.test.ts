import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { maxAttempts } from '../../src/files/file-shelf.ts';
import { TokenStore } from '../../src/http/security/token-store.ts';
import { fileForm } from '../http/real-gateway.ts';
import { waitFor } from '../support/run.ts';
import { readStoreAnswer, storeBody, storeType } from '../support/store-request.ts';
import { type GatewayChild, portOf } from './gateway-child.ts';
import { Scene } from './scene.ts';
import { type TestInstance, writeInstances } from './test-instances.ts';

const kills = 12;
/** Work is added only while less than this has no Success yet. */
const maxUnaccepted = 60;

t.setTimeout(400_000);

t.test('killed at random moments under load by DICOM and by HTTP, what was answered stands', async (t) => {
  const folders = join(t.testdir(), 'folders');
  mkdirSync(join(folders, 'in'), { recursive: true });
  mkdirSync(join(folders, 'out'));
  const scene = await Scene.open(t, {
    args: [`--http.folderRoots=${folders}`, '--http.rateLimit=0'],
    backend: { fault: (count) => (count % 3 === 0 ? { kind: 'delay', ms: count % 40 } : undefined) },
  });
  const inputs = writeInstances(join(folders, 'in'), { radiographs: 25 });
  const token = new TokenStore(scene.storageDir).create({ name: 'all', scopes: ['admin', 'identify'] }).text;
  /** Files that were answered with 200, by id. */
  const uploads = new Set<string>();
  const upload = new Uint8Array(readFileSync(inputs[0]?.path ?? ''));
  let downloads = 0;

  /** Undefined where the gateway was gone before the answer was whole. */
  const ask = async (port: number, path: string, options: RequestInit = {}): Promise<unknown> => {
    try {
      const headers = { authorization: `Bearer ${token}`, ...options.headers };
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...options, headers });
      const bytes = Buffer.from(await response.arrayBuffer());
      if (!response.ok) return undefined;
      return /json$/.test(response.headers.get('content-type')?.split(';')[0] ?? '')
        ? JSON.parse(bytes.toString())
        : bytes;
    } catch {
      return undefined;
    }
  };
  const post = (port: number, path: string, type: string, body: string | Uint8Array<ArrayBuffer>) =>
    ask(port, path, { method: 'POST', body, headers: { 'content-type': type } });
  const bytesOf = ({ path }: TestInstance) => new Uint8Array(readFileSync(path));

  const works: readonly ((port: number, share: readonly TestInstance[]) => Promise<void>)[] = [
    async (port, share) => {
      for (const one of share)
        if ((await post(port, '/receive_dicom', 'application/dicom', bytesOf(one))) !== undefined)
          scene.accepted.add(one.path);
    },
    async (port, share) => {
      const parts = share.slice(0, 12);
      if (parts.length === 0) return;
      const body = storeBody('b', parts.map(bytesOf));
      const answer = await post(port, '/dicom-web/studies', storeType('b'), body);
      if (answer === undefined) return;
      const { stored } = readStoreAnswer(answer);
      for (const { path, sopInstanceUid } of parts)
        if (stored.includes(sopInstanceUid)) scene.accepted.add(path);
    },
    async (port) => {
      const form = { method: 'POST', body: fileForm(upload) };
      const answer = (await ask(port, '/api/dicom/upload', form)) as { file_id: string } | undefined;
      if (answer !== undefined) uploads.add(answer.file_id);
    },
    async (port) => {
      for (const id of [...uploads].slice(-3)) {
        const file = await ask(port, `/api/dicom/download/${id}`);
        if (file === undefined) continue;
        if (!Buffer.isBuffer(file) || file.toString('latin1', 128, 132) !== 'DICM')
          t.fail('a download that is no file');
        downloads += 1;
      }
    },
    async (port) => {
      const order = { folder_in: join(folders, 'in'), folder_out: join(folders, 'out') };
      await post(port, '/process-dicom-folder', 'application/json', JSON.stringify(order));
      await delay(100);
    },
    async (port) => {
      await post(
        port,
        '/uploadfile',
        'application/json',
        JSON.stringify({ file: Buffer.from(upload).toString('base64') }),
      );
      await ask(port, '/api/audit/export');
    },
  ];

  /** Keeps all routes busy until the gateway is gone. */
  const load = async (child: GatewayChild): Promise<void> => {
    const ports = await child.ports;
    if (ports === undefined) return;
    let over = false;
    void child.ended.then(() => {
      over = true;
    });
    const share = (index: number) => scene.unaccepted().filter((_one, at) => at % 4 === index);
    await Promise.all([
      (async () => {
        while (!over) {
          if (scene.unaccepted().length < maxUnaccepted)
            scene.write({ radiographs: 16, angiograms: 2, ultrasounds: 1 });
          await scene.send([...share(2), ...share(3)], ports.dimse, 2);
          await delay(20);
        }
      })(),
      ...works.map(async (work, index) => {
        while (!over) {
          await work(ports.http, share(index));
          await delay(10);
        }
      }),
    ]);
  };

  for (let kill = 0; kill < kills; kill += 1) {
    const child = scene.start();
    const work = load(child);
    if (kill % 5 !== 3) await child.ports;
    // However slow the machine is: something has to have been answered by every route that is looked at below.
    if (kill === 0)
      await waitFor('a file was uploaded and downloaded', async () => downloads > 0, { timeoutMs: 90_000 });
    await delay(Math.random() * 2000);
    child.kill('SIGKILL');
    if (!t.equal((await child.ended).signal, 'SIGKILL')) t.comment(child.output());
    scene.kills += 1;
    await work;
  }

  const child = scene.start();
  await scene.sendAll(await portOf(child));
  await scene.settled(child);
  const { http: port } = (await child.ports) ?? { http: 0 };
  const states = async (): Promise<readonly unknown[]> =>
    Promise.all(
      [...uploads].map(
        async (id) => ((await ask(port, `/api/dicom/status/${id}`)) as { status?: unknown })?.status,
      ),
    );
  t.comment(`${uploads.size} uploads were answered, and ${downloads} downloads`);
  await waitFor('no upload is worked on', async () => !(await states()).includes('processing'), {
    timeoutMs: 90_000,
    output: child.output,
  });
  const files = join(scene.storageDir, 'files');
  const unfinished = [...uploads].filter((id) => !existsSync(join(files, `${id}.dcm`)));
  // Work that was cut off by so many kills is given up, and says so: it might be what ends the process.
  t.same(
    unfinished
      .map((id) => JSON.parse(readFileSync(join(files, `${id}.json`), 'utf8')))
      .filter(
        ({ state, code, attempts }) =>
          state !== 'failed' || code !== 'WORKER_CRASHED' || attempts < maxAttempts,
      ),
    [],
    'every upload that was answered is there',
  );
  t.ok(unfinished.length < uploads.size, 'and some are');
  t.same((await states()).filter((state) => state !== 'completed').length, unfinished.length);
  const { jobs } = (await ask(port, '/api/jobs')) as { jobs: { state: string; code: string | null }[] };
  t.same(
    jobs.filter(({ state, code }) => state !== 'completed' && code !== 'JOB_INTERRUPTED'),
    [],
    `${jobs.length} jobs are done or interrupted`,
  );
  t.same(
    readdirSync(join(folders, 'out')).filter((name) => name.startsWith('.')),
    [],
    'jobs left nothing aside',
  );
  child.kill('SIGTERM');
  t.strictSame(await child.ended, { exitCode: 0, signal: null }, 'well again');
  t.same(readdirSync(join(files, 'incoming')), [], 'no upload is left over');
  // One whose answer the kill cut off may be there too, whole as any other.
  const names = readdirSync(files).filter((name) => name !== 'incoming');
  const endings = (ending: string) =>
    names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  const whole = endings('.dcm');
  // Of those that were given up, the answers of some may have been cut off.
  const failed = endings('.json').filter(
    (id) =>
      !whole.includes(id) && readFileSync(join(files, `${id}.json`), 'utf8').includes('"WORKER_CRASHED"'),
  );
  t.same([...whole, ...failed].sort(), endings('.json').sort(), 'each file has its record');
  t.same(names.length, 2 * whole.length + failed.length, 'and there is nothing else');
  t.notOk(existsSync(join(scene.storageDir, 'http-tokens.json.new')));
  await scene.verify(t);
  t.comment(`${scene.kills} kills, ${scene.instances.length} instances, ${jobs.length} jobs`);
});
