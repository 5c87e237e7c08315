import type { Page } from 'playwright-core';
import t from 'tap';
import { requirePeer } from '../support/peers.ts';
import { waitFor } from '../support/run.ts';
import { goTo, openBrowser, openPage, signIn } from './browser.ts';
import { decoded } from './decoded.ts';
import { columns, foundText, heldId, heldInstance, rows } from './fixtures/work.ts';
import { problem, startWorkMock, type WorkMock } from './work-mock.ts';

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The picture as it would leave, as the browser shows it: mean grey of an area in stored pixels. */
async function shownGrey(page: Page, area: Area): Promise<number> {
  const picture = page.getByRole('img', { name: /as it would leave/ });
  await decoded(picture);
  return picture.evaluate(
    (element, { left, top, width, height, columns: all }) => {
      const image = element as HTMLImageElement;
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      const scale = image.naturalWidth / all;
      const from = [left * scale, top * scale, width * scale, height * scale] as const;
      context?.drawImage(image, ...from, 0, 0, width, height);
      const data = [...(context?.getImageData(0, 0, width, height).data ?? [])];
      return data.reduce((sum, value, index) => (index % 4 === 0 ? sum + value : sum), 0) / (width * height);
    },
    { ...area, columns },
  );
}

/** Where a stored pixel lies on the screen, over the picture as received. */
async function onScreen(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const box = await page.locator('.stage').boundingBox();
  if (box === null) throw new Error('no stage');
  return { x: box.x + (x / columns) * box.width, y: box.y + (y / rows) * box.height };
}

async function drag(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const [a, b] = [await onScreen(page, ...from), await onScreen(page, ...to)];
  await page.mouse.move(a.x, a.y);
  await page.mouse.down();
  await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2);
  await page.mouse.move(b.x, b.y);
  await page.mouse.up();
}

async function openReview(t: Tap, mock: WorkMock, ...scopes: Parameters<WorkMock['token']>): Promise<Page> {
  const opened = await openPage(t, await openBrowser(t), { url: mock.url, height: 1400 });
  complaints = opened.complaints;
  await signIn(opened.page, mock.token(...scopes));
  await goTo(opened.page, `#/review/${heldId}`, 'Review');
  await opened.page.getByRole('img', { name: /as it would leave/ }).waitFor();
  return opened.page;
}
type Tap = Parameters<typeof openPage>[0];

/** Of the page opened last. */
let complaints: readonly string[] = [];

const boxesOf = (mock: WorkMock) => mock.instances.get(heldId)?.drawnBoxes;
const number = (page: Page, name: string) => page.getByRole('spinbutton', { name, exact: true });

t.test('a box drawn with the mouse blanks that place in the preview, and is released', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const page = await openReview(t, mock, 'read', 'operate', 'identify');
  const area = { left: 300, top: 200, width: 80, height: 60 };
  t.ok((await shownGrey(page, area)) > 30, 'the image is there');
  t.ok((await shownGrey(page, foundText)) < 5, 'what was found is blanked from the beginning');
  await drag(page, [300, 200], [380, 260]);
  await page.getByRole('button', { name: /^Box 3, Drawn by a person, all frames/ }).waitFor();
  await waitFor('the preview follows', async () => (await shownGrey(page, area)) < 5);
  // Within a pixel of the picture on the screen.
  for (const [name, wanted] of Object.entries(area)) {
    const value = Number(await number(page, `Box 3, ${name}`).inputValue());
    t.ok(Math.abs(value - wanted) <= 3, `${name} is ${value}`);
  }
  await drag(page, [340, 230], [440, 330]);
  await waitFor(
    'it was moved',
    async () => Math.abs(Number(await number(page, 'Box 3, left').inputValue()) - 400) < 4,
  );
  t.ok(Math.abs(Number(await number(page, 'Box 3, width').inputValue()) - 80) < 4, 'its size stayed');
  await page.getByRole('button', { name: 'Undo' }).click();
  t.ok(Math.abs(Number(await number(page, 'Box 3, left').inputValue()) - 300) < 4, 'one drag is one step');
  t.equal(mock.requests.filter(({ template }) => template.endsWith('/release')).length, 0);

  await page.getByRole('button', { name: 'Release with these 3 boxes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Release with these boxes?' });
  t.match(await dialog.textContent(), /3 boxes are blanked: 1 in all frames, 2 in the frames given/);
  await dialog.getByRole('button', { name: 'Release', exact: true }).click();
  await page.getByText('It is being processed again.').waitFor();
  t.equal(boxesOf(mock)?.length, 3);
  t.match(mock.requests.findLast(({ template }) => template.endsWith('/release'))?.body, {
    replaceFound: undefined,
  });
  t.same([...complaints, ...mock.faults], [], 'nothing complained: scripts, security policy, contract');
});

