import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { Test } from 'tap';
import { OidcCheck } from '../../../src/http/security/oidc-check.ts';
import type { IssuerFault } from '../../../src/http/security/oidc-issuer.ts';
import { OidcKeys } from '../../../src/http/security/oidc-keys.ts';

export const rsa = await generateKeyPair('RS256', { extractable: true });
export const other = await generateKeyPair('RS256', { extractable: true });
export const elliptic = await generateKeyPair('ES256', { extractable: true });
export const edwards = await generateKeyPair('EdDSA', { extractable: true });
export const jwkOf = async (key: CryptoKey, kid: string, alg: string): Promise<JWK> => ({
  ...(await exportJWK(key)),
  kid,
  alg,
  use: 'sig',
});
const keySet = [
  await jwkOf(rsa.publicKey, 'rsa', 'RS256'),
  await jwkOf(elliptic.publicKey, 'ec', 'ES256'),
  await jwkOf(edwards.publicKey, 'ed', 'EdDSA'),
];

export interface Issuer {
  readonly url: string;
  keys: readonly JWK[];
  /** Set: answers instead of the key set. */
  instead: ((path: string, server: Server) => { status: number; body: string } | 'nothing') | undefined;
  readonly asked: string[];
}

/** An OpenID provider of the test: discovery and keys, over loopback. */
export async function issuer(t: Test): Promise<Issuer> {
  const state: { -readonly [K in keyof Issuer]: Issuer[K] } = {
    url: '',
    keys: keySet,
    instead: undefined,
    asked: [],
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    state.asked.push(path);
    const own = state.instead?.(path, server);
    if (own === 'nothing') return;
    const body =
      path === '/keys' ? { keys: state.keys } : { issuer: state.url, jwks_uri: `${state.url}/keys` };
    response.statusCode = own?.status ?? 200;
    if (response.statusCode === 302) response.setHeader('location', `${state.url}/keys`);
    response.end(own?.body ?? JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

export const nowSeconds = 1_750_000_000;

export function checkOf(
  from: Issuer,
  more: { scopeClaim?: string; nameClaim?: string; jwksUri?: string } = {},
) {
  const clock = { now: nowSeconds * 1000 };
  const faults: IssuerFault[] = [];
  const now = (): number => clock.now;
  const keys = new OidcKeys(
    { issuer: from.url, jwksUri: more.jwksUri ?? '' },
    (fault) => void faults.push(fault),
    now,
  );
  const check = new OidcCheck(
    {
      issuer: from.url,
      audience: 'sallyport',
      scopeClaim: 'scope',
      nameClaim: 'sub',
      clockToleranceMs: 30_000,
      scopeMap: [
        { value: 'sp:read', scopes: ['read'] },
        { value: 'radiology', scopes: ['read', 'operate'] },
      ],
      ...more,
    },
    keys,
    now,
  );
  return { check, clock, faults };
}

export interface Claims {
  readonly [claim: string]: unknown;
}

export async function token(
  from: Issuer,
  claims: Claims = {},
  {
    key = rsa.privateKey,
    alg = 'RS256',
    kid = 'rsa',
  }: { key?: CryptoKey | Uint8Array; alg?: string; kid?: string } = {},
): Promise<string> {
  return new SignJWT({
    iss: from.url,
    aud: 'sallyport',
    sub: 'alice',
    scope: 'openid sp:read',
    iat: nowSeconds - 10,
    exp: nowSeconds + 300,
    ...claims,
  })
    .setProtectedHeader({ alg, kid })
    .sign(key);
}

export const refused = { refused: 'NOT_AUTHENTICATED', httpStatus: 401 };
