import { Readable } from 'node:stream';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { type Scope, scopes } from '../../src/core/scopes.ts';
import type { Gatekeeper } from '../../src/http/access.ts';
import { healthOperations } from '../../src/http/operations/health.ts';
import { allows } from '../../src/http/security/actor.ts';
import { HttpServer } from '../../src/http/server.ts';
import { actorOf, document, openGatekeeper, specs, standardSettings, startServer } from './http-fixture.ts';

const quiet = {
  notReady: async () => [],
  metrics: async () => ({ contentType: 'text/plain', text: 'a 1\n' }),
  document,
};

t.test('health answers everybody; metrics and the contract want the right to read', async (t) => {
  const reasons: string[] = [];
  const server = await startServer(t, healthOperations({ ...quiet, notReady: async () => reasons }));
  const nobody = { token: null };
  t.equal((await server.ask(t, 'GET', '/healthz', nobody)).text, '{"status":"ok"}');
  t.equal((await server.ask(t, 'GET', '/health-check', nobody)).text, '{"message":"OK"}');
  t.match(await server.ask(t, 'GET', '/readyz', nobody), { status: 200, body: { status: 'ready' } });
  reasons.push('the storage folder is below its reserve of free space');
  t.match(await server.ask(t, 'GET', '/readyz', nobody), { status: 503, body: { reasons } });
  t.equal((await server.ask(t, 'GET', '/metrics', nobody)).status, 401);
  t.match(await server.ask(t, 'GET', '/metrics', { token: 'read' }), { status: 200, text: 'a 1\n' });
  t.match(await server.ask(t, 'GET', '/openapi.json', { token: 'read' }), { body: { openapi: '3.1.0' } });
  const page = await server.ask(t, 'GET', '/patient/DOE', nobody);
  t.match(page, { status: 404, type: 'application/problem+json' });
  t.notMatch(page.text, 'DOE');
});

t.test('metrics without credentials where the configuration says so', async (t) => {
  const server = await startServer(t, healthOperations(quiet), { settings: { openMetrics: true } });
  t.equal((await server.ask(t, 'GET', '/metrics', { token: null })).status, 200);
});

t.test('a server whose operations are not those of the contract does not come up', async (t) => {
  const parts = {
    document,
    gatekeeper: openGatekeeper,
    emit: () => undefined,
    dashboardFolder: t.testdir(),
  };
  t.throws(
    () => new HttpServer(standardSettings, { ...parts, operations: healthOperations(quiet) }),
    /listInstances/,
  );
  const all = Object.fromEntries(
    specs.map(({ operationId }) => [operationId, async () => ({ status: 204 })]),
  );
  t.throws(
    () =>
      new HttpServer(standardSettings, {
        ...parts,
        operations: { ...all, secretDoor: async () => ({ status: 200 }) },
      }),
    /secretDoor/,
  );
});

t.test('every operation asks for the right that the contract names, and no other opens it', async (t) => {
  const asked: string[] = [];
  const operations = Object.fromEntries(
    specs.map(({ operationId }) => [
      operationId,
      async () => {
        asked.push(operationId);
        throw new SallyportError('STORAGE_FULL');
      },
    ]),
  );
  const refused: string[] = [];
  const gatekeeper: Gatekeeper = {
    ...openGatekeeper,
    refusedAccess: ({ name }, _address, operationId) => void refused.push(`${name} ${operationId}`),
  };
  const server = await startServer(t, operations, { gatekeeper });
  const combinations: readonly (readonly Scope[])[] = [
    ...scopes.map((scope) => [scope]),
    ['read', 'operate'],
    ['read', 'operate', 'identify'],
    ['admin', 'identify'],
  ];
  for (const { operationId, method, path, needs, body, parameters } of specs) {
    const url = path.replaceAll(/\{(\w+)\}/g, (_all, name) =>
      name === 'frame' ? '1' : name === 'study' ? '1.2' : 'abcdefghijklmnop12345678',
    );
    t.ok(
      parameters.every(({ in: place, required }) => place === 'path' || !required),
      operationId,
    );
    const options = body?.required === true ? bodyFor(operationId, Object.keys(body.content)) : {};
    const nobody = await server.ask(t, method, url, { ...options, token: null });
    if (needs === undefined) {
      t.not(nobody.status, 401, `${operationId} is open`);
      continue;
    }
    t.equal(nobody.status, 401, `${operationId} without credentials`);
    t.ok(nobody.headers.get('www-authenticate'), 'says what is wanted');
    for (const granted of combinations) {
      asked.length = 0;
      refused.length = 0;
      const actor = actorOf(granted.join('+'));
      const bearer = needs.schemes.includes('bearer');
      const may = bearer && (needs.scope === undefined || allows(actor, needs.scope));
      const { status } = await server.ask(t, method, url, { ...options, token: granted.join('+') });
      t.equal(status === 403, !may, `${operationId} with ${granted.join(', ')}: ${status}`);
      t.same(asked, may && status === 507 ? [operationId] : [], 'nothing runs before the right is proven');
      if (may) t.equal(status, 507, `${operationId} ran`);
      const recorded = !may ? [`${actor.name} ${operationId}`] : [];
      t.same(refused, recorded, `${operationId}: who has no right to it is recorded`);
    }
  }
});

