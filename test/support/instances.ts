import { writeFileSync } from 'node:fs';
import { encodeDataSet, encodePart10, type WriterFile } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';

/** Secondary Capture Image Storage: the plainest image class. */
export const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

let counter = 0;

/** A UID that no other call in this process returned. */
export function uniqueUid(): string {
  counter += 1;
  return `2.25.${BigInt(process.pid) * 10n ** 12n + BigInt(counter)}`;
}

/** The elements with those of `changes` put in place of the ones with the same tag. */
export function withElements(
  elements: readonly WriterElement[],
  ...changes: readonly WriterElement[]
): WriterElement[] {
  return [...elements.filter(({ tag }) => !changes.some((change) => change.tag === tag)), ...changes];
}

export function withoutElements(
  elements: readonly WriterElement[],
  ...gone: readonly number[]
): WriterElement[] {
  return elements.filter(({ tag }) => !gone.includes(tag));
}

export interface GreyOptions {
  readonly rows?: number;
  readonly columns?: number;
  readonly frames?: number;
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
  readonly studyInstanceUid?: string;
  readonly seriesInstanceUid?: string;
}

/** An 8-bit grey image with a ramp, few identifiers and new UIDs. Several `frames` add Number of Frames. */
export function greyImage(options: GreyOptions = {}): WriterElement[] {
  const rows = options.rows ?? 8;
  const columns = options.columns ?? 8;
  const frames = options.frames ?? 1;
  const pixels = new Uint8Array(rows * columns * frames).map((_, index) => (index * 7) % 256);
  return [
    ...identifiedHeader(options),
    ...pixelDescription({ rows, columns, bits: 8, samples: 1, photometric: 'MONOCHROME2' }),
    ...(options.frames === undefined ? [] : [element(0x00280008, 'IS', frames)]),
    element(0x7fe00010, 'OB', pixels),
  ];
}

/** A 16-bit signed image with rescale and window. */
export function signedImage(options: GreyOptions = {}): WriterElement[] {
  const rows = options.rows ?? 8;
  const columns = options.columns ?? 8;
  const pixels = new Int16Array(rows * columns).map((_, index) => index * 31 - 1000);
  return [
    ...identifiedHeader(options),
    ...pixelDescription({ rows, columns, bits: 16, samples: 1, photometric: 'MONOCHROME2', signed: true }),
    element(0x00281050, 'DS', 0),
    element(0x00281051, 'DS', 2000),
    element(0x00281052, 'DS', 0),
    element(0x00281053, 'DS', 1),
    element(0x7fe00010, 'OW', pixels),
  ];
}

/** An RGB image; `planar` 1 writes plane after plane (PS3.3 C.7.6.3.1.3). */
export function rgbImage(options: GreyOptions & { readonly planar?: 0 | 1 } = {}): WriterElement[] {
  const rows = options.rows ?? 8;
  const columns = options.columns ?? 8;
  const pixels = new Uint8Array(rows * columns * 3).map((_, index) => (index * 11) % 256);
  return [
    ...identifiedHeader(options),
    ...pixelDescription({ rows, columns, bits: 8, samples: 3, photometric: 'RGB' }),
    element(0x00280006, 'US', options.planar ?? 0),
    element(0x7fe00010, 'OB', pixels),
  ];
}

/** A PALETTE COLOR image with 16-bit tables of 256 entries (PS3.3 C.7.6.3.1.5). */
export function paletteImage(options: GreyOptions = {}): WriterElement[] {
  const table = (turn: number): Uint16Array =>
    new Uint16Array(256).map((_, index) => ((index * turn) % 256) * 257);
  return [
    ...withElements(greyImage(options), element(0x00280004, 'CS', 'PALETTE COLOR')),
    ...[1, 2, 3].map((channel) => element(0x00281100 + channel, 'US', [256, 0, 16])),
    ...[1, 3, 5].map((turn, index) => element(0x00281201 + index, 'OW', table(turn))),
  ];
}

/** An image of encapsulated fragments; the caller says which transfer syntax they are. */
export function encapsulatedImage(
  fragments: readonly Uint8Array[],
  options: GreyOptions = {},
): WriterElement[] {
  return withElements(greyImage(options), element(0x7fe00010, 'OB', { fragments, offsetTable: [] }));
}

/**
 * A marker of its own in an element of every VR, in a sequence three deep, in private elements, in a UN sequence and
 * behind an unknown tag: what must not leave can be searched for. `markers` lists the texts planted.
 */
