import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { cli } from '../crash/gateway-child.ts';
import {
  burnedInImages,
  burnedInWords,
  columns,
  readByTesseract,
  rows,
  textAreas,
} from '../support/burned-in.ts';
import { storescu } from '../support/dcmtk.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { holdProfile } from '../support/hold-profile.ts';
import { greyImage } from '../support/instances.ts';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { run, waitFor } from '../support/run.ts';

/** Of the picture between the lines of text, as it was drawn. */
const anatomyMean = 56.08;

const sallyport = (...args: readonly string[]) => run(process.execPath, [cli, ...args]);

/** Brightest value inside each of the areas of text, of grey. */
async function brightest(path: string): Promise<number[]> {
  const { data, info } = await sharp(path).greyscale().raw().toBuffer({ resolveWithObject: true });
  if (info.width !== columns || info.height !== rows) throw new Error('another size');
  return textAreas.map(({ left, top, width, height }) => {
    let most = 0;
    for (let y = top; y < top + height; y++)
      for (let x = left; x < left + width; x++) most = Math.max(most, data[y * info.width + x] ?? 0);
    return most;
  });
}

async function jpegs(gateway: RunningGateway): Promise<string[]> {
  return (await gateway.images()).flatMap(({ jpegPaths }) => jpegPaths);
}

async function assertNoText(t: Test, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const read = await readByTesseract(path);
    for (const word of burnedInWords) t.notOk(read.includes(word), 'tesseract does not read it');
    // The background of the areas is black, and the anatomy within them at most 120.
    for (const value of await brightest(path)) t.ok(value < 160, `nothing bright is left: ${value}`);
  }
}

const peersThere = (t: Test): boolean => requirePeer(t, 'storescu', 'pydicom', 'tesseract');

t.test('text burned into the pixels does not reach the backend, and the pictures do', async (t) => {
  if (!peersThere(t)) return;
  const directory = t.testdir({ in: {} });
  const files = ['capture.dcm', 'ultrasound.dcm'].map((name) => join(directory, 'in', name));
  await burnedInImages(join(directory, 'in'));
  const gateway = await startGateway(t, { directory, args: ['--workers=1'] });
  t.match(await storescu({ port: gateway.dimsePort }, files), { exitCode: 0 });
  await gateway.settled();
  t.strictSame(
    (await gateway.records()).map(({ state, code, detail }) => ({ state, code, detail })),
    Array.from({ length: 2 }, () => ({ state: 'delivered', code: null, detail: null })),
  );
  const paths = await jpegs(gateway);
  t.equal(paths.length, 4, 'one capture, three frames');
  await assertNoText(t, paths);
  for (const path of paths) {
    const anatomy = await sharp(path)
      .greyscale()
      .extract({ left: 100, top: 60, width: 120, height: 100 })
      .raw()
      .toBuffer();
    const mean = anatomy.reduce((sum, value) => sum + value, 0) / anatomy.length;
    t.ok(Math.abs(mean - anatomyMean) < 1, `the anatomy is there: ${mean}`);
  }
});

