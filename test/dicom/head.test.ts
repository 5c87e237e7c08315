import { deflateRawSync } from 'node:zlib';
import t from 'tap';
import { encodeFileMeta } from '../../src/dicom/file-meta.ts';
import { peekHead, peekStudy } from '../../src/dicom/head.ts';

const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const BIG = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const LONG = new Set(['OB', 'UN', 'SQ', 'UT']);

/** Elements as [element of group 0008, VR, value or 'undefined length' content]. */
type Row = readonly [number, number, string, Buffer | string];

function encode(syntax: string, rows: readonly Row[], undefinedLength = new Set<number>()): Buffer {
  const little = syntax !== BIG;
  return Buffer.concat(
    rows.map(([group, number, vr, value]) => {
      const raw = typeof value === 'string' ? Buffer.from(value.length % 2 ? `${value}\0` : value) : value;
      const delimiter = group === 0xfffe;
      const explicit = syntax !== IMPLICIT && !delimiter;
      const header = Buffer.alloc(explicit && LONG.has(vr) ? 12 : 8);
      const u16 = (n: number, at: number) =>
        little ? header.writeUInt16LE(n, at) : header.writeUInt16BE(n, at);
      const u32 = (n: number, at: number) =>
        little ? header.writeUInt32LE(n, at) : header.writeUInt32BE(n, at);
      u16(group, 0);
      u16(number, 2);
      const length = undefinedLength.has(number) ? 0xffffffff : raw.length;
      if (!explicit) u32(length, 4);
      else {
        header.write(vr, 4, 'latin1');
        if (LONG.has(vr)) u32(length, 8);
        else u16(length, 6);
      }
      return Buffer.concat([header, raw]);
    }),
  );
}

