import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { FaultPoint } from '../../src/core/fault-points.ts';
import { storeBody, storeType } from '../support/store-request.ts';
import { Scene } from './scene.ts';
import type { TestInstance } from './test-instances.ts';

/** Where a request with five instances is in the middle of its third. */
const kills: readonly { readonly point: FaultPoint; readonly pass: number }[] = [
  { point: 'blob.created', pass: 3 },
  { point: 'blob.renamed', pass: 3 },
  { point: 'ledger.committed', pass: 3 },
];

t.test(
  'what was answered 200 over HTTP is delivered after a kill, and what was not is sent again',
  async (t) => {
    const token = 'a-token-of-the-tests';
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-token-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'token'), token);
    const scene = await Scene.open(t, { args: [`--http.apiTokenFile=${join(folder, 'token')}`] });
    const post = async (
      port: number,
      path: string,
      type: string,
      body: Uint8Array<ArrayBuffer>,
    ): Promise<number> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      return fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body }).then(
        ({ status }) => status,
        () => 0,
      );
    };
    const bytesOf = ({ path }: TestInstance) => new Uint8Array(readFileSync(path));
    const store = async (port: number, instances: readonly TestInstance[]): Promise<void> => {
      const status = await post(
        port,
        '/dicom-web/studies',
        storeType('b'),
        storeBody('b', instances.map(bytesOf)),
      );
      if (status === 200) for (const { path } of instances) scene.accepted.add(path);
    };

    // Killed by hand right behind each answer.
    const first = scene.start();
    for (const instance of scene.write({ radiographs: 2, angiograms: 1 })) {
      const status = await post(
        (await first.ports)?.http ?? 0,
        '/receive_dicom',
        'application/dicom',
        bytesOf(instance),
      );
      t.equal(status, 200);
      scene.accepted.add(instance.path);
    }
    first.kill('SIGKILL');
    await first.ended;
    scene.kills += 1;

    for (const fault of kills) {
      const child = scene.start({ fault });
      scene.write({ radiographs: 4, ultrasounds: 1 });
      const ports = await child.ports;
      if (ports !== undefined) await store(ports.http, scene.unaccepted());
      t.match(await child.ended, { signal: 'SIGKILL' }, `killed at ${fault.point}`);
      scene.kills += 1;
    }
    const child = scene.start();
    const ports = await child.ports;
    await store(ports?.http ?? 0, scene.unaccepted());
    await scene.settled(child);
    child.kill('SIGTERM');
    await child.ended;
    await scene.verify(t);
  },
);
