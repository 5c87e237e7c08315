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

const jpeg2000 = '1.2.840.10008.1.2.4.90';
const htj2k = '1.2.840.10008.1.2.4.201';

/** The picture as a code stream (or JP2 file) of opj_compress. */
function opj(t: Test, of: Picture, suffix: 'j2k' | 'jp2', ...options: string[]): Buffer {
  const folder = t.testdir();
  const out = join(folder, `encoded.${suffix}`);
  if (!of.signed) {
    const path = join(folder, `in.p${of.samples === 1 ? 'g' : 'p'}m`);
    pnmOf(of, path);
    runTool('opj_compress', '-i', path, '-o', out, ...options);
    return readFileSync(out);
  }
  const raw = join(folder, 'in.rawl');
  writeFileSync(raw, new Uint8Array(of.values.buffer));
  const shape = `${of.columns},${of.rows},1,${of.bits},s`;
  runTool('opj_compress', '-i', raw, '-F', shape, '-o', out, ...options);
  return readFileSync(out);
}

function ours(of: Picture, fragment: Uint8Array, syntax = jpeg2000, photometric?: string): number[] {
  const options = photometric === undefined ? { syntax, fragment } : { syntax, fragment, photometric };
  return storedValues(decodeBytes(part10Of(of, options)), of.bits);
}

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'decoded';
  } catch (error) {
    return error instanceof SallyportError ? error.code : String(error);
  }
};

t.test('lossless JPEG 2000 is exact for every depth and sign', async (t) => {
  if (!requirePeer(t, 'opj_decompress')) return;
  for (const bits of [1, 2, 4, 7, 8, 9, 10, 12, 14, 15, 16]) {
    for (const signed of [false, true]) {
      // opj_compress takes few depths from raw files, and only these have signs.
      if (signed && bits % 4 !== 0) continue;
      const of = picture({ bits, signed });
      const stream = opj(t, of, 'j2k', '-n', '3');
      t.equal(
        largestDifference(ours(of, stream), valuesOf(of)),
        0,
        `${bits} bits${signed ? ', signed' : ''}`,
      );
    }
  }
});

t.test('every shape of a JPEG 2000 code stream is understood', async (t) => {
  if (!requirePeer(t, 'opj_decompress')) return;
  const shapes: readonly (readonly [string, ...string[]])[] = [
    ['odd tiles', '-t', '13,11'],
    ['tiles and offsets', '-t', '16,16', '-d', '5,3', '-T', '2,1'],
    ['an image offset', '-d', '7,9'],
    ['layers', '-r', '20,10,1'],
    ['SOP and EPH', '-SOP', '-EPH'],
    ['PLT and TLM', '-PLT', '-TLM'],
    ['RPCL and tile-parts', '-p', 'RPCL', '-TP', 'R', '-t', '16,16'],
    ['PCRL', '-p', 'PCRL'],
    ['CPRL', '-p', 'CPRL'],
    ['precincts', '-c', '[16,16],[16,16]'],
    ['small code blocks', '-b', '4,4'],
    ['bypass, reset, restart, vertical, segmentation', '-M', '63'],
    ['a region of interest', '-ROI', 'c=0,U=8'],
    ['a reference grid twice as fine', '-s', '2,2'],
  ];
  for (const [name, ...options] of shapes) {
    for (const samples of [1, 3] as const) {
      const of = picture({ samples, bits: samples === 1 ? 12 : 8 });
      const stream = opj(t, of, 'j2k', '-n', '3', ...options);
      t.equal(largestDifference(ours(of, stream), valuesOf(of)), 0, `${name}, ${samples}`);
    }
  }
  const of = picture({ bits: 12 });
  t.equal(largestDifference(ours(of, opj(t, of, 'jp2', '-n', '3')), valuesOf(of)), 0, 'a JP2 file');
  const color = picture({ samples: 3 });
  for (const photometric of ['RGB', 'YBR_RCT']) {
    const with0 = ours(color, opj(t, color, 'j2k', '-n', '3', '-mct', '0'), jpeg2000, photometric);
    t.equal(largestDifference(with0, valuesOf(color)), 0, `no component transformation, ${photometric}`);
  }
});

t.test('lossy JPEG 2000 gives the samples opj_decompress finds', async (t) => {
  if (!requirePeer(t, 'opj_decompress')) return;
  for (const image of [picture({ bits: 12 }), picture({ samples: 3 }), picture({ bits: 16, signed: true })]) {
    const stream = opj(t, image, 'j2k', '-n', '3', '-I', '-r', '6');
    const folder = t.testdir();
    writeFileSync(join(folder, 'x.j2k'), stream);
    runTool('opj_decompress', '-i', join(folder, 'x.j2k'), '-o', join(folder, 'x.rawl'));
    const planes = storedValues(readFileSync(join(folder, 'x.rawl')), image.bits);
    const count = image.columns * image.rows;
    const theirs = planes.map(
      (_, i) => planes[(i % image.samples) * count + Math.floor(i / image.samples)] ?? 0,
    );
    t.equal(largestDifference(ours(image, stream), theirs), 0, `${image.samples} of ${image.bits} bits`);
  }
});

t.test('HTJ2K is exact for every depth', async (t) => {
  if (!requirePeer(t, 'ojph_expand')) return;
  for (const bits of [8, 10, 12, 16]) {
    for (const samples of [1, 3] as const) {
      const of = picture({ bits, samples });
      const folder = t.testdir();
      const path = join(folder, `in.p${samples === 1 ? 'g' : 'p'}m`);
      pnmOf(of, path);
      for (const [name, ...options] of [
        ['plain'],
        ['RPCL', '-prog_order', 'RPCL'],
        ['tiles', '-tile_size', '{16,16}'],
      ] as const) {
        runTool('ojph_compress', '-i', path, '-o', join(folder, 'x.j2c'), '-reversible', 'true', ...options);
        const found = ours(of, readFileSync(join(folder, 'x.j2c')), htj2k);
        t.equal(largestDifference(found, valuesOf(of)), 0, `${samples} of ${bits} bits, ${name}`);
      }
    }
  }
});

t.test('what the decoder would give wrong or not at all is held', async (t) => {
  if (!requirePeer(t, 'opj_decompress')) return;
  const deep = picture({ samples: 3, bits: 12 });
  t.equal(
    codeOf(() => ours(deep, opj(t, deep, 'j2k', '-n', '3'))),
    'PIXEL_FORMAT_UNSUPPORTED',
    'deep color',
  );
  const of = picture();
  const stream = opj(t, of, 'j2k', '-n', '3');
  const changed = (at: number, value: number): Buffer => {
    const copy = Buffer.from(stream);
    copy[at] = value;
    return copy;
  };
  t.equal(
    codeOf(() => ours(of, changed(6, 0x80))),
    'PIXEL_FORMAT_UNSUPPORTED',
    'Part 2',
  );
  t.equal(
    codeOf(() => ours(of, changed(42, 19))),
    'PIXEL_FORMAT_UNSUPPORTED',
    '20 bits',
  );
  t.equal(
    codeOf(() => ours(of, changed(11, 200))),
    'PIXEL_DATA_INVALID',
    'another width',
  );
  t.equal(
    codeOf(() => ours(of, changed(8, 0x7f))),
    'PIXEL_DATA_INVALID',
    'an absurd width',
  );
});
