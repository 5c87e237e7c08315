import t, { type Test } from 'tap';
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
import { heldId, studyPseudonym } from './fixtures/work.ts';
import { startWorkMock, type WorkMock } from './work-mock.ts';

const pages: readonly (readonly [
  name: string,
  hash: string,
  heading: string | RegExp,
  ready: string | RegExp,
])[] = [
  ['studies', '#/studies', 'Studies', '88 received'],
  ['study', `#/studies/${studyPseudonym}`, 'Study', 'PatientAddress'],
  ['instances', '#/instances', 'Instances', 'DEIDENTIFICATION_FAILED'],
  ['instance', `#/instances/${heldId}`, /^Instance/, 'PatientAddress'],
  ['review-queue', '#/review', 'Review', 'Begin with the oldest'],
  ['review', `#/review/${heldId}?frame=3`, 'Review', 'PatientAddress'],
  ['profiles', '#/profiles', 'Profiles', /CT_ER, MR_2/],
  ['profile', '#/profiles/basic?search=patient', 'Profile basic', 'PatientName'],
  ['api', '#/api/releaseInstance?search=/release', 'API reference', 'From a terminal'],
];

async function signedIn(
  t: Test,
  mock: WorkMock,
  look: Parameters<typeof openPage>[2],
  ...scopes: Parameters<WorkMock['token']>
) {
  const opened = await openPage(t, await openBrowser(t), look);
  await signIn(opened.page, mock.token(...scopes));
  return opened;
}

for (const look of looks)
  t.test(
    `pages of the work, ${look.theme}, ${look.width} pixels wide: axe finds nothing, nothing sticks out`,
    async (t) => {
      if (!requirePeer(t, 'chromium')) return;
      const mock = await startWorkMock(t);
      const { page } = await signedIn(
        t,
        mock,
        { ...look, url: mock.url, bypassCsp: true, reducedMotion: true },
        ...(['read', 'operate', 'identify'] as const),
      );
      for (const [name, hash, heading, ready] of pages) {
        await goTo(page, hash, heading);
        await page.getByText(ready).first().waitFor();
        if (name === 'review') await page.getByRole('img', { name: /as it would leave/ }).waitFor();
        await checkAccessibility(t, page, `${name} ${look.theme}`);
        await checkFits(t, page, `${name} ${look.width}`);
        await takePicture(t, page, `${name}-${look.theme}-${look.width}`);
      }
      t.same(mock.faults, []);
    },
  );

t.test('instances are filtered by the address, and what cannot be asked is not sent', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const { page, complaints } = await signedIn(t, mock, { url: mock.url }, 'read');
  await goTo(page, '#/instances', 'Instances');
  const lists = () => mock.requests.filter(({ template }) => template === '/api/instances');
  await waitFor('it asked', () => lists().length > 0);
  t.equal(lists()[0]?.query.get('state'), 'held,failed', 'what waits for a person comes first');
  await page.getByLabel('Reason code').fill('burned_in_text_risk');
  await waitFor('it asked again', () => lists().at(-1)?.query.get('code') === 'BURNED_IN_TEXT_RISK');
  t.match(page.url(), /code=BURNED_IN_TEXT_RISK/, 'the view can be given to a colleague');
  await page.getByLabel('Study pseudonym').fill('patient name');
  await page.getByText('A pseudonym has digits and dots alone.').waitFor();
  await page.getByLabel('State').selectOption('delivered');
  await waitFor('it asked again', () => lists().at(-1)?.query.get('state') === 'delivered');
  t.equal(lists().at(-1)?.query.get('study'), null);
  await page.getByText('No instance fits these filters.').waitFor();
  t.same(complaints, []);
  t.same(mock.faults, []);
});

t.test('several instances are decided at once, and the page says what became of each', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const { page, complaints } = await signedIn(t, mock, { url: mock.url }, 'read', 'operate');
  await goTo(page, '#/instances', 'Instances');
  await page.getByLabel('All that wait for a person on this page').check();
  await page.getByText('4 instances chosen').waitFor();
  // Somebody else is quicker with one of them.
  const other = mock.instances.get('c0ffee11d15e4f6789ab');
  if (other !== undefined) mock.instances.set(other.id, { ...other, state: 'discarded', releasable: true });
  await page.getByRole('button', { name: 'Release chosen as they are' }).click();
  const dialog = page.getByRole('dialog');
  t.match(await dialog.textContent(), /Release as it is: 2 instances\?/);
  t.match(await dialog.textContent(), /2 instances of those chosen cannot be treated like this/);
  t.match(await dialog.textContent(), /text that is still seen in the result leaves/);
  await dialog.getByRole('button', { name: 'Release as it is' }).click();
  await dialog.getByText('1 instance is released and on their way.').waitFor();
  await dialog.getByText('1 instance: the instance is not in a state that allows this').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  t.equal(mock.instances.get(heldId)?.state, 'received');
  await page.getByText(heldId.slice(0, 8)).waitFor({ state: 'detached' });
  t.same(complaints, []);
  t.same(mock.faults, []);
});

