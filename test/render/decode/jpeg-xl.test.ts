import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SallyportError } from '../../../src/core/errors.ts';
import { requirePeer } from '../../support/peers.ts';
import {
  decodeBytes,
  largestDifference,
  type Picture,
  part10Of,
  picture,
  pnmOf,
  runTool,
  storedValues,
  valuesOf,
} from './pictures.ts';

const lossless = '1.2.840.10008.1.2.4.110';

/** cjxl reads PNM as whole cells: the samples are spread over 8 or 16 bits, and the depth is told beside. */
function cjxl(t: Test, of: Picture, ...options: string[]): Buffer {
  const folder = t.testdir();
  const cell = of.bits <= 8 ? 8 : 16;
  const scale = (2 ** cell - 1) / (2 ** of.bits - 1);
  const path = join(folder, `in.p${of.samples === 1 ? 'g' : 'p'}m`);
  pnmOf({ ...of, bits: cell, values: of.values.map((value) => Math.round(value * scale)) }, path);
  const out = join(folder, 'out.jxl');
  runTool('cjxl', path, out, `--override_bitdepth=${of.bits}`, '--num_threads=0', ...options);
  return readFileSync(out);
}

function ours(of: Picture, fragment: Uint8Array): number[] {
  return storedValues(decodeBytes(part10Of(of, { syntax: lossless, fragment })), of.bits);
}

t.test('lossless JPEG XL is exact for every depth', async (t) => {
  if (!requirePeer(t, 'djxl')) return;
  for (const bits of [1, 4, 5, 8, 9, 10, 12, 14, 16]) {
    for (const samples of [1, 3] as const) {
      const of = picture({ bits, samples });
      const stream = cjxl(t, of, '-d', '0', '-e', '3');
      t.equal(largestDifference(ours(of, stream), valuesOf(of)), 0, `${samples} of ${bits} bits`);
    }
  }
  const of = picture({ bits: 12, columns: 64, rows: 64 });
  const sizes = ours(of, cjxl(t, of, '-d', '0', '-e', '3'));
  t.equal(largestDifference(sizes, valuesOf(of)), 0, 'the short form of sizes');
  const boxed = ours(of, cjxl(t, of, '-d', '0', '-e', '3', '--container=1'));
  t.equal(largestDifference(boxed, valuesOf(of)), 0, 'in a container');
});

t.test('lossy JPEG XL gives the samples djxl finds', async (t) => {
  if (!requirePeer(t, 'djxl')) return;
  for (const samples of [1, 3] as const) {
    const of = picture({ samples, columns: 160, rows: 120 });
    const stream = cjxl(t, of, '-d', '1');
    const folder = t.testdir();
    writeFileSync(join(folder, 'x.jxl'), stream);
    const out = join(folder, `x.p${samples === 1 ? 'g' : 'p'}m`);
    runTool('djxl', join(folder, 'x.jxl'), out, '--num_threads=0');
    const theirs = [...readFileSync(out).subarray(-of.values.length)];
    t.ok(largestDifference(ours(of, stream), theirs) <= 1, `${samples} samples`);
  }
});

t.test('a recompressed JPEG gives the samples of the JPEG', async (t) => {
  if (!requirePeer(t, 'djxl', 'djpeg')) return;
  const sharp = picture({ samples: 3, columns: 64, rows: 48 });
  // Of moderate contrast: libjxl keeps fractions and values beyond the range where libjpeg rounds and clips.
  const of = { ...sharp, values: sharp.values.map((value) => 96 + value / 4) };
  const folder = t.testdir();
  const [ppm = '', jpeg = '', jxl = '', back = ''] = ['a.ppm', 'a.jpg', 'a.jxl', 'b.ppm'].map((name) =>
    join(folder, name),
  );
  pnmOf(of, ppm);
  runTool('cjpeg', '-quality', '90', '-sample', '1x1', '-outfile', jpeg, ppm);
  runTool('cjxl', jpeg, jxl);
  runTool('djpeg', '-ppm', '-outfile', back, jpeg);
  const theirs = [...readFileSync(back).subarray(-of.values.length)];
  const found = ours(of, readFileSync(jxl));
  const mean = found.reduce((sum, value, i) => sum + Math.abs(value - (theirs[i] ?? 0)), 0) / found.length;
  t.ok(mean < 1, `near those of libjpeg: mean difference ${mean.toFixed(2)}`);
  runTool('djxl', jxl, back, '--num_threads=0');
  t.ok(largestDifference(found, [...readFileSync(back).subarray(-of.values.length)]) <= 1, 'those of djxl');
});

t.test('streams that are more than one image of grey or color are held', async (t) => {
  if (!requirePeer(t, 'djxl')) return;
  const of = picture();
  const code = (fragment: Uint8Array): string => {
    try {
      ours(of, fragment);
      return 'decoded';
    } catch (error) {
      return error instanceof SallyportError ? error.code : String(error);
    }
  };
  const folder = t.testdir();
  const pam = join(folder, 'a.pam');
  const rgba = Buffer.alloc(37 * 29 * 4, 100);
  writeFileSync(
    pam,
    Buffer.concat([
      Buffer.from('P7\nWIDTH 37\nHEIGHT 29\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n'),
      rgba,
    ]),
  );
  runTool('cjxl', pam, join(folder, 'a.jxl'), '-d', '0', '-e', '3');
  t.equal(code(readFileSync(join(folder, 'a.jxl'))), 'PIXEL_FORMAT_UNSUPPORTED', 'alpha');
  const stream = cjxl(t, of, '-d', '0', '-e', '3');
  t.equal(code(stream.subarray(0, stream.length - 40)), 'PIXEL_DATA_INVALID', 'cut short');
  t.equal(code(stream.subarray(0, 4)), 'PIXEL_DATA_INVALID', 'no whole header');
  const other = cjxl(t, picture({ samples: 3 }), '-d', '0', '-e', '3');
  t.equal(code(other), 'PIXEL_DATA_INVALID', 'three components where one is described');
});