t.test('everything can be done by keyboard', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const page = await openReview(t, mock, 'read', 'operate', 'identify');
  const focused = (): Promise<string | null> =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
  await page.locator('.stage').focus();
  await page.keyboard.press('Tab');
  t.match(await focused(), /^Box 1, Found: Repeats an identifier/, 'Tab goes to the first box of the frame');
  await page.keyboard.press('n');
  await waitFor('the new box has the focus', async () => /^Box 3, Drawn/.test((await focused()) ?? ''));
  t.match(await focused(), /left 240, top 180, 160 wide, 120 high/, 'in the middle');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Control+ArrowDown');
  await page.keyboard.press('Shift+ArrowLeft');
  await waitFor('it moved', async () =>
    /left 241, top 190, 159 wide, 120 high/.test((await focused()) ?? ''),
  );
  await waitFor(
    'the preview follows',
    async () => (await shownGrey(page, { left: 250, top: 195, width: 100, height: 100 })) < 5,
  );
  await page.keyboard.press('Control+z');
  await waitFor('a step is taken back', async () => /160 wide/.test((await focused()) ?? ''));
  await page.keyboard.press('PageDown');
  await page.getByText('Frame 2 of 12').first().waitFor();
  await page.keyboard.press('Delete');
  await waitFor('the box is gone, the focus is on another', async () =>
    /^Box 1/.test((await focused()) ?? ''),
  );
  t.equal(await page.locator('.stage-box').count(), 1);

  await page.keyboard.press('Delete');
  const doubt = page.getByRole('dialog', { name: 'Leave this place as it is?' });
  await doubt.waitFor();
  t.match(await doubt.textContent(), /Repeats an identifier of the object/);
  await page.keyboard.press('Enter');
  t.equal(await page.locator('.stage-box').count(), 1, 'keeping it is the first answer');
  await number(page, 'Box 1, left').fill('5');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: /^Box 1, .*left 5, top 14/ }).waitFor();
  t.same([...complaints, ...mock.faults], [], 'nothing complained: scripts, security policy, contract');
});

t.test(
  'what was found and is left uncovered is asked about, and the answer of the gateway is resolved',
  async (t) => {
    if (!requirePeer(t, 'chromium')) return;
    const mock = await startWorkMock(t);
    const page = await openReview(t, mock, 'read', 'operate', 'identify');
    await page.getByRole('button', { name: 'Remove box 2' }).click();
    await page.getByRole('button', { name: 'Remove the box' }).click();
    await page.locator('.badge', { hasText: 'Would leave' }).waitFor();
    await page.getByRole('button', { name: 'Release with this box' }).click();
    const dialog = page.getByRole('dialog');
    t.match(await dialog.textContent(), /1 place where the gateway found text is not covered/);
    t.equal(
      await dialog.getByRole('button', { name: 'Release', exact: true }).getAttribute('aria-disabled'),
      'true',
    );
    await dialog.getByRole('button', { name: 'Go on drawing' }).click();
    await page.getByRole('button', { name: 'Take over place 2 as a box' }).click();
    await page.locator('.badge', { hasText: 'Would leave' }).waitFor({ state: 'detached' });

    // Meanwhile more was found than the page knows of: the gateway is the one who says no.
    mock.answer('POST', '/api/instances/{id}/release', ({ body }) => {
      if ((body as { replaceFound?: boolean }).replaceFound !== true)
        return problem(409, 'BOXES_INCOMPLETE', 'the boxes leave uncovered what was found as text');
      const held = heldInstance({ state: 'received', code: null, releasable: false });
      mock.instances.set(heldId, held);
      return { json: held };
    });
    await page.getByRole('button', { name: 'Release with these 2 boxes' }).click();
    const release = dialog.getByRole('button', { name: 'Release', exact: true });
    await release.click();
    await dialog.getByText('BOXES_INCOMPLETE').waitFor();
    await release.click({ force: true });
    t.equal(mock.instances.get(heldId)?.state, 'held', 'nothing is released before somebody says so');
    await dialog.getByRole('checkbox').check();
    await release.click();
    await page.getByText('It is being processed again.').waitFor();
    t.match(mock.requests.findLast(({ template }) => template.endsWith('/release'))?.body, {
      replaceFound: true,
    });
    t.same([...complaints, ...mock.faults], [], 'nothing complained: scripts, security policy, contract');
  },
);

