import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeDataSet, encodePart10, transferSyntaxes } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { dcmdump } from '../support/dcmtk.ts';
import {
  characterSetImage,
  characterSetSamples,
  encapsulatedImage,
  everyVr,
  greyImage,
  markedImage,
  paletteImage,
  rgbImage,
  signedImage,
  unknownSequence,
  withElements,
  writeInstance,
} from '../support/instances.ts';
import { requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';

const little = { explicitVr: true, littleEndian: true };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

t.test('writes elements as PS3.5 7.1 says, in each of the encodings', async (t) => {
  const elements = [element(0x00280010, 'US', 0x0102), element(0x00080060, 'CS', 'MR1')];
  t.equal(
    hex(encodeDataSet(elements, little)),
    '0800600043530400' + '4d523120' + '280010005553020002' + '01',
  );
  t.equal(
    hex(encodeDataSet(elements, { explicitVr: false, littleEndian: true })),
    '0800600004000000' + '4d523120' + '2800100002000000' + '0201',
  );
  t.equal(
    hex(encodeDataSet(elements, { explicitVr: true, littleEndian: false })),
    '0008006043530004' + '4d523120' + '0028001055530002' + '0102',
  );
});

t.test('swaps words of typed arrays in big endian and leaves bytes alone', async (t) => {
  const big = { explicitVr: true, littleEndian: false };
  const words = encodeDataSet([element(0x7fe00010, 'OW', new Uint16Array([0x0102, 0x0304]))], big);
  t.equal(hex(words.subarray(12)), '01020304');
  const bytes = encodeDataSet([element(0x7fe00010, 'OW', new Uint8Array([1, 2, 3, 4]))], big);
  t.equal(hex(bytes.subarray(12)), '01020304');
});

t.test('writes sequences and fragments with delimiters or explicit lengths', async (t) => {
  const items = [[element(0x00080100, 'SH', 'AB')]];
  const open = encodeDataSet([element(0x00081032, 'SQ', { items })], little);
  t.equal(
    hex(open),
    '080032105351' +
      '0000ffffffff' +
      'feff00e0ffffffff' +
      '0800000153480200' +
      '4142' +
      'feff0de000000000feffdde000000000',
  );
  const closed = encodeDataSet([element(0x00081032, 'SQ', { items, undefinedLength: false })], little);
  t.equal(hex(closed), '080032105351' + '000012000000' + 'feff00e00a000000' + '0800000153480200' + '4142');
  const pixels = encodeDataSet(
    [element(0x7fe00010, 'OB', { fragments: [new Uint8Array([1, 2, 3])], offsetTable: [0] })],
    little,
  );
  t.equal(
    hex(pixels),
    'e07f10004f420000ffffffff' + 'feff00e00400000000000000' + 'feff00e00400000001020300' + 'feffdde000000000',
  );
});

t.test('refuses values that do not fit, without repeating them', async (t) => {
  const cases = [
    element(0x00100010, 'PN', '王^小东'),
    element(0x00280010, 'US', 'three'),
    element(0x00102000, 'LO', 'x'.repeat(70_000)),
  ];
  for (const one of cases) {
    t.throws(() => encodeDataSet([one], little), { code: 'DATA_SET_MALFORMED' });
    try {
      encodeDataSet([one], little);
    } catch (thrown) {
      t.notMatch(String(thrown), /王|three|xxx/);
    }
  }
});

t.test('pydicom reads every VR in every transfer syntax as it was given', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const folder = t.testdir();
  for (const [name, transferSyntaxUid] of Object.entries(transferSyntaxes)) {
    if (name === 'rleLossless') continue;
    const path = join(folder, `${name}.dcm`);
    const class_ = element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7');
    writeInstance(path, { elements: withElements(everyVr(), class_), transferSyntaxUid });
    const seen = await pydicom(
      `
d = dcmread(sys.argv[1])
print(json.dumps([d.file_meta.TransferSyntaxUID, [str(v) for v in d.FrameIncrementPointer], list(d[0x00720074].value),
 d[0x00200013].value, [str(v) for v in d[0x00720083].value], d[0x00720082].value, d[0x00189219].value, d[0x00660129].value.hex(),
 list(d[0x00720078].value), str(d.PatientName), d.TextValue, d.Rows, list(d[0x00102000].value)]))`,
      path,
    );
    t.same(
      seen,
      [
        transferSyntaxUid,
        ['(0018, 1063)', '(0018, 1065)'],
        [1.5, -2.25],
        -7,
        ['1', '18446744073709551615'],
        [-1, 2],
        -5,
        name === 'explicitVrBigEndian' ? '0000000100000002' : '0100000002000000',
        [1, 4294967295],
        'Family^Given',
        'unlimited text',
        3,
        ['one', 'two'],
      ],
      name,
    );
  }
});

