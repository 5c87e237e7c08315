import sharp from 'sharp';
import type { WriterFile } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { greyImage } from '../support/instances.ts';

const rows = 800;
const columns = 1000;
const lineHeight = 32;

/** A secondary capture with so many lines of text that a search takes a while on any machine. */
export async function pageOfText(): Promise<WriterFile> {
  const lines = Array.from({ length: Math.floor(rows / lineHeight) - 1 }, (_, index) => {
    const y = lineHeight * (index + 1);
    return `<text x="20" y="${y}" font-size="20" font-family="DejaVu Sans" fill="white">Line ${index} of a page full of words 27.11.1963 ${7919 * index}</text>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${columns}" height="${rows}"><rect width="100%" height="100%" fill="black"/>${lines.join('')}</svg>`;
  const { data } = await sharp(Buffer.from(svg)).greyscale().raw().toBuffer({ resolveWithObject: true });
  return {
    elements: [
      ...greyImage({ rows, columns, sopClassUid: '1.2.840.10008.5.1.4.1.1.7' }).filter(
        ({ tag }) => tag !== 0x7fe00010,
      ),
      element(0x7fe00010, 'OB', data),
    ],
  };
}
