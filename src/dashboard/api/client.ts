import type { paths } from '../../core/generated/gateway.ts';

type Method = 'get' | 'post' | 'delete';
type Operation<P extends keyof paths, M extends Method> = paths[P][M];
/** Paths of the contract that know the method. */
type PathsWith<M extends Method> = {
  [P in keyof paths]: Operation<P, M> extends { readonly responses: unknown } ? P : never;
}[keyof paths];

type ContentOf<R> = R extends { readonly content: infer C } ? C[keyof C] : undefined;
type Answer<O> = O extends { readonly responses: infer R }
  ? ContentOf<R extends { readonly 200: infer A } ? A : R extends { readonly 201: infer A } ? A : undefined>
  : never;
type QueryOf<O> = O extends { readonly parameters: { readonly query?: infer Q } } ? OrUndefined<Q> : never;
/** What is undefined is left out of the address. */
type OrUndefined<Q> = { readonly [K in keyof Q]: Q[K] | undefined };
type PathOf<O> = O extends { readonly parameters: { readonly path: infer P } } ? P : never;
type BodyOf<O> = O extends {
  readonly requestBody?: { readonly content: { readonly 'application/json': infer B } };
}
  ? B
  : never;

/** What a call is told: the parts of its path, its query, its body; and a signal that ends it. */
export interface CallOptions<O> {
  readonly path?: PathOf<O>;
  readonly query?: QueryOf<O>;
  readonly body?: BodyOf<O>;
  readonly signal?: AbortSignal;
}

/** Why the gateway said no, in the words of its answer; `status` 0 where it could not be reached at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly detail: string | undefined;
  readonly advice: string | undefined;

  constructor(
    status: number,
    title: string,
    more: { code?: string | undefined; detail?: string | undefined; advice?: string | undefined } = {},
  ) {
    super(title);
    this.name = 'ApiError';
    this.status = status;
    this.code = more.code;
    this.detail = more.detail;
    this.advice = more.advice;
  }
}

let csrfToken: string | null = null;
let onUnauthorized: () => void = () => undefined;

/** Kept in memory alone: a script of another page can neither read nor guess it. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Called for each 401, whichever call it answered. */
export function setUnauthorizedHandler(handler: () => void): void {
  onUnauthorized = handler;
}

export function get<P extends PathsWith<'get'>>(
  path: P,
  options: CallOptions<Operation<P, 'get'>> = {},
): Promise<Answer<Operation<P, 'get'>>> {
  return call('get', path, options);
}

export function post<P extends PathsWith<'post'>>(
  path: P,
  options: CallOptions<Operation<P, 'post'>> = {},
): Promise<Answer<Operation<P, 'post'>>> {
  return call('post', path, options);
}

/** DELETE. */
export function remove<P extends PathsWith<'delete'>>(
  path: P,
  options: CallOptions<Operation<P, 'delete'>> = {},
): Promise<Answer<Operation<P, 'delete'>>> {
  return call('delete', path, options);
}

/** A picture or another body that is not JSON. */
export async function getBlob<P extends PathsWith<'get'>>(
  path: P,
  options: CallOptions<Operation<P, 'get'>> = {},
): Promise<{ readonly blob: Blob; readonly headers: Headers }> {
  const response = await send('get', urlOf(path, options.path, options.query), undefined, options.signal);
  return { blob: await response.blob(), headers: response.headers };
}

/** The same of an operation that is told something, as the preview of boxes. */
export async function postBlob<P extends PathsWith<'post'>>(
  path: P,
  options: CallOptions<Operation<P, 'post'>> = {},
): Promise<{ readonly blob: Blob; readonly headers: Headers }> {
  const url = urlOf(path, options.path, options.query);
  const response = await send('post', url, options.body, options.signal);
  return { blob: await response.blob(), headers: response.headers };
}

/**
 * The address of an operation, for links and pictures: parts of the path encoded, the query without what is undefined.
 */
export function urlOf(path: string, parts?: unknown, query?: unknown): string {
  const named = (parts ?? {}) as Readonly<Record<string, string | number>>;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(named[name] ?? '')),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as Readonly<Record<string, unknown>>))
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

async function call<A, O>(method: Method, path: string, options: CallOptions<O>): Promise<A> {
  const response = await send(method, urlOf(path, options.path, options.query), options.body, options.signal);
  if (response.status === 204) return undefined as A;
  return (await response.json()) as A;
}

async function send(
  method: Method,
  url: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const headers = new Headers({ accept: 'application/json, application/problem+json, */*;q=0.5' });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (method !== 'get' && csrfToken !== null) headers.set('x-csrf-token', csrfToken);
  let response: Response;
  try {
    response = await fetch(url, {
      method: method.toUpperCase(),
      headers,
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The gateway cannot be reached.', {
      advice: 'Look whether it runs and whether this computer is connected to its network.',
    });
  }
  if (response.ok) return response;
  if (response.status === 401) onUnauthorized();
  throw await errorOf(response);
}

/** Answers that are no problem document (a proxy's page, say) are told by their status. */
async function errorOf(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as Record<string, unknown>;
    const word = (name: string): string | undefined =>
      typeof problem[name] === 'string' ? problem[name] : undefined;
    return new ApiError(response.status, word('title') ?? `The gateway answered ${response.status}.`, {
      code: word('code'),
      detail: word('detail'),
      advice: word('advice'),
    });
  } catch {
    return new ApiError(response.status, `The gateway answered ${response.status}.`);
  }
}
