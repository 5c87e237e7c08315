import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import {
  bigEndian,
  cleanElements,
  deflated,
  implicit,
  leaksOf,
  original,
  output,
  person,
  verified,
} from './build.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const [family = '', given = ''] = person.name.split('^');

t.test('a clean output has no findings at all', async (t) => {
  for (const transferSyntaxUid of [undefined, implicit, bigEndian, deflated]) {
    const file = encodePart10({
      elements: cleanElements(),
      ...(transferSyntaxUid === undefined ? {} : { transferSyntaxUid }),
    });
    const report = verified({ originals: { a: original() }, outputs: { a: file } });
    t.same(report.rows, []);
    t.same(report.findings, []);
    t.equal(report.verdict, 'clean');
    t.equal(report.pairs, 1);
  }
});

/** Every spelling, by what it is. */
const spellings: readonly (readonly [kind: string, spelling: string])[] = [
  ['name', person.name],
  ['name', family],
  ['name', family.toUpperCase()],
  ['name', given.toLowerCase()],
  ['name', `${given} ${family}`],
  ['name', `${family}, ${given}`],
  ['name', `xx${family}xx`],
  ['name', family.split('').join(' ')],
  ['name', 'Quillféather'],
  ['id', person.id],
  ['id', 'ZX9081726'],
  ['id', 'zx 908 17 26'],
  ['id', '9081726'],
  ['id', person.accession],
  ['id', 'acc-556-7788'],
  ['birth-date', '19631127'],
  ['birth-date', '1963-11-27'],
  ['birth-date', '27.11.1963'],
  ['birth-date', '11/27/1963'],
  ['birth-date', '27.11.63'],
  ['birth-date', '27111963'],
  ['birth-date', '27 Nov 1963'],
  ['birth-date', 'November 27th, 1963'],
  ['birth-date', '27. November 1963'],
  ['date', '20240119'],
  ['date', '19.1.2024'],
  ['date', '19 janvier 2024'],
  ['date', '20240119112951'],
  ['time', '112951.123456'],
  ['time', '11:29:51.123456'],
  ['uid', person.uid],
  ['uid', person.uid.replaceAll('.', '_')],
  ['institution', 'SALTMARSH ROYAL INFIRMARY'],
  ['institution', 'Saltmarsh_Royal-Infirmary'],
  ['contact', '17 lantern lane saltmarsh'],
  ['contact', '+44 (1632) 960-123'],
  ['contact', '441632960123'],
  ['device', 'SN77341B'],
];

t.test('every spelling is found in text, and told by its kind', async (t) => {
  for (const [kind, spelling] of spellings) {
    const leaks = leaksOf(output(element(0x00204000, 'LT', `seen: ${spelling} today`)));
    t.ok(
      leaks.some((row) => row.kind === kind && row.where === '(0020,4000)'),
      `${kind} ${spelling}`,
    );
  }
});

type Planting = readonly [place: string, file: (text: string) => Uint8Array];

function withPrivate(value: Uint8Array): Uint8Array {
  return output(element(0x00090010, 'LO', 'MAKER'), element(0x00091001, 'OB', value));
}

const noise = Uint8Array.from({ length: 20_000 }, (_, index) => (index * index * 31 + index * 17) & 0xff);
const jpeg = (segment: Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    Buffer.from([0xff, 0xe1, (segment.length + 2) >> 8, (segment.length + 2) & 0xff]),
    segment,
    Buffer.from('ffda0008010100003f00', 'hex'),
    noise.subarray(0, 2000).map((byte) => (byte === 0xff ? 0 : byte)),
    Buffer.from('ffd9', 'hex'),
  ]);
const compressed = (fragment: Uint8Array): Uint8Array =>
  encodePart10({
    elements: cleanElements(
      element(0x7fe00010, 'OB', {
        fragments: [fragment.length % 2 === 0 ? fragment : Buffer.concat([fragment, Buffer.alloc(1)])],
      }),
    ),
    transferSyntaxUid: '1.2.840.10008.1.2.4.50',
  });
const nested = (inner: WriterElement[]): WriterElement =>
  element(0x00081140, 'SQ', {
    items: [[element(0x0040a730, 'SQ', { items: [inner], undefinedLength: true })]],
    undefinedLength: true,
  });
const box = (type: string, content: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
};