t.test('offline the data set is blanked, says so, and shows it to a privacy officer', async (t) => {
  if (!peersThere(t)) return;
  const directory = t.testdir({ in: {} });
  const at = (...parts: string[]): string => join(directory, ...parts);
  await burnedInImages(at('in'));
  writeFileSync(at('secret'), 'a'.repeat(64));
  const result = await sallyport(
    ...['deidentify', at('in'), '--output', at('out'), '--manifest', at('manifest.jsonl'), '--workers', '1'],
    ...['--secret-file', at('secret'), '--compare', at('pictures'), '--reports', at('reports')],
  );
  t.equal(result.exitCode, 0, result.output);
  const lines = readFileSync(at('manifest.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  t.equal(lines.length, 2);
  for (const line of lines) {
    t.match(line, { status: 'deidentified', pixels: { mode: 'all', complete: true, changed: true } });
    const boxes = line.boxes as Record<string, unknown>[];
    t.ok(boxes.length >= 2);
    for (const box of boxes) t.match(box, { frame: Number, left: Number, width: Number, source: 'ocr' });
    const text = JSON.stringify({ ...line, input: '' });
    for (const word of burnedInWords) t.notOk(text.includes(word), 'a manifest says where, not what');
    const said = await pydicom(
      `d = dcmread(sys.argv[1])
print(json.dumps([d.BurnedInAnnotation, [c.CodeValue for c in d.DeidentificationMethodCodeSequence], int(d.get('NumberOfFrames', 1)), len(d.PixelData)]))`,
      String(line.output),
    );
    const frames = String(line.input).endsWith('ultrasound.dcm') ? 3 : 1;
    const length = rows * columns * 3;
    t.strictSame(said, ['NO', ['113100', '113101'], frames, length], 'three samples or three frames');
    const pictures = line.pictures as string[];
    t.strictSame([pictures.length, line.picturesLeftOut], [1, 0], 'the frames are alike');
    const picture = join(at('pictures'), pictures[0] ?? '');
    t.match(await sharp(picture).metadata(), { width: 2 * columns + 18, height: rows + 12, format: 'png' });
    const half = (left: number) => sharp(picture).extract({ left, top: 6, width: columns, height: rows });
    await half(6).toFile(at('before.png'));
    await half(columns + 12).toFile(at('after.png'));
    t.match(await readByTesseract(at('before.png')), burnedInWords[0], 'before');
    t.notMatch(await readByTesseract(at('after.png')), burnedInWords[0], 'after');
  }
  t.equal(statSync(at('pictures')).mode & 0o777, 0o700);
  const [study = ''] = readdirSync(at('reports'));
  t.match(JSON.parse(readFileSync(at('reports', study, 'report.json'), 'utf8')), {
    methodCodes: [{ code: '113100' }, { code: '113101', instances: 2 }],
    pixels: { treatments: [{ risk: 'high', treatment: 'all', complete: true, changed: true }] },
  });
  const verified = await sallyport('verify', at('in'), at('out'), '--manifest', at('manifest.jsonl'));
  t.match(verified, { exitCode: 0, output: /2 claim Clean Pixel Data/ });
});

t.test('an image likely to carry text is shown to a privacy officer also where none was found', async (t) => {
  const directory = t.testdir({ in: {} });
  const [rows, columns] = [200, 240];
  const capture = [
    ...greyImage({ rows, columns, sopClassUid: '1.2.840.10008.5.1.4.1.1.7' }).filter(
      ({ tag }) => tag !== 0x7fe00010,
    ),
    element(0x7fe00010, 'OB', new Uint8Array(rows * columns).fill(40)),
  ];
  writeFileSync(join(directory, 'in', 'a.dcm'), encodePart10({ elements: capture }));
  const result = await sallyport(
    ...['deidentify', join(directory, 'in'), '--output', join(directory, 'out'), '--workers', '1'],
    ...['--manifest', join(directory, 'manifest.jsonl'), '--compare', join(directory, 'pictures')],
  );
  t.equal(result.exitCode, 0, result.output);
  t.match(JSON.parse(readFileSync(join(directory, 'manifest.jsonl'), 'utf8')), {
    pixels: { complete: true, changed: false },
    boxes: [],
    pictures: [String],
  });
  t.equal(readdirSync(join(directory, 'pictures')).length, 1);
});

t.test('a held image is released over HTTP with boxes a person drew', async (t) => {
  if (!peersThere(t)) return;
  const directory = t.testdir({ in: {} });
  await burnedInImages(join(directory, 'in'));
  const tokenFile = join(directory, 'token');
  writeFileSync(tokenFile, 'a-token-for-this-test\n');
  const gateway = await startGateway(t, {
    directory,
    args: ['--workers=1', `--deidentify.profile=${holdProfile}`, `--http.apiTokenFile=${tokenFile}`],
  });
  const api = async (path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`http://127.0.0.1:${gateway.httpPort}/api/instances${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: 'Bearer a-token-for-this-test', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  await storescu({ port: gateway.dimsePort }, [join(directory, 'in', 'ultrasound.dcm')]);
  await gateway.settled();
  const list = (await api('?state=held')) as { instances: { id: string }[] };
  t.match(list, { instances: [{ state: 'held', code: 'BURNED_IN_TEXT_RISK', releasable: true }] });
  const id = list.instances[0]?.id ?? '';

  const pictures = join(directory, 'pictures');
  const storage = ['--storage', gateway.storageDir];
  t.match(await sallyport('show', id, '--compare', pictures, ...storage), { exitCode: 0 });
  t.strictSame(
    readdirSync(pictures),
    [1, 2, 3].map((frame) => `${id}-frame-0000${frame}.png`),
  );

  const [first] = textAreas;
  t.match(await api(`/${id}/release`, { boxes: [{ ...first, left: 300 }] }), {
    status: 400,
    code: 'BOXES_INVALID',
    detail: 'box 1: outside the image',
  });
  t.match(await api(`/${id}/release`, { boxes: [{ ...first, frame: 4 }] }), { detail: /outside the frames/ });
  t.match(await api(`/${id}/release`, { boxes: [first] }), { state: 'received' });
  await waitFor('it is delivered', async () => (await gateway.records(['delivered'])).length === 1);
  const paths = await jpegs(gateway);
  t.equal(paths.length, 3, 'all frames');
  for (const path of paths) {
    const [drawn = 255, other = 0] = await brightest(path);
    t.ok(drawn < 160, 'what the person drew is gone');
    t.ok(other > 200, 'what the person left stayed');
  }
});

t.test('the same image gives the same posts, whatever kills the gateway meanwhile', async (t) => {
  if (!peersThere(t)) return;
  const { Scene } = await import('../crash/scene.ts');
  const { portOf } = await import('../crash/gateway-child.ts');
  const scene = await Scene.open(t, { args: ['--deidentify.profile=basic', '--workers=1'] });
  const folder = t.testdir({ in: {} });
  mkdirSync(join(folder, 'in'), { recursive: true });
  await burnedInImages(join(folder, 'in'));
  const files = ['capture.dcm', 'ultrasound.dcm'].map((name) => join(folder, 'in', name));
  const settled = async (): Promise<boolean> => {
    const states = (await scene.records()).map(({ state }) => state);
    return states.length === 2 && states.every((state) => state === 'delivered');
  };
  for (const point of ['prepare.done', 'post.sent', 'post.accepted'] as const) {
    const child = scene.start({ fault: { point, pass: 1 } });
    const ports = await child.ports;
    // After the first kill the instances are in the spool already; sent again, they are duplicates.
    if (ports !== undefined) await storescu({ port: ports.dimse }, files);
    t.match(await child.ended, { signal: 'SIGKILL' }, point);
  }
  const child = scene.start();
  await portOf(child);
  await waitFor('both are delivered', settled, child);
  child.kill('SIGTERM');
  await child.ended;
  t.strictSame(
    [...scene.recorder.bodies].filter(([, bodies]) => bodies.size > 1),
    [],
    'one key, one body',
  );
  t.strictSame(
    [...scene.recorder.keysOfImage].filter(([, keys]) => keys.size > 1),
    [],
    'one image, one key',
  );
  t.equal(scene.stored.size, 4);
});
