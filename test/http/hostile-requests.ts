import fc from 'fast-check';
import type { OperationSpec } from '../../src/http/contract/gateway-contract.ts';
import {
  canary,
  escapedOf,
  hostileName,
  hostileNumber,
  hostileText,
  hostileValue,
  schemaAt,
  validValue,
} from './hostile-values.ts';
import { fileForm, storeRequest } from './real-gateway.ts';

/** What is there at the gateway that is asked, so that requests get further than to 404. */
export interface Known {
  /** A file that the gateway takes. */
  readonly bytes: Buffer<ArrayBuffer>;
  /** Ids, by the name of the parameter. */
  readonly ids: Readonly<Record<string, string>>;
}

export interface Sent {
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

function pathsOf({ path, parameters }: OperationSpec, ids: Known['ids']): fc.Arbitrary<string> {
  const given = parameters.filter((one) => one.in === 'path');
  const values = given.map(({ name, pointer }) => {
    const there = ids[name];
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

function bodyOf(
  { operationId, body }: OperationSpec,
  { bytes: known }: Known,
): fc.Arbitrary<Pick<Sent, 'type' | 'body'>> {
  const json = body?.content['application/json'];
  const bytes = fc.oneof(
    fc.constant(known),
    fc.integer({ min: 0, max: known.length }).map((end) => known.subarray(0, end) as typeof known),
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

/**
 * Requests for one operation: good ones, nearly good ones, and hostile ones.
 * Of JSON with an own `__proto__`, and of half surrogates, `fetch` sends what is written here.
 */
export function requestsOf(spec: OperationSpec, known: Known): fc.Arbitrary<Sent> {
  const header = fc.option(hostileHeader, { freq: 5, nil: undefined });
  const body =
    spec.method === 'GET' ? fc.constant({ type: undefined, body: undefined }) : bodyOf(spec, known);
  return fc
    .tuple(pathsOf(spec, known.ids), queryOf(spec), body, header)
    .map(([path, query, sent, one]) => ({ path, query, ...sent, header: one }));
}
