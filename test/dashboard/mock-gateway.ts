import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Test } from 'tap';
import type { components } from '../../src/core/generated/gateway.ts';
import { builtDashboard } from './built-dashboard.ts';
import { answerFaults, requestFaults, schemaFaults, templateOf } from './contract-check.ts';

type Schemas = components['schemas'];
export type Scope = Schemas['Scope'];

export interface MockRequest {
  readonly method: string;
  /** As in the contract: `/api/instances/{id}`. */
  readonly template: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}
/** JSON alone is status 200; `picture` is sent as JPEG. */
export type MockAnswer =
  | { readonly status?: number; readonly json?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly picture: Uint8Array; readonly headers?: Readonly<Record<string, string>> };
export type Handler = (request: MockRequest) => MockAnswer | Promise<MockAnswer>;

/** As the gateway sends it with the dashboard. */
export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
  "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export interface MockGateway {
  readonly url: string;
  /** What was asked, in order, but for files of the dashboard. */
  readonly requests: readonly MockRequest[];
  /** Where a fixture or a request did not keep to the contract. A test ends with none. */
  readonly faults: readonly string[];
  /** A new token with these rights. */
  token(...scopes: Scope[]): string;
  /** Sets the answer of an operation, as `answer('GET', '/api/audit/head', …)`; a value is sent as JSON with 200. */
  answer(method: string, template: string, answer: Handler | { readonly json: unknown }): void;
  /** Sends an event to every reader of /api/live. */
  push(event: 'status' | 'association' | 'echo' | 'connection' | 'dropped', data: unknown): void;
  /** Readers of /api/live at the moment. */
  readers(): number;
  endSessions(): void;
  /** Refuses connections and cuts those there are, as a gateway that died. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const eventSchemas = {
  status: 'LiveStatus',
  association: 'Association',
  echo: 'Echo',
  connection: 'Connection',
};

/** A gateway of fixtures that keeps to the contract: sessions, rights of sessions, live events and the dashboard itself. */
export async function startMockGateway(t: Test): Promise<MockGateway> {
  const files = await builtDashboard();
  const handlers = new Map<string, Handler>();
  const tokens = new Map<string, readonly Scope[]>();
  const sessions = new Map<string, Schemas['Session']>();
  const readers = new Set<ServerResponse>();
  const requests: MockRequest[] = [];
  const faults: string[] = [];
  const problem = (status: number, title: string): MockAnswer => ({
    status,
    json: { type: 'about:blank', status, title },
  });

  const answerOf = async (request: MockRequest, raw: IncomingMessage): Promise<MockAnswer> => {
    const cookie = /(?:^|; )sallyport=([^;]+)/.exec(raw.headers.cookie ?? '')?.[1] ?? '';
    const key = `${request.method} ${request.template}`;
    if (key === 'GET /api/session/ways')
      return (await handlers.get(key)?.(request)) ?? { json: { openid: null } };
    if (key === 'POST /api/session') {
      const scopes = tokens.get((request.body as { token?: string } | undefined)?.token ?? '');
      if (scopes === undefined) return problem(401, 'These credentials are not known');
      const id = randomBytes(16).toString('hex');
      const session: Schemas['Session'] = {
        actor: { kind: 'token', name: 'Rosa Berg', scopes: [...scopes] },
        csrfToken: randomBytes(16).toString('hex'),
        expiresAt: new Date(Date.now() + 3600_000).toISOString(),
      };
      sessions.set(id, session);
      return {
        json: session,
        headers: { 'set-cookie': `sallyport=${id}; Path=/; HttpOnly; SameSite=Strict` },
      };
    }
    const session = sessions.get(cookie);
    if (session === undefined) return problem(401, 'Sign in first');
    if (request.method !== 'GET' && raw.headers['x-csrf-token'] !== session.csrfToken)
      return problem(403, 'The token against forged requests is missing');
    if (key === 'GET /api/session') return { json: session };
    if (key === 'DELETE /api/session') {
      sessions.delete(cookie);
      return { status: 204 };
    }
    return (await handlers.get(key)?.(request)) ?? problem(404, 'There is nothing at this address');
  };

  const serve = async (raw: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = raw.method ?? 'GET';
    const { pathname, searchParams } = new URL(raw.url ?? '/', 'http://mock');
    const template = templateOf(pathname);
    if (template === undefined) return sendFile(response, files, pathname);
    const text = (await Array.fromAsync(raw as AsyncIterable<Buffer>)).map(String).join('');
    const isJson = raw.headers['content-type']?.startsWith('application/json') === true;
    const body: unknown = text === '' ? undefined : isJson ? JSON.parse(text) : text;
    const request = { method, template, path: pathname, query: searchParams, body };
    requests.push(request);
    if (isJson) faults.push(...requestFaults(method, template, body));
    if (template === '/api/live') {
      const cookie = /(?:^|; )sallyport=([^;]+)/.exec(raw.headers.cookie ?? '')?.[1] ?? '';
      if (!sessions.has(cookie)) return void response.writeHead(401).end();
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      // As the gateway does: the status at once.
      const status = await handlers.get('GET /api/status')?.(request);
      if (status !== undefined && 'json' in status)
        response.write(`event: status\ndata: ${JSON.stringify(status.json)}\n\n`);
      readers.add(response);
      response.once('close', () => readers.delete(response));
      return;
    }
    const answer = await answerOf(request, raw);
    if ('picture' in answer) {
      response.writeHead(200, { 'content-type': 'image/jpeg', ...answer.headers }).end(answer.picture);
      return;
    }
    const status = answer.status ?? 200;
    faults.push(
      ...answerFaults(method, template, status, answer.json).map((fault) => `${template}: ${fault}`),
    );
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, {
      ...(answer.json === undefined ? {} : { 'content-type': type }),
      ...answer.headers,
    });
    response.end(answer.json === undefined ? undefined : JSON.stringify(answer.json));
  };

  const server = createServer((raw, response) => {
    serve(raw, response).catch((error: unknown) => {
      faults.push(String(error));
      response.destroy();
    });
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const goDown = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  t.teardown(goDown);

  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    faults,
    token: (...scopes) => {
      const token = `sp_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`;
      tokens.set(token, scopes);
      return token;
    },
    answer: (method, template, answer) =>
      void handlers.set(`${method} ${template}`, typeof answer === 'function' ? answer : () => answer),
    push: (event, data) => {
      if (event !== 'dropped')
        faults.push(...schemaFaults(eventSchemas[event], data).map((fault) => `${event}: ${fault}`));
      for (const reader of readers) reader.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    readers: () => readers.size,
    endSessions: () => sessions.clear(),
    goDown,
    comeBack: () => listen(port),
  };
}

function sendFile(response: ServerResponse, folder: string, path: string): void {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const headers = { 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff' };
  if (!/^([\w-]+\.(html|js|svg)|assets\/[\w.-]+)$/.test(name))
    return void response.writeHead(404, headers).end();
  try {
    const bytes = readFileSync(join(folder, name));
    response
      .writeHead(200, { ...headers, 'content-type': types[extname(name)] ?? 'application/octet-stream' })
      .end(bytes);
  } catch {
    response.writeHead(404, headers).end();
  }
}