/** A body that the contract takes, so that only the right decides. */
function bodyFor(
  operationId: string,
  types: readonly string[],
): { body: unknown; headers?: Record<string, string> } {
  const json: Record<string, unknown> = {
    openSession: { token: 'x' },
    previewFrame: { boxes: [] },
    redactFolder: { folder_in: '/a', folder_out: '/b' },
    sendTest: {},
    echoPeer: { host: 'localhost', port: 1, calledAeTitle: 'X' },
    createToken: { name: 'a', scopes: ['read'] },
    anonymizeBase64: { file: 'AAAA' },
  };
  if (json[operationId] !== undefined) return { body: json[operationId] };
  if (types.includes('multipart/form-data')) return { body: new FormData() };
  const [type = ''] = types;
  const headers = { 'content-type': type === 'multipart/related' ? `${type}; boundary=b` : type };
  return { body: new Uint8Array(4), headers };
}

t.test('an answer that the contract does not know does not leave', async (t) => {
  let body: unknown = { status: 'DOE^JANE' };
  const server = await startServer(t, {
    health: async () => ({ status: 200, body }),
    readiness: async () => ({ status: 418, body: { status: 'ready', reasons: [] } }),
  });
  for (const wrong of [{ status: 'DOE^JANE' }, { state: 'ok' }, 'ok', null]) {
    body = wrong;
    const answer = await server.ask(t, 'GET', '/healthz');
    t.match(answer, { status: 500, body: { code: 'RESPONSE_INVALID' } });
    t.notMatch(answer.text, 'DOE');
  }
  t.equal((await server.ask(t, 'GET', '/readyz')).status, 500);
  const broken = server.events.filter((event) => (event as [string])[0] === 'http.contractBroken');
  t.equal(broken.length, 5);
  t.notMatch(JSON.stringify(broken), 'DOE');
});

t.test('a large JSON answer is streamed as it is; one of the wrong media type is ended', async (t) => {
  const opened: Readable[] = [];
  let contentType = 'application/json';
  const server = await startServer(t, {
    health: async () => {
      const body = Readable.from(['{"status":', '"ok"}']);
      opened.push(body);
      return { status: 200, contentType, body };
    },
  });
  t.equal((await server.ask(t, 'GET', '/healthz')).text, '{"status":"ok"}');
  contentType = 'text/html';
  t.match(await server.ask(t, 'GET', '/healthz'), { status: 500, body: { code: 'RESPONSE_INVALID' } });
  t.same(
    opened.map(({ destroyed }) => destroyed),
    [true, true],
    'nothing stays open',
  );
});

t.test('an operation that fails is a 500 without its message', async (t) => {
  const server = await startServer(t, {
    readiness: async () => {
      throw new Error('DOE^JANE');
    },
  });
  const answer = await server.ask(t, 'GET', '/readyz');
  t.match(answer, { status: 500, body: { code: 'UNEXPECTED' } });
  t.notMatch(answer.text, 'DOE');
  t.match(server.events, [
    [
      'http.failed',
      { route: '/readyz', httpStatus: 500, code: 'UNEXPECTED', place: /^server\.test\.ts:\d+$/ },
    ],
  ]);
  t.notMatch(JSON.stringify(server.events), 'DOE');
});

t.test('probes may ask for health by HEAD: the same status and headers, no body', async (t) => {
  const server = await startServer(t, {
    health: async () => ({ status: 200, body: { status: 'ok' } }),
    readiness: async () => ({ status: 503, body: { status: 'not ready', reasons: ['disk'] } }),
  });
  for (const [path, status] of [
    ['/healthz', 200],
    ['/readyz', 503],
  ] as const) {
    const got = await fetch(`${server.url}${path}`);
    const head = await fetch(`${server.url}${path}`, { method: 'HEAD' });
    t.equal(head.status, status);
    t.equal(head.headers.get('content-length'), String((await got.arrayBuffer()).byteLength));
    t.equal(await head.text(), '');
  }
  t.equal((await fetch(`${server.url}/metrics`, { method: 'HEAD' })).headers.get('allow'), 'GET');
});

