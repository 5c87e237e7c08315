import type { WriterFile } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { withElements } from '../support/instances.ts';
import { slice } from './images.ts';

/** A video of an endoscope, with the patient's name as the title of its stream. */
export function endoscopy(seed: string, stream: Uint8Array, frames: number): WriterFile {
  const { elements } = slice(seed, 1);
  const padded = stream.length % 2 === 0 ? stream : Buffer.concat([stream, new Uint8Array(1)]);
  return {
    transferSyntaxUid: '1.2.840.10008.1.2.4.102',
    elements: withElements(
      elements,
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.77.1.1.1'),
      element(0x00080060, 'CS', 'ES'),
      element(0x00280002, 'US', 3),
      element(0x00280004, 'CS', 'YBR_PARTIAL_420'),
      element(0x00280006, 'US', 0),
      element(0x00280008, 'IS', frames),
      element(0x00280010, 'US', 240),
      element(0x00280011, 'US', 320),
      element(0x00280100, 'US', 8),
      element(0x00280101, 'US', 8),
      element(0x00280102, 'US', 7),
      element(0x7fe00010, 'OB', { fragments: [padded] }),
    ),
  };
}
