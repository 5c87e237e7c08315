import t from 'tap';
import { TokenStore } from '../../src/http/security/token-store.ts';
import { echoscu } from '../support/dcmtk.ts';
import { startGateway } from '../support/gateway.ts';
import { requirePeer } from '../support/peers.ts';
import { waitFor } from '../support/run.ts';
import { goTo, openBrowser, openPage, signIn, takePicture } from './browser.ts';
import { builtDashboard } from './built-dashboard.ts';

t.test(
  'the whole journey against the gateway itself: sign in, echo, test, associations, audit, tokens',
  async (t) => {
    if (!requirePeer(t, 'chromium', 'echoscu')) return;
    await builtDashboard();
    const gateway = await startGateway(t);
    const { text } = new TokenStore(gateway.storageDir).create({
      name: 'Rosa Berg',
      scopes: ['read', 'operate', 'admin'],
    });
    const url = `http://127.0.0.1:${gateway.httpPort}/`;
    const { page, complaints } = await openPage(t, await openBrowser(t), { url: `${url}#/set-up` });
    await signIn(page, text);
    await page.getByText('Nobody has tested the connection yet').waitFor();
    const { exitCode } = await echoscu({ port: gateway.dimsePort, callingAeTitle: 'PACS1' });
    t.equal(exitCode, 0);
    await page.getByText('PACS1 at 127.0.0.1 reached the gateway').waitFor();

    await page.getByRole('button', { name: 'Send the test' }).click();
    await page.getByText('It works').waitFor();
    await gateway.settled();
    t.equal((await gateway.images()).length, 1, 'the test image went the whole way');
    await takePicture(t, page, 'gateway-set-up');

    await goTo(page, '#/associations', 'Associations');
    await page.locator('summary', { hasText: 'TEST' }).getByText('1 instance').first().waitFor();
    await page.locator('summary', { hasText: 'PACS1' }).getByText('C-ECHO').first().waitFor();
    await takePicture(t, page, 'gateway-associations');

    await goTo(page, '#/live', 'Live');
    await page
      .getByText(/In the last hour: 1 received, 1 delivered/)
      .first()
      .waitFor();
    await takePicture(t, page, 'gateway-live');

    await goTo(page, '#/configuration', 'Configuration');
    await page.getByLabel('Search').fill('dimse.port');
    await page.getByText('dimse.port', { exact: true }).first().waitFor();
    await takePicture(t, page, 'gateway-configuration');

    await goTo(page, '#/administration', 'Administration');
    await page.getByLabel('Name', { exact: true }).fill('CT upload');
    await page.getByRole('button', { name: 'Make the token' }).click();
    await page.getByRole('dialog').getByText(/^sp_/).waitFor();
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('button', { name: 'Revoke CT upload' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The token CT upload is revoked.').waitFor();
    t.equal(await page.getByRole('button', { name: 'Revoke CT upload' }).count(), 0);

    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Administration' }).waitFor();
    await goTo(page, '#/audit', 'Audit');
    for (const action of ['session.opened', 'instance.received', 'token.created', 'token.revoked'])
      await page.locator('td code', { hasText: action }).first().waitFor();
    t.match(await page.locator('.hash code').textContent(), /^[0-9a-f]{64}$/);
    await takePicture(t, page, 'gateway-audit');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export all (NDJSON)' }).click(),
    ]);
    t.equal(download.suggestedFilename(), 'sallyport-audit.ndjson');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    t.same(complaints, [], 'neither scripts nor the security policy of the gateway complained');
  },
);

t.test('a gateway that stops and comes back: it is told, and figures go on', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  await builtDashboard();
  const directory = t.testdir();
  const first = await startGateway(t, { directory });
  const { text } = new TokenStore(first.storageDir).create({ name: 'Rosa Berg', scopes: ['read'] });
  const url = `http://127.0.0.1:${first.httpPort}/`;
  const { page } = await openPage(t, await openBrowser(t), { url });
  await signIn(page, text);
  await page.locator('.tile').first().waitFor();
  await first.stop();
  await page.getByText('The connection to the gateway is lost.').waitFor();
  const again = await startGateway(t, { directory, args: [`--http.port=${first.httpPort}`] });
  t.equal(again.httpPort, first.httpPort);
  // Sessions live in the gateway's memory: one signs in again, and is where one was.
  await page.getByText('Your session has ended').waitFor({ timeout: 40_000 });
  await signIn(page, text);
  await waitFor('the page is live', async () => (await page.locator('.tile').count()) > 5);
});
