import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import type { InstanceRecord } from '../../src/core/instance.ts';
import { healthRoutes } from '../../src/http/routes/health.ts';
import { instanceRoutes } from '../../src/http/routes/instances.ts';
import { HttpServer } from '../../src/http/server.ts';
import { accept, bytesOf, openSpool } from '../spool/spool-fixture.ts';

const token = 'a-token-for-tests-0123';
const document = parse(readFileSync(new URL('../../openapi/gateway.yaml', import.meta.url), 'utf8'));

/** Answers are held against the schema that the document names for them. */
const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
ajv.addSchema({ $id: 'gateway', ...document });

const health = { notReady: async () => [], metrics: async () => ({ contentType: 'text/plain', text: '' }) };

interface Api {
  readonly hold: (set?: Partial<InstanceRecord>) => Promise<string>;
  readonly record: (id: string) => Promise<InstanceRecord | undefined>;
  readonly ask: (
    method: string,
    path: string,
    body?: unknown,
    authorization?: string | null,
  ) => Promise<{ status: number; type: string | null; body: Record<string, unknown>; headers: Headers }>;
  readonly events: unknown[];
  changes: number;
}

let folders = 0;
const root = t.testdir();

async function start(t: Test, apiToken: string | null = token): Promise<Api> {
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
    async ask(method, path, body, authorization = `Bearer ${token}`) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          ...(authorization === null ? {} : { authorization }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return {
        status: response.status,
        type: response.headers.get('content-type'),
        headers: response.headers,
        body: (await response.json()) as Record<string, unknown>,
      };
    },
  };
  const server = new HttpServer(
    { host: '127.0.0.1', port: 0, apiToken },
    [
      ...healthRoutes(health),
      ...instanceRoutes(
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
    ],
    (name, fields) => events.push([name, fields]),
  );
  const { port } = await server.start();
  t.teardown(async () => {
    await server.stop();
    await open.close();
  });
  return api;
}

/** Fails where an answer is not what the document says of it. */
function assertDescribed(
  t: Test,
  path: string,
  method: string,
  { status, type, body }: { status: number; type: string | null; body: unknown },
): void {
  const answer = document.paths[path]?.[method]?.responses?.[status];
  t.ok(answer, `${method} ${path} may answer ${status}`);
  const resolved =
    answer?.$ref === undefined ? answer : document.components.responses[answer.$ref.split('/').at(-1)];
  const mediaType = (type ?? '').split(';')[0] ?? '';
  const content = resolved?.content?.[mediaType];
  t.ok(content, `${mediaType} is described`);
  const schema = JSON.parse(JSON.stringify(content?.schema ?? false).replaceAll('"#/', '"gateway#/'));
  t.ok(ajv.validate(schema, body), ajv.errorsText());
}

t.test('the document is valid OpenAPI 3.1', async (t) => {
  const result = await new Validator().validate(structuredClone(document));
  t.same(result.errors ?? [], []);
  t.equal(result.valid, true);
});

t.test('routes and document are the same, both ways, and so is who may use them', async (t) => {
  const routes = [...healthRoutes(health), ...instanceRoutes({} as never, () => undefined)];
  const own = routes.map(
    ({ method, path, for: who }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')} ${who}`,
  );
  const described = Object.entries(
    document.paths as Record<string, Record<string, { security?: unknown[] }>>,
  ).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => method !== 'parameters')
      .map(
        ([method, { security }]) =>
          `${method.toUpperCase()} ${path} ${security?.length === 0 ? 'everyone' : 'token'}`,
      ),
  );
  t.same(own.sort(), described.sort());
});

t.test('without a token configured the API is closed and says so', async (t) => {
  const api = await start(t, null);
  for (const authorization of [null, `Bearer ${token}`, 'Bearer null', 'Bearer ']) {
    const answer = await api.ask('GET', '/api/instances', undefined, authorization);
    t.match(answer, { status: 403, type: /problem\+json/, body: { title: /http\.apiTokenFile/ } });
    assertDescribed(t, '/api/instances', 'get', answer);
  }
  t.equal((await api.ask('GET', '/healthz')).status, 200);
});

