import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import t from 'tap';
import { TokenStore } from '../../src/http/security/token-store.ts';
import { openForOperations } from '../../src/spool/operations.ts';
import { burnedInImages, columns, rows, textAreas } from '../support/burned-in.ts';
import { storescu } from '../support/dcmtk.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { holdProfile } from '../support/hold-profile.ts';
import { requirePeer } from '../support/peers.ts';
import { waitFor } from '../support/run.ts';
import { goTo, openBrowser, openPage, signIn, takePicture } from './browser.ts';
import { builtDashboard } from './built-dashboard.ts';
import { decoded } from './decoded.ts';

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const [firstText, secondText] = textAreas;
/** Of the fan, where no text is. */
const anatomy: Area = { left: 120, top: 60, width: 80, height: 60 };
const untouched: Area = { left: 120, top: 126, width: 80, height: 40 };

/** Darkest to brightest within an area of a picture; an area that was blanked is filled with one value. */
async function spread(picture: string | Buffer, { left, top, width, height }: Area): Promise<number> {
  // JPEG and scaling let a little in over the edge.
  const inside = { left: left + 4, top: top + 4, width: width - 8, height: height - 8 };
  const grey = await sharp(picture).extract(inside).greyscale().raw().toBuffer();
  return Math.max(...grey) - Math.min(...grey);
}

/** The picture as it would leave, as the browser got it, in stored pixels. */
async function shown(page: Page): Promise<Buffer> {
  const picture = page.getByRole('img', { name: /as it would leave/ });
  await decoded(picture);
  const data = await picture.evaluate((element) => {
    const image = element as HTMLImageElement;
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  });
  return sharp(Buffer.from(data, 'base64')).resize(columns, rows, { fit: 'fill' }).png().toBuffer();
}

/** Writes down of a held instance that text was found there, and once more than can be listed. */
async function findText(gateway: RunningGateway, id: string, area: Area): Promise<void> {
  const opened = await openForOperations(gateway.storageDir);
  const box = { ...area, frame: 1, frames: 3, source: 'ocr', reason: 'identifier' } as const;
  await opened.ledger.apply([{ id, from: ['held'], set: { foundBoxes: { boxes: [box], leftOut: 1 } } }]);
  await opened.close();
}

t.test(
  'a privacy officer finds a held cine, blanks text by mouse and by keys, releases it, and it arrives so',
  async (t) => {
    if (!requirePeer(t, 'chromium', 'storescu', 'pydicom')) return;
    await builtDashboard();
    const directory = t.testdir({ in: {} });
    await burnedInImages(join(directory, 'in'));
    const gateway = await startGateway(t, {
      directory,
      args: ['--workers=1', `--deidentify.profile=${holdProfile}`],
    });
    const sent = await storescu({ port: gateway.dimsePort, callingAeTitle: 'US_ROOM_3' }, [
      join(directory, 'in', 'ultrasound.dcm'),
    ]);
    t.equal(sent.exitCode, 0);
    await gateway.settled();
    const [record] = await gateway.records(['held']);
    t.equal(record?.code, 'BURNED_IN_TEXT_RISK');
    await findText(gateway, record?.id ?? '', firstText);

    const { text } = new TokenStore(gateway.storageDir).create({
      name: 'Rosa Berg',
      scopes: ['read', 'operate', 'identify'],
    });
    const url = `http://127.0.0.1:${gateway.httpPort}/`;
    const { page, complaints } = await openPage(t, await openBrowser(t), { url, height: 1300 });
    await signIn(page, text);
    await goTo(page, '#/review', 'Review');
    await page.getByRole('link', { name: 'Begin with the oldest' }).click();
    const leaving = page.getByRole('img', { name: /as it would leave/ });
    await leaving.waitFor();
    await waitFor('the found text is blanked', async () => (await spread(await shown(page), firstText)) < 60);
    t.ok((await spread(await shown(page), secondText)) > 100, 'the other text is there yet');
    t.ok((await spread(await shown(page), anatomy)) > 30);

    // By mouse, over the anatomy.
    const stage = await page.locator('.stage').boundingBox();
    const at = (x: number, y: number): [number, number] => [
      (stage?.x ?? 0) + (x / columns) * (stage?.width ?? 0),
      (stage?.y ?? 0) + (y / rows) * (stage?.height ?? 0),
    ];
    await page.mouse.move(...at(anatomy.left - 1, anatomy.top - 1));
    await page.mouse.down();
    await page.mouse.move(...at(anatomy.left + 20, anatomy.top + 20));
    await page.mouse.move(...at(anatomy.left + anatomy.width + 1, anatomy.top + anatomy.height + 1));
    await page.mouse.up();
    await waitFor('the preview follows', async () => (await spread(await shown(page), anatomy)) < 15);

    // By keys: a box in the middle, put over the second line of text by its numbers.
    await page.keyboard.press('n');
    await page.getByRole('button', { name: /^Box 3, Drawn/ }).waitFor();
    for (const name of ['left', 'top', 'width', 'height'] as const) {
      await page
        .getByRole('spinbutton', { name: `Box 3, ${name}`, exact: true })
        .fill(String(secondText[name]));
      await page.keyboard.press('Tab');
    }
    await waitFor('the preview follows', async () => (await spread(await shown(page), secondText)) < 15);
    t.ok((await spread(await shown(page), untouched)) > 30, 'the rest of the image is there');
    await takePicture(t, page, 'gateway-review');
    t.equal((await gateway.images()).length, 0, 'nothing has left');

    await page.getByRole('button', { name: 'Release with these 3 boxes' }).click();
    const dialog = page.getByRole('dialog');
    const release = dialog.getByRole('button', { name: 'Release', exact: true });
    t.match(await dialog.textContent(), /1 more place was found than this page can list/);
    await release.click({ force: true });
    t.equal((await gateway.records(['held'])).length, 1, 'not before somebody says so');
    await dialog.getByRole('checkbox').check();
    await release.click();
    await dialog.waitFor({ state: 'detached' });
    await gateway.settled();
    await page.getByText('It is delivered.').waitFor();
    const images = await gateway.images();
    t.equal(images.length, 1);
    const paths = images.flatMap(({ jpegPaths }) => jpegPaths);
    t.equal(paths.length, 3);
    for (const path of paths) {
      for (const area of [firstText, secondText, anatomy])
        t.ok((await spread(path, area)) < 15, 'the place is blanked in what arrived');
      t.ok((await spread(path, untouched)) > 30, 'the rest of the image arrived');
    }
    const [delivered] = await gateway.records(['delivered']);
    await goTo(page, `#/studies/${delivered?.studyPseudonym ?? ''}`, 'Study');
    await page.getByText('all 1 delivered').waitFor();
    await page.getByText('PatientName').first().waitFor();
    await takePicture(t, page, 'gateway-study');
    t.same(complaints, [], 'neither scripts nor the security policy of the gateway complained');
  },
);

