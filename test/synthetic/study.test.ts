import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeCtSeries, writeLargeInstance } from '../../src/synthetic/bulk.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { syntheticIdentity } from '../../src/synthetic/identity.ts';
import { seededUid } from '../../src/synthetic/random.ts';
import { syntheticStudy, writeSyntheticStudy } from '../../src/synthetic/study.ts';
import { dciodvfyErrors, dcmdump } from '../support/dcmtk.ts';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';

t.test('the synthetic study is valid DICOM to dciodvfy and dcmdump', async (t) => {
  if (!requirePeer(t, 'dciodvfy', 'dcmdump')) return;
  const paths = await writeSyntheticStudy({ directory: t.testdir(), seed: 'valid', images: 2, size: 64 });
  t.equal(paths.length, 4);
  for (const path of paths) {
    t.same(await dciodvfyErrors(path), [], path.slice(-11));
    t.equal((await dcmdump(path, '-q')).exitCode, 0);
  }
});

t.test('the pixels look like something to pydicom', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const paths = await writeSyntheticStudy({ directory: t.testdir(), seed: 'pixels', images: 2, size: 64 });
  for (const path of paths) {
    const seen = await pydicom(
      `d = dcmread(sys.argv[1]); a = d.pixel_array
print(json.dumps([list(a.shape) == [d.Rows, d.Columns], int(a.max()) < 4096, float(a.std()) > 100, int(a[0,0]) < 100]))`,
      path,
    );
    t.same(seen, [true, true, true, true], path.slice(-11));
  }
});

t.test('the same seed gives the same bytes, another seed another patient and other UIDs', async (t) => {
  const bytes = (seed: string): Buffer =>
    Buffer.concat([...syntheticStudy({ seed, images: 1, size: 32 })].map((one) => encodePart10(one)));
  t.ok(bytes('a').equals(bytes('a')));
  t.notSame(syntheticIdentity('a'), syntheticIdentity('b'));
  t.not(seededUid('a', 'study'), seededUid('b', 'study'));
  t.match(seededUid('a', 'study'), /^2\.25\.[1-9]\d{1,38}$/);
});

t.test('every identifier of the invented person is in the instances, and none in a file name', async (t) => {
  const identity = syntheticIdentity('who');
  const [instance] = syntheticStudy({ seed: 'who', images: 1, size: 32 });
  t.ok(instance);
  if (instance === undefined) return;
  const text = Buffer.from(encodePart10(instance)).toString('latin1');
  for (const [name, value] of Object.entries(identity)) {
    t.ok(text.includes(value), name);
    t.notOk(instance.name.includes(value));
  }
});

t.test('a bulk series has as many distinct instances as asked for', async (t) => {
  if (!requirePeer(t, 'dciodvfy', 'pydicom')) return;
  const paths = await writeCtSeries({
    directory: join(t.testdir(), 'bulk'),
    count: 20,
    rows: 32,
    columns: 48,
  });
  t.equal(new Set(paths).size, 20);
  const seen = await pydicom(
    `ds = [dcmread(p) for p in sys.argv[1:]]
print(json.dumps([len({d.SOPInstanceUID for d in ds}), len({d.SeriesInstanceUID for d in ds}),
 all(d.file_meta.MediaStorageSOPInstanceUID == d.SOPInstanceUID for d in ds), ds[0].pixel_array.shape, [d.InstanceNumber for d in ds] == list(range(1, 21))]))`,
    ...paths,
  );
  t.same(seen, [20, 1, true, [32, 48], true]);
  t.same(await dciodvfyErrors(paths[19] ?? ''), []);
});

t.test('a large instance is a valid multi-frame object of the size asked for', async (t) => {
  if (!requirePeer(t, 'dciodvfy', 'dcmdump')) return;
  const path = join(t.testdir(), 'large.dcm');
  const frames = await writeLargeInstance({ path, pixelBytes: 3_000_000 });
  t.equal(frames, 6);
  t.ok(statSync(path).size > 3_000_000);
  t.equal(readFileSync(path).subarray(128, 132).toString(), 'DICM');
  t.same(await dciodvfyErrors(path), []);
  t.equal((await dcmdump(path, '-q')).exitCode, 0);
});
