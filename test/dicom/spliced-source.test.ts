import fc from 'fast-check';
import t from 'tap';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { splicedSource } from '../../src/dicom/spliced-source.ts';

t.test('pieces read as the joined bytes would', async () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, index) => index);
  const piece = fc
    .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 12 }))
    .map(([offset, length]) => ({ offset, length: Math.min(length, 64 - offset) }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), fc.nat(), fc.nat(), (pieces, at, wanted) => {
      const source = splicedSource(pieces.map((range) => ({ source: memorySource(bytes), ...range })));
      const joined = Buffer.concat(
        pieces.map(({ offset, length }) => bytes.subarray(offset, offset + length)),
      );
      if (source.size !== joined.length) throw new Error('size');
      const offset = at % (joined.length + 1);
      const length = wanted % (joined.length - offset + 1);
      if (!joined.subarray(offset, offset + length).equals(source.read(offset, length)))
        throw new Error('bytes');
    }),
    { numRuns: 2000 },
  );
});

t.test('a range that leaves it throws', async (t) => {
  const source = splicedSource([{ source: memorySource(new Uint8Array(4)), offset: 1, length: 2 }]);
  t.throws(() => source.read(1, 2), { code: 'DATA_SET_TRUNCATED' });
  t.throws(() => source.read(-1, 1), { code: 'DATA_SET_TRUNCATED' });
});
