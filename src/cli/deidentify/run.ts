import { statSync } from 'node:fs';
import { boundedBoxes } from '../../core/box-lists.ts';
import { type ErrorCode, errorRow } from '../../core/errors.ts';
import type { CrosswalkStore } from '../../crosswalk/crosswalk-store.ts';
import type { InputStat } from '../../pipeline/instance-file.ts';
import type { FilePool } from './file-pool.ts';
import { type Earlier, type Manifest, type ManifestLine, maxLineBoxes } from './manifest.ts';
import type { FileReply } from './messages.ts';
import type { CommittedOutput, OutputFolder } from './output-folder.ts';
import type { Counts } from './progress.ts';
import type { ReportFolder } from './report-folder.ts';

/** Files done that wait for an earlier one, which takes longer; then feeding pauses. */
const maxWaiting = 1024;
/** After a signal, files at work may finish within this time. */
const lingerMs = 5000;
/** Inputs passed over before others get a turn. */
const skipsAtOnce = 256;

export interface RunParts {
  readonly inputs: Iterable<string>;
  readonly pool: FilePool;
  readonly output: OutputFolder;
  readonly manifest: Pick<Manifest, 'add'> | undefined;
  readonly reports: Pick<ReportFolder, 'add'> | undefined;
  /** Takes the pairs of an instance before its output gets its name; throws when it cannot. */
  readonly crosswalk: Pick<CrosswalkStore, 'record'> | undefined;
  readonly earlier: Earlier | undefined;
  /** Aborted: take up nothing new. */
  readonly stop: AbortSignal;
  readonly onProgress: (counts: Counts) => void;
}

/**
 * Feeds the threads and settles their results in the order of the inputs, so that outputs, conflicts and manifest are the
 * same however many threads there are and whichever is faster. At most `maxWaiting` files are between the two. Rejects
 * when the manifest cannot be written; the fault of a file is a line.
 */
export async function runFiles(parts: RunParts): Promise<Counts> {
  const { pool, output, earlier, stop } = parts;
  const settler = new Settler(parts);
  let skipped = 0;
  for (const input of parts.inputs) {
    if (stop.aborted) break;
    const verdict = earlier === undefined ? undefined : unchanged(earlier, input);
    if (verdict !== undefined) {
      settler.counts[verdict] += 1;
      settler.counts.earlier += 1;
      skipped += 1;
      if (skipped % skipsAtOnce === 0) {
        parts.onProgress(settler.counts);
        await new Promise((resolve) => setImmediate(resolve));
      }
      continue;
    }
    // One a thread and none in a queue: the time a file may take begins when it is handed over.
    await settler.room(pool.threads, stop);
    if (stop.aborted) break;
    settler.begin(input, output.part());
  }
  await settler.rest(stop);
  return settler.counts;
}

function unchanged(earlier: Earlier, input: string): ReturnType<Earlier['verdict']> {
  const stat = statOf(input);
  return stat === null ? undefined : earlier.verdict(input, stat);
}

function statOf(input: string): InputStat | null {
  try {
    const { size, mtimeMs } = statSync(input);
    return { bytes: size, modifiedMs: Math.trunc(mtimeMs) };
  } catch {
    return null;
  }
}

interface Job {
  readonly input: string;
  readonly part: string;
  reply: FileReply | undefined;
}

