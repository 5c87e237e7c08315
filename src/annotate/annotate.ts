import { SallyportError } from '../core/errors.ts';
import type { DataSet } from '../dicom/data-set.ts';
import { encodeForm } from '../redact/edit/form-that-leaves.ts';
import { type CompressedForm, ownTransferSyntax } from '../redact/edit/frame-encoders.ts';
import { type FrameSamples, frameCells } from '../redact/edit/frame-samples.ts';
import { nativeForm } from '../redact/edit/native-form.ts';
import { describePixels } from '../render/pixel-description.ts';
import { openAll } from '../render/render.ts';
import { type DrawSettings, standardRenderSettings } from '../render/settings.ts';
import type { Annotation, TruthText } from './annotation.ts';
import { burnFrame, joinFrames, ready } from './burn.ts';

/** An instance as `readPart10` gives it. */
export interface AnnotateInput {
  readonly dataSet: DataSet;
  readonly transferSyntaxUid: string;
}

export interface Annotated extends AnnotateInput {
  /** Texts as they came out, per run of frames. */
  readonly texts: readonly TruthText[];
}

/** Forms of the pixels that can be written: all keep every value, since the truth tells exactly which ones changed. */
export type AnnotatedEncoding = 'native' | CompressedForm;
export const annotatedEncodings: readonly AnnotatedEncoding[] = [
  'native',
  ...(Object.keys(ownTransferSyntax) as CompressedForm[]),
];

/** Stored values are those of the frame as decoded, wherever it is shown. */
const settings: DrawSettings = {
  ...standardRenderSettings,
  ffmpeg: null,
  aspectRatio: 'stored',
};

/** Row, column, component and new value, one after another. */
type Changes = number[];

/** Most changed samples held in memory, of all frames. */
const maxChanges = 40_000_000;

/**
 * Burns texts into the stored values of an instance; what comes out is explicit VR little endian, its pixels uncompressed or
 * in the lossless form asked for. Large uncompressed pixels are made when they are read, so the input has to stay readable.
 * The header changes only where it describes the pixels. Throws what decoding and drawing throw; PIXEL_FORMAT_UNSUPPORTED for
 * videos and where no way leads back from what is shown to what is stored; PIXEL_LIMIT_EXCEEDED where too many samples would
 * change; ENCODE_FAILED where the form cannot hold such pixels exactly.
 */
export async function annotate(
  input: AnnotateInput,
  annotations: readonly Annotation[],
  encoding: AnnotatedEncoding = 'native',
): Promise<Annotated> {
  const { dataSet, transferSyntaxUid } = input;
  const pixels = describePixels(dataSet, settings);
  const texts = annotations.map(ready);
  const changes = new Map<number, Changes>();
  const truth: TruthText[] = [];
  let count = 0;
  for await (const opened of openAll(dataSet, transferSyntaxUid, settings)) {
    const { decoded, frame, transform } = opened;
    if (decoded === undefined) throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'video' });
    const recording = recorded(frameCells(decoded, pixels));
    const shown = { frame, transform, image: opened.draw() };
    truth.push(...burnFrame(texts, dataSet, pixels, recording.samples, shown));
    count += recording.changes.length / 4;
    if (count > maxChanges) throw new SallyportError('PIXEL_LIMIT_EXCEEDED', { detail: 'annotated samples' });
    if (recording.changes.length > 0) changes.set(frame - 1, recording.changes);
  }
  const native = nativeForm(input, settings, (index, samples) => repeat(changes.get(index) ?? [], samples));
  const written = encoding === 'native' ? native : encodeForm(native, encoding, settings);
  if (written === undefined) throw new SallyportError('ENCODE_FAILED', { detail: encoding });
  return { ...written, texts: joinFrames(truth) };
}

/** Samples that write down what is set. */
function recorded(samples: FrameSamples): { readonly samples: FrameSamples; readonly changes: Changes } {
  const changes: Changes = [];
  return {
    changes,
    samples: {
      ...samples,
      set(row, column, component, value) {
        samples.set(row, column, component, value);
        changes.push(row, column, component, value);
      },
    },
  };
}

function repeat(changes: Changes, samples: FrameSamples): void {
  for (let at = 0; at < changes.length; at += 4) {
    const [row = 0, column = 0, component = 0, value = 0] = changes.slice(at, at + 4);
    samples.set(row, column, component, value);
  }
}
