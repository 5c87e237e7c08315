import { Validator } from '@seriousme/openapi-schema-validator';
import t, { type Test } from 'tap';
import type { InstanceRecord } from '../../src/core/instance.ts';
import { instanceOperations } from '../../src/http/operations/instances.ts';
import { accept, bytesOf, openSpool } from '../spool/spool-fixture.ts';
import { document, type HttpAnswer, startServer } from './http-fixture.ts';

interface Api {
  readonly hold: (set?: Partial<InstanceRecord>) => Promise<string>;
  readonly record: (id: string) => Promise<InstanceRecord | undefined>;
  /** Answers are held against the document. */
  readonly ask: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<HttpAnswer & { readonly body: Record<string, unknown> }>;
  readonly events: unknown[];
  changes: number;
}

let folders = 0;
const root = t.testdir();

async function start(t: Test): Promise<Api> {
  const open = await openSpool(`${root}/${folders++}`);
  const events: unknown[] = [];
  let uid = 0;
  const api: Api = {
    events,
    changes: 0,
    async hold(set = {}) {
      const { id } = await accept(open.spool, `1.2.3.${++uid}`, bytesOf(1000));
      await open.ledger.apply([
        {
          id,
          from: ['received'],
          set: { state: 'held', code: 'BURNED_IN_TEXT_RISK', detail: 'video', ...set },
        },
      ]);
      return id;
    },
    record: (id) => open.ledger.get(id),
    ask: async (method, path, body) =>
      (await server.ask(t, method, path, {
        token: 'read+operate',
        ...(typeof body === 'string' ? { body, headers: { 'content-type': 'application/json' } } : { body }),
      })) as HttpAnswer & { readonly body: Record<string, unknown> },
  };
  const server = await startServer(
    t,
    instanceOperations(
      {
        ledger: open.ledger,
        blobs: open.blobs,
        now: Date.now,
        extentOf: () => ({ columns: 640, rows: 480, frames: 3 }),
        onChange: () => {
          api.changes += 1;
        },
      },
      (name, fields) => events.push([name, fields]),
    ),
  );
  t.teardown(() => open.close());
  return api;
}

t.test('the document is valid OpenAPI 3.1', async (t) => {
  const result = await new Validator().validate(structuredClone(document));
  t.same(result.errors ?? [], []);
  t.equal(result.valid, true);
});

t.test('a held instance is listed and shown with what was found in it', async (t) => {
  const api = await start(t);
  const box = {
    frame: 1,
    frames: 2,
    left: 3,
    top: 4,
    width: 50,
    height: 12,
    source: 'ocr',
    reason: 'name',
  } as const;
  const id = await api.hold({ code: 'TEXT_LEFT_IN_PIXELS', foundBoxes: { boxes: [box], leftOut: 7 } });
  const one = await api.ask('GET', `/api/instances/${id}`);
  t.match(one.body, { id, state: 'held', code: 'TEXT_LEFT_IN_PIXELS', releasable: true, boxesLeftOut: 7 });
  t.strictSame(one.body.boxes, [box]);
  t.match(one.body.advice, /release it with boxes/);
  const list = await api.ask('GET', '/api/instances?state=held');
  t.strictSame(list.body, { instances: [one.body], next: null });
  t.strictSame((await api.ask('GET', '/api/instances?state=received,failed')).body, {
    instances: [],
    next: null,
  });
  t.strictSame((await api.ask('GET', '/api/instances?code=UNEXPECTED')).body, { instances: [], next: null });
});

t.test('lists come in pages', async (t) => {
  const api = await start(t);
  const ids = [await api.hold(), await api.hold(), await api.hold()].sort();
  const first = await api.ask('GET', '/api/instances?state=held&limit=2');
  t.equal(first.body.next, ids[1]);
  const second = await api.ask('GET', `/api/instances?state=held&limit=2&after=${String(first.body.next)}`);
  t.equal(second.body.next, null);
  t.strictSame(
    [first, second].flatMap(({ body }) => (body.instances as { id: string }[]).map(({ id }) => id)),
    ids,
  );
  for (const query of ['limit=0', 'limit=501', 'limit=x', 'limit=1&limit=2', 'state=DOE']) {
    const answer = await api.ask('GET', `/api/instances?${query}`);
    t.match(answer, { status: 400, body: { code: 'REQUEST_INVALID' } }, query);
    t.notMatch(JSON.stringify(answer.body), 'DOE');
  }
});

