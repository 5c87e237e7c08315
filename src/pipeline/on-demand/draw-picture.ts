import { SallyportError } from '../../core/errors.ts';
import type { DrawnBox, RedactionBox } from '../../core/redaction.ts';
import type { DeidentifyInput } from '../../deidentify/deidentify.ts';
import { isVideo } from '../../deidentify/pixels/codestreams.ts';
import { frameEdit } from '../../redact/redact.ts';
import { pixelShapes } from '../../render/graphics/aspect-ratio.ts';
import { describePixels } from '../../render/pixel-description.ts';
import { drawAll } from '../../render/render.ts';
import { screenPicture } from '../../render/screen-picture.ts';
import type { DrawSettings, RenderSurroundings } from '../../render/settings.ts';
import type { OnDemandValues, PictureTask } from './tasks.ts';
import { type InstanceWork, treatOnDemand } from './work.ts';

/** Boxes of a search that are worth keeping for the next frame. */
const maxFoundBoxes = 10_000;

/** What is drawn, and what beside the data set it takes. */
interface Shown {
  readonly input: DeidentifyInput;
  readonly surroundings: RenderSurroundings;
  readonly foundBoxes: readonly RedactionBox[] | null;
}

/**
 * Draws one frame as it was received, or as it would leave. The second treats the whole instance first, as the gateway does:
 * with boxes or codes that a person thinks of, it is a preview of the release. Throws the code for which it would be held,
 * REQUEST_INVALID for a frame there is none of, and what drawing throws.
 */
export async function drawPicture(task: PictureTask, work: InstanceWork): Promise<OnDemandValues['picture']> {
  const { part10, setup } = work;
  const settings: DrawSettings = {
    ...setup.render,
    frames: { kind: 'only', n: task.frame },
    // Boxes count in stored pixels: whoever shows the picture makes them square.
    aspectRatio: 'stored',
    window: task.window ?? setup.render.window,
    // Whoever looks for text looks at all that is there.
    shutters: setup.render.shutters && task.side === 'deidentified',
  };
  const { rows, columns, numberOfFrames } = describePixels(part10.dataSet, settings);
  // How many frames a video has only its stream tells.
  if (!isVideo(part10.transferSyntaxUid) && task.frame > numberOfFrames)
    throw new SallyportError('REQUEST_INVALID', { detail: `frame: 1 to ${numberOfFrames}` });
  const { input, surroundings, foundBoxes } = await shownSide(task, work);
  for await (const drawn of drawAll(input.dataSet, input.transferSyntaxUid, settings, surroundings)) {
    work.onProgress();
    const picture = await screenPicture(drawn, task);
    return {
      picture: {
        ...picture,
        frame: task.frame,
        columns,
        rows,
        frames: drawn.numberOfFrames ?? numberOfFrames,
        scale: picture.width / columns,
        pixelAspect: pixelShapes(part10.dataSet)(task.frame - 1),
      },
      foundBoxes,
    };
  }
  throw new SallyportError('REQUEST_INVALID', { detail: 'frame: more than the video has' });
}

async function shownSide(task: PictureTask, work: InstanceWork): Promise<Shown> {
  const { part10, surroundings, context } = work;
  if (task.side === 'original') return { input: part10, surroundings, foundBoxes: null };
  const known = task.foundBoxes?.filter(({ source }) => source === 'ocr').map(asDrawn);
  const drawnBoxes = task.drawnBoxes ?? known ?? null;
  const treated = await treatOnDemand(work, { ...task, drawnBoxes }, { leaves: 'frames' });
  if (treated.kind === 'held') {
    const { code, detail } = treated;
    throw new SallyportError(code, detail === undefined ? {} : { detail });
  }
  const { boxes, pixels, result } = treated;
  const searched = pixels?.mode === 'all' || pixels?.mode === 'identifying';
  return {
    input: result.value,
    surroundings: { ...surroundings, videoFrameEdit: frameEdit(boxes, context.profile) },
    foundBoxes: searched && boxes.length <= maxFoundBoxes ? boxes : null,
  };
}

/** What was found is blanked again without a search; regions of rules are found anew. */
function asDrawn({ frame, frames, left, top, width, height }: RedactionBox): DrawnBox {
  return { frame, frames, left, top, width, height };
}
