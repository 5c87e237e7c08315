import t from 'tap';
import { cleanPixels } from '../../../src/deidentify/pixels/clean.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { encodePart10 } from '../../../src/synthetic/dicom-writer.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { ct, received, without, words } from '../build.ts';

const jpip = ['4.94', '4.95', '4.204', '4.205'];
const realTimeVideo = ['7.1', '7.2', '7.3'];
const h264 = '1.2.840.10008.1.2.4.102';

t.test('objects whose pixels are fetched or streamed from somewhere else are held', async (t) => {
  const { dataSet } = received(ct(words(0x00287fe0, 'UR', 'https://pacs.example/1')));
  for (const suffix of [...jpip, ...realTimeVideo]) {
    for (const image of [dataSet, without(dataSet, 0x7fe00010)]) {
      t.match(
        cleanPixels(image, `1.2.840.10008.1.2.${suffix}`),
        { kind: 'held', code: 'NO_PIXEL_DATA' },
        suffix,
      );
    }
  }
  t.match(cleanPixels(dataSet, '1.2.840.10008.1.2.1'), { kind: 'clean' });
});

t.test('a video passes only where nothing leaves but its frames', async (t) => {
  const stream = Buffer.from('\0\0\0\x20ftypisom title=DOE^JANE!');
  const bytes = encodePart10({
    transferSyntaxUid: h264,
    elements: [element(0x7fe00010, 'OB', { fragments: [stream] })],
  });
  const { dataSet } = readPart10(memorySource(bytes));
  t.match(cleanPixels(dataSet, h264), { kind: 'held', code: 'PIXEL_FORMAT_UNSUPPORTED' });
  t.match(cleanPixels(dataSet, h264, true), { kind: 'clean', dataSet, cleaned: [] });
  t.match(cleanPixels(dataSet, '1.2.840.10008.1.2.4.50', true), { kind: 'held' }, 'no video');
});
