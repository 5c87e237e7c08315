import t from 'tap';
import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataElement, DataSet } from '../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../src/dicom/edit.ts';
import { firstText, items, text } from '../../src/dicom/values.ts';
import { around, ct, mustPass, number16, received, run, without, words, written } from './build.ts';

const latin1 = (value: string): Buffer => Buffer.from(value, 'latin1');
const patient = [
  words(0x00100010, 'PN', 'Zyxwvut^Qqrrst'),
  words(0x00100020, 'LO', 'MRN-9081726'),
  words(0x00100030, 'DA', '19631127'),
];

/** What leaves of this data set; undefined when it is held. */
function output(dataSet: DataSet, transferSyntaxUid = '1.2.840.10008.1.2.1'): Buffer | undefined {
  const input = { ...received(ct()), dataSet, transferSyntaxUid };
  const result = run(input, { releasedCodes: ['BURNED_IN_TEXT_RISK'] });
  return result.kind === 'held' ? undefined : written(result.value);
}

function leaves(text: string, ...elements: readonly DataElement[]): boolean {
  const file = output(ct(...elements))?.toString('latin1') ?? '';
  return file.includes(text) || file.replaceAll('\0', '').includes(text);
}

t.test('text under a number or among bulk data does not leave', async (t) => {
  const places: readonly (readonly [number, DataElement['vr'], string])[] = [
    [0x00189219, 'SS', 'Zyxwvut '],
    [0x00189087, 'FD', 'Zyxwvut '],
    [0x00280009, 'AT', 'Zyxwvut '],
    [0x00281201, 'OW', 'Zyxwvut '.repeat(64)],
    [0x00660016, 'OF', 'Zyxwvut '],
    [0x7f020010, 'OW', 'Zyxwvut '],
    [0x7fe00020, 'OW', 'Zyxwvut '],
    [0x54001010, 'OW', `${'\x01\x80'.repeat(600_000)}Zyxwvut `],
  ];
  for (const [tag, vr, value] of places) {
    t.notOk(leaves('Zyxwvut', ...patient, bytesElement(tag, vr, latin1(value))), tag.toString(16));
  }
});

t.test('a number with more values than PS3.6 allows is emptied, others stay', async (t) => {
  const rows = Buffer.from(Uint16Array.of(7, 8).buffer);
  const { value } = mustPass(
    run(ct(bytesElement(0x00281101, 'US', Buffer.alloc(6, 1)), bytesElement(0x00189219, 'SS', rows))),
  );
  const length = (tag: number): number | undefined => {
    const body = value.dataSet.elements.find((found) => found.tag === tag)?.body;
    return body?.kind === 'bytes' ? body.bytes.length : body?.kind === 'source' ? body.length : undefined;
  };
  t.equal(length(0x00281101), 6);
  t.equal(length(0x00189219), 0);
});

t.test('codes stand in items, in schemes that somebody can read', async (t) => {
  for (const [tag, vr] of [
    [0x00080100, 'SH'],
    [0x00080102, 'SH'],
    [0x00080104, 'LO'],
    [0x00080119, 'UC'],
    [0x00080120, 'UR'],
  ] as const) {
    t.notOk(leaves('SOMETEXT', words(tag, vr, 'SOMETEXT'), words(0x00080103, 'SH', 'DCM')), tag.toString(16));
  }
  const code = (scheme: string, value: string, tag = 0x00080100): DataSet =>
    item(around, [
      words(tag, tag === 0x00080100 ? 'SH' : 'UC', value),
      words(0x00080102, 'SH', scheme),
      words(0x00080104, 'LO', 'meaning'),
    ]);
  const { value } = mustPass(
    run(
      ct(
        sequenceElement(0x00082218, [
          code('SCT', '51185008'),
          code('99STMARY', 'Dr House'),
          code('99STMARY', 'Dr House'),
          code('SCT', 'Dr House'),
          code('', 'Dr House', 0x00080119),
        ]),
      ),
    ),
  );
  const [open, local, again, words_, none] = items(value.dataSet, 0x00082218);
  const read = (found: DataSet | undefined, tag: number): string =>
    found === undefined ? '' : (firstText(found, tag) ?? '');
  t.equal(read(open, 0x00080100), '51185008');
  t.equal(read(open, 0x00080104), 'meaning');
  t.match(read(local, 0x00080100), /^[A-Z2-7]{16}$/);
  t.match(read(local, 0x00080102), /^99[A-Z2-7]{12}$/);
  t.equal(read(local, 0x00080104), 'REMOVED');
  t.equal(read(again, 0x00080100), read(local, 0x00080100), 'equal codes stay equal');
  t.match(read(words_, 0x00080100), /^[A-Z2-7]{16}$/, 'words are no code');
  t.equal(read(none, 0x00080119), 'REMOVED', 'no scheme, no code');
  for (const text_ of ['House', 'STMARY']) t.notOk(written(value).includes(text_), text_);
});

