import { deflateRawSync } from 'node:zlib';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { defaultReadLimits } from '../../src/dicom/limits.ts';
import { readDataSet, readPart10 } from '../../src/dicom/part10.ts';
import { element, firstText, items, numbers, rawBytes } from '../../src/dicom/values.ts';
import {
  bytes,
  explicit,
  file,
  implicit,
  itemEnd,
  itemOf,
  long,
  need,
  read,
  sequenceEnd,
  short,
  syntaxes,
  tagBytes,
  undefinedLength,
} from './bytes.ts';

const patientName = 0x00100010;
const codeSequence = 0x00082218;
const codeValue = 0x00080100;
const pixelData = 0x7fe00010;

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SallyportError) return error.code;
    throw error;
  }
  return 'read';
}

function codes(dataSet: DataSet, tag = codeSequence): (string | undefined)[] {
  return items(dataSet, tag).map((item) => firstText(item, codeValue));
}

t.test('sequences and items of defined and undefined length read alike', async (t) => {
  const one = short(codeValue, 'SH', 'ONE ');
  const two = short(codeValue, 'SH', 'TWO ');
  for (const openItems of [false, true]) {
    const content = bytes(itemOf(one, openItems), itemOf(two, openItems));
    const defined = explicit(long(codeSequence, 'SQ', content), short(patientName, 'PN', 'A^'));
    const open = explicit(
      long(codeSequence, 'SQ', content, undefinedLength),
      sequenceEnd,
      short(patientName, 'PN', 'A^'),
    );
    for (const dataSet of [defined, open]) {
      t.same(codes(dataSet), ['ONE', 'TWO']);
      t.equal(firstText(dataSet, patientName), 'A^');
    }
  }
});

t.test('delimiters left out or doubled where lengths tell the end are forgiven', async (t) => {
  const one = short(codeValue, 'SH', 'ONE ');
  const openItem = implicit(0xfffee000, '', undefinedLength);
  const inDefinedItem = (inner: Uint8Array) =>
    explicit(long(0x00081115, 'SQ', itemOf(long(codeSequence, 'SQ', inner))), short(patientName, 'PN', 'A^'));
  t.same(codes(items(inDefinedItem(bytes(openItem, one)), 0x00081115)[0] ?? explicit()), ['ONE']);
  t.same(codes(explicit(long(codeSequence, 'SQ', bytes(itemOf(one), sequenceEnd)))), ['ONE']);
  t.same(codes(explicit(long(codeSequence, 'SQ', itemOf(bytes(one, itemEnd))))), ['ONE']);
  // The sequence delimiter ends an item whose own delimiter is missing.
  t.same(codes(explicit(long(codeSequence, 'SQ', bytes(openItem, one), undefinedLength), sequenceEnd)), [
    'ONE',
  ]);
});

t.test('a UN sequence is opened, whether its length is defined or not', async (t) => {
  const content = itemOf(implicit(codeValue, 'ONE '));
  for (const tag of [codeSequence, 0x00291010]) {
    const defined = explicit(long(tag, 'UN', content));
    const open = explicit(long(tag, 'UN', content, undefinedLength), sequenceEnd);
    for (const dataSet of [defined, open]) {
      t.same(codes(dataSet, tag), ['ONE']);
      t.equal(need(dataSet, tag).vr, 'SQ');
      t.same(items(dataSet, tag)[0]?.encoding, { explicitVr: false, littleEndian: true });
    }
  }
  // Some writers kept explicit VR inside.
  const kept = explicit(long(0x00291010, 'UN', itemOf(short(codeValue, 'SH', 'ONE '))));
  t.same(codes(kept, 0x00291010), ['ONE']);
  // In implicit VR a private sequence of defined length has no VR at all.
  const bare = read(file(implicit(0x00291010, content), syntaxes.implicit)).dataSet;
  t.same(codes(bare, 0x00291010), ['ONE']);
  // The dictionary knows it is a sequence, whatever VR it was given.
  t.same(codes(explicit(long(codeSequence, 'OB', content))), ['ONE']);
});

