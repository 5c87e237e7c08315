import { SallyportError } from '../core/errors.ts';
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { numberElement, textElement, withElements } from '../dicom/edit.ts';
import { nativeTransferSyntaxOf } from '../dicom/encodings.ts';
import { tags } from '../dicom/tags.ts';
import { decoderOf } from '../render/decode/decoder-table.ts';
import type { DecodedFrame } from '../render/decode/decoders.ts';
import { describePixels, type PixelDescription } from '../render/pixel-description.ts';
import { drawFrames, frameDecoder } from '../render/render.ts';
import { type Cells, cellsOf } from '../render/samples.ts';
import { standardRenderSettings } from '../render/settings.ts';
import type { Annotation, TruthText } from './annotation.ts';
import { burnFrame, joinFrames, ready } from './burn.ts';

export interface Annotated {
  readonly dataSet: DataSet;
  readonly transferSyntaxUid: string;
  /** Texts as they came out, per run of frames. */
  readonly texts: readonly TruthText[];
}

/** Pixels are made in memory, bytes. */
const maxPixelBytes = 2 ** 31;

/**
 * Burns texts into the stored values of an instance; what comes out is uncompressed, in the byte order that its
 * elements have. The data set given is not changed, and its header only where it describes the pixels. Throws what decoding
 * and drawing throw, PIXEL_LIMIT_EXCEEDED where the pixels are more than 2 GiB.
 */
export function annotate(
  dataSet: DataSet,
  transferSyntaxUid: string,
  annotations: readonly Annotation[],
): Annotated {
  if (decoderOf(transferSyntaxUid)?.how === 'video')
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'video' });
  const pixels = describePixels(dataSet, standardRenderSettings);
  const settings = { ...standardRenderSettings, segmentations: 'grey' } as const;
  const texts = annotations.map(ready);
  const frameAt = frameDecoder(dataSet, transferSyntaxUid, pixels);
  const truth: TruthText[] = [];
  let native: NativePixels | undefined;
  for (const drawn of drawFrames(dataSet, transferSyntaxUid, settings)) {
    const frame = frameAt(drawn.frame - 1);
    const cells = copyOf(cellsOf(frame, pixels));
    truth.push(...burnFrame(texts, dataSet, pixels, frame, drawn, cells));
    native ??= new NativePixels(pixels, frame, cells);
    native.add(drawn.frame - 1, cells);
  }
  if (native === undefined) throw new SallyportError('NO_PIXEL_DATA');
  return { ...native.into(dataSet), texts: joinFrames(truth) };
}

/** Frames of cells, put together as native pixel data. */
class NativePixels {
  readonly #pixels: PixelDescription;
  readonly #frame: DecodedFrame;
  readonly #bytes: Uint8Array;
  readonly #cellsPerFrame: number;
  readonly #bits: number;

  constructor(pixels: PixelDescription, frame: DecodedFrame, cells: Cells) {
    this.#pixels = pixels;
    this.#frame = frame;
    this.#cellsPerFrame = cells.length;
    this.#bits = frame.bitsAllocated === 1 ? 1 : cells.BYTES_PER_ELEMENT * 8;
    const length = 2 * Math.ceil((cells.length * pixels.numberOfFrames * this.#bits) / 16);
    if (length > maxPixelBytes) throw new SallyportError('PIXEL_LIMIT_EXCEEDED', { detail: 'pixels in all' });
    this.#bytes = new Uint8Array(length);
  }

  add(index: number, cells: Cells): void {
    const first = index * this.#cellsPerFrame;
    if (this.#bits !== 1) {
      const bytes = new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
      this.#bytes.set(bytes, (first * this.#bits) / 8);
      return;
    }
    // Frames of bits follow without a gap (PS3.5 8.1.1).
    for (let i = 0; i < cells.length; i++) {
      const at = first + i;
      if (cells[i] !== 0) this.#bytes[at >> 3] = (this.#bytes[at >> 3] as number) | (1 << (at & 7));
    }
  }

  into(dataSet: DataSet): Pick<Annotated, 'dataSet' | 'transferSyntaxUid'> {
    const pixels = this.#pixels;
    const { element } = pixels;
    const vr = this.#vr();
    if (!dataSet.encoding.littleEndian) swap(this.#bytes, this.#bits, vr);
    const changes = new Map<number, DataElement | undefined>([
      [element.tag, { ...element, vr, body: { kind: 'bytes', bytes: this.#bytes } }],
      [0x7fe00001, undefined],
      [0x7fe00002, undefined],
      [
        tags.PhotometricInterpretation,
        textElement(dataSet, tags.PhotometricInterpretation, 'CS', this.#photometric()),
      ],
    ]);
    if (pixels.samplesPerPixel === 3)
      changes.set(
        tags.PlanarConfiguration,
        numberElement(dataSet, tags.PlanarConfiguration, 'US', [this.#frame.planarConfiguration]),
      );
    const bits = this.#bits;
    if (pixels.sampleKind === 'integer' && bits !== pixels.bitsAllocated)
      changes.set(tags.BitsAllocated, numberElement(dataSet, tags.BitsAllocated, 'US', [bits]));
    return {
      dataSet: withElements(dataSet, changes),
      transferSyntaxUid: nativeTransferSyntaxOf(dataSet.encoding) ?? '1.2.840.10008.1.2.1',
    };
  }

  #vr(): 'OB' | 'OW' | 'OF' | 'OD' {
    const { sampleKind } = this.#pixels;
    if (sampleKind !== 'integer') return sampleKind === 'float' ? 'OF' : 'OD';
    return this.#bits > 8 ? 'OW' : 'OB';
  }

  #photometric(): string {
    const name = this.#frame.photometricInterpretation;
    // Those of JPEG 2000 mean RGB once they are decoded.
    return name === 'YBR_ICT' || name === 'YBR_RCT' ? 'RGB' : name;
  }
}

/** Into big endian: words of OW are of 16 bits (PS3.5 7.1.1), whatever the samples have. */
function swap(bytes: Uint8Array, bits: number, vr: string): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bits <= 8) return;
  if (vr === 'OW') buffer.swap16();
  else if (bits === 32) buffer.swap32();
  else buffer.swap64();
}

/** Not `slice`, which copies nothing of a Buffer. */
function copyOf(cells: Cells): Cells {
  const copy = Uint8Array.from(new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength));
  if (cells instanceof Float64Array) return new Float64Array(copy.buffer);
  if (cells instanceof Float32Array) return new Float32Array(copy.buffer);
  if (cells instanceof Uint32Array) return new Uint32Array(copy.buffer);
  return cells instanceof Uint16Array ? new Uint16Array(copy.buffer) : copy;
}
