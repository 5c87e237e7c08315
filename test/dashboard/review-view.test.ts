import t from 'tap';
import { requirePeer } from '../support/peers.ts';
import { waitFor } from '../support/run.ts';
import { goTo, openBrowser, openPage, signIn } from './browser.ts';
import { columns, heldId } from './fixtures/work.ts';
import { startWorkMock } from './work-mock.ts';

t.test('an enlarged picture scrolls with the other one, and can be pulled', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const { page, complaints } = await openPage(t, await openBrowser(t), { url: mock.url, height: 1200 });
  await signIn(page, mock.token('read', 'operate', 'identify'));
  await goTo(page, `#/review/${heldId}`, 'Review');
  await page.getByRole('img', { name: /as it would leave/ }).waitFor();
  await page.getByLabel('Size').selectOption('4');
  await waitFor(
    'it is enlarged',
    async () => (await page.locator('.stage').boundingBox())?.width === columns * 4,
  );
  const place = (index: number): Promise<readonly [number, number]> =>
    page
      .locator('.pane-scroll')
      .nth(index)
      .evaluate((element) => [element.scrollLeft, element.scrollTop]);
  await page
    .locator('.pane-scroll')
    .first()
    .evaluate((element) => element.scrollTo(300, 200));
  await waitFor('the other follows', async () => (await place(1)).join() === '300,200');
  await page.getByLabel('Drag moves the picture').check();
  const frame = await page.locator('.pane-scroll').first().boundingBox();
  const [x, y] = [(frame?.x ?? 0) + 200, (frame?.y ?? 0) + 200];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 50, y - 40);
  await page.mouse.up();
  await waitFor('both moved', async () => (await place(1)).join() === '350,240');
  t.equal(await page.getByRole('row', { name: /Drawn by a person/ }).count(), 0, 'and nothing was drawn');
  const asked = mock.requests.filter(({ template }) => template.endsWith('/preview')).at(-1);
  t.ok(Number(asked?.query.get('maxSide')) > columns, 'a finer picture was asked for');
  t.same([...complaints, ...mock.faults], []);
});

t.test('a finger draws a box, and pulls it by a corner', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const look = { url: mock.url, width: 390, height: 1600, theme: 'dark' } as const;
  const { page, complaints } = await openPage(t, await openBrowser(t), look);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 1 });
  await signIn(page, mock.token('read', 'operate', 'identify'));
  await goTo(page, `#/review/${heldId}`, 'Review');
  await page.getByRole('img', { name: /as it would leave/ }).waitFor();
  const stage = await page.locator('.stage').boundingBox();
  const scale = (stage?.width ?? 0) / columns;
  const swipe = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
    const at = ([x, y]: readonly [number, number]) => [
      { x: (stage?.x ?? 0) + x * scale, y: (stage?.y ?? 0) + y * scale },
    ];
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from) });
    await devtools.send('Input.dispatchTouchEvent', {
      type: 'touchMove',
      touchPoints: at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]),
    });
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(to) });
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  const value = async (name: string): Promise<number> =>
    Number(await page.getByRole('spinbutton', { name: `Box 3, ${name}`, exact: true }).inputValue());
  await swipe([200, 150], [400, 300]);
  await page.getByRole('button', { name: /^Box 3, Drawn/ }).waitFor();
  t.ok(Math.abs((await value('left')) - 200) < 4 && Math.abs((await value('width')) - 200) < 6);
  await swipe([400, 300], [480, 360]);
  await waitFor('it is larger', async () => Math.abs((await value('width')) - 280) < 8);
  t.ok(Math.abs((await value('left')) - 200) < 4, 'the other corner stayed');
  t.same([...complaints, ...mock.faults], []);
});