t.test('identifiers are recognised however they are written', async (t) => {
  const cases: readonly (readonly [string, readonly DataElement[]])[] = [
    [
      'Zyxwvut',
      [bytesElement(0x00100010, 'LO', latin1('Zyxwvut^Q ')), words(0x00080070, 'LO', 'by Zyxwvut')],
    ],
    ['Maidenly', [words(0x00101005, 'PN', 'Maidenly^X'), words(0x00080070, 'LO', 'by Maidenly')]],
    [
      'MUELLERIN',
      [
        words(0x00080005, 'CS', 'ISO_IR 100'),
        bytesElement(0x00100010, 'PN', latin1('M\u00fcllerin^Eva ')),
        words(0x00080070, 'LO', 'by MUELLERIN'),
      ],
    ],
    [
      'newaldt',
      [
        words(0x00080005, 'CS', 'ISO_IR 100'),
        bytesElement(0x00100010, 'PN', latin1('Gr\u00fcnewaldt^Eva')),
        bytesElement(0x00080070, 'LO', Buffer.from('GR\u00fcnewaldt ', 'utf8')),
      ],
    ],
    ['LI NA', [words(0x00100010, 'PN', 'Li^Na'), words(0x00181020, 'LO', 'for LI NA')]],
    ['9081726', [words(0x00181020, 'LO', 'sw 9081726')]],
    ['55443', [words(0x00100020, 'LO', '000055443'), words(0x00181020, 'LO', 'sw 55443')]],
    ['9081726', [words(0x00200012, 'IS', '9081726')]],
    ['9081726', [words(0x00180050, 'DS', '09081726.0')]],
    ['20240317', [words(0x00080020, 'DA', '20240317'), words(0x00181020, 'LO', 'v of 20240317121500')]],
    ['STATION77X', [words(0x00081010, 'SH', 'STATION77X'), words(0x00080070, 'LO', 'at STATION77X')]],
    ['HOUSE', [words(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL', 'SEEN BY DR HOUSE TODAY'])]],
  ];
  for (const [planted, elements] of cases) {
    const own = new Set(elements.map(({ tag }) => tag));
    const all = [...patient.filter(({ tag }) => !own.has(tag)), ...elements];
    t.notOk(leaves(planted, ...all), `${planted} in ${elements.at(-1)?.tag.toString(16)}`);
  }
});

t.test('attributes of closed vocabulary hold nothing else', async (t) => {
  const typeOf = (value: string): string | undefined =>
    firstText(mustPass(run(ct(words(0x00281054, 'LO', value)))).value.dataSet, 0x00281054);
  t.equal(typeOf('HU'), 'HU');
  t.equal(typeOf('read by Dr House'), 'US');
});

t.test('long names are found across blanks', async (t) => {
  t.notOk(leaves('Z y x w v u t', ...patient, words(0x00080070, 'LO', 'Z y x w v u t')));
});

t.test('a short number with many zeros is not looked for among numbers', async (t) => {
  const { value } = mustPass(run(ct(words(0x00080050, 'SH', '0000000001'), words(0x00281053, 'DS', '1.0'))));
  t.strictSame(text(value.dataSet, 0x00281053), ['1.0']);
});

t.test('an object with more names than are looked for keeps no words', async (t) => {
  const crowd = Array.from({ length: 400 }, (_, index) => `Person${index.toString(36)}x^Q`);
  t.notOk(
    leaves('Zyxwvut', words(0x00080090, 'PN', crowd), ...patient, words(0x00080070, 'LO', 'by Zyxwvut')),
  );
});

t.test('native pixels bring nothing but pixels', async (t) => {
  const pixels = (value: string): DataElement => bytesElement(0x7fe00010, 'OW', latin1(value));
  const held = (dataSet: DataSet): string => {
    const result = run({ ...received(ct()), dataSet });
    return result.kind === 'held' ? result.code : result.kind;
  };
  t.equal(
    held(ct(number16(0x00280100, 32), pixels('\x01\x02Zyxw\x03\x04'.repeat(8)))),
    'DEIDENTIFICATION_FAILED',
    'cells of 32 bits with unused ones',
  );
  t.equal(held(without(ct(pixels('Zyxwvut '.repeat(4))), 0x00280010)), 'PIXEL_DATA_INVALID', 'no Rows');
  t.equal(held(ct(words(0x00280008, 'IS', '0'))), 'PIXEL_DATA_INVALID', 'no frames');
  t.equal(held(ct(words(0x00280008, 'IS', ''))), 'deidentified', 'an empty number of frames is one');
  t.notOk(
    leaves('Zyxwvut', bytesElement(0x00280120, 'US', latin1('Zyxwvut ')), pixels('Zyxwvut '.repeat(4))),
    'a list of padding values does not excuse bits',
  );
  const float = bytesElement(0x7fe00008, 'OF', Buffer.concat([Buffer.alloc(64), latin1('Zyxwvut ')]));
  t.equal(held(without(ct(float), 0x7fe00010)), 'PIXEL_DATA_INVALID', 'float pixels');
  const subsampled = [
    words(0x00280004, 'CS', 'YBR_FULL_422'),
    ...[
      [0x00280002, 3],
      [0x00280100, 8],
      [0x00280101, 8],
      [0x00280102, 7],
    ].map(([tag = 0, value = 0]) => number16(tag, value)),
  ];
  t.notOk(leaves('Zyxwvut', ...subsampled, pixels(`${'\0'.repeat(32)}Zyxwvut `)), 'behind 4:2:2');
});

interface Encapsulated {
  readonly table?: string;
  readonly frames: readonly Buffer[];
}

function fragments({ table = '', frames }: Encapsulated): DataElement {
  let offset = table.length;
  const ranges = frames.map(({ length }) => {
    offset += length;
    return { offset: offset - length, length };
  });
  const source = memorySource(Buffer.concat([latin1(table), ...frames]));
  return {
    tag: 0x7fe00010,
    vr: 'OB',
    body: { kind: 'fragments', source, offsetTable: { offset: 0, length: table.length }, fragments: ranges },
  };
}

const segment = (marker: number, content: string): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker, 0, content.length + 2]), latin1(content)]);
const jpegFrame = (extra: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from('ffd8', 'hex'), extra, Buffer.from('ffda0008010100003f001234ffd9', 'hex')]);
const j2kFrame = (extra: Buffer, behind = ''): Buffer =>
  Buffer.concat([
    Buffer.from('ff4fff510029', 'hex'),
    Buffer.alloc(39),
    extra,
    Buffer.from('ff90000a0000000000000001ff930102ffd9', 'hex'),
    latin1(behind),
  ]);
