import t from 'tap';
import { requirePeer } from '../support/peers.ts';
import { waitFor } from '../support/run.ts';
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
import { startWholeMock } from './fixtures/whole.ts';

/** Each page of this file, and something that stands on it once its answer is there. */
const pages = [
  { hash: '#/associations', heading: 'Associations', shown: 'UNKNOWN_PACS' },
  { hash: '#/set-up', heading: 'Set-up', shown: '10.20.0.8' },
  { hash: '#/configuration', heading: 'Configuration', shown: 'dimse.port' },
  { hash: '#/audit', heading: 'Audit', shown: 'instance.released' },
  { hash: '#/administration', heading: 'Administration', shown: 'Upload of the clinic' },
] as const;

t.test('pages are accessible and fit, in both themes, wide and narrow', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWholeMock(t);
  const browser = await openBrowser(t);
  for (const look of looks) {
    const { page } = await openPage(t, browser, { url: mock.url, bypassCsp: true, ...look });
    await signIn(page, mock.token('read', 'operate', 'admin'));
    await waitFor('the page follows', () => mock.readers() > 0);
    for (const { hash, heading, shown } of pages) {
      await goTo(page, hash, heading);
      await page.getByText(shown, { exact: true }).first().waitFor();
      const name = `${heading.toLowerCase()}-${look.theme}-${look.width}`;
      if (heading === 'Associations')
        for (const who of ['UNKNOWN_PACS', 'US_ROOM_2'])
          await page.locator('summary', { hasText: who }).click();
      if (heading === 'Set-up') {
        await page.getByRole('button', { name: 'Send the test' }).click();
        await page.getByText('It works').waitFor();
        await page.getByRole('textbox', { name: 'Host' }).fill('pacs.example.org');
        await page.getByLabel('AE title of the PACS').fill('PACS1');
        await page.getByRole('button', { name: 'Ask', exact: true }).click();
        await page.getByText('It does not work yet').waitFor();
      }
      if (heading === 'Audit') await page.getByText('How to verify it').click();
      await takePicture(t, page, name);
      await checkFits(t, page, name);
      await checkAccessibility(t, page, name);
    }
    await page.close();
  }
  t.same(mock.faults, []);
});
