import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { encapsulatedFrames } from '../../src/render/decode/frames.ts';
import { describePixels } from '../../src/render/pixel-description.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { limits } from './drawn.ts';
import { imageFile, jpegBaseline, rle } from './image.ts';

interface Arrangement {
  readonly frames: number;
  readonly fragments: readonly Uint8Array[];
  readonly offsetTable?: readonly number[];
  readonly more?: readonly WriterElement[];
  readonly syntax?: string;
}

const soi = (...more: number[]): Uint8Array => Uint8Array.of(0xff, 0xd8, 0xff, ...more);
const plain = (n: number): Uint8Array => Uint8Array.of(n, n);
const bigEndian = (value: number): number => new DataView(Uint32Array.of(value).buffer).getUint32(0, false);

function file({ frames, fragments, offsetTable = [], more = [], syntax = rle }: Arrangement): Uint8Array {
  const pixels = { fragments: [...fragments], offsetTable: [...offsetTable] };
  return imageFile({ frames, syntax, pixelVr: 'OB', pixels, more });
}

function framesOf(arrangement: Arrangement): string[] | 'held' {
  const { dataSet } = readPart10(memorySource(file(arrangement)));
  try {
    const access = encapsulatedFrames(dataSet, describePixels(dataSet, { ...limits, maxFrames: 100_000 }));
    return Array.from({ length: arrangement.frames }, (_, index) =>
      Buffer.from(access.read(index)).toString('hex'),
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'PIXEL_DATA_INVALID') return 'held';
    throw error;
  }
}

const three = [plain(1), plain(2), plain(3)];
const jpegThree = [soi(1), plain(9), soi(2)];
const extended = (...offsets: bigint[]): WriterElement =>
  element(0x7fe00001, 'OV', BigUint64Array.from(offsets));
const lengths = (...values: bigint[]): WriterElement =>
  element(0x7fe00002, 'OV', BigUint64Array.from(values));

/** What pydicom and we agree on. */
const agreed: Readonly<Record<string, Arrangement>> = {
  'one fragment, one frame': { frames: 1, fragments: [plain(1)] },
  'three fragments, one frame, no table': { frames: 1, fragments: three },
  'three fragments, one frame, a table of one': { frames: 1, fragments: three, offsetTable: [0] },
  'one fragment a frame, no table': { frames: 3, fragments: three },
  'one fragment a frame, table': { frames: 3, fragments: three, offsetTable: [0, 10, 20] },
  'two fragments, then one': { frames: 2, fragments: three, offsetTable: [0, 20] },
  'one fragment, then two': { frames: 2, fragments: three, offsetTable: [0, 10] },
};

t.test('usual arrangements are read as pydicom reads them', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const folder = t.testdir();
  for (const [index, [what, arrangement]] of Object.entries(agreed).entries()) {
    const path = join(folder, `${index}.dcm`);
    writeFileSync(path, file(arrangement));
    const theirs = await pydicom(
      `
from pydicom.encaps import generate_pixel_data_frame
ds = dcmread(sys.argv[1])
print(json.dumps([frame.hex() for frame in generate_pixel_data_frame(ds.PixelData, ds.NumberOfFrames)]))`,
      path,
    );
    t.strictSame(framesOf(arrangement), theirs, what);
  }
});

t.test('tables as devices miswrite them', async (t) => {
  const split = ['0101', '02020303'];
  t.strictSame(
    framesOf({ frames: 2, fragments: three, offsetTable: [8, 18] }),
    split,
    'counted from the bytes of the first fragment',
  );
  t.strictSame(
    framesOf({ frames: 2, fragments: three, offsetTable: [1500, 1510] }),
    split,
    'counted from the beginning of the file',
  );
  t.strictSame(
    framesOf({ frames: 2, fragments: three, offsetTable: [0, bigEndian(10)] }),
    split,
    'big endian',
  );
  t.equal(
    framesOf({ frames: 2, fragments: three, offsetTable: [10, 20] }),
    'held',
    'the first fragment is of no frame',
  );
  t.equal(framesOf({ frames: 2, fragments: three, offsetTable: [0, 11] }), 'held', 'between fragments');
  t.equal(framesOf({ frames: 2, fragments: three, offsetTable: [0, 0] }), 'held', 'an empty frame');
  t.equal(framesOf({ frames: 2, fragments: three, offsetTable: [10, 0] }), 'held', 'backwards');
  t.equal(
    framesOf({ frames: 2, fragments: three, offsetTable: [0, 10, 20] }),
    'held',
    'one for each fragment',
  );
  t.strictSame(
    framesOf({ frames: 3, fragments: three, offsetTable: [0, 3, 7] }),
    ['0101', '0202', '0303'],
    'wrong, and not needed',
  );
});

t.test('marks of code streams go before a table that contradicts them', async (t) => {
  const jpeg = { frames: 2, fragments: jpegThree, syntax: jpegBaseline };
  const right = ['ffd8ff010909', 'ffd8ff02'];
  t.strictSame(
    framesOf({ ...jpeg, offsetTable: [0, 12] }),
    right,
    'the second entry is of the middle of the first frame',
  );
  t.strictSame(framesOf({ ...jpeg, offsetTable: [0, 22] }), right);
  t.strictSame(framesOf({ ...jpeg, more: [extended(0n, 12n)] }), right);
  t.equal(framesOf({ ...jpeg, frames: 1 }), 'held', 'two frames where one is described');
});

t.test('the extended table, and its lengths where a padding byte is left out', async (t) => {
  t.strictSame(framesOf({ frames: 2, fragments: three, more: [extended(0n, 20n)] }), ['01010202', '0303']);
  t.strictSame(
    framesOf({ frames: 2, fragments: three, offsetTable: [0, 20], more: [extended(0n, 10n)] }),
    ['0101', '02020303'],
    'before the basic one',
  );
  const two = { frames: 2, fragments: [Uint8Array.of(1, 2, 3, 0), Uint8Array.of(4, 5, 6, 7)] };
  const both = (...values: bigint[]): WriterElement[] => [extended(0n, 12n), lengths(...values)];
  t.strictSame(framesOf({ ...two, more: both(3n, 4n) }), ['010203', '04050607']);
  t.strictSame(
    framesOf({ ...two, more: both(2n, 5n) }),
    ['01020300', '04050607'],
    'other lengths are not believed',
  );
  t.strictSame(framesOf({ ...two, more: both(3n) }), ['01020300', '04050607'], 'nor another number of them');
});

t.test('an empty item is no frame', async (t) => {
  const none = new Uint8Array(0);
  t.strictSame(framesOf({ frames: 2, fragments: [plain(1), plain(2), none] }), ['0101', '0202']);
  t.strictSame(framesOf({ frames: 1, fragments: [none, plain(2)] }), ['0202']);
  t.equal(framesOf({ frames: 2, fragments: [plain(1), none] }), 'held', 'and takes the place of none');
  t.equal(framesOf({ frames: 2, fragments: [plain(1)] }), 'held');
});

t.test('100,000 tiny fragments of one frame, and of 50,000', async (t) => {
  const fragments = Array.from({ length: 100_000 }, (_, index) => plain(index & 0x7f));
  t.equal(framesOf({ frames: 1, fragments })[0]?.length, 400_000);
  const offsetTable = Array.from({ length: 50_000 }, (_, index) => 20 * index);
  const frames = framesOf({ frames: 50_000, fragments, offsetTable });
  t.equal(frames.length, 50_000);
  t.equal(frames[49_999], '1e1e1f1f');
});