const rleFrame = (behind: string, header = ''): Buffer => {
  const head = Buffer.alloc(64);
  head.writeUInt32LE(2, 0);
  head.writeUInt32LE(64, 4);
  head.writeUInt32LE(66, 8);
  head.write(header, 40, 'latin1');
  return Buffer.concat([head, Buffer.from([0xf1, 0, 0xf1, 0]), latin1(behind)]);
};

t.test('encapsulated pixels bring nothing but pixels', async (t) => {
  const root = '1.2.840.10008.1.2.';
  const none = Buffer.alloc(0);
  const cases: readonly (readonly [string, string, Encapsulated, ...DataElement[]])[] = [
    ['Basic Offset Table', '4.50', { table: 'Hxyzwvu ', frames: [jpegFrame()] }],
    [
      'Extended Offset Table',
      '4.50',
      { frames: [jpegFrame()] },
      bytesElement(0x7fe00001, 'OV', latin1('Hxyzwvu ')),
    ],
    ['reserved JPEG marker', '4.50', { frames: [jpegFrame(segment(0x02, 'Hxyzwvu '))] }],
    ['JPEG extension', '4.50', { frames: [jpegFrame(segment(0xf0, 'Hxyzwvu '))] }],
    ['behind a restart interval', '4.50', { frames: [jpegFrame(segment(0xdd, '\0\0Hxyzwvu '))] }],
    ['behind a table', '4.50', { frames: [jpegFrame(segment(0xdb, `${'\0'.repeat(65)}\x01Hxyzwvu `))] }],
    [
      'a frame too many',
      '4.50',
      { frames: [jpegFrame(), jpegFrame(segment(0xdb, `\0${'Hxyzwvu '.repeat(8)}`))] },
    ],
    ['unknown JPEG 2000 marker', '4.90', { frames: [j2kFrame(segment(0x6f, 'Hxyzwvu '))] }],
    ['behind a JPEG 2000 stream', '4.90', { frames: [j2kFrame(none, 'Hxyzwvu ')] }],
    ['behind RLE', '5', { frames: [rleFrame('Hxyzwvu ')] }],
    ['RLE header', '5', { frames: [rleFrame('', 'Hxyzwvu ')] }],
    ['video', '4.102', { frames: [latin1('\0\0\x01\x06Hxyzwvu ')] }],
    ['behind a deflated frame', '8.1', { frames: [latin1('\x03\0Hxyzwvu ')] }],
    ['uncompressed', '1.98', { frames: [latin1('Hxyzwvu '.repeat(4))] }],
  ];
  for (const [name, syntax, pixels, ...more] of cases) {
    const file = output(ct(...patient, fragments(pixels), ...more), `${root}${syntax}`);
    t.notOk(file?.includes('Hxyzwvu'), name);
  }
  // The cases above without their text are not held, so that it is the text that was found.
  for (const [syntax, frame] of [
    ['4.50', jpegFrame(segment(0xdd, '\0\0'))],
    ['4.50', jpegFrame(segment(0xdb, '\0'.repeat(65)))],
    ['4.90', j2kFrame(none)],
    ['5', rleFrame('')],
  ] as const) {
    t.ok(output(ct(...patient, fragments({ frames: [frame] })), `${root}${syntax}`), `plain ${syntax}`);
  }
});

