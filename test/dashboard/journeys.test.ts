import t from 'tap';
import { requirePeer } from '../support/peers.ts';
import { waitFor } from '../support/run.ts';
import { goTo, openBrowser, openPage, signIn } from './browser.ts';
import { associations, connection, echo, runningAssociation } from './fixtures/associations.ts';
import { startWholeMock } from './fixtures/whole.ts';

t.test(
  'associations: they appear and grow as they happen, are filtered, and say how to fix a refusal',
  async (t) => {
    if (!requirePeer(t, 'chromium')) return;
    const mock = await startWholeMock(t);
    const { page, complaints } = await openPage(t, await openBrowser(t), {
      url: `${mock.url}#/associations`,
    });
    await signIn(page, mock.token('read'));
    const entries = page.locator('.association');
    await entries.nth(4).waitFor();
    await waitFor('the page follows', () => mock.readers() === 1);

    mock.push('association', runningAssociation({ id: 'new', callingAeTitle: 'MR_3', instances: 1 }));
    await page.locator('summary', { hasText: 'MR_3' }).getByText('1 instance,').waitFor();
    mock.push('association', runningAssociation({ id: 'new', callingAeTitle: 'MR_3', instances: 2 }));
    await page.locator('summary', { hasText: 'MR_3' }).getByText('2 instances,').waitFor();
    t.equal(await entries.count(), 6, 'one entry grew, none was added');

    const hostile = '<b id=x>!</b>';
    mock.push('association', runningAssociation({ id: 'hostile', callingAeTitle: hostile }));
    await page.locator('summary', { hasText: hostile }).waitFor();
    t.equal(await page.locator('#x').count(), 0, 'what a sender calls itself is text, whatever it is');

    await page.getByLabel('Outcome').selectOption('Refused');
    t.equal(await entries.count(), 1);
    await page.locator('summary', { hasText: 'UNKNOWN_PACS' }).click();
    await page.getByText('How do I fix it?').waitFor();
    await page.getByText('Add UNKNOWN_PACS to dimse.callingPeers').waitFor();
    t.match(page.url(), /outcome=rejected/, 'the filter can be passed on as a link');
    await page.getByLabel('Sender (AE title)').fill('pacs1');
    await page.getByText('None is like that. Change the filter.').waitFor();
    await page.getByLabel('Outcome').selectOption('All');
    await waitFor('PACS1 is left', async () => (await entries.count()) === 3);
    t.same(complaints, []);
    t.same(mock.faults, []);
  },
);

