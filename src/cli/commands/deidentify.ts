import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { assertAeTitle } from '../../config/formats.ts';
import { readPseudonymSecret, readSecretFile } from '../../config/secret-file.ts';
import { exitCodes, SallyportError } from '../../core/errors.ts';
import { CrosswalkStore } from '../../crosswalk/crosswalk-store.ts';
import { assertKeyApart } from '../../crosswalk/key-place.ts';
import { readKey } from '../../crosswalk/open-crosswalk.ts';
import type { Profile } from '../../deidentify/profile.ts';
import { createPseudonyms } from '../../deidentify/pseudonyms.ts';
import { loadProfileFile } from '../../profiles/profile-files.ts';
import { redactRevision } from '../../redact/revision.ts';
import { openPictureFolder } from '../compare-pictures.ts';
import { FilePool } from '../deidentify/file-pool.ts';
import { type Earlier, Manifest, type ManifestRules } from '../deidentify/manifest.ts';
import { OutputFolder } from '../deidentify/output-folder.ts';
import { countsText, RunProgress, rateText } from '../deidentify/progress.ts';
import { ReportFolder } from '../deidentify/report-folder.ts';
import { runFiles } from '../deidentify/run.ts';
import { walk } from '../deidentify/walk.ts';
import type { CommandIo } from '../io.ts';

/** Secret of a run that was given none, bytes. */
const randomSecretBytes = 32;
const maxWorkers = 256;
/** A file of which nothing is done for so long is given up: the default of pipeline.prepareTimeout. */
const timeoutMs = 10 * 60_000;
/** More than any instance within the limits of the parser needs. */
const maxHeapMiB = 2048;

const options = {
  output: { type: 'string' },
  manifest: { type: 'string' },
  profile: { type: 'string', default: 'basic' },
  'secret-file': { type: 'string' },
  'calling-ae': { type: 'string' },
  reports: { type: 'string' },
  crosswalk: { type: 'string' },
  'crosswalk-key': { type: 'string' },
  workers: { type: 'string' },
  resume: { type: 'boolean', default: false },
  compare: { type: 'string' },
  fsync: { type: 'boolean', default: false },
} as const;

/**
 * `deidentify PATH… --output DIR [--manifest FILE] [--resume] [--profile NAME|FILE] [--secret-file FILE] [--calling-ae AE]
 * [--workers N] [--reports DIR] [--crosswalk DIR --crosswalk-key FILE] [--compare DIR] [--fsync]`: the gateway's de-identification over
 * files and folders, on all cores. Writes `<study>/<series>/<instance>.dcm` under the new UIDs, each file whole or not at all, and one manifest line per input,
 * also for files that could not be read. Two inputs with other content under one SOP Instance UID: the first in order
 * keeps the name, the other is held. Exit code 1 when any instance was held or failed, or the run was stopped.
 */
export async function deidentifyCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  if (positionals.length === 0 || values.output === undefined)
    return wrong(io, 'at least one path and --output DIR are needed');
  if (values.resume && (values.manifest === undefined || values['secret-file'] === undefined))
    return wrong(io, '--resume needs --manifest FILE and --secret-file FILE');
  if ((values.crosswalk === undefined) !== (values['crosswalk-key'] === undefined))
    return wrong(io, '--crosswalk DIR and --crosswalk-key FILE belong together');
  const threads = values.workers === undefined ? availableParallelism() : Number(values.workers);
  if (!Number.isInteger(threads) || threads < 1 || threads > maxWorkers)
    return wrong(io, `--workers is a whole number from 1 to ${maxWorkers}`);
  const leftOut = [values.output, values.reports, values.compare].flatMap((path) =>
    path === undefined ? [] : [resolve(path)],
  );
  if (positionals.some((path) => leftOut.includes(resolve(path))))
    return wrong(io, 'an input is the folder of outputs, reports or pictures; choose another one');
  const leaving = [values.output, values.reports].flatMap((path) => (path === undefined ? [] : [path]));
  if (leaving.some((path) => isInside(values.compare, path)))
    return wrong(
      io,
      '--compare shows identified pixels: choose a folder outside of those of outputs and reports',
    );
  const callingAeTitle = callingAeOf(values['calling-ae']);
  const profile = loadProfileFile(values.profile);
  const secret = secretOf(values['secret-file'], io);
  const { keyId } = createPseudonyms(secret);
  assertKeyOf(profile, keyId);
  const rules: ManifestRules = {
    profile: profile.id,
    profileRevision: profile.revision,
    redactRevision: redactRevision(null),
    keyId,
    callingAeTitle,
  };
  const reports = values.reports === undefined ? undefined : openReports(values.reports, values.resume);
  const output = openOutput(values.output, values.fsync);
  const crosswalk = openCrosswalk(values, values.output, secret);
  if (values.compare !== undefined) openPictureFolder(values.compare);
  const stop = new AbortController();
  const onSignal = signalHandler(stop);
  let manifest: Manifest | undefined;
  let earlier: Earlier | undefined;
  try {
    if (values.manifest !== undefined) {
      if (values.resume)
        ({ manifest, earlier } = Manifest.resume(values.manifest, rules, (path) => output.knows(path)));
      else manifest = Manifest.create(values.manifest, rules);
    }
    const pool = new FilePool(
      { threads, timeoutMs, maxHeapMiB },
      {
        profile: profile.definition,
        secret,
        callingAeTitle,
        reports: values.reports !== undefined,
        pairs: crosswalk !== undefined,
        fsync: values.fsync,
        textThreads: Math.max(1, Math.floor(availableParallelism() / threads)),
        compare: values.compare ?? null,
      },
    );
    const startedAt = performance.now();
    const progress = new RunProgress(io.stderr, startedAt);
    try {
      const counts = await runFiles({
        inputs: walk(positionals, leftOut),
        pool,
        output,
        manifest,
        reports,
        crosswalk,
        earlier,
        stop: stop.signal,
        onProgress: (counts) => progress.show(counts, performance.now()),
      });
      reports?.finish();
      progress.end();
      io.stdout.write(
        `${countsText(counts)}; ${rateText(counts, performance.now() - startedAt)}; profile ${profile.id} ${profile.revision}, key ${keyId}\n`,
      );
      if (values.manifest === undefined && counts.held + counts.failed > 0)
        io.stderr.write('sallyport deidentify: --manifest FILE tells which were held or failed, and why\n');
      if (stop.signal.aborted) io.stderr.write(stoppedText(values));
      const whole = !stop.signal.aborted && counts.held + counts.failed === 0;
      return whole ? exitCodes.ok : exitCodes.someRefused;
    } finally {
      progress.end();
      await pool.stop();
    }
  } finally {
    onSignal.remove();
    manifest?.close();
    crosswalk?.close();
    output.close();
  }
}

