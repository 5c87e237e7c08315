import { statSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { asSallyportError, SallyportError } from '../../core/errors.ts';
import type { RedactionBox } from '../../core/redaction.ts';
import { type DeidentifyOptions, deidentify } from '../../deidentify/deidentify.ts';
import type { PixelTreatment } from '../../deidentify/pixels/treatment.ts';
import { defineProfile } from '../../deidentify/profile.ts';
import { canonicalUid, createPseudonyms } from '../../deidentify/pseudonyms.ts';
import { recordPairs } from '../../deidentify/recording.ts';
import type { ByteSource } from '../../dicom/byte-source.ts';
import { encodePart10 } from '../../dicom/encode.ts';
import { encodeFileMeta } from '../../dicom/file-meta.ts';
import { type Part10, readPart10 } from '../../dicom/part10.ts';
import { firstText } from '../../dicom/values.ts';
import { textEngineOnce } from '../../ocr/engine-once.ts';
import { endableEngine } from '../../pipeline/endable-engine.ts';
import { openFileSource, reusedBuffer, wholeFileBytes } from '../../pipeline/file-source.ts';
import { silenceConsole } from '../../pipeline/silence-console.ts';
import { alive } from '../../pipeline/vital-signs.ts';
import { type RedactResult, redact } from '../../redact/redact.ts';
import { standardRenderSettings } from '../../render/settings.ts';
import { describeDeidentified, describeHeld } from '../../reports/describe.ts';
import { comparePictures } from '../compare-pictures.ts';
import type {
  ComparedPictures,
  FileReply,
  InputStat,
  PixelOutcome,
  ThreadFileTask,
  WorkerSetup,
} from './messages.ts';
import { writeFile } from './write-file.ts';

silenceConsole();

/** Thread entry: what every file needs is made once. */
const setup = workerData as WorkerSetup;
const profile = defineProfile(setup.profile);
const pseudonyms = createPseudonyms(setup.secret);
const options: DeidentifyOptions = {
  profile,
  pseudonyms,
  ...(setup.callingAeTitle === null ? {} : { callingAeTitle: setup.callingAeTitle }),
};
const textEngine = textEngineOnce({ threads: setup.textThreads });
/** One file at a time is worked on here, and its reply holds none of its bytes. */
const buffer = reusedBuffer();

/**
 * De-identifies one file and writes the output aside. Every fault of the file comes back as `refused`, one nobody foresaw
 * as UNEXPECTED with its place in our code. Never rejects: a rejection means that the thread died.
 */
export async function deidentifyFile(task: ThreadFileTask): Promise<FileReply> {
  const { input, vitalSigns } = task;
  let stat: InputStat | null = null;
  alive(vitalSigns);
  try {
    const found = orUnreadable(() => statSync(input));
    // A folder that could not be listed, or a pipe, which would never end.
    if (!found.isFile()) throw new SallyportError('FILE_UNREADABLE');
    stat = { bytes: found.size, modifiedMs: Math.trunc(found.mtimeMs) };
    const source = orUnreadable(() => openFileSource(input, wholeFileBytes, buffer));
    try {
      return await fromSource(source, task, stat);
    } finally {
      source.close();
    }
  } catch (error) {
    return { kind: 'refused', stat, ...verdictOf(error) };
  }
}

/** What cannot be opened is no fault of the folder of outputs. */
function orUnreadable<T>(open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw cause instanceof SallyportError ? cause : new SallyportError('FILE_UNREADABLE', { cause });
  }
}