t.test('in big endian a UN sequence is little endian inside', async (t) => {
  const content = bytes(itemOf(implicit(codeValue, 'ONE ')), sequenceEnd);
  const dataSet = read(
    file(
      bytes(long(codeSequence, 'UN', content, undefinedLength, true), short(patientName, 'PN', 'A^', true)),
      syntaxes.big,
    ),
  ).dataSet;
  t.same(codes(dataSet), ['ONE']);
  t.equal(firstText(dataSet, patientName), 'A^');
});

t.test('bytes that only look like a sequence stay bytes', async (t) => {
  const looks = bytes(tagBytes(0xfffee000), '<10000000>', 'not an item at a');
  const dataSet = explicit(long(0x00291010, 'UN', looks), short(0x00300010, 'LO', 'after '));
  t.equal(need(dataSet, 0x00291010).vr, 'UN');
  t.same(rawBytes(need(dataSet, 0x00291010)), looks);
  t.equal(need(dataSet, 0x00300010).body.kind, 'source');
  // Pixels may begin with any bytes.
  const pixels = long(pixelData, 'UN', itemOf(implicit(codeValue, 'ONE ')));
  t.equal(need(explicit(pixels), pixelData).body.kind, 'source');
});

t.test('fragments are given as ranges, with the offset table apart', async (t) => {
  const content = bytes(
    implicit(0xfffee000, '<00000000>'),
    implicit(0xfffee000, 'ABCD'),
    implicit(0xfffee000, 'EF'),
    sequenceEnd,
  );
  const data = file(long(pixelData, 'OB', content, undefinedLength), syntaxes.jpeg);
  const { body } = need(read(data).dataSet, pixelData);
  if (body.kind !== 'fragments') return t.fail('not fragments');
  t.equal(body.offsetTable.length, 4);
  t.same(
    body.fragments.map(({ offset, length }) => data.toString('latin1', offset, offset + length)),
    ['ABCD', 'EF'],
  );
  t.equal(
    codeOf(() => read(data.subarray(0, -8))),
    'DATA_SET_TRUNCATED',
    'without the delimiter',
  );
  const nested = long(pixelData, 'OB', implicit(0xfffee000, '', undefinedLength), undefinedLength);
  t.equal(
    codeOf(() => read(file(nested, syntaxes.jpeg))),
    'DATA_SET_MALFORMED',
  );
});

t.test('letters that are no VR, and headers without VR, are understood', async (t) => {
  const after = short(0x00104000, 'LT', 'after ');
  for (const [vr, expected] of [
    ['??', 'PN'],
    ['<0000>', 'PN'],
    ['  ', 'PN'],
  ] as const) {
    const dataSet = explicit(short(patientName, bytes(vr).toString('latin1'), 'A^B '), after);
    t.equal(need(dataSet, patientName).vr, expected);
    t.equal(firstText(dataSet, patientName), 'A^B');
    t.equal(firstText(dataSet, 0x00104000), 'after');
  }
  // A VR of a later edition has a 32-bit length.
  const later = explicit(long(0x00091001, 'ZZ', 'abcd'), after);
  t.equal(need(later, 0x00091001).vr, 'UN');
  t.equal(firstText(later, 0x00104000), 'after');
  // One element without a VR in an explicit data set.
  const mixed = explicit(short(0x00080060, 'CS', 'CT'), implicit(patientName, 'A^B '), after);
  t.equal(firstText(mixed, patientName), 'A^B');
  t.equal(firstText(mixed, 0x00104000), 'after');
  // 16-bit length where a 32-bit one belongs.
  const shortLength = explicit(short(0x00091001, 'UN', 'abcd'), after);
  t.same(rawBytes(need(shortLength, 0x00091001)), bytes('abcd'));
  t.equal(firstText(shortLength, 0x00104000), 'after');
});

