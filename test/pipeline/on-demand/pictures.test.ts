import { copyFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import t from 'tap';
import { basicProfile } from '../../../src/deidentify/profile.ts';
import { encodePart10 } from '../../../src/synthetic/dicom-writer.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { burnedInImages, columns, rows, textAreas } from '../../support/burned-in.ts';
import { corpusMissing, corpusPath } from '../../support/corpus.ts';
import { greyImage, withElements } from '../../support/instances.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { enhanced, slice } from '../images.ts';
import { openWork } from './open-work.ts';

/** Brightest grey in the areas of text of a picture in the stored size. */
async function brightest(picture: Uint8Array): Promise<number> {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
  let most = 0;
  for (const { left, top, width, height } of textAreas)
    for (let y = top; y < top + height; y += 1)
      for (let x = left; x < left + width; x += 1) most = Math.max(most, data[y * info.width + x] ?? 0);
  return most;
}

t.test('one frame as received and as it would leave, boxes of a person in place of a search', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const { work, folder, path, scratchFiles } = openWork(t);
  await burnedInImages(folder);
  const input = path('ultrasound.dcm');
  const before = await work.renderFrame({ input, frame: 2, side: 'original', format: 'png' });
  t.match(before, {
    contentType: 'image/png',
    ...{ frame: 2, frames: 3, columns, rows, width: columns, height: rows, scale: 1, pixelAspect: 1 },
  });
  t.ok((await brightest(before.data)) > 200, 'the text is there');
  t.strictSame(
    [...(await sharp(before.data).greyscale().raw().toBuffer())],
    await pydicom('print(json.dumps(dcmread(sys.argv[1]).pixel_array[1].ravel().tolist()))', input),
    'the pixels pydicom reads',
  );
  const after = await work.renderFrame({ input, frame: 2, side: 'deidentified', format: 'png' });
  t.ok((await brightest(after.data)) < 160);
  const drawnBoxes = [{ frame: 2, left: 0, top: 0, width: columns, height: rows }];
  const preview = { input, side: 'deidentified', format: 'png', drawnBoxes } as const;
  const covered = await work.renderFrame({ ...preview, frame: 2 });
  t.ok((await sharp(covered.data).stats()).channels.every(({ stdev }) => stdev === 0));
  const other = await work.renderFrame({ ...preview, frame: 3 });
  t.ok((await brightest(other.data)) > 200, 'a preview shows what the boxes leave');
  await t.rejects(work.renderFrame({ ...preview, frame: 4 }), {
    code: 'REQUEST_INVALID',
    message: /frame: 1 to 3/,
  });
  t.strictSame(scratchFiles(), []);
});

t.test('one search serves all frames of a file, and none of another', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const { work, folder, path } = openWork(t);
  await burnedInImages(folder);
  const input = path('ultrasound.dcm');
  const stepsOf = async (frame: number): Promise<number> => {
    let most = 0;
    const onProgress = ({ steps }: { readonly steps: number }): void => {
      most = Math.max(most, steps);
    };
    const picture = await work.renderFrame(
      { input, frame, side: 'deidentified', format: 'png' },
      { onProgress },
    );
    t.ok((await brightest(picture.data)) < 160, `frame ${frame}`);
    return most;
  };
  const first = await stepsOf(1);
  const second = await stepsOf(2);
  t.ok(second <= 1 && first > second, `${second} steps after ${first}`);
  const changed = Buffer.from(encodePart10({ elements: greyImage({ rows, columns }) }));
  writeFileSync(input, changed);
  await t.rejects(stepsOf(2), { code: 'REQUEST_INVALID' }, 'another file in its place');
});

t.test('what would be held is told by its code, and a release can be tried', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const { definition } = basicProfile;
  const profile = { ...definition, pixels: { ...definition.pixels, highRisk: 'hold' as const } };
  const { work, folder, path } = openWork(t, { profile });
  await burnedInImages(folder);
  const request = { input: path('capture.dcm'), side: 'deidentified', format: 'png' } as const;
  await t.rejects(work.renderFrame(request), { code: 'BURNED_IN_TEXT_RISK' });
  const releasedCodes = ['BURNED_IN_TEXT_RISK'];
  const asItIs = await work.renderFrame({ ...request, releasedCodes });
  t.ok((await brightest(asItIs.data)) > 200);
  const drawnBoxes = textAreas.map((area) => ({ frame: null, ...area }));
  const blanked = await work.renderFrame({ ...request, drawnBoxes });
  t.ok((await brightest(blanked.data)) < 160);
  const tooLarge = [{ frame: null, left: 0, top: 0, width: columns + 1, height: 1 }];
  await t.rejects(work.renderFrame({ ...request, drawnBoxes: tooLarge }), { code: 'PIXEL_REGION_INVALID' });
});