async function fromSource(
  source: ByteSource,
  { input, part, vitalSigns }: ThreadFileTask,
  stat: InputStat,
): Promise<FileReply> {
  // A file keeps its line when what becomes of it changes.
  const id = pseudonyms.token('input', input);
  const part10 = readPart10(source);
  const onProgress = (): void => alive(vitalSigns);
  const redacted = await redact(part10, {
    profile,
    ...(setup.callingAeTitle === null ? {} : { callingAeTitle: setup.callingAeTitle }),
    draw: standardRenderSettings,
    surroundings: { onProgress },
    engine: endableEngine(textEngine, vitalSigns),
  });
  onProgress();
  const pictures = await picturesOf(part10, redacted, id, onProgress);
  const boxes = boxesOf(redacted);
  const context = { ...options, id, boxes };
  const about = { boxes, ...(pictures === undefined ? {} : { pictures }) };
  const recording = setup.pairs ? recordPairs(pseudonyms) : undefined;
  const result =
    redacted.kind === 'held'
      ? redacted
      : deidentify(redacted.kind === 'treated' ? redacted.input : part10, {
          ...options,
          ...(recording === undefined ? {} : { pseudonyms: recording.pseudonyms }),
          ...(redacted.kind === 'treated' ? { pixels: redacted.treatment } : {}),
        });
  if (result.kind === 'held') {
    const { code, detail } = result;
    const report = setup.reports ? describeHeld(part10.dataSet, code, context) : undefined;
    return {
      kind: 'refused',
      code,
      stat,
      ...about,
      ...(detail === undefined ? {} : { detail }),
      ...(report === undefined ? {} : { report }),
    };
  }
  const { value } = result;
  for (const uid of [value.studyInstanceUid, value.seriesInstanceUid, value.sopInstanceUid]) {
    // A profile may retain UIDs, and anything may stand where one belongs; here they become names of files.
    if (!/^[0-9.]{1,64}$/.test(uid) || /^\.+$/.test(uid))
      throw new SallyportError('DATA_SET_MALFORMED', { detail: 'a UID with other characters' });
  }
  writeFile(part, encodePart10({ ...value, head: encodeFileMeta(value) }), setup.fsync);
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = value;
  const report = setup.reports ? describeDeidentified(result, context) : undefined;
  return {
    kind: 'deidentified',
    stat,
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
    ...about,
    ...(redacted.kind === 'treated' ? { pixels: outcomeOf(redacted.treatment) } : {}),
    ...(report === undefined ? {} : { report }),
    ...(recording === undefined ? {} : { pairs: recording.pairs() }),
  };
}

function boxesOf(redacted: RedactResult): readonly RedactionBox[] {
  if (redacted.kind === 'held') return redacted.boxes;
  return redacted.kind === 'treated' ? redacted.treatment.boxes : [];
}

function outcomeOf({ mode, complete, changed }: PixelTreatment): PixelOutcome {
  return { mode, complete, changed };
}

/**
 * Pictures for `--compare`, in names without anything of it but pseudonyms: of an instance with boxes, and of one that is
 * likely to carry text in which none was found, since only a person can tell whether any was missed.
 */
async function picturesOf(
  part10: Part10,
  redacted: RedactResult,
  id: string,
  onProgress: () => void,
): Promise<ComparedPictures | undefined> {
  const boxes = boxesOf(redacted);
  const isSuspect = redacted.kind === 'treated' && redacted.treatment.risk !== undefined;
  if (setup.compare === null || (boxes.length === 0 && !isSuspect)) return undefined;
  const instance = pseudonyms.uid(canonicalUid(firstText(part10.dataSet, 0x00080018) ?? ''));
  return await comparePictures({
    before: part10,
    after: redacted.kind === 'treated' ? redacted.input : undefined,
    boxes,
    folder: setup.compare,
    name: `${instance}-${id}`,
    onProgress,
  });
}

/** Faults of the file system are the folder's, not the instance's. */
function verdictOf(error: unknown): Pick<Extract<FileReply, { kind: 'refused' }>, 'code' | 'detail'> {
  if (error instanceof Error && 'syscall' in error) return { code: 'STORAGE_FAILED' };
  const { code, detail } = error instanceof SallyportError ? error : unforeseen(error);
  return { code, ...(detail === undefined ? {} : { detail }) };
}

/** With the place in our code: a message may have a value of the data set in it, a file name and a line have not. */
function unforeseen(error: unknown): SallyportError {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = /[\\/]([\w.-]+\.[jt]s:\d+):\d+\)?$/m.exec(stack)?.[1];
  if (place === undefined) return asSallyportError(error);
  return new SallyportError('UNEXPECTED', { detail: place, cause: error });
}
