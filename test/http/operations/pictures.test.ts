import { mkdirSync } from 'node:fs';
import t, { type Test } from 'tap';
import { pictureOperations } from '../../../src/http/operations/pictures.ts';
import { accept, bytesOf, openSpool } from '../../spool/spool-fixture.ts';
import { startServer, type TestServer } from '../http-fixture.ts';

const root = t.testdir();
let folders = 0;

interface Started {
  readonly server: TestServer;
  readonly hold: (releasedCodes: readonly string[]) => Promise<string>;
  /** Requests to the worker threads: side, boxes and codes. */
  readonly asked: unknown[];
  readonly actions: () => Promise<readonly string[]>;
}

async function start(t: Test): Promise<Started> {
  const folder = `${root}/${folders++}`;
  mkdirSync(folder);
  const open = await openSpool(folder);
  const asked: unknown[] = [];
  let uid = 0;
  const server = await startServer(
    t,
    pictureOperations({
      ledger: open.ledger,
      blobs: open.blobs,
      now: Date.now,
      work: {
        picture: async ({ side, drawnBoxes, releasedCodes }) => {
          asked.push({ side, drawnBoxes, releasedCodes });
          return { bytes: Buffer.from('jpeg'), columns: 640, rows: 480 };
        },
        inspect: async () => ({ columns: 640, rows: 480, frames: 2, photometricInterpretation: 'RGB' }),
        report: async () => ({ report: 'sallyport.deidentification', version: 1 }),
      },
    }),
  );
  t.teardown(() => open.close());
  return {
    server,
    asked,
    hold: async (releasedCodes) => {
      const { id } = await accept(open.spool, `1.2.3.${++uid}`, bytesOf(1000));
      await open.ledger.apply([
        { id, from: ['received'], set: { state: 'held', code: 'TEXT_LEFT_IN_PIXELS', releasedCodes } },
      ]);
      return id;
    },
    actions: async () =>
      (await open.ledger.audit.after(0, 1000)).map(({ action, actor }) => `${action} ${actor.name}`),
  };
}

t.test('what was released in spite of its pixels is shown to those alone who may see patients', async (t) => {
  const { server, hold, asked, actions } = await start(t);
  const plain = await hold([]);
  const released = await hold(['BURNED_IN_TEXT_RISK']);
  const other = await hold(['DUPLICATE_CONTENT_DIFFERS']);
  const frame = async (id: string, token: string): Promise<number> =>
    (await server.ask(t, 'GET', `/api/instances/${id}/frames/1`, { token })).status;
  t.equal(await frame(plain, 'read'), 200);
  t.equal(await frame(other, 'read'), 200);
  t.equal(await frame(released, 'read'), 403);
  t.equal(await frame(released, 'admin'), 403, 'nor to an administrator');
  t.equal(asked.length, 2, 'nothing was drawn for those');
  t.equal(await frame(released, 'read+identify'), 200);
  const told = await actions();
  t.equal(told.filter((line) => line === 'access.refused read').length, 1);
  t.equal(told.filter((line) => line === 'instance.viewed-frames read').length, 2, 'once an instance');
});

t.test('originals are told of before they are shown, each download by itself', async (t) => {
  const { server, hold, actions } = await start(t);
  const id = await hold([]);
  const ask = async (path: string): Promise<number> =>
    (await server.ask(t, 'GET', `/api/instances/${id}/${path}`, { token: 'identify' })).status;
  for (const frame of [1, 2, 1]) t.equal(await ask(`original/frames/${frame}`), 200);
  t.equal((await actions()).filter((line) => line === 'instance.viewed-original identify').length, 1);
  t.equal(await ask('original'), 200);
  t.equal(await ask('original'), 200);
  t.equal((await actions()).filter((line) => line === 'instance.viewed-original identify').length, 3);
});

t.test('a preview is made with the boxes given and the reason accepted, and changes nothing', async (t) => {
  const { server, hold, asked } = await start(t);
  const id = await hold([]);
  const boxes = [{ frame: null, left: 0, top: 0, width: 10, height: 10 }];
  const path = `/api/instances/${id}/frames/1/preview`;
  const answer = await server.ask(t, 'POST', path, { token: 'identify', body: { boxes } });
  t.match(answer, { status: 200, type: 'image/jpeg' });
  t.equal(answer.headers.get('x-frame-columns'), '640');
  t.match(asked, [{ side: 'deidentified', drawnBoxes: boxes, releasedCodes: ['TEXT_LEFT_IN_PIXELS'] }]);
  t.equal((await server.ask(t, 'POST', path, { token: 'read+operate', body: { boxes } })).status, 403);
});
