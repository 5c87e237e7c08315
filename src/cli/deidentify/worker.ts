import { workerData } from 'node:worker_threads';
import { defineProfile } from '../../deidentify/profile.ts';
import { canonicalUid, createPseudonyms } from '../../deidentify/pseudonyms.ts';
import type { ByteSource } from '../../dicom/byte-source.ts';
import { type Part10, readPart10 } from '../../dicom/part10.ts';
import { firstText } from '../../dicom/values.ts';
import { textEngineOnce } from '../../ocr/engine-once.ts';
import { endableEngine } from '../../pipeline/endable-engine.ts';
import { reusedBuffer } from '../../pipeline/file-source.ts';
import { type InputStat, openInput, statInput, writeInstance } from '../../pipeline/instance-file.ts';
import { silenceConsole } from '../../pipeline/silence-console.ts';
import { boxesOf, treatInstance } from '../../pipeline/treat-instance.ts';
import { fileVerdictOf } from '../../pipeline/verdict.ts';
import { alive } from '../../pipeline/vital-signs.ts';
import type { RedactResult } from '../../redact/redact.ts';
import { standardRenderSettings } from '../../render/settings.ts';
import { describeDeidentified, describeHeld } from '../../reports/describe.ts';
import { comparePictures } from '../compare-pictures.ts';
import type { ComparedPictures, FileReply, ThreadFileTask, WorkerSetup } from './messages.ts';

silenceConsole();

/** Thread entry: what every file needs is made once. */
const setup = workerData as WorkerSetup;
const profile = defineProfile(setup.profile);
const pseudonyms = createPseudonyms(setup.secret);
const textEngine = textEngineOnce({ threads: setup.textThreads });
/** One file at a time is worked on here, and its reply holds none of its bytes. */
const buffer = reusedBuffer();

/**
 * De-identifies one file and writes the output aside. Every fault of the file comes back as `refused`, one nobody foresaw
 * as UNEXPECTED with its place in our code. Never rejects: a rejection means that the thread died.
 */
export async function deidentifyFile(task: ThreadFileTask): Promise<FileReply> {
  let stat: InputStat | null = null;
  alive(task.vitalSigns);
  try {
    stat = statInput(task.input);
    const source = openInput(task.input, buffer);
    try {
      return await fromSource(source, task, stat);
    } finally {
      source.close();
    }
  } catch (error) {
    return { kind: 'refused', stat, ...fileVerdictOf(error) };
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
  let pictures: ComparedPictures | undefined;
  const treated = await treatInstance(part10, {
    profile,
    pseudonyms,
    callingAeTitle: setup.callingAeTitle,
    draw: standardRenderSettings,
    surroundings: { onProgress },
    engine: endableEngine(textEngine, vitalSigns),
    recordPairs: setup.pairs,
    async onRedacted(redacted) {
      onProgress();
      pictures = await picturesOf(part10, redacted, id, onProgress);
    },
  });
  const { boxes } = treated;
  const context = { profile, pseudonyms, id, boxes };
  const about = { boxes, ...(pictures === undefined ? {} : { pictures }) };
  if (treated.kind === 'held') {
    const { code, detail } = treated;
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
  const { result, pixels } = treated;
  writeInstance(part, result.value, { fsync: setup.fsync });
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = result.value;
  const report = setup.reports ? describeDeidentified(result, context) : undefined;
  return {
    kind: 'deidentified',
    stat,
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
    ...about,
    ...(pixels === undefined ? {} : { pixels }),
    ...(report === undefined ? {} : { report }),
    ...(setup.pairs ? { pairs: treated.pairs() } : {}),
  };
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