t.test('a box is in all frames, in one, or in some', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const page = await openReview(t, mock, 'read', 'operate', 'identify');
  await page.getByLabel('New boxes in').selectOption('this');
  await page.getByRole('slider').fill('4');
  await page.getByRole('button', { name: 'New box' }).click();
  await page.getByRole('button', { name: /^Box 3, Drawn by a person, frame 4,/ }).waitFor();
  await number(page, 'Box 3, last frame').fill('9');
  await page.keyboard.press('Tab');
  await page.getByRole('slider').fill('9');
  await page.getByRole('button', { name: /^Box 3, .* frames 4 to 9,/ }).waitFor();
  await page.getByRole('slider').fill('10');
  await page.getByRole('button', { name: /^Box 3, / }).waitFor({ state: 'detached' });
  await page.getByRole('combobox', { name: 'Box 3, in which frames' }).selectOption('all');
  await page.getByRole('button', { name: /^Box 3, .* all frames,/ }).waitFor();
  t.same([...complaints, ...mock.faults], [], 'nothing complained: scripts, security policy, contract');
});

t.test('without the right identify nothing received is asked for, and the page says why', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const { page } = await openPage(t, await openBrowser(t), { url: mock.url });
  await signIn(page, mock.token('read', 'operate'));
  await goTo(page, `#/review/${heldId}`, 'Review');
  await page.getByText('You may not see this picture').waitFor();
  await page.getByText('There is no picture yet that could leave').waitFor();
  t.equal(await page.getByRole('alert').getByText(/./).count(), 0, 'that it is held is no failure');
  t.equal(await page.locator('.pane img').count(), 0);
  const asked = mock.requests.filter(({ template }) => /original|preview/.test(template));
  t.same(asked, []);
});

t.test('without the right operate nothing can be changed', async (t) => {
  if (!requirePeer(t, 'chromium')) return;
  const mock = await startWorkMock(t);
  const page = await openReview(t, mock, 'read', 'identify');
  t.equal(await page.getByRole('button', { name: 'New box' }).count(), 0);
  const release = page.getByRole('button', { name: /^Release with/ });
  t.equal(await release.getAttribute('aria-disabled'), 'true');
  await release.click({ force: true });
  t.equal(await page.getByRole('dialog').count(), 0);
  await drag(page, [300, 200], [380, 260]);
  t.equal(await page.locator('.stage-box').count(), 0);
  t.ok(await number(page, 'Box 1, left').isDisabled());
});

t.test(
  'discarding says that it cannot be undone, and asks first; then the next one is a step away',
  async (t) => {
    if (!requirePeer(t, 'chromium')) return;
    const mock = await startWorkMock(t);
    const page = await openReview(t, mock, 'read', 'operate', 'identify');
    await page.getByRole('button', { name: 'Release as it is' }).click();
    await page
      .getByRole('dialog')
      .getByText(/The 2 boxes on this page are not used/)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    const discard = page.getByRole('button', { name: 'Discard', exact: true });
    await discard.click();
    const dialog = page.getByRole('dialog', { name: 'Discard: 1 instance?' });
    t.match(await dialog.textContent(), /removed for good. Nobody can undo that/);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    t.equal(mock.instances.get(heldId)?.state, 'held');
    await discard.click();
    await dialog.getByRole('button', { name: 'Discard for good' }).click();
    await page.getByText('It is discarded; its bytes are removed.').waitFor();
    await page.getByRole('button', { name: /Next held instance/ }).click();
    await waitFor('the next one is shown', () => /#\/review\/c0ffee/.test(page.url()));
    t.same([...complaints, ...mock.faults], [], 'nothing complained: scripts, security policy, contract');
  },
);