export function markedImage(prefix: string): {
  readonly elements: WriterElement[];
  readonly markers: string[];
} {
  const markers: string[] = [];
  const mark = (name: string): string => {
    const marker = `${prefix}${name}`.toUpperCase();
    markers.push(marker);
    return marker;
  };
  const elements = withElements(
    greyImage(),
    element(0x00080050, 'SH', mark('SH')),
    element(0x00080080, 'LO', mark('LO')),
    element(0x00080081, 'ST', mark('ST')),
    element(0x00080090, 'PN', `${mark('PNF')}^${mark('PNG')}`),
    element(0x00080054, 'AE', mark('AE')),
    element(0x00080119, 'UC', mark('UC')),
    element(0x00080120, 'UR', `http://${mark('UR')}/`),
    element(0x00100010, 'PN', `${mark('NAMEF')}^${mark('NAMEG')}`),
    element(0x00100020, 'LO', mark('ID')),
    element(0x00104000, 'LT', mark('LT')),
    element(0x00180010, 'LO', mark('CONTRAST')),
    element(0x00200010, 'SH', mark('STID')),
    element(0x00204000, 'LT', mark('COMM')),
    element(0x0040a160, 'UT', mark('UT')),
    element(0x00400275, 'SQ', {
      items: [
        [
          element(0x00400007, 'LO', mark('DEEPA')),
          element(0x00321064, 'SQ', {
            undefinedLength: false,
            items: [
              [
                element(0x00080100, 'SH', mark('DEEPB')),
                element(0x00401101, 'SQ', { items: [[element(0x00080104, 'LO', mark('DEEPC'))]] }),
              ],
            ],
          }),
        ],
      ],
    }),
    ...privateElements(mark('PRIVLO'), mark('PRIVUN'), mark('PRIVSQ')),
    unknownSequence(mark('UNSQ')),
    element(0x00095011, 'LO', mark('NOCREATOR')),
    element(0x3006fff0, 'LO', mark('UNREGISTERED')),
    element(0x60003000, 'OB', Buffer.from(mark('OVERLAYDATA'), 'latin1')),
    element(0xfffcfffc, 'OB', Buffer.from(mark('TRAILING'), 'latin1')),
  );
  return { elements, markers };
}

/** A private block (PS3.5 7.8): creator, text, unknown bytes and a sequence with a block of its own. */
export function privateElements(text: string, unknown: string, nested: string): WriterElement[] {
  return [
    element(0x00290010, 'LO', 'SALLYPORT TEST'),
    element(0x00291001, 'LO', text),
    element(0x00291002, 'UN', Buffer.from(unknown, 'latin1')),
    element(0x00291003, 'SQ', {
      items: [[element(0x00290010, 'LO', 'SALLYPORT TEST'), element(0x00291001, 'LO', nested)]],
    }),
  ];
}

/** A sequence under VR UN with undefined length: its content is implicit VR little endian (PS3.5 6.2.2). */
export function unknownSequence(text: string, tag = 0x00101002): WriterElement {
  const item = encodeDataSet([element(0x00100020, 'LO', text)], { explicitVr: false, littleEndian: true });
  const bytes = Buffer.concat([
    Buffer.from('feff00e0ffffffff', 'hex'),
    item,
    Buffer.from('feff0de000000000', 'hex'),
    Buffer.from('feffdde000000000', 'hex'),
  ]);
  return element(tag, 'UN', { raw: bytes, declaredLength: 0xffffffff });
}

/** One element of every VR but SQ and UN, each with a value of two parts where the VR allows several. */
export function everyVr(): WriterElement[] {
  return [
    element(0x00080054, 'AE', ['AET1', 'AET2']),
    element(0x00101010, 'AS', '042Y'),
    element(0x00280009, 'AT', [0x00181063, 0x00181065]),
    element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY']),
    element(0x00080020, 'DA', '20240229'),
    element(0x00101030, 'DS', '70.5'),
    element(0x0008002a, 'DT', '20240229123456.123456+0100'),
    element(0x00720074, 'FD', [1.5, -2.25]),
    element(0x00720076, 'FL', [0.5, -0.25]),
    element(0x00200013, 'IS', '-7'),
    element(0x00102000, 'LO', ['one', 'two']),
    element(0x00104000, 'LT', 'line one\r\nline two'),
    element(0x00282000, 'OB', [1, 2, 3]),
    element(0x7fe00009, 'OD', [1.5]),
    element(0x7fe00008, 'OF', [1.5]),
    element(0x00660129, 'OL', [1, 2]),
    element(0x7fe00001, 'OV', [1n, 2n]),
    element(0x00281201, 'OW', [1, 2]),
    element(0x00100010, 'PN', 'Family^Given'),
    element(0x00080094, 'SH', ['+1', '+2']),
    element(0x00186020, 'SL', [-1, 2]),
    element(0x00189219, 'SS', -5),
    element(0x00080081, 'ST', 'Street 1'),
    element(0x00720082, 'SV', [-1n, 2n]),
    element(0x00080030, 'TM', '101112.5'),
    element(0x00080119, 'UC', ['long', 'code']),
    element(0x00080018, 'UI', uniqueUid()),
    element(0x00720078, 'UL', [1, 4294967295]),
    element(0x00080120, 'UR', 'https://example.org/a'),
    element(0x00280010, 'US', 3),
    element(0x0040a160, 'UT', 'unlimited text'),
    element(0x00720083, 'UV', [1n, 18446744073709551615n]),
  ];
}