t.test('release, with boxes and without, retry and discard do what the command line does', async (t) => {
  const api = await start(t);
  const id = await api.hold();
  const boxes = [
    { frame: null, left: 0, top: 0, width: 640, height: 40 },
    { frame: 2, left: 10, top: 100, width: 20, height: 10, frames: 2 },
  ];
  const released = await api.ask('POST', `/api/instances/${id}/release`, { boxes });
  t.match(released.body, { state: 'received', code: null, releasedCodes: ['BURNED_IN_TEXT_RISK'] });
  t.strictSame((await api.record(id))?.drawnBoxes, boxes);
  t.equal(api.changes, 1, 'the lanes are told');
  const again = await api.ask('POST', `/api/instances/${id}/release`);
  t.match(again, { status: 409, body: { code: 'STATE_CONFLICT' } });

  const other = await api.hold({ code: 'UNEXPECTED', drawnBoxes: boxes });
  t.match(await api.ask('POST', `/api/instances/${other}/release`), {
    status: 409,
    body: { code: 'NOT_RELEASABLE' },
  });
  const retried = await api.ask('POST', `/api/instances/${other}/retry`);
  t.match(retried.body, { state: 'received' });
  t.strictSame(retried.body.drawnBoxes, boxes, 'a retry drops nothing that a person drew');

  const third = await api.hold();
  const discarded = await api.ask('POST', `/api/instances/${third}/discard`);
  t.match(discarded.body, { state: 'discarded' });
  t.match(await api.ask('POST', `/api/instances/${third}/retry`), { status: 409 });
  const unknown = await api.ask('POST', '/api/instances/DOE-JANE/discard');
  t.match(unknown, { status: 404, body: { code: 'INSTANCE_UNKNOWN' } });
  t.notMatch(JSON.stringify(unknown.body), 'DOE');
  t.strictSame(
    api.events
      .filter((event) => (event as [string])[0] === 'instance.operated')
      .map((event) => (event as unknown[])[1]),
    [
      { instanceId: id, operation: 'release' },
      { instanceId: other, operation: 'retry' },
      { instanceId: third, operation: 'discard' },
    ],
  );
});

t.test('boxes that lay open what was found are taken only when a person says so', async (t) => {
  const api = await start(t);
  const found = { frame: 1, frames: 1, left: 5, top: 5, width: 50, height: 9, source: 'ocr', reason: 'date' };
  const foundBoxes = { boxes: [found], leftOut: 0 } as InstanceRecord['foundBoxes'];
  const id = await api.hold({ code: 'TEXT_LEFT_IN_PIXELS', foundBoxes });
  const boxes = [{ frame: null, left: 100, top: 0, width: 10, height: 10 }];
  const refused = await api.ask('POST', `/api/instances/${id}/release`, { boxes });
  t.match(refused, { status: 409, body: { code: 'BOXES_INCOMPLETE', detail: /1 not covered/ } });
  t.match(await api.record(id), { state: 'held', drawnBoxes: null });
  const shown = (await api.ask('GET', `/api/instances/${id}`)).body.boxes as unknown[];
  t.match(await api.ask('POST', `/api/instances/${id}/release`, { boxes: [...boxes, ...shown] }), {
    status: 200,
    body: { drawnBoxes: [{ left: 100 }, { left: 5, top: 5, width: 50, height: 9 }] },
  });
  const other = await api.hold({ code: 'TEXT_LEFT_IN_PIXELS', foundBoxes });
  const replaced = await api.ask('POST', `/api/instances/${other}/release`, { boxes, replaceFound: true });
  t.match(replaced, { status: 200, body: { drawnBoxes: boxes } });
});

t.test('boxes that are not right release nothing', async (t) => {
  const api = await start(t);
  const id = await api.hold();
  const fine = { frame: 1, left: 0, top: 0, width: 10, height: 10 };
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ boxes: 'DOE' }, /boxes must be array/],
    [{ boxes: [7] }, /boxes\/0 must be object/],
    [{ boxes: [fine, { ...fine, left: -1 }] }, /boxes\/1\/left must be >= 0/],
    [{ boxes: [{ ...fine, width: 0 }] }, /boxes\/0\/width must be >= 1/],
    [{ boxes: [{ ...fine, height: 1.5 }] }, /boxes\/0\/height must be integer/],
    [{ boxes: [{ ...fine, top: '0' }] }, /boxes\/0\/top must be integer/],
    [{ boxes: [{ ...fine, left: 631 }] }, /outside the image/],
    [{ boxes: [{ ...fine, frame: 0 }] }, /boxes\/0\/frame must be >= 1/],
    [{ boxes: [{ ...fine, frame: 2, frames: 3 }] }, /outside the frames/],
    [{ boxes: [{ ...fine, frame: null, frames: 2 }] }, /frames without frame/],
    [{ boxes: [{ ...fine, text: 'DOE' }] }, /a property that is not known/],
    [{ boxes: Array.from({ length: 1001 }, () => fine) }, /boxes must NOT have more than 1000 items/],
    [{ box: [fine] }, /a property that is not known; there are boxes/],
    [{ boxes: [fine], replaceFound: 'yes' }, /replaceFound must be boolean/],
    [[fine], /body must be object/],
  ];
  for (const [body, detail] of wrong) {
    const answer = await api.ask('POST', `/api/instances/${id}/release`, body);
    t.match(answer, { status: 400, body: { code: /BOXES_INVALID|REQUEST_INVALID/, detail } });
    t.notMatch(JSON.stringify(answer.body), 'DOE');
  }
  t.match(await api.ask('POST', `/api/instances/${id}/release`, '{"boxes": DOE'), { status: 400 });
  t.match(await api.record(id), { state: 'held', releasedCodes: [], drawnBoxes: null });
  t.equal(api.changes, 0);
});
