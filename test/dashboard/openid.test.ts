import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { requirePeer } from '../support/peers.ts';
import { waitFor } from '../support/run.ts';
import {
  checkAccessibility,
  checkFits,
  looks,
  type OpenedPage,
  openBrowser,
  openPage,
  takePicture,
} from './browser.ts';
import { builtDashboard } from './built-dashboard.ts';
import { startMockGateway } from './mock-gateway.ts';
import { type OpenidProvider, signInAtProvider, startOpenidProvider } from './openid-provider.ts';

t.setTimeout(180_000);
const clientSecret = 'a secret: of the/gateway+';

async function open(t: Test, browser: Browser, url: string): Promise<OpenedPage> {
  const opened = await openPage(t, browser, { url });
  await opened.page.context().route(/^https:/, (route) => route.abort());
  return opened;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Pair {
  readonly gateway: RunningGateway;
  readonly provider: OpenidProvider;
  readonly url: string;
}

/** A gateway and a real provider that know each other. */
async function startPair(t: Test): Promise<Pair> {
  await builtDashboard();
  const port = await freePort();
  const directory = t.testdir({ secret: clientSecret });
  const provider = await startOpenidProvider(t, {
    redirectUrl: `http://127.0.0.1:${port}/api/session/openid/callback`,
    clientSecret,
    roles: { 'rosa.berg': ['radiology'], 'ida.gray': ['radiology', 'privacy'], nobody: ['cafeteria'] },
  });
  const gateway = await startGateway(t, {
    directory,
    args: [
      `--http.port=${port}`,
      `--http.oidc.issuer=${provider.issuer}`,
      '--http.oidc.audience=api',
      '--http.oidc.clientId=gateway',
      `--http.oidc.clientSecretFile=${join(directory, 'secret')}`,
      `--http.oidc.publicUrl=http://127.0.0.1:${port}`,
      '--http.oidc.scopeClaim=roles',
      `--http.oidc.scopeMap=${JSON.stringify([
        { value: 'radiology', scopes: ['read'] },
        { value: 'privacy', scopes: ['operate', 'identify'] },
      ])}`,
    ],
  });
  return { gateway, provider, url: `http://127.0.0.1:${port}/` };
}

const singleSignOn = (page: Page) => page.getByRole('link', { name: 'Continue with single sign-on' });
/** What the dashboard complained of; that the provider is asked is the point. Its pages would have letters from elsewhere. */
const own = (complaints: readonly string[]): string[] =>
  complaints.filter((one) => !/^asked elsewhere: (?:http:\/\/localhost:|https:\/\/fonts\.)/.test(one));

/** Stops the browser on its way back to the gateway, and goes on as it is told. */
async function onTheWayBack(
  page: Page,
  then: (address: string) => Promise<'go on' | 'stay away'>,
): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    void then(request.url).then((what) =>
      what === 'go on'
        ? session.send('Fetch.continueRequest', { requestId })
        : session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }),
    );
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*/api/session/openid/callback*' }] });
  return () => session.detach();
}

t.test('one signs in at a real provider, comes back to where one was, and signs out', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const { gateway, provider, url } = await startPair(t);
  const { page, complaints } = await open(t, await openBrowser(t), `${url}#/studies`);
  await singleSignOn(page).click();
  await page.waitForURL(`${provider.issuer}/**`);
  await signInAtProvider(page, 'rosa.berg');
  await page.getByRole('heading', { level: 1, name: 'Studies' }).waitFor();
  t.equal(page.url(), `${url}#/studies`, 'back where one was; neither code nor state stay in the address');
  t.match(await page.locator('body').textContent(), /rosa\.berg/, 'the name of its claim');
  const cookies = await page.context().cookies(url);
  t.match(
    cookies
      .filter(({ domain }) => domain === '127.0.0.1')
      .map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite })),
    [{ name: 'sallyport', httpOnly: true, sameSite: 'Strict' }],
    'the session alone is left',
  );
  t.match(
    await page.evaluate(async () => (await fetch('/api/session')).json()),
    { actor: { kind: 'oidc', name: 'rosa.berg', scopes: ['read'] } },
    'the right of its role, and no other',
  );
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Studies' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
  await page.reload();

  // The provider still knows rosa.berg; the next person at this browser must not become her.
  await singleSignOn(page).click();
  await page.getByPlaceholder('Enter any login').waitFor();
  await signInAtProvider(page, 'ida.gray');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  t.match(await page.evaluate(async () => (await fetch('/api/session')).json()), {
    actor: { name: 'ida.gray', scopes: ['read', 'operate', 'identify'] },
  });
  t.same(own(complaints), [], 'neither scripts nor the security policy complained');
  t.equal(gateway.count('http.refused'), 0);
});