t.test('a held instance is discarded by the page, and its bytes are gone', async (t) => {
  if (!requirePeer(t, 'chromium', 'storescu', 'pydicom')) return;
  await builtDashboard();
  const directory = t.testdir({ in: {} });
  await burnedInImages(join(directory, 'in'));
  const gateway = await startGateway(t, {
    directory,
    args: ['--workers=1', `--deidentify.profile=${holdProfile}`],
  });
  await storescu({ port: gateway.dimsePort }, [join(directory, 'in', 'capture.dcm')]);
  await gateway.settled();
  const [record] = await gateway.records(['held']);
  const tokens = new TokenStore(gateway.storageDir);
  const url = `http://127.0.0.1:${gateway.httpPort}/`;
  const browser = await openBrowser(t);

  const { text: onlyRead } = tokens.create({ name: 'Reader', scopes: ['read'] });
  const reader = await openPage(t, browser, { url });
  await signIn(reader.page, onlyRead);
  await goTo(reader.page, `#/review/${record?.id ?? ''}`, 'Review');
  await reader.page.getByText('You may not see this picture').waitFor();
  await reader.page.getByText('needs the right operate').first().waitFor();
  t.equal(await reader.page.locator('.pane img').count(), 0, 'no picture without a right');

  const { text } = tokens.create({ name: 'Rosa Berg', scopes: ['read', 'operate'] });
  const { page, complaints } = await openPage(t, browser, { url });
  await signIn(page, text);
  await goTo(page, '#/instances', 'Instances');
  await page.getByRole('checkbox', { name: /^Choose instance/ }).check();
  await page.getByRole('button', { name: 'Discard chosen' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard for good' }).click();
  await page.getByText('1 instance is discarded.').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByText('Nothing waits for a person.').waitFor();
  t.equal((await gateway.records(['discarded'])).length, 1);
  await goTo(page, `#/instances/${record?.id ?? ''}`, /^Instance/);
  await page.getByText('Its bytes are no longer here').waitFor();
  await goTo(page, '#/api', 'API reference');
  await page.getByText('/api/instances/{id}/discard').first().waitFor();
  await goTo(page, '#/profiles', 'Profiles');
  await page.getByRole('link', { name: 'hold', exact: true }).click();
  await page.getByLabel('Search attributes').fill('0010,0010');
  await page.getByText('1 attribute fits').waitFor();
  t.same(complaints, []);
});