t.test('without the right token nothing is told or done', async (t) => {
  const api = await start(t);
  const id = await api.hold();
  for (const authorization of [
    null,
    'Bearer',
    `Bearer ${token}x`,
    `Basic ${token}`,
    `Bearer ${token} more`,
    token,
  ]) {
    const answer = await api.ask('POST', `/api/instances/${id}/discard`, undefined, authorization);
    t.match(answer, { status: 401, type: /problem\+json/ });
    t.equal(answer.headers.get('www-authenticate'), 'Bearer');
    t.notMatch(JSON.stringify(answer.body), token);
  }
  t.match(await api.record(id), { state: 'held' });
  t.strictSame(api.events[0], ['http.failed', { route: '/api/instances/:id/discard', httpStatus: 401 }]);
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
  assertDescribed(t, '/api/instances/{id}', 'get', one);
  t.match(one.body, { id, state: 'held', code: 'TEXT_LEFT_IN_PIXELS', releasable: true, boxesLeftOut: 7 });
  t.strictSame(one.body.boxes, [box]);
  t.match(one.body.advice, /release it with boxes/);
  const list = await api.ask('GET', '/api/instances?state=held');
  assertDescribed(t, '/api/instances', 'get', list);
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
    assertDescribed(t, '/api/instances', 'get', answer);
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
  assertDescribed(t, '/api/instances/{id}/release', 'post', released);
  t.match(released.body, { state: 'received', code: null, releasedCodes: ['BURNED_IN_TEXT_RISK'] });
  t.strictSame((await api.record(id))?.drawnBoxes, boxes);
  t.equal(api.changes, 1, 'the lanes are told');
  const again = await api.ask('POST', `/api/instances/${id}/release`);
  assertDescribed(t, '/api/instances/{id}/release', 'post', again);
  t.match(again, { status: 409, body: { code: 'STATE_CONFLICT' } });

  const other = await api.hold({ code: 'UNEXPECTED', drawnBoxes: boxes });
  t.match(await api.ask('POST', `/api/instances/${other}/release`), {
    status: 409,
    body: { code: 'NOT_RELEASABLE' },
  });
  const retried = await api.ask('POST', `/api/instances/${other}/retry`);
  assertDescribed(t, '/api/instances/{id}/retry', 'post', retried);
  t.match(retried.body, { state: 'received' });
  t.strictSame(retried.body.drawnBoxes, boxes, 'a retry drops nothing that a person drew');

  const third = await api.hold();
  const discarded = await api.ask('POST', `/api/instances/${third}/discard`);
  assertDescribed(t, '/api/instances/{id}/discard', 'post', discarded);
  t.match(discarded.body, { state: 'discarded' });
  t.match(await api.ask('POST', `/api/instances/${third}/retry`), { status: 409 });
  const unknown = await api.ask('POST', '/api/instances/DOE-JANE/discard');
  assertDescribed(t, '/api/instances/{id}/discard', 'post', unknown);
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
  assertDescribed(t, '/api/instances/{id}/release', 'post', refused);
  t.match(refused, { status: 409, body: { code: 'BOXES_INCOMPLETE', detail: /1 not covered/ } });
  t.match(await api.record(id), { state: 'held', drawnBoxes: null });
  const shown = (await api.ask('GET', `/api/instances/${id}`)).body.boxes as unknown[];
  t.match(await api.ask('POST', `/api/instances/${id}/release`, { boxes: [...boxes, ...shown] }), {
    status: 200,
    body: { drawnBoxes: [{ left: 100 }, { left: 5, top: 5, width: 50, height: 9 }] },
  });
  const other = await api.hold({ code: 'TEXT_LEFT_IN_PIXELS', foundBoxes });
  const replaced = await api.ask('POST', `/api/instances/${other}/release`, { boxes, replaceFound: true });
  assertDescribed(t, '/api/instances/{id}/release', 'post', replaced);
  t.match(replaced, { status: 200, body: { drawnBoxes: boxes } });
});

t.test('boxes that are not right release nothing', async (t) => {
  const api = await start(t);
  const id = await api.hold();
  const fine = { frame: 1, left: 0, top: 0, width: 10, height: 10 };
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ boxes: 'DOE' }, /not a list/],
    [{ boxes: [7] }, /box 1: not an object/],
    [{ boxes: [fine, { ...fine, left: -1 }] }, /box 2: left/],
    [{ boxes: [{ ...fine, width: 0 }] }, /box 1: width/],
    [{ boxes: [{ ...fine, height: 1.5 }] }, /box 1: height/],
    [{ boxes: [{ ...fine, top: '0' }] }, /box 1: top/],
    [{ boxes: [{ ...fine, left: 631 }] }, /outside the image/],
    [{ boxes: [{ ...fine, frame: 0 }] }, /box 1: frame/],
    [{ boxes: [{ ...fine, frame: 2, frames: 3 }] }, /outside the frames/],
    [{ boxes: [{ ...fine, frame: null, frames: 2 }] }, /frames without frame/],
    [{ boxes: [{ ...fine, text: 'DOE' }] }, /unknown field/],
    [{ boxes: Array.from({ length: 1001 }, () => fine) }, /more than 1000/],
    [{ box: [fine] }, /not an object with boxes/],
    [{ boxes: [fine], replaceFound: 'yes' }, /replaceFound/],
    [[fine], /not an object with boxes/],
  ];
  for (const [body, detail] of wrong) {
    const answer = await api.ask('POST', `/api/instances/${id}/release`, body);
    assertDescribed(t, '/api/instances/{id}/release', 'post', answer);
    t.match(answer, { status: 400, body: { code: 'BOXES_INVALID', detail } });
    t.notMatch(JSON.stringify(answer.body), 'DOE');
  }
  t.match(await api.ask('POST', `/api/instances/${id}/release`, '{"boxes": DOE'), { status: 400 });
  t.match(await api.record(id), { state: 'held', releasedCodes: [], drawnBoxes: null });
  t.equal(api.changes, 0);
});
