import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { requirePeer } from '../support/peers.ts';
import { goTo, openBrowser, openPage, signIn } from './browser.ts';
import { heldId } from './fixtures/work.ts';
import { startWorkMock, type WorkMock } from './work-mock.ts';

async function openReview(t: Test, mock: WorkMock): Promise<Page> {
  const { page } = await openPage(t, await openBrowser(t), { url: mock.url, height: 1400 });
  await signIn(page, mock.token('read', 'operate', 'identify'));
  await goTo(page, `#/review/${heldId}`, 'Review');
  await page.getByRole('img', { name: /as it would leave/ }).waitFor();
  return page;
}

t.test('boxes outlive a session that ends while they are drawn', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const page = await openReview(t, mock);
  await page.locator('.stage').focus();
  await page.keyboard.press('n');
  await page.getByRole('spinbutton', { name: 'Box 3, left', exact: true }).fill('17');
  await page.keyboard.press('Tab');
  mock.endSessions();
  await page.getByText('Your session has ended').waitFor();
  await signIn(page, mock.token('read', 'operate', 'identify'));
  const left = page.getByRole('spinbutton', { name: 'Box 3, left', exact: true });
  t.equal(await left.inputValue(), '17', 'one is back where one was');
  await page.getByRole('button', { name: 'Release with these 3 boxes' }).waitFor();
});

t.test('what somebody else decided meanwhile is told as that', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const page = await openReview(t, mock);
  await page.getByRole('button', { name: 'Release with these 2 boxes' }).click();
  const instance = mock.instances.get(heldId);
  t.ok(instance);
  if (instance !== undefined) mock.instances.set(heldId, { ...instance, state: 'discarded' });
  await page.getByText('Somebody else decided meanwhile. It is discarded').waitFor();
  t.match(await page.getByRole('link', { name: 'audit trail' }).getAttribute('href'), heldId);
  t.same(
    mock.requests.filter(({ template }) => template === '/api/instances/{id}/release'),
    [],
    'nothing was released',
  );
});

t.test('keys that follow one another fast move the new box, and the focus is on it', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const page = await openReview(t, mock);
  await page.locator('.stage').focus();
  await page.evaluate(() => {
    for (const key of ['n', 'n', 'ArrowUp'])
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  await page.getByRole('button', { name: /^Box 3, Drawn/ }).waitFor();
  await page.waitForFunction(() => document.activeElement?.classList.contains('stage-box'));
  const chosen = await page.getByRole('button', { name: /^Show box/, pressed: true }).textContent();
  t.match(await focused(), new RegExp(`^Box ${chosen},`));
});
