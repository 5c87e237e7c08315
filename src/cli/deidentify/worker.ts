import { statSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { asSallyportError, SallyportError } from '../../core/errors.ts';
import { type DeidentifyOptions, deidentify } from '../../deidentify/deidentify.ts';
import { defineProfile } from '../../deidentify/profile.ts';
import { createPseudonyms } from '../../deidentify/pseudonyms.ts';
import { recordPairs } from '../../deidentify/recording.ts';
import type { ByteSource } from '../../dicom/byte-source.ts';
import { encodePart10 } from '../../dicom/encode.ts';
import { encodeFileMeta } from '../../dicom/file-meta.ts';
import { readPart10 } from '../../dicom/part10.ts';
import { openFileSource, reusedBuffer, wholeFileBytes } from '../../pipeline/file-source.ts';
import { silenceConsole } from '../../pipeline/silence-console.ts';
import { describeDeidentified, describeHeld } from '../../reports/describe.ts';
import type { FileReply, FileTask, InputStat, WorkerSetup } from './messages.ts';
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
/** One file at a time is worked on here, and its reply holds none of its bytes. */
const buffer = reusedBuffer();

/**
 * De-identifies one file and writes the output aside. Every fault of the file comes back as `refused`, one nobody foresaw
 * as UNEXPECTED with its place in our code. Never rejects: a rejection means that the thread died.
 */
export async function deidentifyFile({ input, part }: FileTask): Promise<FileReply> {
  let stat: InputStat | null = null;
  try {
    const found = statSync(input);
    // A folder that could not be listed, or a pipe, which would never end.
    if (!found.isFile()) throw new SallyportError('FILE_UNREADABLE');
    stat = { bytes: found.size, modifiedMs: Math.trunc(found.mtimeMs) };
    const source = openFileSource(input, wholeFileBytes, buffer);
    try {
      return fromSource(source, { input, part }, stat);
    } finally {
      source.close();
    }
  } catch (error) {
    return { kind: 'refused', stat, ...verdictOf(error) };
  }
}

function fromSource(source: ByteSource, { input, part }: FileTask, stat: InputStat): FileReply {
  // A file keeps its line when what becomes of it changes.
  const context = { ...options, id: pseudonyms.token('input', input) };
  const part10 = readPart10(source);
  const recording = setup.pairs ? recordPairs(pseudonyms) : undefined;
  const result = deidentify(
    part10,
    recording === undefined ? options : { ...options, pseudonyms: recording.pseudonyms },
  );
  if (result.kind === 'held') {
    const { code, detail } = result;
    const report = setup.reports ? describeHeld(part10.dataSet, code, context) : undefined;
    return {
      kind: 'refused',
      code,
      stat,
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
    ...(report === undefined ? {} : { report }),
    ...(recording === undefined ? {} : { pairs: recording.pairs() }),
  };
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