t.test(
  "the object's own identifiers are looked for in code streams that nobody can take apart",
  async (t) => {
    const frame = Buffer.concat([Buffer.from('ff0a0102', 'hex'), latin1('ZYXWVUT ')]);
    const held = run({
      ...received(ct()),
      dataSet: ct(...patient, fragments({ frames: [frame] })),
      transferSyntaxUid: '1.2.840.10008.1.2.4.110',
    });
    t.match(held, { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'identifier in code stream' });
  },
);

t.test(
  'a palette that counts up or down stays whatever number the patient has, a name inside goes',
  async (t) => {
    const number = (id: string) => [words(0x00100010, 'PN', 'Zyxwvut^Qqrrst'), words(0x00100020, 'LO', id)];
    const entries = (step: number, bytes: 1 | 2): Buffer => {
      const table = Buffer.alloc(256 * bytes);
      for (let i = 0; i < 256; i += 1)
        if (bytes === 1) table[i] = (i * step) & 0xff;
        else table.writeUInt16LE((i * step) & 0xffff, 2 * i);
      return table;
    };
    const stays = (id: string, table: Buffer): boolean => {
      const before = Buffer.from(table);
      const file = output(ct(...number(id), bytesElement(0x00281203, 'OW', table)));
      return file?.includes(before) === true;
    };
    t.ok(stays('12345678', entries(1, 1)), '8 bits up');
    t.ok(stays('987654', entries(-1, 1)), '8 bits down');
    t.ok(stays('CDEFGH', entries(1, 1)), 'letters');
    t.ok(stays('445566', entries(257, 2)), '16 bits up');
    t.ok(stays('998877', entries(-257, 2)), '16 bits down');
    const identity = Buffer.concat([entries(1, 2).subarray(0, 2), entries(1, 2)]);
    for (let i = 0; i < 257; i += 1) identity.writeUInt16LE(0x3000 + i, 2 * i);
    t.ok(stays('10203040', identity), '16 bits that count');
    const both = Buffer.concat([entries(1, 1), entries(-1, 1)]);
    t.ok(stays('987654', both), 'up and down');

    t.notOk(stays('12345678', Buffer.from('12345678'.repeat(8))), 'a number again and again');
    t.notOk(stays('12345678', Buffer.from('12345678')), 'a short table');
    const hidden = entries(1, 1);
    hidden.write('Zyxwvut', 100, 'latin1');
    t.notOk(stays('12345678', hidden), 'a name in a ramp');
    const beside = Buffer.concat([entries(1, 1).subarray(0, 0x35), Buffer.from('9999\0\0\0')]);
    t.notOk(stays('2349999', beside), 'a number that begins in a ramp');
  },
);

t.test('an image whose palette has to go is held: nobody could show it', async (t) => {
  const numbers = Buffer.alloc(512);
  for (let i = 0; i < 512; i += 1) numbers[i] = (i * 89 + 31) & 0xff;
  const hiding = Buffer.from(numbers);
  hiding.write('Zyxwvut', 100, 'latin1');
  const palette = (tag: number, table: Buffer): DataElement[] => [
    ...[1, 2, 3].map((color) => bytesElement(0x00281100 + color, 'US', Buffer.from([0, 1, 0, 0, 16, 0]))),
    ...[1, 2, 3].map((color) => bytesElement(tag + color, 'OW', color === 2 ? table : numbers)),
  ];
  const ask = (...elements: readonly DataElement[]) =>
    run(ct(...patient, ...elements), { releasedCodes: ['BURNED_IN_TEXT_RISK'] });
  const held = { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'palette removed' };
  const colors = words(0x00280004, 'CS', 'PALETTE COLOR');
  t.match(ask(colors, ...palette(0x00281200, hiding)), held);
  t.match(ask(colors, ...palette(0x00281220, hiding)), held, 'in segments');
  const supplemental = words(0x00089205, 'CS', 'COLOR');
  t.match(ask(supplemental, ...palette(0x00281200, hiding)), held, 'a supplemental palette');
  const grey = mustPass(ask(...palette(0x00281200, hiding)));
  t.notOk(written(grey.value).includes('Zyxwvut'), 'a table without a use goes alone');
  const kept = mustPass(ask(colors, ...palette(0x00281200, numbers)));
  t.ok(written(kept.value).includes(numbers), 'a palette that tells nothing stays');
});