t.test('a sign-in that fails comes back to the sign-in page, which says what to do', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const { gateway, provider, url } = await startPair(t);
  const browser = await openBrowser(t);
  const { page, complaints } = await open(t, browser, url);
  await singleSignOn(page).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByText('The sign-in was cancelled.').waitFor();
  t.equal(page.url(), url, 'the word does not stay in the address');
  await page.reload();
  await singleSignOn(page).waitFor();
  t.equal(await page.getByText('The sign-in was cancelled.').count(), 0, 'told once');

  await singleSignOn(page).click();
  await signInAtProvider(page, 'nobody');
  await page.getByText('You are known, but may not use this dashboard.').waitFor();
  t.equal((await page.context().cookies(url)).filter(({ name }) => name === 'sallyport').length, 0);
  await takePicture(t, page, 'openid-no-right');

  // The answer of one browser is of no use in another, nor a second time.
  const { page: attacker } = await open(t, browser, url);
  let answer = '';
  const release = await onTheWayBack(attacker, async (address) => {
    answer = address;
    return 'stay away';
  });
  await singleSignOn(attacker).click();
  await signInAtProvider(attacker, 'ida.gray');
  await waitFor('the answer is caught', async () => answer !== '');
  t.match(answer, /code=.*state=/);
  await page.goto(answer);
  await page.getByText('This sign-in was not begun in this browser, or took too long.').waitFor();
  t.equal((await page.context().cookies(url)).filter(({ name }) => name === 'sallyport').length, 0);
  await release();
  await attacker.goto(answer);
  await attacker.getByRole('button', { name: 'Sign out' }).waitFor();
  await attacker.getByRole('button', { name: 'Sign out' }).click();
  await attacker.getByText('You are signed out.').waitFor();
  await attacker.goto(answer);
  await attacker.getByText('This sign-in was not begun in this browser, or took too long.').waitFor();

  const { page: later } = await open(t, browser, url);
  await singleSignOn(later).click();
  await later.getByPlaceholder('Enter any login').fill('rosa.berg');
  await later.getByPlaceholder('and password').fill('any');
  await later.getByRole('button', { name: 'Sign-in' }).click();
  const goOn = await onTheWayBack(later, async () => {
    await provider.goDown();
    return 'go on';
  });
  await later.getByRole('button', { name: 'Continue' }).click();
  await later.getByText('Your identity provider cannot be reached.').waitFor();
  await provider.comeBack();
  await goOn();
  await singleSignOn(later).click();
  await later.getByRole('button', { name: 'Sign out' }).waitFor();
  t.same(own(complaints), []);
  t.ok(gateway.count('http.refused') >= 1, 'refusals are told');
});

t.test('the sign-in page with single sign-on is accessible and fits, in both themes', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startMockGateway(t);
  mock.answer('GET', '/api/session/ways', { json: { openid: `${mock.url}api/session/openid` } });
  const browser = await openBrowser(t);
  for (const look of looks) {
    const { page } = await openPage(t, browser, {
      url: `${mock.url}?signIn=no-right`,
      bypassCsp: true,
      ...look,
    });
    await singleSignOn(page).waitFor();
    await page.getByText('You are known, but may not use this dashboard.').waitFor();
    t.equal(await page.evaluate(() => document.activeElement?.textContent), 'Continue with single sign-on');
    const name = `sign-in-openid-${look.theme}-${look.width}`;
    await takePicture(t, page, name);
    await checkFits(t, page, name);
    await checkAccessibility(t, page, name);
  }
  t.same(mock.faults, []);
});