/** Specific Character Set values and a Patient's Name encoded in each; the text is what a reader must see. */
export const characterSetSamples = [
  { characterSet: null, bytes: 'Yamada^Tarou', encoding: 'latin1', text: 'Yamada^Tarou' },
  { characterSet: 'ISO_IR 100', bytes: '4cfc646572735e48e56e', encoding: 'hex', text: 'Lüders^Hån' },
  { characterSet: 'ISO_IR 192', bytes: 'Люксембург^王小东', encoding: 'utf8', text: 'Люксембург^王小东' },
  { characterSet: 'ISO_IR 144', bytes: 'bbeedae1d5dcd1e3e0d3', encoding: 'hex', text: 'Люксембург' },
  {
    characterSet: '\\ISO 2022 IR 87',
    bytes: '59616d6164615e5461726f753d1b24423b3345441b28425e1b244242404f3a1b2842',
    encoding: 'hex',
    text: 'Yamada^Tarou=山田^太郎',
  },
  { characterSet: 'GB18030', bytes: 'cdf55ed0a1b6ab', encoding: 'hex', text: '王^小东' },
] as const;

/** A grey image whose Patient's Name is one of the samples. */
export function characterSetImage(sample: (typeof characterSetSamples)[number]): WriterElement[] {
  return withElements(
    greyImage(),
    element(0x00080005, 'CS', sample.characterSet),
    element(0x00100010, 'PN', Buffer.from(sample.bytes, sample.encoding)),
  );
}

/** Writes a Part 10 file and returns its path. */
export function writeInstance(path: string, file: WriterFile | readonly WriterElement[]): string {
  writeFileSync(path, encodePart10('elements' in file ? file : { elements: file }));
  return path;
}

function identifiedHeader(options: GreyOptions): WriterElement[] {
  return [
    element(0x00080008, 'CS', ['DERIVED', 'SECONDARY']),
    element(0x00080016, 'UI', options.sopClassUid ?? secondaryCapture),
    element(0x00080018, 'UI', options.sopInstanceUid ?? uniqueUid()),
    element(0x00080020, 'DA', '20240102'),
    element(0x00080030, 'TM', '030405'),
    element(0x00080050, 'SH', 'ACC0001'),
    element(0x00080060, 'CS', 'OT'),
    element(0x00080064, 'CS', 'SYN'),
    element(0x00080090, 'PN', null),
    element(0x00100010, 'PN', 'Doe^Jane'),
    element(0x00100020, 'LO', 'PAT0001'),
    element(0x00100030, 'DA', '19700101'),
    element(0x00100040, 'CS', 'F'),
    element(0x0020000d, 'UI', options.studyInstanceUid ?? uniqueUid()),
    element(0x0020000e, 'UI', options.seriesInstanceUid ?? uniqueUid()),
    element(0x00200010, 'SH', 'ST1'),
    element(0x00200011, 'IS', 1),
    element(0x00200013, 'IS', 1),
    element(0x00280301, 'CS', 'NO'),
  ];
}

function pixelDescription(image: {
  readonly rows: number;
  readonly columns: number;
  readonly bits: 8 | 16;
  readonly samples: 1 | 3;
  readonly photometric: string;
  readonly signed?: boolean;
}): WriterElement[] {
  return [
    element(0x00280002, 'US', image.samples),
    element(0x00280004, 'CS', image.photometric),
    element(0x00280010, 'US', image.rows),
    element(0x00280011, 'US', image.columns),
    element(0x00280100, 'US', image.bits),
    element(0x00280101, 'US', image.bits),
    element(0x00280102, 'US', image.bits - 1),
    element(0x00280103, 'US', image.signed === true ? 1 : 0),
  ];
}
