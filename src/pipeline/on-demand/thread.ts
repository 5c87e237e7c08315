import { readPart10 } from '../../dicom/part10.ts';
import type { TextEngine } from '../../ocr/text-engine.ts';
import { endableEngine, endIfTold } from '../endable-engine.ts';
import type { FileBuffer } from '../file-source.ts';
import { openInput, statInput } from '../instance-file.ts';
import type { WorkerSetup } from '../messages.ts';
import type { ProfileContext, ThreadProfiles } from '../thread-profiles.ts';
import { fileVerdictOf } from '../verdict.ts';
import { alive, atWork } from '../vital-signs.ts';
import { drawPicture } from './draw-picture.ts';
import { inspectInstance } from './inspect-instance.ts';
import { reportOfInstance, storedReport } from './report-page.ts';
import type { FileInput, OnDemandReply, OnDemandThreadTask, OnDemandValues } from './tasks.ts';
import { treatFile } from './treat-file.ts';
import type { InstanceWork, ThreadWork } from './work.ts';

/** What a thread has for every task. */
export interface ThreadParts {
  readonly setup: WorkerSetup;
  readonly profiles: ThreadProfiles;
  readonly buffer: FileBuffer;
  readonly textEngine: () => Promise<TextEngine>;
}

/**
 * The thread's side of work on demand. What is told of it never rejects: a rejection means that the thread died. Work that
 * is told to end does so by itself, with CANCELLED, between two pieces of it.
 */
export function onDemandThread(
  parts: ThreadParts,
): (threadTask: OnDemandThreadTask) => Promise<OnDemandReply> {
  return async (threadTask) => {
    atWork(threadTask.vitalSigns);
    try {
      return { kind: 'done', value: await doneOf(threadTask, parts) };
    } catch (error) {
      return { kind: 'refused', ...fileVerdictOf(error) };
    } finally {
      atWork(threadTask.vitalSigns);
    }
  };
}

async function doneOf(
  { task, vitalSigns, scratchFolder }: OnDemandThreadTask,
  { setup, profiles, buffer, textEngine }: ThreadParts,
): Promise<OnDemandValues[keyof OnDemandValues]> {
  const onProgress = (): void => {
    alive(vitalSigns);
    endIfTold(vitalSigns);
  };
  const work: ThreadWork = {
    setup,
    profiles,
    surroundings: { scratchFolder, onProgress },
    engine: endableEngine(textEngine, vitalSigns),
    onProgress,
  };
  onProgress();
  const withInstance = async <T>(
    about: FileInput,
    run: (instance: InstanceWork) => T | Promise<T>,
  ): Promise<T> => {
    const { bytes } = statInput(about.input);
    const source = openInput(about.input, buffer);
    try {
      return await run({ ...work, part10: readPart10(source), bytes, context: contextOf(profiles, about) });
    } finally {
      source.close();
    }
  };
  switch (task.kind) {
    case 'treat':
      return withInstance(task, (instance) => treatFile(task, instance));
    case 'picture':
      return withInstance(task, (instance) => drawPicture(task, instance));
    case 'inspect':
      return withInstance(task, (instance) => inspectInstance(task, instance));
    case 'report': {
      const { of } = task;
      if (of.from === 'stored') return storedReport(of, task.html);
      return withInstance(of, (instance) => reportOfInstance(task, instance));
    }
    default:
      return task satisfies never;
  }
}

function contextOf(profiles: ThreadProfiles, { profileName, callingAeTitle }: FileInput): ProfileContext {
  return profileName === null ? profiles.of(callingAeTitle) : profiles.named(profileName);
}