t.test('set-up: a C-ECHO shows at once, tests tell each step, what may not be done says why', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWholeMock(t);
  mock.answer('GET', '/api/echoes', { json: { echoes: [], connections: [] } });
  mock.answer('GET', '/api/associations', { json: { associations: [] } });
  const browser = await openBrowser(t);
  const { page, complaints } = await openPage(t, browser, { url: `${mock.url}#/set-up` });
  await signIn(page, mock.token('read', 'admin'));
  await page.getByText('Nobody has tested the connection yet').waitFor();
  await waitFor('the page follows', () => mock.readers() === 1);
  mock.push('connection', connection());
  await page.getByText('10.20.0.44 reached the port').waitFor();
  mock.push('echo', echo({ at: new Date().toISOString(), calledAeTitle: 'SALYPORT' }));
  await page.getByText('PACS1 at 10.20.0.5 reached the gateway').waitFor();
  await page.getByText('correct the AE title in the PACS').waitFor();
  // The commonest fault of all: the gateway refused the call.
  const refused = associations().find(({ state }) => state === 'rejected');
  t.ok(refused);
  if (refused?.rejection !== undefined && refused.rejection !== null)
    mock.push('association', {
      ...refused,
      id: 'refused-now',
      rejection: { ...refused.rejection, count: 3, lastAt: new Date().toISOString() },
    });
  await page.getByText('UNKNOWN_PACS at 10.20.0.99 reached the gateway and was refused').waitFor();
  await page.getByText('Add UNKNOWN_PACS to dimse.callingPeers').waitFor();

  await page.getByRole('button', { name: 'Copy AE title SALLYPORT' }).click();
  await page.getByText('Copied AE title SALLYPORT').waitFor();

  await page.getByLabel('AE title of the sender').fill('');
  await page.getByRole('button', { name: 'Send the test' }).click();
  await page.getByText('An AE title is needed.').waitFor();
  const asked = () => mock.requests.filter(({ template }) => template.startsWith('/api/test/'));
  t.same(asked(), [], 'nothing was asked of the gateway');
  await page.getByLabel('AE title of the sender').fill('CT_1');
  await page.getByRole('button', { name: 'Send the test' }).click();
  await page.getByText('Send a test image (C-STORE)').waitFor();
  t.same(
    asked().map(({ body }) => body),
    [{ callingAeTitle: 'CT_1', instance: true }],
  );
  await page.getByRole('textbox', { name: 'Host' }).fill('pacs.example.org');
  await page.getByLabel('AE title of the PACS').fill('PACS1');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Nobody listens at this address and port.').waitFor();
  t.same(asked()[1]?.body, { host: 'pacs.example.org', port: 104, calledAeTitle: 'PACS1', tls: false });
  await page.getByRole('link', { name: 'All options' }).click();
  await page.getByLabel('Search').fill('dimse.port');
  await page.getByText('1 of 6 options').waitFor();
  await page.getByLabel('Search').fill('');
  await page.getByLabel('Only those that differ').check();
  await page.getByText('4 of 6 options').waitFor();
  t.same(complaints, []);

  const { page: reader } = await openPage(t, browser, { url: `${mock.url}#/set-up` });
  await signIn(reader, mock.token('read'));
  const button = reader.getByRole('button', { name: 'Send the test' });
  t.equal(await button.getAttribute('aria-disabled'), 'true');
  await reader.getByText('needs the right admin').first().waitFor();
  await button.click({ force: true });
  t.equal(asked().length, 2, 'a button that is off does nothing');
  t.equal(await reader.getByRole('link', { name: 'All options' }).count(), 0);
  t.same(mock.faults, []);
});

t.test('audit: records by page, filtered, with the hash to note down', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWholeMock(t);
  const { page, complaints } = await openPage(t, await openBrowser(t), { url: `${mock.url}#/audit` });
  await signIn(page, mock.token('read'));
  const rows = page.locator('.data tbody tr');
  await waitFor('a page of records', async () => (await rows.count()) === 50);
  await page.getByRole('button', { name: 'Show older records' }).click();
  await waitFor('another page', async () => (await rows.count()) === 100);
  t.match(await rows.nth(99).textContent(), /^151/, 'without a gap');
  await page.getByRole('button', { name: 'Copy hash' }).click();
  await page.getByText('Copied hash').waitFor();
  await page.getByLabel('Action').selectOption('token.created');
  await page.getByLabel('From').fill('2026-11-20T08:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await waitFor('the filter was asked for', () =>
    mock.requests.some(({ query }) => query.get('action') === 'token.created' && query.get('from') !== null),
  );
  const link = page.getByRole('link', { name: 'Export this time (NDJSON)' });
  t.match(await link.getAttribute('href'), /^\/api\/audit\/export\?from=2026-11-2/);
  t.same(complaints, []);
  t.same(mock.faults, []);
});

