import type { Page } from 'playwright-core';
import t from 'tap';
import { requirePeer } from '../support/peers.ts';
import { goTo, openBrowser, openPage, signIn } from './browser.ts';
import { startWorkMock } from './work-mock.ts';

/** Ground of the first element that fits, as the browser paints it. */
function ground(page: Page, selector: string): Promise<string> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => getComputedStyle(element).backgroundColor);
}

t.test('in high contrast what is chosen can be told from what is not, and bars are not empty', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const { page } = await openPage(t, await openBrowser(t), { url: mock.url });
  await page.emulateMedia({ forcedColors: 'active' });
  await signIn(page, mock.token('read'));
  await page.locator('.segments').waitFor();
  t.not(
    await ground(page, '.segments input:checked + span'),
    await ground(page, '.segments input:not(:checked) + span'),
  );
  t.not(
    await ground(page, '.head nav a[aria-current="page"]'),
    await ground(page, '.head nav a:not([aria-current])'),
  );
  await goTo(page, '#/studies', 'Studies');
  await page.locator('.progress-part.delivered').first().waitFor();
  t.not(await ground(page, '.progress-part.delivered'), await ground(page, '.progress-bar'));
});
