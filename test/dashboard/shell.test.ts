import t from 'tap';
import { requirePeer } from '../support/peers.ts';
import {
  checkAccessibility,
  checkFits,
  goTo,
  looks,
  openBrowser,
  openPage,
  signIn,
  takePicture,
} from './browser.ts';
import { startMockGateway } from './mock-gateway.ts';

t.test('one signs in with a token, stays signed in over a reload, and signs out', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startMockGateway(t);
  const { page, complaints } = await openPage(t, await openBrowser(t), { url: `${mock.url}#/studies` });
  await page.getByRole('heading', { level: 1, name: 'Sign in to Sallyport' }).waitFor();

  await page.getByLabel('Token', { exact: true }).fill('sp_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('This token is not known here').waitFor();
  t.equal(await page.getByLabel('Token', { exact: true }).getAttribute('aria-invalid'), 'true');

  const token = mock.token('read', 'operate');
  await signIn(page, token);
  await page.getByRole('heading', { level: 1, name: 'Studies' }).waitFor();
  t.match(page.url(), /#\/studies$/, 'one is where one wanted to go');

  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Studies' }).waitFor();
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  t.notMatch(kept, token.slice(-20), 'the token is kept nowhere that a script can read');
  t.notMatch(kept, /sallyport=/, 'the cookie is out of reach of scripts');

  mock.endSessions();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Sign in to Sallyport' }).waitFor();
  await signIn(page, token);
  await page.getByRole('heading', { level: 1, name: 'Studies' }).waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Sign in to Sallyport' }).waitFor();
  t.same(complaints, [], 'neither scripts nor the security policy complained');
  t.same(mock.faults, [], 'all that was asked and answered keeps to the contract');
});

t.test('a gateway that cannot be reached is told as such, and asked again on request', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startMockGateway(t);
  const { page } = await openPage(t, await openBrowser(t), { url: mock.url });
  await signIn(page, mock.token('read'));
  await page.route('**/api/session', (route) => route.abort());
  await page.reload();
  await page.getByText('The gateway cannot be reached').waitFor();
  await page.unroute('**/api/session');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { level: 1, name: 'Live' }).waitFor();
  const { page: weak } = await openPage(t, await openBrowser(t), { url: mock.url });
  await weak.getByLabel('Token', { exact: true }).fill(mock.token('operate'));
  await weak.keyboard.press('Enter');
  await weak.getByText('This token lacks the right read').waitFor();
  t.same(mock.faults, []);
});

t.test('sign-in is accessible and fits, in both themes, wide and narrow', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startMockGateway(t);
  const browser = await openBrowser(t);
  for (const look of looks) {
    const { page } = await openPage(t, browser, { url: mock.url, bypassCsp: true, ...look });
    await page.getByRole('heading', { level: 1, name: 'Sign in to Sallyport' }).waitFor();
    const name = `sign-in-${look.theme}-${look.width}`;
    await takePicture(t, page, name);
    await checkFits(t, page, name);
    await checkAccessibility(t, page, name);
    await signIn(page, mock.token('read'));
    await goTo(page, '#/administration', 'Administration');
    await page.getByText('This page needs the right admin').waitFor();
    await checkAccessibility(t, page, `a page without the right, ${look.theme}, ${look.width}`);
  }
});