t.test('without the right operate decisions are off, and say which right they need', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const { page } = await signedIn(t, mock, { url: mock.url }, 'read');
  await goTo(page, `#/instances/${heldId}`, /^Instance/);
  const discard = page.getByRole('button', { name: 'Discard' });
  await discard.click({ force: true });
  t.equal(await page.getByRole('dialog').count(), 0);
  t.match(await page.getByText('needs the right operate').first().textContent(), /operate/);
  await page.getByText('given to those with the right identify alone').waitFor();
  t.same(
    mock.requests.filter(({ method }) => method === 'POST').map(({ template }) => template),
    ['/api/session'],
  );
});

t.test('a study tells what waits and why, and is posted to FHIR again', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const { page, complaints } = await signedIn(t, mock, { url: mock.url }, 'read', 'operate');
  await goTo(page, '#/studies', 'Studies');
  await page.getByText('40 of 47 delivered, 1 prepared, 2 received, 3 held, 1 failed').waitFor();
  await page.getByText('all 612 delivered').waitFor();
  await page.getByRole('link', { name: studyPseudonym }).click();
  await page.getByRole('heading', { level: 1, name: 'Study' }).waitFor();
  await page.getByRole('button', { name: 'Post again' }).click();
  await page.getByText('It is due to be posted again.').waitFor();
  await page.getByRole('button', { name: /^Removed/ }).click();
  await page.getByText('1 attribute fits').waitFor();
  await page.getByLabel('Search attributes').fill('0010,1040');
  await page.getByText('PatientAddress').waitFor();
  t.same(complaints, []);
  t.same(mock.faults, []);
});

t.test('rules under conditions, rules against PS3.15 and private elements are told', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const { page, complaints } = await signedIn(t, mock, { url: mock.url }, 'read');
  await goTo(page, '#/profiles/research?search=manufacturer&outcome=removed', 'Profile research');
  const row = (keyword: string) => page.getByRole('row').filter({ hasText: keyword });
  await row('Manufacturer (0008').waitFor();
  t.match(
    await row('Manufacturer (0008').textContent(),
    /But where modality CT or MR, sent by CT_ER: removed \(own rule, line 4\)/,
  );
  await goTo(page, '#/profiles/research?search=patientage&outcome=kept', 'Profile research');
  t.match(await row('PatientAge').textContent(), /But where sent by CT_ER: kept.*less than PS3\.15 asks/s);
  await goTo(page, '#/profiles/research?search=studydate', 'Profile research');
  t.match(await row('StudyDate').textContent(), /less than PS3\.15 asks/);
  await page.getByText(/^ACME 1\.1: .*modality CT/).waitFor();
  t.same(complaints, []);
  t.same(mock.faults, []);
});

t.test('a profile is explained, searched and filtered', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const { page, complaints } = await signedIn(t, mock, { url: mock.url }, 'read');
  await goTo(page, '#/profiles', 'Profiles');
  await page.getByRole('link', { name: 'Explain basic attribute by attribute' }).click();
  await page.getByLabel('Search attributes').fill('(0010,0010)');
  await page.getByText("replaced by the patient's pseudonym").waitFor();
  await page.getByText('1 attribute fits').waitFor();
  await page.getByLabel('Search attributes').fill('');
  await page.getByRole('button', { name: /^Removed/ }).click();
  await page.getByText('The attribute does not leave.').waitFor();
  await page.getByRole('button', { name: 'Show 500 more' }).click();
  await waitFor('more rows', async () => (await page.getByRole('row').count()) > 300);
  await page.getByLabel('Modality').fill('us');
  await waitFor('it asked', () => mock.requests.some(({ query }) => query.get('modality') === 'US'));
  t.same(complaints, []);
  t.same(mock.faults, []);
});
