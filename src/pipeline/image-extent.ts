import type { ImageExtent } from '../core/box-lists.ts';
import { readPart10 } from '../dicom/part10.ts';
import { firstNumber } from '../dicom/values.ts';
import { openFileSource } from './file-source.ts';

/** MPEG-2, H.264, HEVC. */
const video = /^1\.2\.840\.10008\.1\.2\.4\.10\d/;
/** Read of a file to know the size of its image, bytes: the header, not the pixels. */
const headerBytes = 1024 * 1024;

/**
 * Columns, Rows and Number of Frames of a Part 10 file; undefined where it does not say, or cannot be read. How many
 * frames a video has only its stream tells.
 */
export function imageExtentOf(path: string): ImageExtent | undefined {
  try {
    const source = openFileSource(path, headerBytes);
    try {
      const { dataSet, transferSyntaxUid } = readPart10(source);
      const columns = firstNumber(dataSet, 0x00280011) ?? 0;
      const rows = firstNumber(dataSet, 0x00280010) ?? 0;
      if (columns < 1 || rows < 1) return undefined;
      return {
        columns,
        rows,
        frames: video.test(transferSyntaxUid) ? undefined : (firstNumber(dataSet, 0x00280008) ?? 1),
      };
    } finally {
      source.close();
    }
  } catch {
    // Whether it can be read at all is found out, and told, when it is processed.
    return undefined;
  }
}
