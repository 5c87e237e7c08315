import type { Part10 } from '../../dicom/part10.ts';
import type { TextEngine } from '../../ocr/text-engine.ts';
import type { RenderSurroundings } from '../../render/settings.ts';
import type { WorkerSetup } from '../messages.ts';
import type { ProfileContext, ThreadProfiles } from '../thread-profiles.ts';
import { type TreatedInstance, treatInstance } from '../treat-instance.ts';
import type { Decisions, FileInput } from './tasks.ts';

/** What one task in a thread has at hand. */
export interface ThreadWork {
  readonly setup: WorkerSetup;
  readonly profiles: ThreadProfiles;
  readonly surroundings: RenderSurroundings;
  readonly engine: () => Promise<TextEngine>;
  /** Called between pieces of work; throws CANCELLED when it is to end. */
  readonly onProgress: () => void;
}

/** The same for a task on one instance, open for reading. */
export interface InstanceWork extends ThreadWork {
  readonly part10: Part10;
  /** Length of the file. */
  readonly bytes: number;
  readonly context: ProfileContext;
}

/** As the gateway treats it: `what` tells whether the data set leaves or frames alone, as from the gateway. */
export function treatOnDemand(
  { part10, setup, context, surroundings, engine, onProgress }: InstanceWork,
  { releasedCodes, drawnBoxes, callingAeTitle }: Decisions & Pick<FileInput, 'callingAeTitle'>,
  what: {
    readonly leaves: 'data set' | 'frames';
    readonly recordPairs?: boolean;
    readonly useMetadata?: boolean;
  },
): Promise<TreatedInstance> {
  const onlyFramesLeave = what.leaves === 'frames';
  return treatInstance(part10, {
    ...context,
    releasedCodes,
    drawnBoxes,
    callingAeTitle,
    onlyFramesLeave,
    onlyShownLeaves: onlyFramesLeave && setup.render.format === 'jpeg',
    ...(what.useMetadata === undefined ? {} : { useMetadata: what.useMetadata }),
    draw: setup.render,
    surroundings,
    engine,
    recordPairs: what.recordPairs ?? false,
    onRedacted: onProgress,
  });
}
