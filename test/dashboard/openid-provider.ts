import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import type { Test } from 'tap';

interface Account {
  readonly accountId: string;
  claims(): object;
}
interface ProviderClass {
  new (
    issuer: string,
    configuration: object,
  ): {
    callback(): RequestListener;
  };
}
// The package has no types.
const packageName = 'oidc-provider';
const { default: Provider } = (await import(packageName)) as { readonly default: ProviderClass };

export interface OpenidProvider {
  readonly issuer: string;
  /** Stops listening, and comes back. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
}

/**
 * A real OpenID provider with pages of its own, on another site than the gateway: `localhost`, not 127.0.0.1. Anybody may sign
 * in by any name; the roles of a name stand in its ID token.
 */
export async function startOpenidProvider(
  t: Test,
  {
    redirectUrl,
    clientSecret,
    roles,
  }: {
    readonly redirectUrl: string;
    readonly clientSecret: string;
    readonly roles: Readonly<Record<string, readonly string[]>>;
  },
): Promise<OpenidProvider> {
  let listener: RequestListener = (_request, response) => void response.end();
  const server = createServer((request, response) => listener(request, response));
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const goDown = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  t.teardown(goDown);
  const { port } = server.address() as AddressInfo;
  const issuer = `http://localhost:${port}`;
  listener = new Provider(issuer, {
    clients: [
      {
        client_id: 'gateway',
        client_secret: clientSecret,
        redirect_uris: [redirectUrl],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub', 'roles'] },
    conformIdTokenClaims: false,
    findAccount: async (_context: unknown, accountId: string): Promise<Account> => ({
      accountId,
      claims: () => ({ sub: accountId, roles: roles[accountId] ?? [] }),
    }),
  }).callback();
  return { issuer, goDown, comeBack: () => listen(port) };
}

/** As a person does at the provider: name, any password, consent. */
export async function signInAtProvider(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}