function wrong(io: CommandIo, text: string): number {
  io.stderr.write(`sallyport deidentify: ${text}\n`);
  return exitCodes.usage;
}

/** Whether a path is that of a folder or leads into it. */
function isInside(path: string | undefined, folder: string): boolean {
  if (path === undefined) return false;
  const whole = resolve(folder);
  return resolve(path) === whole || resolve(path).startsWith(whole.endsWith(sep) ? whole : `${whole}${sep}`);
}

function callingAeOf(title: string | undefined): string | null {
  if (title === undefined) return null;
  try {
    assertAeTitle(title);
  } catch (cause) {
    throw new SallyportError('CONFIGURATION_INVALID', { detail: '--calling-ae is no AE title', cause });
  }
  return title;
}

function secretOf(file: string | undefined, io: CommandIo): Uint8Array {
  if (file !== undefined) return readPseudonymSecret({ secret: '', secretFile: file }, '').bytes;
  io.stderr.write(
    'sallyport deidentify: no --secret-file: the pseudonyms of this run come from a random secret and cannot be made again\n',
  );
  return randomBytes(randomSecretBytes);
}

/** A profile may pin the key of its project; under another one its pseudonyms would not agree. */
function assertKeyOf({ definition }: Profile, keyId: string): void {
  if (definition.keyId === '' || definition.keyId === keyId) return;
  throw new SallyportError('KEY_UNKNOWN', {
    detail: 'the profile names another key than the one of --secret-file',
  });
}

function openCrosswalk(
  values: { readonly crosswalk?: string | undefined; readonly 'crosswalk-key'?: string | undefined },
  output: string,
  secret: Uint8Array,
): CrosswalkStore | undefined {
  const { crosswalk: dir, 'crosswalk-key': keyFile } = values;
  if (dir === undefined || keyFile === undefined) return undefined;
  assertKeyApart(keyFile, [dir, output]);
  const key = readKey(keyFile, readSecretFile);
  if (Buffer.compare(key, secret) === 0)
    throw new SallyportError('CROSSWALK_UNUSABLE', { detail: 'the key is the pseudonym secret' });
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new SallyportError('STORAGE_UNUSABLE', { detail: 'the folder of the crosswalk', cause });
  }
  return new CrosswalkStore(dir, key, 'write');
}

function openOutput(folder: string, fsync: boolean): OutputFolder {
  try {
    mkdirSync(folder, { recursive: true });
    return new OutputFolder(folder, fsync);
  } catch (cause) {
    throw new SallyportError('STORAGE_UNUSABLE', { detail: 'the output folder', cause });
  }
}

function openReports(folder: string, resumes: boolean): ReportFolder {
  try {
    return new ReportFolder(folder, resumes);
  } catch (cause) {
    throw new SallyportError('STORAGE_UNUSABLE', { detail: 'the folder of reports', cause });
  }
}

/** The first SIGINT or SIGTERM ends the run cleanly, a second one the process. */
function signalHandler(stop: AbortController): { remove: () => void } {
  const onSignal = (): void => {
    if (stop.signal.aborted) process.kill(process.pid, 'SIGKILL');
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    remove() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

function stoppedText(values: {
  readonly manifest?: string | undefined;
  readonly 'secret-file'?: string | undefined;
}): string {
  const further =
    values.manifest === undefined || values['secret-file'] === undefined
      ? 'with --manifest and --secret-file it could be resumed'
      : 'the same command with --resume does the rest';
  return `sallyport deidentify: stopped on request; ${further}\n`;
}