t.test('"US or SS" follows Pixel Representation, the item\'s own before the one around it', async (t) => {
  const signed = implicit(0x00280103, '<0100>');
  const unsigned = implicit(0x00280103, '<0000>');
  const value = implicit(0x00280106, '<feff>');
  const shared = (...inner: Uint8Array[]) => implicit(0x00082112, itemOf(bytes(...inner)));
  const dataSet = (...parts: Uint8Array[]) => read(file(bytes(...parts), syntaxes.implicit)).dataSet;
  t.same(numbers(dataSet(signed, value), 0x00280106), [-2]);
  t.same(numbers(dataSet(unsigned, value), 0x00280106), [65534]);
  t.same(numbers(dataSet(value), 0x00280106), [65534]);
  const inner = (set: DataSet) => numbers(items(set, 0x00082112)[0] ?? set, 0x00280106);
  t.same(inner(dataSet(shared(value), signed)), [-2], 'known only behind the sequence');
  t.same(inner(dataSet(shared(unsigned, value), signed)), [65534]);
  t.same(inner(dataSet(shared(signed, value), unsigned)), [-2]);
});

t.test('Specific Character Set reaches into items, also when it stands behind them', async (t) => {
  const utf8 = short(0x00080005, 'CS', 'ISO_IR 192');
  const latin = short(0x00080005, 'CS', 'ISO_IR 100');
  const sequence = (content: Uint8Array) => long(codeSequence, 'SQ', itemOf(content));
  const name = short(patientName, 'PN', Buffer.from('Müller'));
  const inner = (set: DataSet) => firstText(items(set, codeSequence)[0] ?? set, patientName);
  t.equal(inner(explicit(utf8, sequence(name))), 'Müller');
  t.equal(inner(explicit(utf8, sequence(bytes(latin, name)))), 'MÃ¼ller');
  t.equal(inner(explicit(sequence(name), utf8)), 'Müller');
});

t.test('the encoding is told from the bytes where nothing declares it', async (t) => {
  const uid = '1.2.840.10008.5.1.4.1.1.7';
  const little = bytes(short(0x00080016, 'UI', `${uid}\0`), short(patientName, 'PN', 'A^B '));
  const big = bytes(short(0x00080016, 'UI', `${uid}\0`, true), short(patientName, 'PN', 'A^B ', true));
  const bare = bytes(implicit(0x00080016, `${uid}\0`), implicit(patientName, 'A^B '));
  const preamble = bytes(Buffer.alloc(128), 'DICM');
  const meta = short(0x00020012, 'UI', '1.2.3\0');
  const implicitMeta = bytes(implicit(0x00020010, `${syntaxes.implicit}\0`));
  for (const [data, syntax] of [
    [little, syntaxes.explicit],
    [big, syntaxes.big],
    [bare, syntaxes.implicit],
    [bytes(preamble, bare), syntaxes.implicit],
    [bytes(preamble, meta, big), syntaxes.big],
    [bytes(meta, little), syntaxes.explicit],
    [bytes('DICM', meta, bare), syntaxes.implicit],
    [bytes(preamble, implicitMeta, bare), syntaxes.implicit],
    // The declaration contradicts an uncompressed data set.
    [file(bare, syntaxes.explicit), syntaxes.implicit],
    [file(little, syntaxes.implicit), syntaxes.explicit],
    [file(little, syntaxes.big), syntaxes.explicit],
  ] as const) {
    const part10 = read(data);
    t.equal(part10.transferSyntaxUid, syntax);
    t.equal(firstText(part10.dataSet, patientName), 'A^B');
  }
  t.equal(
    codeOf(() => read(file(bare, syntaxes.jpeg))),
    'DATA_SET_MALFORMED',
  );
  const fragments = long(pixelData, 'OB', sequenceEnd, undefinedLength);
  t.equal(
    codeOf(() => read(bytes(preamble, meta, little, fragments))),
    'TRANSFER_SYNTAX_UNKNOWN',
  );
});

