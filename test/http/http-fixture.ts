import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Test } from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import type { Scope } from '../../src/core/scopes.ts';
import type { Gatekeeper } from '../../src/http/access.ts';
import { operationsOf, readGatewayDocument } from '../../src/http/contract/gateway-contract.ts';
import type { Operations } from '../../src/http/operation.ts';
import { type Actor, refusalOf } from '../../src/http/security/actor.ts';
import { apiHeaders, pageHeaders } from '../../src/http/security/headers.ts';
import { HttpServer, type HttpServerSettings } from '../../src/http/server.ts';

export const document = readGatewayDocument() as {
  readonly paths: Record<string, Record<string, { responses?: Record<string, unknown> }>>;
  readonly components: { readonly responses: Record<string, unknown> };
} & Record<string, unknown>;
export const specs = operationsOf(document);

/** Answers are held against the document by a validator of the test's own. */
const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
ajv.addSchema({ $id: 'gateway', ...document });

/** A caller of the tests: the token is what it may do, joined by "+": "read+operate". */
export function actorOf(token: string): Actor {
  return { kind: 'token', name: token, scopes: token.split('+') as Scope[], via: 'header' };
}

/** Takes `Bearer read+operate` for somebody who may do just that; everybody else is nobody. */
export const openGatekeeper: Gatekeeper = {
  async authenticate({ authorization }) {
    const token = /^Bearer ([a-z+]+)$/.exec(authorization ?? '')?.[1];
    if (authorization === undefined) return undefined;
    return token === undefined ? refusalOf('NOT_AUTHENTICATED', { challenge: 'Bearer' }) : actorOf(token);
  },
  admit: () => undefined,
  refusedAccess: () => undefined,
  headers: (kind, secure) => (kind === 'api' ? apiHeaders({ secure }) : pageHeaders({ secure })),
};

export const standardSettings: HttpServerSettings = {
  host: '127.0.0.1',
  port: 0,
  tls: null,
  maxConnections: 100,
  openMetrics: false,
  bodyIdleMs: 30_000,
  leastBodyRate: 32 * 1024,
  bodyLimits: {
    json: 256 * 1024,
    upload: 8 * 2 ** 20,
    base64: 2 ** 20,
    instance: 8 * 2 ** 20,
    stow: 32 * 2 ** 20,
  },
};

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
  readonly text: string;
}

export interface AskOptions {
  readonly body?: unknown;
  /** Null: no credentials; else the scopes. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestServer {
  readonly url: string;
  readonly events: unknown[];
  /** Asks, and fails the test where the answer is not what the document says of it. */
  ask(t: Test, method: string, path: string, options?: AskOptions): Promise<HttpAnswer>;
}

/** A server over these operations; all others of the contract answer 500. Stopped with the test. */
export async function startServer(
  t: Test,
  operations: Operations,
  options: { readonly settings?: Partial<HttpServerSettings>; readonly gatekeeper?: Gatekeeper } = {},
): Promise<TestServer> {
  const events: unknown[] = [];
  const others = Object.fromEntries(
    specs.map(({ operationId }) => [
      operationId,
      async () => {
        throw new SallyportError('UNEXPECTED', { detail: 'not of this test' });
      },
    ]),
  );
  const server = new HttpServer(
    { ...standardSettings, ...options.settings },
    {
      document,
      operations: { ...others, ...operations },
      gatekeeper: options.gatekeeper ?? openGatekeeper,
      emit: (name, fields) => events.push([name, fields]),
      dashboardFolder: mkdtempSync(join(tmpdir(), 'no-dashboard-')),
    },
  );
  const { port } = await server.start();
  t.teardown(() => server.stop());
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    events,
    async ask(t, method, path, { body, token = 'admin+identify', headers = {} } = {}) {
      const isJson =
        typeof body === 'object' &&
        body !== null &&
        !(body instanceof Uint8Array) &&
        !(body instanceof FormData);
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(isJson ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: isJson ? JSON.stringify(body) : (body as string | Uint8Array<ArrayBuffer> | FormData) }),
      });
      const text = await response.text();
      const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
      const answer = {
        status: response.status,
        type,
        headers: response.headers,
        text,
        body: /json$/.test(type) ? JSON.parse(text) : undefined,
      };
      assertDescribed(t, method, path, answer);
      return answer;
    },
  };
}

/** Fails where the document does not know the operation, its status, its media type, or its shape. */
export function assertDescribed(
  t: Test,
  method: string,
  path: string,
  { status, type, body, text }: Pick<HttpAnswer, 'status' | 'type' | 'body' | 'text'>,
): void {
  const plain = path.split('?')[0] ?? '';
  const spec = specs.find((one) => one.method === method && matches(one.path, plain));
  if (spec === undefined) {
    t.ok([404, 405].includes(status), `${method} ${plain} is not documented, and answers ${status}`);
    return;
  }
  const responses = document.paths[spec.path]?.[method.toLowerCase()]?.responses ?? {};
  const name = `${spec.operationId} ${status} ${type}`;
  const answer = followed(responses[status] ?? responses.default) as {
    content?: Record<string, { schema?: unknown }>;
  };
  if (text === '') {
    t.equal(answer.content, undefined, `${name}: no body is documented`);
    return;
  }
  const schema = answer.content?.[type]?.schema;
  t.ok(schema !== undefined, `${name} is documented`);
  if (body === undefined || schema === undefined) return;
  const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"gateway#/'));
  t.ok(ajv.validate(local, body), `${name}: ${ajv.errorsText()}`);
}

function followed(node: unknown): unknown {
  const name = (node as { $ref?: string } | undefined)?.$ref?.split('/').at(-1);
  return name === undefined ? (node ?? {}) : document.components.responses[name];
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}
