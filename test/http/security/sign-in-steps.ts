import type { Test } from 'tap';
import type { HttpAnswer } from '../http-fixture.ts';
import type { RealGateway } from '../real-gateway.ts';
import type { FakeProvider } from './fake-provider.ts';

export const publicUrl = 'http://127.0.0.1:1';

/** Options of a gateway that signs in at this provider. */
export function signInArgs({ url }: Pick<FakeProvider, 'url'>, more: readonly string[] = []): string[] {
  const own = [
    `--http.oidc.issuer=${url}`,
    '--http.oidc.audience=api',
    '--http.oidc.clientId=gateway',
    `--http.oidc.publicUrl=${publicUrl}`,
    '--http.oidc.scopeClaim=roles',
    `--http.oidc.scopeMap=${JSON.stringify([
      { value: 'radiology', scopes: ['read', 'operate'] },
      { value: 'uploads', scopes: ['operate'] },
    ])}`,
  ];
  const nameOf = (arg: string): string => arg.slice(0, arg.indexOf('='));
  return [...own.filter((arg) => !more.some((other) => nameOf(other) === nameOf(arg))), ...more];
}

export interface Begun {
  /** `name=value`, as the browser sends it back. */
  readonly cookie: string;
  readonly setCookie: string;
  readonly target: URL;
  readonly state: string;
  readonly nonce: string;
  readonly challenge: string;
}

/** As a browser: the first redirect, and the cookie that came with it. */
export async function begin(t: Test, real: RealGateway, path = '/api/session/openid'): Promise<Begun> {
  const answer = await real.ask(t, 'GET', path, { as: null });
  t.equal(answer.status, 303, answer.text);
  const [setCookie = ''] = answer.headers.getSetCookie();
  const target = new URL(answer.headers.get('location') ?? '');
  const of = (name: string): string => target.searchParams.get(name) ?? '';
  return {
    cookie: setCookie.split(';')[0] ?? '',
    setCookie,
    target,
    state: of('state'),
    nonce: of('nonce'),
    challenge: of('code_challenge'),
  };
}

/** As a browser that the provider sends back. */
export async function comeBack(
  t: Test,
  real: RealGateway,
  query: Readonly<Record<string, string>>,
  cookie?: string,
): Promise<HttpAnswer> {
  const path = `/api/session/openid/callback?${new URLSearchParams(query)}`;
  return real.ask(t, 'GET', path, { as: null, headers: cookie === undefined ? {} : { cookie } });
}

/** `name=value` of the session that an answer opens; undefined where it opens none. */
export function sessionOf({ headers }: HttpAnswer): string | undefined {
  return headers
    .getSetCookie()
    .map((one) => one.split(';')[0] ?? '')
    .find((one) => /^sallyport=./.test(one));
}
