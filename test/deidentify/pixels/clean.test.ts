import t from 'tap';
import { cleanPixels } from '../../../src/deidentify/pixels/clean.ts';
import { ct, received, without, words } from '../build.ts';

const jpip = ['4.94', '4.95', '4.204', '4.205'];
const realTimeVideo = ['7.1', '7.2', '7.3'];

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