/** The files between feeding and the manifest. */
class Settler {
  readonly counts: Counts = { deidentified: 0, held: 0, failed: 0, earlier: 0 };
  readonly #parts: RunParts;
  /** In the order of inputs; the first one is the oldest not settled. */
  #jobs: Job[] = [];
  #running = 0;
  #fault: unknown;
  #wake: () => void = () => undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  begin(input: string, part: string): void {
    const job: Job = { input, part, reply: undefined };
    this.#jobs.push(job);
    this.#running += 1;
    void this.#parts.pool.deidentify({ input, part }).then((reply) => {
      job.reply = reply;
      this.#running -= 1;
      this.#settle();
      this.#wake();
    });
  }

  /** Resolves when fewer than `maxRunning` files are at work and few enough wait to be settled. */
  async room(maxRunning: number, stop: AbortSignal): Promise<void> {
    while (!stop.aborted && (this.#running >= maxRunning || this.#jobs.length >= maxWaiting))
      await this.#change(stop);
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** Resolves when all is settled; after the signal, when the time for the rest is over. */
  async rest(stop: AbortSignal): Promise<void> {
    while (this.#running > 0 && !stop.aborted && this.#fault === undefined) await this.#change(stop);
    const end = AbortSignal.timeout(lingerMs);
    while (this.#running > 0 && !end.aborted && this.#fault === undefined) await this.#change(end);
    if (this.#fault !== undefined) throw this.#fault;
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Settles from the oldest on, as far as results are there. */
  #settle(): void {
    if (this.#fault !== undefined) return;
    let settled = 0;
    try {
      for (const { input, part, reply } of this.#jobs) {
        if (reply === undefined) break;
        settled += 1;
        const line = this.#line(input, part, reply);
        this.counts[line.status] += 1;
        this.#parts.manifest?.add(line);
      }
    } catch (error) {
      this.#fault = error ?? new Error('unknown');
    }
    if (settled === 0) return;
    this.#jobs = this.#jobs.slice(settled);
    this.#parts.onProgress(this.counts);
  }

  #line(input: string, part: string, reply: FileReply): ManifestLine {
    const { output, earlier, reports, crosswalk } = this.#parts;
    if (reply.kind === 'refused') {
      output.discard(part);
      if (reply.report !== undefined) reports?.add(reply.report);
      return { ...refused(input, reply.code, reply.stat, reply.detail), ...pixelsOf(reply) };
    }
    let committed: CommittedOutput | undefined;
    try {
      // First the pairs: no output may stand whose pseudonyms cannot be followed back.
      if (reply.pairs !== undefined) crosswalk?.record(reply.pairs, Date.now());
      committed = output.commit(part, reply, earlier?.outputKey(input));
    } catch {
      output.discard(part);
      return refused(input, 'STORAGE_FAILED', reply.stat);
    }
    // Of several files under one UID only the one whose output stands is in the report.
    if (committed === undefined) return refused(input, 'DUPLICATE_CONTENT_DIFFERS', reply.stat);
    if (!committed.isCopy && reply.report !== undefined) reports?.add(reply.report);
    return {
      input,
      output: committed.path,
      status: 'deidentified',
      code: null,
      reason: null,
      detail: null,
      ...reply.stat,
      ...pixelsOf(reply),
    };
  }
}

type PixelFields = Pick<ManifestLine, 'pixels' | 'boxes' | 'boxesLeftOut' | 'pictures' | 'picturesLeftOut'>;

const noPixels: PixelFields = {
  pixels: null,
  boxes: [],
  boxesLeftOut: 0,
  pictures: [],
  picturesLeftOut: 0,
};

function pixelsOf(reply: FileReply): PixelFields {
  const { boxes, leftOut } = boundedBoxes(reply.boxes ?? [], maxLineBoxes);
  return {
    pixels: (reply.kind === 'deidentified' ? reply.pixels : undefined) ?? null,
    boxes,
    boxesLeftOut: leftOut,
    pictures: reply.pictures?.names ?? [],
    picturesLeftOut: reply.pictures?.leftOut ?? 0,
  };
}

/** What can be put right only by another file or another disk is nothing for a person to judge. */
const failures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NOT_DICOM',
  'STORAGE_FAILED',
  'FILE_UNREADABLE',
]);

function refused(
  input: string,
  code: ErrorCode,
  stat: InputStat | null,
  detail: string | undefined = undefined,
): ManifestLine {
  return {
    input,
    output: null,
    status: failures.has(code) ? 'failed' : 'held',
    code,
    reason: errorRow(code).message,
    detail: detail ?? null,
    bytes: stat?.bytes ?? null,
    modifiedMs: stat?.modifiedMs ?? null,
    ...noPixels,
  };
}