t.test('administration: a token is made, told once, and revoked after a question', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWholeMock(t);
  const secret = mock.token('read');
  mock.answer('POST', '/api/tokens', ({ body }) => {
    const { name, scopes } = body as { name: string; scopes: ('read' | 'operate')[] };
    const made = {
      id: 'abc',
      name,
      scopes,
      createdAt: new Date().toISOString(),
      expiresAt: null,
      lastUsedAt: null,
    };
    return { status: 201, json: { ...made, token: secret } };
  });
  mock.answer('DELETE', '/api/tokens/{id}', () => ({ status: 204 }));
  const { page, complaints } = await openPage(t, await openBrowser(t), {
    url: `${mock.url}#/administration`,
  });
  await signIn(page, mock.token('admin'));
  await page.getByRole('button', { name: 'Make the token' }).click();
  await page.getByText('A name is needed').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('CT upload');
  await page.getByLabel('operate: send in').check();
  t.equal(
    await page.getByLabel('identify: see images').isDisabled(),
    true,
    'what one has not, one cannot give on',
  );
  await page.getByRole('button', { name: 'Make the token' }).click();
  const dialog = page.getByRole('dialog', { name: 'Copy the token now' });
  await dialog.getByText(secret).waitFor();
  await dialog.getByRole('button', { name: 'Copy token' }).click();
  await dialog.getByText('Copied token').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  t.notMatch(await page.content(), secret, 'it is gone from the page');
  const posted = mock.requests.find(
    ({ method, template }) => method === 'POST' && template === '/api/tokens',
  );
  t.same(posted?.body, { name: 'CT upload', scopes: ['read', 'operate'], expiresInDays: 90 });

  await page.getByRole('button', { name: 'Revoke monitoring' }).click();
  const question = page.getByRole('dialog', { name: 'Revoke monitoring?' });
  await question.getByRole('button', { name: 'Keep it' }).click();
  await question.waitFor({ state: 'detached' });
  t.notOk(mock.requests.some(({ method }) => method === 'DELETE'));
  await page.getByRole('button', { name: 'Revoke monitoring' }).click();
  await question.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('The token monitoring is revoked.').waitFor();
  t.equal(mock.requests.find(({ method }) => method === 'DELETE')?.path, '/api/tokens/0c11d9e8f7a6');
  t.same(complaints, []);
  t.same(mock.faults, []);
});

t.test('a session that ended in the middle leads to sign-in, and back to where one was', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWholeMock(t);
  const { page } = await openPage(t, await openBrowser(t), {
    url: `${mock.url}#/audit?action=token.created`,
  });
  const token = mock.token('read', 'admin');
  await signIn(page, token);
  await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
  mock.endSessions();
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByText('Your session has ended').waitFor();
  t.equal(await page.getByText('Rosa Berg').count(), 0, 'nothing of the page is left');
  await signIn(page, token);
  await page.getByRole('heading', { level: 1, name: 'Administration' }).waitFor();
  t.same(mock.faults, []);
});

t.test('by keyboard alone: sign in, skip to the content, move between pages, decide, sign out', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWholeMock(t);
  const { page } = await openPage(t, await openBrowser(t), { url: mock.url, reducedMotion: true });
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const element = document.activeElement;
      return `${element?.tagName.toLowerCase()} ${element?.getAttribute('aria-label') ?? element?.textContent ?? ''}`.trim();
    });
  /** Tab until the focus is there; the ring has to be seen on the way. */
  const tabTo = async (wanted: RegExp, key = 'Tab'): Promise<void> => {
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press(key);
      if (wanted.test(await focused())) {
        const outline = await page.evaluate(
          () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
        );
        t.not(outline, 'none', `${wanted} is seen to have the focus`);
        return;
      }
    }
    t.fail(`${wanted} was not reached; the focus is on ${await focused()}`);
  };
  await page.getByLabel('Token', { exact: true }).waitFor();
  await page.keyboard.type(mock.token('read', 'operate', 'admin'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Live' }).waitFor();
  await tabTo(/Skip to the content/);
  await page.keyboard.press('Enter');
  t.match(await focused(), /^main/);
  await tabTo(/^a Administration/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Administration' }).waitFor();
  t.equal(await focused(), 'h1 Administration', 'the heading of the new page has the focus');
  await tabTo(/Revoke monitoring/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  t.match(await focused(), /Revoke monitoring/, 'the focus is back where it was');
  await tabTo(/^button Sign out/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByText('You are signed out.').waitFor();
});

t.test('the theme that was chosen is kept over a reload', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWholeMock(t);
  const { page } = await openPage(t, await openBrowser(t), { url: `${mock.url}#/audit`, theme: 'light' });
  await signIn(page, mock.token('read'));
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByLabel('Theme').selectOption('Dark');
  const dark = await ground();
  t.not(dark, light);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
  t.equal(await ground(), dark);
  await page.getByLabel('Theme').selectOption('Auto');
  t.equal(await ground(), light);
  await goTo(page, '#/nowhere', 'There is no such page');
});