const uids: readonly Row[] = [
  [8, 0x16, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
  [8, 0x18, 'UI', '1.2.3.4'],
];
const expected = { kind: 'head', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.3.4' };

t.test('both UIDs are found in every encoding, behind what may legally stand before them', async (t) => {
  for (const syntax of [IMPLICIT, EXPLICIT, BIG]) {
    const nested = Buffer.concat([
      encode(syntax, [[0xfffe, 0xe000, '', Buffer.alloc(0)]], new Set([0xe000])),
      encode(syntax, [
        [8, 0x100, 'SH', 'de'],
        [8, 0x104, 'LO', 'German'],
      ]),
      encode(syntax, [
        [0xfffe, 0xe00d, '', Buffer.alloc(0)],
        [0xfffe, 0xe0dd, '', Buffer.alloc(0)],
      ]),
    ]);
    const before: readonly Row[] = [
      [8, 0, 'UL', Buffer.alloc(4)],
      [8, 1, 'UN', Buffer.alloc(4)],
      [8, 5, 'CS', 'ISO_IR 100'],
      [8, 6, 'SQ', nested],
      [8, 8, 'CS', 'ORIGINAL\\PRIMARY'],
    ];
    const bytes = encode(syntax, [...before, ...uids], new Set([6]));
    t.same(peekHead(bytes, syntax, true), expected, syntax);
    for (let length = 0; length < bytes.length; length++) {
      t.equal(peekHead(bytes.subarray(0, length), syntax, false).kind, 'more', `${syntax} ${length}`);
    }
    t.equal(peekHead(bytes.subarray(0, bytes.length - 3), syntax, true).kind, 'not-dicom', 'cut for good');
    t.same(peekHead(Buffer.concat([bytes, Buffer.alloc(9)]), syntax, false), expected);
  }
});

t.test('a deflated data set is looked into, within a bound', async (t) => {
  const plain = encode(EXPLICIT, [...uids, [0x7fe0, 0x10, 'OB', Buffer.alloc(100_000, 5)]]);
  t.same(peekHead(deflateRawSync(plain), DEFLATED, true), expected);
  t.same(peekHead(deflateRawSync(plain).subarray(0, 90), DEFLATED, false), expected);
  t.same(peekHead(plain, DEFLATED, true), { kind: 'not-dicom' }, 'not deflated');
  const bomb = deflateRawSync(encode(EXPLICIT, [[8, 6, 'UT', Buffer.alloc(64 * 1024 * 1024)], ...uids]));
  t.same(peekHead(bomb, DEFLATED, true), { kind: 'not-dicom' });
});

t.test('what is not a data set is told', async (t) => {
  for (const syntax of [IMPLICIT, EXPLICIT, BIG]) {
    t.same(peekHead(Buffer.alloc(0), syntax, true), { kind: 'not-dicom' });
    t.same(peekHead(Buffer.from('this is a letter and not an image'), syntax, false), { kind: 'not-dicom' });
    t.same(peekHead(Buffer.alloc(64), syntax, false), { kind: 'not-dicom' }, 'zeros');
    const meta = encodeFileMeta({ sopClassUid: '1.2', sopInstanceUid: '1.3', transferSyntaxUid: syntax });
    t.same(peekHead(meta, syntax, true), { kind: 'not-dicom' }, 'a whole Part 10 file');
  }
  t.same(peekHead(encode(IMPLICIT, uids), EXPLICIT, true), { kind: 'not-dicom' }, 'the other VR form');
  t.same(peekHead(encode(EXPLICIT, uids), '1.2.3', true), { kind: 'not-dicom' }, 'unknown transfer syntax');
  const deep = encode(
    IMPLICIT,
    Array.from({ length: 20 }, () => [8, 6, 'SQ', Buffer.alloc(0)] as const),
    new Set([6]),
  );
  t.same(peekHead(deep, IMPLICIT, false), { kind: 'not-dicom' }, 'sequences without end');
});

t.test('a data set without the UIDs is a head without them', async (t) => {
  const bytes = encode(EXPLICIT, [
    [8, 5, 'CS', 'ISO_IR 100'],
    [8, 0x20, 'DA', '20200101'],
  ]);
  t.same(peekHead(bytes, EXPLICIT, true), {
    kind: 'head',
    sopClassUid: undefined,
    sopInstanceUid: undefined,
  });
});

t.test(
  'the study is found behind sequences of every kind, and asked for more where bytes end before it',
  async (t) => {
    for (const syntax of [IMPLICIT, EXPLICIT, BIG]) {
      const items = (own: string) => {
        const marks = (number: number) =>
          encode(own, [[0xfffe, number, '', Buffer.alloc(0)]], new Set([0xe000]));
        const inner = encode(own, [[0x10, 0x20, 'LO', 'ID']]);
        return Buffer.concat([marks(0xe000), inner, marks(0xe00d), marks(0xe0dd)]);
      };
      const undefinedLength = new Set([0x1002, 0x1003]);
      const bytes = Buffer.concat([
        encode(syntax, uids),
        encode(syntax, [[0x10, 0x1002, 'SQ', items(syntax)]], undefinedLength),
        // Unknown VR of undefined length is implicit VR little endian inside.
        encode(syntax, [[0x10, 0x1003, 'UN', items(IMPLICIT)]], undefinedLength),
        encode(syntax, [
          [0x20, 0x0d, 'UI', '1.2.3'],
          [0x20, 0x0e, 'UI', '1.2.4'],
        ]),
      ]);
      const study = { kind: 'study', studyInstanceUid: '1.2.3' };
      if (syntax !== BIG) t.same(peekStudy(bytes, syntax, true), study, syntax);
      for (let end = 0; end < bytes.length - 24; end++)
        t.not(peekStudy(bytes.subarray(0, end), syntax, false).kind, 'study', `not in ${end} bytes`);
      const none = encode(syntax, [...uids, [0x20, 0x10, 'SH', '1']]);
      t.same(peekStudy(none, syntax, true), { kind: 'study', studyInstanceUid: undefined }, 'absent');
    }
    const plain = encode(EXPLICIT, [...uids, [0x20, 0x0d, 'UI', '1.2.3']]);
    t.same(peekStudy(deflateRawSync(plain), DEFLATED, true), { kind: 'study', studyInstanceUid: '1.2.3' });
    const bomb = deflateRawSync(Buffer.concat([encode(EXPLICIT, uids), Buffer.alloc(16 * 2 ** 20)]));
    t.same(peekStudy(bomb, DEFLATED, true), { kind: 'not-dicom' }, 'what inflates without end');
  },
);
