import fc from 'fast-check';
import t from 'tap';
import type { OperationSpec } from '../../src/http/contract/gateway-contract.ts';
import { assertDescribed } from './http-fixture.ts';
import { answerOf, document, fileForm, makeFile, specs, startReal, storeRequest } from './real-gateway.ts';

/** Printed by fast-check with a counterexample; the same requests come in every run. */
const seed = 20_261_121;
const requestsPerOperation = 30;
const canary = 'zqCanary7391';
/** Statuses of our own that are promises, and no fault. */
const promised = [503, 504, 507];
/** Names that the contract gives back to its maker, as the operation says. */
const echoes: ReadonlySet<string> = new Set(['createToken']);

t.setTimeout(180_000);
const real = await startReal(t, {
  directory: t.testdir(),
  args: ['--http.rateLimit=0', '--http.attempts.limit=1000000', '--storage.keepDelivered=1h'],
});
const file = makeFile('clear');
/** Ids that are there, so that requests get further than to 404. */
const known: Record<string, string> = {};

t.before(async () => {
  const quiet = { ok: () => true, equal: () => true } as never;
  const received = await real.ask(quiet, 'POST', '/receive_dicom', {
    body: file.bytes,
    headers: { 'content-type': 'application/dicom' },
  });
  const uploaded = await real.ask(quiet, 'POST', '/api/dicom/upload', { body: fileForm(file.bytes) });
  await real.gateway.settled();
  const { studies } = (await real.ask(quiet, 'GET', '/api/studies')).body as {
    studies: { studyPseudonym: string }[];
  };
  known.id = String((received.body as { instanceId: string }).instanceId);
  known.file_id = String((uploaded.body as { file_id: string }).file_id);
  known.study = studies[0]?.studyPseudonym ?? '1.2';
});

