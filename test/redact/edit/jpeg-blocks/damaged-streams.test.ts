import t from 'tap';
import { editPixels } from '../../../../src/redact/edit/edit-pixels.ts';
import { blankedBlocks } from '../../../../src/redact/edit/jpeg-blocks/blanked-blocks.ts';
import { readSequentialJpeg } from '../../../../src/redact/edit/jpeg-blocks/read-sequential-jpeg.ts';
import { writeJpeg } from '../../../../src/redact/edit/jpeg-blocks/write-jpeg.ts';
import { jpegBaseline } from '../../../render/image.ts';
import { damaged } from '../../../render/mutation-bytes.ts';
import { type Dice, dice } from '../../../render/mutation-random.ts';
import { requirePeer } from '../../../support/peers.ts';
import { pixelValues } from '../compared-pixels.ts';
import { blockFaults, segmentsOf } from '../jpeg-areas.ts';
import { byCjpeg, jpegInstance, type Picture, picture, randomBox, standard } from '../jpeg-encoders.ts';

t.setTimeout(600_000);

interface Source {
  readonly from: Picture;
  readonly stream: Uint8Array;
}

async function sources(folder: string): Promise<Source[]> {
  const kinds: readonly (readonly [Picture, ...string[]])[] = [
    [picture(72, 56, 3, 1), '-sample', '2x2', '-restart', '1B'],
    [picture(65, 41, 3, 2), '-sample', '1x1', '-optimize'],
    [picture(50, 60, 1, 3), '-restart', '3B'],
  ];
  return Promise.all(
    kinds.map(async ([from, ...options], index) => ({
      from,
      stream: await byCjpeg(`${folder}/${index}`, from, ...options),
    })),
  );
}

/** Half of the damage in the scan, where decoders guess. */
function mutant(whole: Uint8Array, roll: Dice): Uint8Array {
  if (roll.chance(0.5)) return damaged(whole, roll);
  const scan = segmentsOf(whole).reduce((sum, { content }) => sum + content.length + 4, 2);
  return new Uint8Array(Buffer.concat([whole.subarray(0, scan), damaged(whole.subarray(scan), roll)]));
}

t.test('no damage makes the writer fail, hang or write what is much longer', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir({ 0: {}, 1: {}, 2: {} });
  let written = 0;
  let refused = 0;
  for (const { from, stream: whole } of await sources(folder)) {
    for (let seed = 0; seed < 2000; seed++) {
      const roll = dice(seed);
      const stream = mutant(whole, roll);
      const jpeg = readSequentialJpeg(stream);
      // What the decoder does not agree with the header about never comes here.
      if (jpeg === undefined || jpeg.columns * jpeg.rows > 1_000_000) {
        refused += 1;
        continue;
      }
      const box = randomBox(roll, from);
      const out = writeJpeg(jpeg, blankedBlocks(jpeg, [{ box, fill: [90, 128, 128] }], new Uint8Array()));
      if (out === undefined) refused += 1;
      else written += 1;
      if ((out?.length ?? 0) > 2 * stream.length + 1000)
        t.fail(`${seed}: ${out?.length} of ${stream.length}`);
      if (out !== undefined && readSequentialJpeg(out) === undefined) t.fail(`${seed}: not read again`);
    }
  }
  t.ok(written > 500, `${written} written`);
  t.ok(refused > 500, `${refused} refused`);
});

