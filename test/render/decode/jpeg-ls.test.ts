import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { requirePeer } from '../../support/peers.ts';
import {
  decodeBytes,
  decodeFile,
  firstFragment,
  largestDifference,
  type Picture,
  part10Of,
  picture,
  runTool,
  storedValues,
  valuesOf,
} from './pictures.ts';

const lossless = '1.2.840.10008.1.2.4.80';

/** Path of the picture encoded by dcmcjpls. */
function encoded(t: Test, of: Picture, ...options: string[]): string {
  const folder = t.testdir();
  const native = join(folder, 'native.dcm');
  const path = join(folder, 'encoded.dcm');
  writeFileSync(native, part10Of(of));
  runTool('dcmcjpls', ...options, native, path);
  return path;
}

t.test('lossless JPEG-LS is exact for every depth, sign and interleaving', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  for (const bits of [2, 5, 8, 9, 10, 12, 13, 15, 16]) {
    const of = picture({ bits });
    t.equal(
      largestDifference(storedValues(decodeFile(encoded(t, of)), bits), valuesOf(of)),
      0,
      `${bits} bits`,
    );
  }
  const signed = picture({ bits: 16, signed: true });
  t.equal(largestDifference(storedValues(decodeFile(encoded(t, signed)), 16), valuesOf(signed)), 0, 'signed');
  for (const option of ['+il', '+is', '+in']) {
    for (const columns of [37, 64]) {
      const of = picture({ samples: 3, columns });
      const ours = storedValues(decodeFile(encoded(t, of, '+el', option)), 8);
      t.equal(largestDifference(ours, valuesOf(of)), 0, `RGB, ${option}, ${columns} columns`);
    }
  }
  const thresholds = encoded(t, picture({ bits: 12 }), '+t1', '9', '+t2', '30', '+t3', '80', '+rs', '32');
  const ours = storedValues(decodeFile(thresholds), 12);
  t.equal(largestDifference(ours, valuesOf(picture({ bits: 12 }))), 0, 'thresholds of its own');
});

t.test('near-lossless JPEG-LS gives exactly the samples DCMTK finds', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  for (const bits of [8, 12, 16]) {
    for (const deviation of [1, 3, 10]) {
      const of = picture({ bits });
      const path = encoded(t, of, '+en', '+md', String(deviation));
      runTool('dcmdjpls', path, `${path}-back`);
      const theirs = storedValues(decodeFile(`${path}-back`), bits);
      const ours = storedValues(decodeFile(path), bits);
      t.equal(largestDifference(ours, theirs), 0, `${bits} bits, deviation ${deviation}`);
      t.ok(largestDifference(ours, valuesOf(of)) <= deviation, 'and within the deviation');
    }
  }
});

/** Puts marker segments behind SOI. */
function withSegment(stream: Buffer, segment: readonly number[]): Buffer {
  return Buffer.concat([stream.subarray(0, 2), Buffer.from(segment), stream.subarray(2)]);
}

t.test("HP's color transforms are undone", async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const of = picture({ samples: 3 });
  // HP1: G is kept, R and B are told by their difference from it.
  const transformed = new Uint8Array(of.values.length);
  for (let i = 0; i < transformed.length; i += 3) {
    const [r = 0, g = 0, b = 0] = of.values.subarray(i, i + 3);
    transformed.set([r - g + 128, g, b - g + 128], i);
  }
  const path = encoded(t, { ...of, values: transformed }, '+el', '+il');
  const stream = withSegment(firstFragment(path), [0xff, 0xe8, 0, 7, 0x6d, 0x72, 0x66, 0x78, 1]);
  const ours = storedValues(decodeBytes(part10Of(of, { syntax: lossless, fragment: stream })), 8);
  t.equal(largestDifference(ours, valuesOf(of)), 0);
});

/** Where the scan's data begin. */
function scanStart(stream: Buffer): number {
  const sos = stream.indexOf(Buffer.from([0xff, 0xda]));
  return sos + 2 + stream.readUInt16BE(sos + 2);
}

t.test('restart intervals of JPEG-LS begin anew', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const of = picture({ bits: 12, rows: 30 });
  const strips = [0, 1, 2].map((index) => {
    const values = of.values.slice(index * 10 * of.columns, (index + 1) * 10 * of.columns);
    return firstFragment(encoded(t, { ...of, rows: 10, values }));
  });
  const [head = Buffer.alloc(0)] = strips;
  const header = Buffer.from(head.subarray(0, scanStart(head)));
  header.writeUInt16BE(of.rows, header.indexOf(Buffer.from([0xff, 0xf7])) + 5);
  const parts = strips.flatMap((strip, index) => [
    ...(index === 0 ? [] : [Buffer.from([0xff, 0xd0 + index - 1])]),
    strip.subarray(scanStart(strip), strip.lastIndexOf(Buffer.from([0xff, 0xd9]))),
  ]);
  const joined = Buffer.concat([header, ...parts, Buffer.from([0xff, 0xd9])]);
  const stream = withSegment(joined, [0xff, 0xdd, 0, 4, 0, 10]);
  const ours = storedValues(decodeBytes(part10Of(of, { syntax: lossless, fragment: stream })), 12);
  t.equal(largestDifference(ours, valuesOf(of)), 0);
});

t.test('a mapping table is not passed over', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const of = picture();
  const stream = Buffer.from(firstFragment(encoded(t, of)));
  // The component asks for mapping table 1 (T.87 C.2.3), and there is none.
  stream[stream.indexOf(Buffer.from([0xff, 0xda])) + 6] = 1;
  t.throws(() => decodeBytes(part10Of(of, { syntax: lossless, fragment: stream })), {
    code: 'PIXEL_FORMAT_UNSUPPORTED',
  });
});