const places: readonly Planting[] = [
  [
    'preamble',
    (text) =>
      encodePart10({
        elements: cleanElements(),
        preamble: Buffer.concat([bytes(text), Buffer.alloc(128)]).subarray(0, 128),
      }),
  ],
  [
    '(0002,0102)',
    (text) =>
      encodePart10({
        elements: cleanElements(),
        meta: [element(0x00020100, 'UI', '1.2.3'), element(0x00020102, 'OB', bytes(text.padEnd(40)))],
      }),
  ],
  ['(0008,1140)/(0040,A730)/(0040,A160)', (text) => output(nested([element(0x0040a160, 'UT', text)]))],
  ['(0009,1001)', (text) => withPrivate(bytes(`\0\u0001\u0002${text}\0\0`))],
  [
    '(0009,1001)',
    (text) => withPrivate(Buffer.concat([noise, bytes(` Patient: ${text} of the ward `), noise])),
  ],
  [
    '(0009,1001)',
    (text) => output(element(0x00090010, 'LO', 'MAKER'), element(0x00091001, 'UN', bytes(text))),
  ],
  ['(0099,1001)', (text) => output(element(0x00991001, 'UT', `${'lorem ipsum '.repeat(200_000)}${text}`))],
  ['(FFFC,FFFC)', (text) => output(element(0xfffcfffc, 'OB', bytes(text)))],
  ['after the last element', (text) => Buffer.concat([output(), Buffer.alloc(16), bytes(`  ${text}`)])],
  ['(0009,1001) gzip', (text) => withPrivate(gzipSync(bytes(`${'padding '.repeat(9)}${text}`)))],
  ['(0009,1001) zlib', (text) => withPrivate(deflateSync(bytes(`${'padding '.repeat(9)}${text}`)))],
  ['(0009,1001) zip', (text) => withPrivate(zip(bytes(`${'padding '.repeat(9)}${text}`)))],
  [
    '(0020,4000) base64',
    (text) => output(element(0x00204000, 'LT', `x: ${Buffer.from(`re ${text} done`).toString('base64')}`)),
  ],
  [
    '(0020,4000) hexadecimal',
    (text) => output(element(0x00204000, 'LT', `x: ${Buffer.from(`re ${text} done`).toString('hex')}`)),
  ],
  [
    '(0020,4000) escaped',
    (text) =>
      output(element(0x00204000, 'LT', [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(''))),
  ],
  [
    '(0020,4000) escaped',
    (text) => output(element(0x00204000, 'LT', [...text].map((c) => `&#${c.charCodeAt(0)};`).join(''))),
  ],
  ['(7FE0,0010) segment E1', (text) => compressed(jpeg(bytes(`Exif\0\0II*\0\u0008\0\0\0${text}\0`)))],
  [
    '(7FE0,0010) after the end of the image',
    (text) => compressed(Buffer.concat([jpeg(bytes('x')), bytes(text)])),
  ],
  [
    '(7FE0,0010) box brob',
    (text) =>
      compressed(
        Buffer.concat([
          Buffer.from('0000000c4a584c200d0a870a', 'hex'),
          box('brob', Buffer.concat([bytes('xml '), brotliCompressSync(bytes(`<x>${text}</x>`))])),
        ]),
      ),
  ],
];

function zip(content: Uint8Array): Uint8Array {
  const packed = deflateRawSync(content);
  const head = Buffer.alloc(31);
  head.write('PK\x03\x04', 'latin1');
  head.writeUInt16LE(8, 8);
  head.writeUInt16LE(1, 26);
  return Buffer.concat([head, packed]);
}

t.test('identifiers are found in every place, and the place is named', async (t) => {
  for (const [place, file] of places) {
    for (const [kind, spelling] of [
      ['name', family],
      ['id', person.id],
      ['birth-date', '27.11.1963'],
      ['uid', person.uid],
    ] as const) {
      const leaks = leaksOf(file(spelling));
      t.ok(
        leaks.some((row) => row.kind === kind && row.where === place),
        `${kind} in ${place}: ${leaks.map(({ where }) => where).join(', ')}`,
      );
    }
  }
});

t.test('identifiers are found in two-byte text, in either order', async (t) => {
  for (const text of [family, person.id, person.uid, 'ZX9081726']) {
    const little = Buffer.from(`--${text}--`, 'utf16le');
    for (const value of [little, Buffer.from(little).swap16()]) {
      t.ok(leaksOf(withPrivate(value)).length > 0, text);
      t.ok(leaksOf(output(element(0x00204000, 'LT', value))).length > 0, `${text} as text`);
      t.ok(leaksOf(Buffer.concat([output(), value])).length > 0, `${text} behind the end`);
    }
  }
});

t.test('names in the samples of pixels are found when they are long enough', async (t) => {
  const samples = new Uint8Array(noise);
  samples.set(bytes(family), 9001);
  const leaks = leaksOf(output(element(0x7fe00010, 'OW', samples)));
  t.same(
    leaks.map(({ where, kind }) => [where, kind]),
    [['(7FE0,0010)', 'name']],
  );
});

t.test('all transfer syntaxes, and data sets that break off', async (t) => {
  const leak = element(0x00104000, 'LT', `call ${given} ${family}`);
  for (const transferSyntaxUid of [implicit, bigEndian, deflated, '1.2.840.10008.1.2.1']) {
    const file = encodePart10({ elements: cleanElements(leak), transferSyntaxUid });
    t.ok(
      leaksOf(file).some(({ where }) => where === '(0010,4000)'),
      transferSyntaxUid,
    );
  }
  const broken = Buffer.from(output(leak)).subarray(0, -600);
  const report = verified({ originals: { a: original() }, outputs: { a: broken } });
  t.ok(report.rows.some(({ kind }) => kind === 'name'));
  t.ok(report.findings.some(({ finding }) => finding === 'output-not-parseable'));
});