t.test('what is not DICOM is called so', async (t) => {
  for (const data of [
    '',
    'short',
    'A text file, of some length.\n'.repeat(20),
    '{"json": "file"}',
    '\0'.repeat(500),
  ]) {
    t.equal(
      codeOf(() => read(bytes(data))),
      'NOT_DICOM',
      JSON.stringify(data.slice(0, 10)),
    );
  }
  t.equal(
    codeOf(() => read(bytes('<ffd8ffe000104a46494600010100>'))),
    'NOT_DICOM',
  );
});

t.test('every cut of a file is refused, never read in part', async (t) => {
  const content = bytes(
    short(0x00080060, 'CS', 'CT'),
    long(codeSequence, 'SQ', itemOf(short(codeValue, 'SH', 'ONE '), true), undefinedLength),
    sequenceEnd,
    long(0x00091001, 'UN', 'private!'),
    long(pixelData, 'OW', '0123456789'),
  );
  const whole = file(content);
  const start = whole.length - content.length;
  const boundaries = new Set([0, 10, 10 + 12 + 8 + 12 + 8 + 8, 10 + 48 + 20]);
  for (let length = 1; length < content.length; length++) {
    // Between two elements of the top level nothing tells that more was to come.
    if (boundaries.has(length)) continue;
    t.equal(
      codeOf(() => read(whole.subarray(0, start + length))),
      'DATA_SET_TRUNCATED',
      `${length} bytes`,
    );
  }
});

t.test('lengths that contradict their container are malformed', async (t) => {
  const tooLong = bytes(tagBytes(codeValue), 'SH', '<4000>', 'ONE ');
  for (const data of [
    bytes(long(codeSequence, 'SQ', itemOf(tooLong)), long(pixelData, 'OW', 'x'.repeat(100))),
    bytes(long(codeSequence, 'SQ', implicit(0xfffee000, 'ABCD', 50)), long(pixelData, 'OW', 'x'.repeat(100))),
    long(codeSequence, 'SQ', short(codeValue, 'SH', 'ONE ')),
    bytes(itemEnd, long(pixelData, 'OW', 'x')),
    bytes(sequenceEnd, long(pixelData, 'OW', 'x')),
    bytes(implicit(0xfffee000, ''), long(pixelData, 'OW', 'x')),
    long(0x00104000, 'UT', 'text', undefinedLength),
  ]) {
    t.equal(
      codeOf(() => explicit(data)),
      'DATA_SET_MALFORMED',
    );
  }
});

t.test('one tag twice is refused, at any distance and depth', async (t) => {
  const name = short(patientName, 'PN', 'A^B ');
  const other = short(0x00100020, 'LO', 'ID');
  t.equal(
    codeOf(() => explicit(name, name)),
    'DATA_SET_MALFORMED',
  );
  t.equal(
    codeOf(() => explicit(name, other, name)),
    'DATA_SET_MALFORMED',
  );
  t.equal(
    codeOf(() => explicit(long(codeSequence, 'SQ', itemOf(bytes(name, other, name))))),
    'DATA_SET_MALFORMED',
  );
  const outOfOrder = explicit(other, name);
  t.same(
    outOfOrder.elements.map(({ tag }) => tag),
    [0x00100020, patientName],
  );
});

t.test('padding behind the data set is passed over when it is zeros', async (t) => {
  const name = short(patientName, 'PN', 'A^B ');
  for (const length of [1, 2, 7, 8, 9, 500]) {
    t.equal(explicit(name, Buffer.alloc(length)).elements.length, 1, `${length} zeros`);
  }
  t.not(
    codeOf(() => explicit(name, Buffer.alloc(20), bytes('x'))),
    'read',
  );
});

t.test('values of odd length come as they are', async (t) => {
  const dataSet = explicit(short(patientName, 'PN', 'A^B'), short(0x00100020, 'LO', 'ID'));
  t.equal(rawBytes(need(dataSet, patientName)).length, 3);
  t.equal(firstText(dataSet, 0x00100020), 'ID');
});