t.test('pydicom reads the character sets', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const folder = t.testdir();
  for (const [index, sample] of characterSetSamples.entries()) {
    const path = writeInstance(join(folder, `${index}.dcm`), characterSetImage(sample));
    const name = await pydicom('print(json.dumps(str(dcmread(sys.argv[1]).PatientName)))', path);
    t.equal(name, sample.text, String(sample.characterSet));
  }
});

t.test('dcmdump and pydicom read the image builders', async (t) => {
  if (!requirePeer(t, 'dcmdump', 'pydicom')) return;
  const folder = t.testdir();
  const images = {
    grey: greyImage(),
    frames: greyImage({ frames: 3 }),
    signed: signedImage(),
    rgb: rgbImage({ planar: 1 }),
    palette: paletteImage(),
    marked: markedImage('QX').elements,
    unknownSequence: withElements(greyImage(), unknownSequence('INSIDE')),
  };
  for (const [name, elements] of Object.entries(images)) {
    const path = writeInstance(join(folder, `${name}.dcm`), elements);
    const dump = await dcmdump(path);
    t.equal(dump.exitCode, 0, `${name}: ${dump.output.slice(0, 300)}`);
    const pixels = elements.find(({ tag }) => tag === 0x7fe00010)?.value;
    const expected = pixels instanceof Int16Array ? new Uint8Array(pixels.buffer) : (pixels as Uint8Array);
    const digest = await pydicom(
      'd = dcmread(sys.argv[1]); d.pixel_array; print(json.dumps(hashlib.sha256(d.PixelData).hexdigest()))',
      path,
    );
    t.equal(digest, createHash('sha256').update(expected).digest('hex'), `${name}: pixel data`);
  }
  const { markers } = markedImage('QX');
  const bytes = readFileSync(join(folder, 'marked.dcm'), 'latin1');
  t.same(
    markers.filter((marker) => !bytes.includes(marker)),
    [],
    'every marker is in the file',
  );
});

t.test('writes fragments that pydicom takes apart again', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const fragments = [new Uint8Array([1, 2]), new Uint8Array([3, 4, 5, 6])];
  const path = writeInstance(join(t.testdir(), 'fragments.dcm'), {
    elements: encapsulatedImage(fragments),
    transferSyntaxUid: '1.2.840.10008.1.2.4.50',
  });
  const seen = await pydicom(
    `
from pydicom.encaps import generate_pixel_data_fragment
from pydicom.filebase import DicomBytesIO
f = DicomBytesIO(dcmread(sys.argv[1]).PixelData); f.is_little_endian = True
from pydicom.encaps import get_frame_offsets
get_frame_offsets(f)
print(json.dumps([x.hex() for x in generate_pixel_data_fragment(f)]))`,
    path,
  );
  t.same(seen, ['0102', '03040506']);
});

t.test('leaves out preamble and meta, keeps the order and writes false lengths when told to', async (t) => {
  const elements = [
    element(0x00200013, 'IS', '12'),
    element(0x00080060, 'CS', { raw: Buffer.from('MR'), declaredLength: 99 }),
  ];
  const bytes = encodePart10({ elements, preamble: null, keepOrder: true });
  t.equal(hex(bytes), '2000130049530200' + '3132' + '0800600043536300' + '4d52');
  const whole = encodePart10({ elements, preamble: new Uint8Array(128).fill(7) });
  t.equal(whole[0], 7);
  t.equal(Buffer.from(whole.subarray(128, 132)).toString(), 'DICM');
});