t.test('pictures are reduced, never enlarged, and keep the shape of stored pixels', async (t) => {
  const { work, put } = openWork(t);
  const tall = greyImage({ rows: 100, columns: 40 });
  const input = put(
    'a.dcm',
    encodePart10({ elements: withElements(tall, element(0x00280034, 'IS', ['2', '1'])) }),
  );
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    const picture = await work.renderFrame({ input, side: 'original', format, maxSide: 50 });
    t.match(picture, { width: 20, height: 50, columns: 40, rows: 100, scale: 0.5, pixelAspect: 2 }, format);
    t.match(await sharp(picture.data).metadata(), { format, width: 20, height: 50 });
    t.match(await work.renderFrame({ input, side: 'original', format }), { width: 40, height: 100 }, format);
  }
  const refused = { input, side: 'original' } as const;
  for (const wrong of [{ maxSide: 15 }, { maxSide: 8193 }, { frame: 0 }, { frame: 1.5 }, { quality: 101 }])
    await t.rejects(work.renderFrame({ ...refused, ...wrong }), { code: 'REQUEST_INVALID' });
});

t.test('pixels that cannot be drawn are told by their code', async (t) => {
  const { work, put } = openWork(t);
  const { elements } = slice('a', 1);
  const noPixels = elements.filter(({ tag }) => tag !== 0x7fe00010);
  const input = put('a.dcm', encodePart10({ elements: noPixels }));
  await t.rejects(work.renderFrame({ input, side: 'original' }), { code: 'NO_PIXEL_DATA' });
  const short = withElements(elements, element(0x7fe00010, 'OW', new Uint16Array(10)));
  const cut = put('b.dcm', encodePart10({ elements: short }));
  await t.rejects(work.renderFrame({ input: cut, side: 'original' }), { code: 'PIXEL_DATA_INVALID' });
});

t.test('pictures of the corpus are those of its own frames', { skip: corpusMissing }, async (t) => {
  const { work, path } = openWork(t);
  for (const name of [
    'cornerstone3D__CTImage_TS-1.2.840.10008.1.2.4.55.dcm',
    'dcm4che__OT-PAL-8-face',
    'cornerstone3D__CT0012.fragmented_no_bot_jpeg_baseline.51.dcm',
  ]) {
    copyFileSync(corpusPath(name), path('in.dcm'));
    const info = await work.frameInfo({ input: path('in.dcm') });
    const picture = await work.renderFrame({ input: path('in.dcm'), side: 'original', maxSide: 256 });
    t.equal(picture.columns, info.columns, name);
    t.equal(picture.frames, info.frames, name);
    t.ok(Math.max(picture.width, picture.height) <= 256);
    const { stdev } = (await sharp(picture.data).stats()).channels[0] ?? { stdev: 0 };
    t.ok(stdev > 1, 'something is to be seen');
  }
});

t.test('a report says what would be done, and writes nothing down', async (t) => {
  const { work, put, files } = openWork(t);
  const input = put('a.dcm', encodePart10(enhanced('a', 2)));
  const { report, html } = await work.reportOf({ input, html: true });
  t.match(report, {
    report: 'sallyport.deidentification',
    instances: { deidentified: 1, held: 0 },
    profiles: [{ profile: 'basic' }],
  });
  t.match(html, /^<!doctype html>/i);
  t.equal((await work.reportOf({ input })).html, null);
  t.strictSame(files(), ['a.dcm']);
  const held = put(
    'held.dcm',
    encodePart10({ elements: withElements(slice('a', 1).elements, element(0x00080016, 'UI', '1.2.3.4')) }),
  );
  t.match((await work.reportOf({ input: held })).report, { instances: { deidentified: 0, held: 1 } });
});

t.test('what was written down of a study is told, of all of it or one instance', async (t) => {
  const { work, put, path } = openWork(t);
  const input = put('a.dcm', encodePart10(slice('a', 1)));
  const outcome = await work.deidentifyFile({ input, output: path('out.dcm') });
  if (outcome.outcome !== 'deidentified' || outcome.report === null) return t.fail(outcome.outcome);
  const { study, line, shared } = outcome.report;
  put(`${study}.jsonl`, `${shared?.line}\n${line}\n`);
  const request = { folder: path('.'), study };
  t.match((await work.storedReport(request)).report, { studyInstanceUid: study, sopInstanceUid: null });
  const instance = outcome.sopInstanceUid;
  t.match((await work.storedReport({ ...request, instance })).report, { sopInstanceUid: instance });
  for (const wrong of [{ instance: '1.2' }, { study: '1.2' }, { study: '../etc/passwd' }])
    await t.rejects(work.storedReport({ ...request, ...wrong }), { code: 'INSTANCE_UNKNOWN' });
});
