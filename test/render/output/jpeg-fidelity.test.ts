import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeJpeg } from '../../../src/render/output/sharp.ts';
import { requirePeer } from '../../support/peers.ts';
import { pydicom } from '../../support/pydicom.ts';
import { picture } from './pictures.ts';

interface Job {
  readonly what: string;
  /** Raw 8-bit samples and a JPEG of them. */
  readonly raw: string;
  readonly jpeg: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

const prelude = `
import numpy, io, math
from PIL import Image
jobs = json.load(open(sys.argv[1]))
def load(job):
    shape = (job['height'], job['width']) + ((3,) if job['channels'] == 3 else ())
    return numpy.fromfile(job['raw'], dtype='uint8').reshape(shape)
`;

const compared = `${prelude}
def psnr(file, image):
    decoded = numpy.asarray(Image.open(file)).astype(float)
    assert decoded.shape == image.shape, decoded.shape
    error = ((decoded - image) ** 2).mean()
    return 99 if error == 0 else 10 * math.log10(255 ** 2 / error)
results = []
for job in jobs:
    image = load(job)
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, 'JPEG', quality=job['quality'], subsampling=0)
    tables = Image.open(buffer).quantization == Image.open(job['jpeg']).quantization
    results.append({'theirs': psnr(buffer, image), 'ours': psnr(job['jpeg'], image), 'tables': tables})
print(json.dumps(results))
`;

t.test('a JPEG is as close to the image as libjpeg-turbo makes it at the same quality', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const dir = t.testdir();
  const jobs: (Job & { quality: number })[] = [];
  for (const channels of [1, 3] as const) {
    const image = picture(259, 187, channels);
    const raw = join(dir, `raw-${channels}`);
    writeFileSync(raw, image.pixels);
    for (const quality of [1, 30, 50, 75, 90, 95, 100]) {
      const jpeg = join(dir, `${channels}-${quality}.jpg`);
      writeFileSync(jpeg, await encodeJpeg(image, quality));
      const what = `${channels} components, quality ${quality}`;
      jobs.push({ what, raw, jpeg, width: 259, height: 187, channels, quality });
    }
  }
  writeFileSync(join(dir, 'jobs'), JSON.stringify(jobs));
  const results = (await pydicom(compared, join(dir, 'jobs'))) as {
    theirs: number;
    ours: number;
    tables: boolean;
  }[];
  t.equal(results.length, jobs.length);
  for (const [index, { ours, theirs, tables }] of results.entries()) {
    const measured = `${ours.toFixed(2)} dB, libjpeg-turbo ${theirs.toFixed(2)} dB`;
    t.ok(ours > theirs - 1, `${jobs[index]?.what}: ${measured}`);
    t.ok(tables, 'the quantisation tables are the same');
  }
});

const resized = `${prelude}
results = []
for job in jobs:
    image = Image.fromarray(load(job))
    theirs = numpy.asarray(image.resize(job['size'], Image.Resampling.LANCZOS)).astype(float)
    ours = numpy.asarray(Image.open(job['jpeg'])).astype(float)
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    results.append({'mean': abs(ours - theirs).mean(), 'most': abs(ours - theirs).max()})
print(json.dumps(results))
`;

t.test('a reduced image is what Pillow makes of it by the same kernel', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const dir = t.testdir();
  const jobs: (Job & { size: readonly [number, number] })[] = [];
  for (const channels of [1, 3] as const) {
    const image = picture(301, 199, channels);
    const raw = join(dir, `raw-${channels}`);
    writeFileSync(raw, image.pixels);
    for (const size of [
      [150, 99],
      [100, 66],
      [64, 42],
      [301, 100],
    ] as const) {
      const jpeg = join(dir, `${channels}-${size.join('-')}.jpg`);
      writeFileSync(jpeg, await encodeJpeg(image, 100, { width: size[0], height: size[1] }));
      const what = `${channels} components to ${size.join(' x ')}`;
      jobs.push({ what, raw, jpeg, width: 301, height: 199, channels, size });
    }
  }
  writeFileSync(join(dir, 'jobs'), JSON.stringify(jobs));
  const results = (await pydicom(resized, join(dir, 'jobs'))) as { mean: number; most: number }[];
  t.equal(results.length, jobs.length);
  for (const [index, { mean, most }] of results.entries())
    t.ok(mean < 1.5 && most < 25, `${jobs[index]?.what}: mean ${mean.toFixed(2)}, most ${most}`);
});