t.test('damaged streams are held, or leave as what was decoded from them, blanked', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir({ 0: {}, 1: {}, 2: {} });
  let inForm = 0;
  let held = 0;
  for (const [index, { from, stream: whole }] of (await sources(folder)).entries()) {
    for (let seed = 0; seed < 40; seed++) {
      const roll = dice(seed);
      const stream = mutant(whole, roll);
      const input = jpegInstance(from, [stream]);
      const box = randomBox(roll, from);
      const result = editPixels(input, [box], standard);
      if (result.kind === 'held') {
        held += 1;
        continue;
      }
      if (!result.changed || result.input.transferSyntaxUid !== jpegBaseline) continue;
      inForm += 1;
      const found = blockFaults([stream], pixelValues(input), pixelValues(result.input), [box]);
      if (found.length > 0) t.fail(`${index}, ${seed}: ${found.join()}`);
    }
  }
  t.ok(inForm > 8, `${inForm} edited`);
  t.ok(held > 30, `${held} held`);
});

t.test('coefficients that are not those of 8 bits, and codes that are none, are refused', async (t) => {
  const stream = (dht: readonly number[], data: readonly number[], restart = 0, repeated = 1): Uint8Array =>
    Uint8Array.of(
      ...[0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...new Array<number>(64).fill(1)],
      ...[0xff, 0xc0, 0, 11, 8, 0, 8, 0, 16, 1, 1, 0x11, 0],
      ...[0xff, 0xc4, (dht.length + 2) >> 8, (dht.length + 2) & 255, ...dht],
      ...new Array(restart === 0 ? 0 : repeated).fill([0xff, 0xdd, 0, 4, 0, restart]).flat(),
      ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, ...data, 0xff, 0xd9],
    );
  /** One code of one bit for each of two symbols. */
  const codes = (destination: number, ...symbols: number[]): number[] => {
    const counts = new Array<number>(16).fill(0);
    counts[1] = symbols.length;
    return [destination, ...counts, ...symbols];
  };
  const edit = (bytes: Uint8Array): Uint8Array | undefined => {
    const jpeg = readSequentialJpeg(bytes);
    const box = { left: 0, top: 0, width: 1, height: 1 };
    return jpeg === undefined
      ? undefined
      : writeJpeg(jpeg, blankedBlocks(jpeg, [{ box, fill: [128] }], new Uint8Array()));
  };
  const tables = [...codes(0, 0, 2, 12), ...codes(0x10, 0, 0xf0, 0x10)];
  // Codes of two bits: 00 is a difference of 0 and then the end of the block.
  t.ok(edit(stream(tables, [0b0000_0000])), 'two flat blocks');
  t.equal(edit(stream(tables, [0b1000_0000, 0, 0, 0])), undefined, 'a difference of 12 bits');
  t.equal(edit(stream(tables, [0b0001_0101, 0b0101_0101, 0, 0])), undefined, 'a run beyond the block');
  t.equal(edit(stream(tables, [0b0010_0000])), undefined, 'the end of several blocks, which is progressive');
  t.equal(edit(stream(tables, [0b1100_0000])), undefined, 'bits that are no code');
  t.equal(edit(stream(tables, [])), undefined, 'no data');
  t.equal(edit(stream(tables, [0], 1)), undefined, 'a restart that is missing');
  t.ok(edit(stream(tables, [0, 0xff, 0xd0, 0], 1)), 'a restart');
  t.equal(edit(stream(tables, [0, 0xff, 0xd1, 0], 1)), undefined, 'a restart out of its order');
  t.equal(edit(stream(tables, [0, 0xff, 0xd0, 0])), undefined, 'a restart that nobody spoke of');
  t.equal(edit(stream(tables, [0, 0xff, 0xd0, 0, 0xff, 0xd1], 1)), undefined, 'a restart too many');
  t.ok(edit(stream(tables, [0, 0xff, 0xd0, 0], 1, 100)), 'a hundred segments');
  t.equal(edit(stream(tables, [0, 0xff, 0xd0, 0], 1, 2000)), undefined, 'more segments than anybody writes');
  t.equal(edit(stream(codes(0, 0, 2, 12), [0])), undefined, 'a table is missing');
  t.equal(
    edit(stream([...codes(0, 0, 2, 12, 3, 4), ...codes(0x10, 0)], [0])),
    undefined,
    'codes that are too many',
  );
});