t.test('depth, number of elements and inflated size are bounded', async (t) => {
  const nest = (depth: number): Buffer =>
    depth === 0 ? short(codeValue, 'SH', 'ONE ') : long(codeSequence, 'SQ', itemOf(nest(depth - 1)));
  t.equal(
    codeOf(() => explicit(nest(64))),
    'read',
  );
  t.equal(
    codeOf(() => explicit(nest(65))),
    'DATA_SET_TOO_DEEP',
  );
  const hidden = (depth: number): Buffer =>
    depth === 0 ? implicit(codeValue, 'ONE ') : implicit(0x00291010, itemOf(hidden(depth - 1)));
  t.equal(
    codeOf(() => explicit(long(0x00291010, 'UN', itemOf(hidden(80))))),
    'DATA_SET_TOO_DEEP',
  );

  const limits = { ...defaultReadLimits, maxElements: 100, maxInflatedBytes: 10_000 };
  const readLimited = (data: Uint8Array) => readPart10(memorySource(data), limits);
  const many = (count: number) =>
    bytes(...Array.from({ length: count }, (_, i) => short(0x00090010 + i, 'LO', 'x ')));
  t.equal(
    codeOf(() => readLimited(file(many(100)))),
    'read',
  );
  t.equal(
    codeOf(() => readLimited(file(many(101)))),
    'DATA_SET_TOO_COMPLEX',
  );
  const emptyItems = bytes(...Array.from({ length: 101 }, () => itemOf(bytes())));
  t.equal(
    codeOf(() => readLimited(file(long(codeSequence, 'SQ', emptyItems)))),
    'DATA_SET_TOO_COMPLEX',
  );
  const fragments = bytes(emptyItems, sequenceEnd);
  t.equal(
    codeOf(() => readLimited(file(long(pixelData, 'OB', fragments, undefinedLength), syntaxes.jpeg))),
    'DATA_SET_TOO_COMPLEX',
  );
  const bomb = deflateRawSync(long(pixelData, 'OB', Buffer.alloc(20_000)));
  t.equal(
    codeOf(() => readLimited(file(bomb, syntaxes.deflated))),
    'DATA_SET_TOO_COMPLEX',
  );
});

t.test('a deflated data set is inflated; a broken one is refused', async (t) => {
  const data = deflateRawSync(
    bytes(short(patientName, 'PN', 'A^B '), long(pixelData, 'OB', Buffer.alloc(5000, 7))),
  );
  const { dataSet, transferSyntaxUid } = read(file(data, syntaxes.deflated));
  t.equal(transferSyntaxUid, syntaxes.deflated);
  t.equal(firstText(dataSet, patientName), 'A^B');
  t.equal(
    read(file(bytes(data, '\0'), syntaxes.deflated)).dataSet.elements.length,
    2,
    'padded to even length',
  );
  t.equal(
    codeOf(() => read(file(data.subarray(0, -4), syntaxes.deflated))),
    'DATA_SET_TRUNCATED',
  );
  t.equal(
    codeOf(() => read(file(bytes('<ff>', data), syntaxes.deflated))),
    'DATA_SET_MALFORMED',
  );
});

t.test(
  'a data set without file meta is read by the transfer syntax of its presentation context',
  async (t) => {
    const data = bytes('skip', implicit(patientName, 'A^B '));
    const { dataSet, transferSyntaxUid } = readDataSet(memorySource(data), 4, syntaxes.implicit);
    t.equal(firstText(dataSet, patientName), 'A^B');
    t.equal(transferSyntaxUid, syntaxes.implicit);
    t.equal(
      element(readDataSet(memorySource(bytes()), 0, syntaxes.explicit).dataSet, patientName),
      undefined,
    );
  },
);

t.test('no error names a value', async (t) => {
  const secret = 'KOWALSKI';
  for (const data of [
    file(bytes(short(patientName, 'PN', secret), short(patientName, 'PN', secret))),
    file(short(patientName, 'PN', secret)).subarray(0, -2),
    bytes(secret.repeat(40)),
  ]) {
    try {
      read(data);
      t.fail('read');
    } catch (error) {
      t.notMatch(String(error), secret);
    }
  }
});