t.test('requests that the contract does not know are refused with what would be right', async (t) => {
  const server = await startServer(t, { releaseInstance: async () => ({ status: 204 }) });
  const detail = async (path: string, method = 'GET', body?: unknown, type?: string): Promise<unknown> => {
    const answer = await server.ask(t, method, path, {
      body,
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    });
    t.notMatch(answer.text, 'DOE');
    return [
      answer.status,
      (answer.body as { detail?: string }).detail ?? (answer.body as { code: string }).code,
    ];
  };
  t.same(await detail('/api/instances?limit=0'), [400, 'limit must be >= 1']);
  t.match(await detail('/api/instances?DOE=held'), [400, /no such parameter; there are state, code,/]);
  t.same(await detail('/api/instances?order=DOE'), [
    400,
    'order must be equal to one of the allowed values: oldest, newest',
  ]);
  t.match(await detail('/api/instances?receivedFrom=DOE'), [400, /receivedFrom must match format/]);
  t.same(await detail('/api/instances/x/frames/0'), [400, 'frame must be >= 1']);
  const release = '/api/instances/x/release';
  t.match(await detail(release, 'POST', { boxes: [{ left: 1 }] }), [
    400,
    /boxes\/0 must have required property/,
  ]);
  t.match(await detail(release, 'POST', { DOE: 1 }), [400, /a property that is not known/]);
  t.same(await detail(release, 'POST', '{', 'application/json'), [400, 'REQUEST_INVALID']);
  t.same(await detail(release, 'POST', '{"__proto__":{"a":1}}', 'application/json'), [
    400,
    'REQUEST_INVALID',
  ]);
  t.same(await detail(release, 'POST', 'a', 'text/plain'), [415, 'MEDIA_TYPE_UNSUPPORTED']);
  t.same(await detail('/process-dicom-folder', 'POST'), [400, 'a body is missing']);
  t.same(await detail('/api/instances/x/retry', 'POST', { a: 1 }), [400, 'this operation takes no body']);
  t.same(await detail('/api/instances/x/retry', 'POST', [1]), [400, 'this operation takes no body']);
  t.same(await detail(release, 'POST', { boxes: ['x'.repeat(300_000)] }), [413, 'BODY_TOO_LARGE']);
  const other = await server.ask(t, 'DELETE', '/api/instances/x');
  t.match(other, { status: 405 });
  t.equal(other.headers.get('allow'), 'GET');
});

t.test('errors have the shape that the contract has for the operation', async (t) => {
  const fail = async (): Promise<never> => {
    throw new SallyportError('INSTANCE_UNKNOWN');
  };
  const server = await startServer(t, {
    getFileStatus: fail,
    getImagingStudy: fail,
    anonymizeBase64: fail,
    getJob: fail,
  });
  const file = await server.ask(t, 'GET', '/api/dicom/status/abcdefghijklmnop1234');
  t.match(file, { status: 404, body: { detail: /no instance has this id.*INSTANCE_UNKNOWN/ } });
  const study = await server.ask(t, 'GET', '/fhir/ImagingStudy/1.2');
  t.match(study, { status: 404, type: 'application/fhir+json', body: { resourceType: 'OperationOutcome' } });
  const base64 = await server.ask(t, 'POST', '/uploadfile', { body: { file: 'AAAA' } });
  t.match(base64, { status: 404, body: { status: '404' } });
  t.match(await server.ask(t, 'GET', '/api/jobs/x'), { status: 404, type: 'application/problem+json' });
  for (const path of ['/api/dicom/status/abcdefghijklmnop1234', '/fhir/ImagingStudy/1.2'])
    t.equal((await server.ask(t, 'GET', path, { token: null })).status, 401);
});

t.test('answers carry headers that keep browsers from guessing, framing and storing', async (t) => {
  const server = await startServer(t, healthOperations(quiet));
  for (const path of ['/healthz', '/nope', '/api/instances', '/']) {
    const { headers } = await fetch(`${server.url}${path}`);
    t.equal(headers.get('x-content-type-options'), 'nosniff', path);
    t.equal(headers.get('cache-control'), 'no-store', path);
    t.match(headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/, path);
    t.equal(headers.get('x-powered-by'), null);
  }
});
