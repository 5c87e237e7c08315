import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { Test } from 'tap';
import { edwards, elliptic, jwkOf, rsa } from './oidc-issuer.ts';

export interface TokenRequest {
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
}
export type TokenAnswer =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | 'nothing';

export interface FakeProvider {
  readonly url: string;
  /** What discovery says beside issuer and endpoints. */
  description: Readonly<Record<string, unknown>>;
  /** What the token endpoint answers; `{ id_token }` of these claims where it gives a token. */
  answer: (request: TokenRequest) => TokenAnswer | Promise<TokenAnswer>;
  readonly requests: readonly TokenRequest[];
}

/** An OpenID provider that lies as a test wants: discovery, keys and token endpoint, over loopback. Nobody signs in at it. */
export async function startFakeProvider(t: Test): Promise<FakeProvider> {
  const requests: TokenRequest[] = [];
  const keys = [
    await jwkOf(rsa.publicKey, 'rsa', 'RS256'),
    await jwkOf(elliptic.publicKey, 'ec', 'ES256'),
    await jwkOf(edwards.publicKey, 'ed', 'EdDSA'),
  ];
  const server = createServer(async (request, response) => {
    const text = (await Array.fromAsync(request as AsyncIterable<Buffer>)).join('');
    if (request.url === '/keys') return void response.end(JSON.stringify({ keys }));
    if (request.url !== '/token')
      return void response.end(
        JSON.stringify({
          issuer: provider.url,
          authorization_endpoint: `${provider.url}/authorize?tenant=a`,
          token_endpoint: `${provider.url}/token`,
          jwks_uri: `${provider.url}/keys`,
          ...provider.description,
        }),
      );
    const asked = { form: new URLSearchParams(text), authorization: request.headers.authorization };
    requests.push(asked);
    const answer = await provider.answer(asked);
    if (answer === 'nothing') return;
    const { status = 200, body, headers = {} } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const provider: { -readonly [K in keyof FakeProvider]: FakeProvider[K] } = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    description: {},
    answer: () => ({ status: 400, body: { error: 'invalid_grant' } }),
    requests,
  };
  return provider;
}

export interface Claims {
  readonly [claim: string]: unknown;
}

export interface SigningWish {
  readonly key?: CryptoKey | Uint8Array;
  readonly alg?: string;
  readonly kid?: string;
}

/** An ID token of the provider that everybody has to accept, but for these claims. */
export function idToken(
  { url }: Pick<FakeProvider, 'url'>,
  claims: Claims,
  { key = rsa.privateKey, alg = 'RS256', kid = 'rsa' }: SigningWish = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: url,
    aud: 'gateway',
    sub: 'alice',
    roles: ['radiology'],
    iat: now,
    exp: now + 300,
    ...claims,
  })
    .setProtectedHeader({ alg, kid })
    .sign(key);
}