/** What no schema has in mind. Every text holds the canary, so that an echo shows. */
const hostileText = fc.oneof(
  fc.constantFrom(
    canary,
    `${canary}\0`,
    `../../${canary}`,
    `..%2f..%2f${canary}%00`,
    `${canary}\r\nx-injected: 1`,
    `<script>${canary}</script>`,
    `' OR 1=1 --${canary}`,
    `${canary}\u202e\ufeff`,
    `\ud83d\ude00${canary}`,
    `${canary}${'9'.repeat(300)}`,
    `\${${canary}}`,
  ),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${canary}${text}`),
);
const hostileName = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', canary);
const hostileNumber = fc.constantFrom(0, -1, 1.5, 1e308, -1e308, 2 ** 31, 2 ** 53, Number.MAX_VALUE, 5e-324);
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  hostileNumber,
  hostileName,
  fc.constantFrom(null, true, [], {}, [[]], deep(2000)),
  fc.jsonValue({ maxDepth: 2 }).map((value) => ({ [canary]: value })),
);

function deep(levels: number): unknown {
  let value: unknown = canary;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { boxes: value };
  return value;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

function schemaAt(pointer: string): Schema {
  const found = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document) as Schema;
  return found.$ref === undefined ? found : schemaAt(found.$ref.replace(/^#/, ''));
}

/** Values that the schema takes. */
function validValue(given: Schema): fc.Arbitrary<unknown> {
  const schema = given.$ref === undefined ? given : schemaAt(given.$ref.replace(/^#/, ''));
  const types = ([] as unknown[]).concat(schema.type ?? (schema.properties === undefined ? [] : 'object'));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (types.includes('null') && types.length > 1)
    return fc.oneof(
      fc.constant(null),
      validValue({ ...schema, type: types.find((type) => type !== 'null') as string }),
    );
  switch (types[0]) {
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 5000, 5000) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(validValue(schema.items ?? {}), { minLength: 1, maxLength: 3 });
    case 'object': {
      const properties = Object.entries(schema.properties ?? {});
      const made = Object.fromEntries(properties.map(([name, one]) => [name, validValue(one)]));
      return fc.record(made, { requiredKeys: [...(schema.required ?? [])] as never[] });
    }
    default:
      if (schema.format === 'date-time')
        return fc.constantFrom('2026-01-02T03:04:05Z', '2030-12-31T23:59:60Z', '0001-01-01T00:00:00+23:59');
      if (schema.pattern !== undefined)
        return fc
          .stringMatching(new RegExp(schema.pattern))
          .map((text) => text.slice(0, schema.maxLength ?? 64) || '1');
      return fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 40, 40) });
  }
}

interface Sent {
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly type: string | undefined;
  readonly body: string | Buffer<ArrayBuffer> | FormData | undefined;
  readonly header: readonly [string, string] | undefined;
}

const hostileType = fc.constantFrom(
  'text/plain',
  'constructor',
  'application/json; charset=utf-16',
  'application/JSON;x=1',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/related; type="application/dicom"',
  `multipart/related; type="application/dicom"; boundary="${canary}"`,
  `application/x-${canary}`,
  'application/dicom',
);
const hostileHeader = fc.constantFrom<readonly [string, string]>(
  ['content-encoding', 'gzip'],
  ['accept', canary],
  ['x-csrf-token', canary],
  ['cookie', `sallyport=${canary}; __proto__=1`],
  ['range', 'bytes=0-1'],
  ['if-none-match', '*'],
  ['x-http-method-override', 'DELETE'],
  ['x-forwarded-for', canary],
  ['x-forwarded-host', canary],
  ['accept-version', canary],
);

function pathsOf({ path, parameters }: OperationSpec): fc.Arbitrary<string> {
  const given = parameters.filter((one) => one.in === 'path');
  const values = given.map(({ name, pointer }) => {
    const there = known[name];
    return fc.oneof(
      ...(there === undefined ? [] : [{ arbitrary: fc.constant(there), weight: 4 }]),
      { arbitrary: validValue(schemaAt(pointer)), weight: 2 },
      { arbitrary: fc.oneof(hostileText, hostileName, hostileNumber), weight: 3 },
    );
  });
  return fc.tuple(...values).map((found) =>
    given.reduce((so, { name }, index) => {
      // `.` and `..` would be taken out by the client.
      const text = String(found[index]).replaceAll(/^\.+$/g, 'x');
      return so.replace(`{${name}}`, () => escapedOf(text) || 'x');
    }, path),
  );
}

/** As encodeURIComponent, and for half surrogates too. */
function escapedOf(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function queryOf({ parameters }: OperationSpec): fc.Arbitrary<(readonly [string, string])[]> {
  const own = parameters.filter((one) => one.in === 'query');
  const names = own.map(({ name }) => name);
  const valid = own.map(({ name, pointer }) =>
    validValue(schemaAt(pointer)).map((value) => [name, String(value)] as const),
  );
  const wrong = fc
    .tuple(fc.oneof(fc.constantFrom(...names, canary), hostileName), fc.oneof(hostileText, hostileNumber))
    .map(([name, value]) => [name, String(value)] as const);
  return fc.oneof(
    fc.array(fc.oneof(...(valid.length > 0 ? valid : [wrong])), { maxLength: 4 }),
    fc.array(fc.oneof(...valid, wrong), { maxLength: 4 }),
    // The same parameter twice.
    fc.oneof(...(valid.length > 0 ? valid : [wrong])).map((one) => [one, one]),
    fc.constant<(readonly [string, string])[]>([]),
  );
}

/** Connections that are asked for lead nowhere but here. */
function harmless(operationId: string, body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  if (operationId === 'echoPeer') return { ...body, host: '127.0.0.1', port: 1 };
  if (operationId === 'sendTest') return { ...body, instance: false };
  return body;
}

function bodyOf({ operationId, body }: OperationSpec): fc.Arbitrary<Pick<Sent, 'type' | 'body'>> {
  const json = body?.content['application/json'];
  const bytes = fc.oneof(
    fc.constant(file.bytes),
    fc
      .integer({ min: 0, max: file.bytes.length })
      .map((end) => file.bytes.subarray(0, end) as typeof file.bytes),
    hostileText.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some)),
  );
  const good: fc.Arbitrary<Pick<Sent, 'type' | 'body'>>[] = [];
  if (json !== undefined) {
    const asJson = (value: unknown) => ({
      type: 'application/json',
      body: JSON.stringify(harmless(operationId, value)),
    });
    good.push(validValue(schemaAt(json)).map(asJson));
    const some = Object.keys(schemaAt(json).properties ?? {});
    if (some.length > 0)
      good.push(
        fc
          .tuple(validValue(schemaAt(json)), fc.constantFrom(...some, '__proto__', canary), hostileValue)
          .map(([value, name, wrong]) => asJson({ ...(value as object), [name]: wrong })),
      );
    good.push(hostileValue.map(asJson));
  }
  if (body?.content['multipart/form-data'] !== undefined)
    good.push(
      fc
        .tuple(bytes, fc.constantFrom('anonymize', 'study_type', 'file', '__proto__', canary), hostileText)
        .map(([some, name, text]) => ({
          type: undefined,
          body: fileForm(some, name === 'file' ? {} : { [name]: text }),
        })),
    );
  if (body?.content['multipart/related'] !== undefined)
    good.push(
      fc.array(bytes, { maxLength: 2 }).map((parts) => {
        const { body: made, headers } = storeRequest(parts);
        return { type: headers['content-type'], body: made as Buffer<ArrayBuffer> };
      }),
    );
  if (body?.content['application/dicom'] !== undefined)
    good.push(bytes.map((some) => ({ type: 'application/dicom', body: some })));
  const odd = fc
    .tuple(
      hostileType,
      fc.oneof(
        hostileText,
        hostileValue.map((value) => JSON.stringify(value) ?? ''),
      ),
    )
    .map(([type, text]) => ({ type, body: text.toWellFormed() }));
  const nothing = fc.constant({ type: undefined, body: undefined });
  return good.length === 0 ? fc.oneof(nothing, nothing, odd) : fc.oneof(...good, ...good, odd, nothing);
}

/** Of JSON with an own `__proto__`, and of half surrogates, `fetch` sends what is written here. */
function requestsOf(spec: OperationSpec): fc.Arbitrary<Sent> {
  const header = fc.option(hostileHeader, { freq: 5, nil: undefined });
  const body = spec.method === 'GET' ? fc.constant({ type: undefined, body: undefined }) : bodyOf(spec);
  return fc
    .tuple(pathsOf(spec), queryOf(spec), body, header)
    .map(([path, query, sent, one]) => ({ path, query, ...sent, header: one }));
}

for (const spec of specs) {
  t.test(`${spec.operationId} takes any request, and says what the document says`, async (t) => {
    await fc.assert(
      fc.asyncProperty(requestsOf(spec), async ({ path, query, type, body, header }) => {
        const end = new AbortController();
        const target = query.map(([name, value]) => `${escapedOf(name)}=${escapedOf(value)}`).join('&');
        const response = await fetch(`${real.url}${path}${target === '' ? '' : `?${target}`}`, {
          method: spec.method,
          headers: {
            authorization: `Bearer ${real.tokens.everything}`,
            ...(type === undefined ? {} : { 'content-type': type }),
            ...(header === undefined ? {} : { [header[0]]: header[1] }),
          },
          ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> | FormData }),
          signal: end.signal,
        });
        const { status } = response;
        if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
          end.abort();
          return;
        }
        const answer = await answerOf(response);
        if (status >= 500 && !promised.includes(status))
          throw new Error(`${status} ${answer.text.slice(0, 300)}`);
        const faults: string[] = [];
        const note = (isSo: unknown, message?: unknown): boolean => {
          if (!isSo) faults.push(String(message));
          return Boolean(isSo);
        };
        const noted = {
          ok: note,
          equal: (a: unknown, b: unknown, message?: unknown) => note(a === b, message),
        };
        // An export of no records is empty, and of its media type all the same.
        const text = answer.text === '' && answer.type !== '' ? ' ' : answer.text;
        assertDescribed(noted as never, spec.method, path, { ...answer, text });
        if (faults.length > 0) throw new Error(faults.join('; '));
        const told = [answer.text, ...[...response.headers].flat()].join('\n');
        if (told.includes(canary) && !echoes.has(spec.operationId))
          throw new Error(`echo: ${status} ${told.slice(0, 400)}`);
        if (response.headers.has('x-injected')) throw new Error('a header came through');
      }),
      { seed, numRuns: requestsPerOperation, endOnFailure: true },
    );
    t.equal((await fetch(`${real.url}/healthz`)).status, 200, 'the gateway lives on');
  });
}

t.test('no event, metric or audit record holds anything of these requests', async (t) => {
  const audit = await real.ask(t, 'GET', '/api/audit/export');
  const metrics = await real.ask(t, 'GET', '/metrics');
  const configuration = await real.ask(t, 'GET', '/api/tokens');
  t.equal(audit.status, 200);
  t.ok(real.gateway.events.length > 0);
  for (const [what, text] of [
    ['events', JSON.stringify(real.gateway.events)],
    ['metrics', metrics.text],
    ['audit', audit.text],
  ] as const)
    t.notOk(text.includes(canary), what);
  t.equal(configuration.status, 200);
  t.equal(real.gateway.count('http.contractBroken'), 0, 'no operation answered what is not documented');
});
