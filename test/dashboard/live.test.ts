import t, { type Test } from 'tap';
import { requirePeer } from '../support/peers.ts';
import { waitFor } from '../support/run.ts';
import {
  checkAccessibility,
  checkFits,
  looks,
  openBrowser,
  openPage,
  signIn,
  takePicture,
} from './browser.ts';
import { liveHistory, liveStatus } from './fixtures/live.ts';
import { type MockGateway, startMockGateway } from './mock-gateway.ts';

async function startLiveMock(t: Test): Promise<MockGateway> {
  const mock = await startMockGateway(t);
  mock.answer('GET', '/api/status', () => ({ json: liveStatus() }));
  mock.answer('GET', '/api/status/history', () => ({ json: liveHistory() }));
  return mock;
}

t.test('figures and alarms follow the gateway without a reload, and a lost connection is told', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startLiveMock(t);
  const { page, complaints } = await openPage(t, await openBrowser(t), { url: mock.url });
  await signIn(page, mock.token('read'));
  await waitFor('the page follows', () => mock.readers() === 1);
  mock.push('status', liveStatus());
  await page.getByText('backend.example.org takes no posts').first().waitFor();
  const tile = (title: string) =>
    page.locator('.tile', { has: page.getByRole('heading', { name: title, exact: true }) });
  t.match(await tile('Waiting').textContent(), /184/);
  t.match(await tile('Held').textContent(), /12/);
  t.match(await page.getByRole('link', { name: /^Live/ }).textContent(), /2 alarms/);
  t.equal(await page.locator('.uplot canvas').count(), 3);

  const calm = liveStatus({ alarms: [] });
  mock.push('status', { ...calm, backlog: { ...calm.backlog, waiting: 3 } });
  await page.getByText('No alarms').first().waitFor();
  t.match(await tile('Waiting').textContent(), /Waiting3 instances/);

  await page.getByText('Figures as a table: instances in a minute').click();
  const table = page.getByRole('region', { name: 'Figures: Instances in a minute' }).getByRole('table');
  t.ok((await table.getByRole('row').count()) > 55, 'the table holds what the chart shows');
  const newest = (): Promise<string | null> => table.getByRole('row').nth(1).textContent();
  const before = await newest();
  const { hour, day } = calm.latest;
  mock.push('status', {
    ...calm,
    latest: { day, hour: { at: hour.at, counts: { ...hour.counts, received: 7000 } } },
  });
  await waitFor('chart and table grow', async () => /7,\d{3}/.test((await newest()) ?? ''));
  t.notMatch(before ?? '', /7,\d{3}/);
  await page.getByRole('radio', { name: 'Last day' }).check();
  await page.getByText('Figures as a table: instances in ten minutes').waitFor();

  await mock.goDown();
  await page.getByText('The connection to the gateway is lost.').waitFor();
  t.match(await page.locator('.connection').textContent(), /Figures are those of/);
  t.equal(await page.locator('.connection').getAttribute('role'), 'status');
  await mock.comeBack();
  await page
    .getByText('The connection to the gateway is lost.')
    .waitFor({ state: 'detached', timeout: 40_000 });
  await waitFor('the page follows again', () => mock.readers() === 1, { timeoutMs: 40_000 });

  const quiet = complaints.filter((text) => !/ERR_CONNECTION|EventSource/.test(text));
  t.same(quiet, [], 'neither scripts nor the security policy complained');
  t.same(mock.faults, []);
});

t.test(
  'a stream that breaks once is taken up again, what happened meanwhile is asked for, nobody is alarmed',
  async (t) => {
    if (!requirePeer(t, 'chromium')) return;
    const mock = await startLiveMock(t);
    const { page } = await openPage(t, await openBrowser(t), { url: mock.url });
    await signIn(page, mock.token('read'));
    await page.locator('.uplot canvas').first().waitFor();
    const asked = (template: string): number =>
      mock.requests.filter((request) => request.template === template).length;
    const before = asked('/api/status/history');
    mock.push('dropped', { reason: 'too-slow' });
    await waitFor('the stream is opened again', () => asked('/api/live') === 2 && mock.readers() === 1);
    await waitFor('the history is asked for again', () => asked('/api/status/history') > before);
    t.equal(await page.locator('.connection').textContent(), '', 'nothing is told of it');
    t.same(mock.faults, []);
  },
);

t.test('where events do not come through, figures are fetched', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startLiveMock(t);
  const { page } = await openPage(t, await openBrowser(t), { url: mock.url });
  await page.route('**/api/live', (route) => route.fulfill({ status: 503 }));
  await signIn(page, mock.token('read'));
  await page.getByText('figures are fetched every five seconds').waitFor();
  await page.getByText('12 instances wait for a decision').first().waitFor();
  mock.endSessions();
  await page.getByText('Your session has ended').waitFor();
});

t.test('the page is accessible and fits, in both themes, wide and narrow', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startLiveMock(t);
  const browser = await openBrowser(t);
  for (const look of looks) {
    const { page } = await openPage(t, browser, { url: mock.url, bypassCsp: true, ...look });
    await signIn(page, mock.token('read', 'operate', 'admin'));
    await waitFor('the page follows', () => mock.readers() > 0);
    mock.push('status', liveStatus());
    await page.locator('.uplot canvas').nth(2).waitFor();
    const name = `live-${look.theme}-${look.width}`;
    await takePicture(t, page, name);
    await checkFits(t, page, name);
    await page.getByText('Figures as a table: instances in a minute').click();
    await checkAccessibility(t, page, name);
    await page.close();
  }
});
