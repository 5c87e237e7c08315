import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { encodeDctJpeg } from '../../../src/synthetic/pixels/jpeg-dct.ts';
import { requirePeer } from '../../support/peers.ts';
import { run } from '../../support/run.ts';
import { draw, readPnm } from '../drawn.ts';
import { type Picture, part10Of, picture } from './pictures.ts';

/** Components of one colour everywhere; taken as RGB and as YCbCr they are far apart. */
const components = [150, 90, 200] as const;
const asRgb = components;
const asYcc = [251, 112, 83] as const;
const plain = picture({ samples: 3, columns: 32, rows: 32 });
const image: Picture = { ...plain, values: plain.values.map((_, i) => components[i % 3] ?? 0) };

const marks = ['none', 'JFIF', 'Adobe 0', 'Adobe 1', 'Adobe 2'] as const;
const identifiers = { '1 2 3': [1, 2, 3], 'R G B': [0x52, 0x47, 0x42], '0 1 2': [0, 1, 2] } as const;
type Mark = (typeof marks)[number];
type Identifiers = keyof typeof identifiers;
type Reading = 'RGB' | 'YBR';

function jpeg(mark: Mark, ids: Identifiers, subsampled: boolean): Uint8Array {
  const stream = Buffer.from(
    encodeDctJpeg(image.values, {
      columns: 32,
      rows: 32,
      precision: 8,
      mark:
        mark === 'none' ? 'none' : mark === 'JFIF' ? 'jfif' : mark === 'Adobe 0' ? 'adobe-rgb' : 'adobe-ycc',
      components: identifiers[ids].map((id, i) => ({
        id,
        horizontal: subsampled && i === 0 ? 2 : 1,
        vertical: subsampled && i === 0 ? 2 : 1,
      })),
    }),
  );
  if (mark === 'Adobe 2') stream[stream.indexOf('Adobe') + 11] = 2;
  return stream;
}

function readingOf(pixel: ArrayLike<number>): Reading | 'neither' {
  const near = (color: readonly number[]): boolean =>
    color.every((v, i) => Math.abs(v - (pixel[i] ?? 0)) <= 4);
  return near(asRgb) ? 'RGB' : near(asYcc) ? 'YBR' : 'neither';
}

/**
 * What is decided, and why. PS3.5 8.2.1: what the stream explicitly says is used, and attributes that contradict it are
 * suggestions. DCMTK and GDCM read the attribute alone, browsers, dcm4che and viewers on libjpeg the marks; the two
 * differ only where a file contradicts itself, and there the encoder, which wrote the marks, knew what it did.
 */
function decision(mark: Mark, ids: Identifiers, subsampled: boolean, described: Reading): Reading {
  if (mark === 'JFIF') return 'YBR'; // JFIF has no other colour space
  if (mark === 'Adobe 0') return 'RGB'; // "no transform"
  if (mark !== 'none') return 'YBR'; // 1: YCbCr; 2 is for four components, libjpeg takes it as 1
  if (ids === 'R G B') return 'RGB'; // a convention of encoders that write no marker
  if (subsampled) return 'YBR'; // nobody halves red and blue
  return described; // 1 2 3 is what everybody writes for anything
}

t.test('JPEG color is decided by marks in the stream, then by the header', async (t) => {
  for (const mark of marks) {
    for (const ids of Object.keys(identifiers) as Identifiers[]) {
      for (const subsampled of [false, true]) {
        for (const photometric of ['RGB', 'YBR_FULL', 'YBR_FULL_422']) {
          const described = photometric === 'RGB' ? 'RGB' : 'YBR';
          const file = part10Of(image, {
            syntax: '1.2.840.10008.1.2.4.50',
            photometric,
            fragment: jpeg(mark, ids, subsampled),
          });
          const [frame] = draw(readPart10(memorySource(file)));
          const name = `${mark}, ${ids}, ${subsampled ? '4:2:0' : '4:4:4'}, ${photometric}`;
          const at = 3 * (10 * 32 + 10);
          const found = readingOf(frame?.image.pixels.subarray(at, at + 3) ?? []);
          t.equal(found, decision(mark, ids, subsampled, described), name);
        }
      }
    }
  }
});

t.test('DCMTK and GDCM decide by the header, so a file that contradicts itself differs there', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm', 'gdcmconv')) return;
  const folder = t.testdir();
  const [file = '', raw = '', drawn = ''] = ['x.dcm', 'raw.dcm', 'x.ppm'].map((name) => join(folder, name));
  const pixel = async (path: string): Promise<string> => {
    rmSync(drawn, { force: true });
    await run('dcmj2pnm', [path, drawn]);
    if (!existsSync(drawn)) return 'refused';
    const at = 3 * (10 * 32 + 10);
    return readingOf(readPnm(drawn).pixels.subarray(at, at + 3));
  };
  const differing: string[] = [];
  for (const mark of marks) {
    for (const ids of Object.keys(identifiers) as Identifiers[]) {
      for (const photometric of ['RGB', 'YBR_FULL_422']) {
        const described = photometric === 'RGB' ? 'RGB' : 'YBR';
        const fragment = jpeg(mark, ids, false);
        writeFileSync(file, part10Of(image, { syntax: '1.2.840.10008.1.2.4.50', photometric, fragment }));
        const name = `${mark}, ${ids}, ${photometric}`;
        t.equal(await pixel(file), described, `dcmj2pnm: ${name}`);
        rmSync(raw, { force: true });
        await run('gdcmconv', ['--raw', file, raw]);
        const byGdcm = existsSync(raw) ? await pixel(raw) : 'refused';
        t.equal(byGdcm, mark === 'Adobe 2' ? 'refused' : described, `gdcm: ${name}`);
        if (decision(mark, ids, false, described) !== described) differing.push(name);
      }
    }
  }
  t.same(differing, [
    'none, R G B, YBR_FULL_422',
    ...['1 2 3', 'R G B', '0 1 2'].map((ids) => `JFIF, ${ids}, RGB`),
    ...['1 2 3', 'R G B', '0 1 2'].map((ids) => `Adobe 0, ${ids}, YBR_FULL_422`),
    ...['1 2 3', 'R G B', '0 1 2'].map((ids) => `Adobe 1, ${ids}, RGB`),
    ...['1 2 3', 'R G B', '0 1 2'].map((ids) => `Adobe 2, ${ids}, RGB`),
  ]);
});
