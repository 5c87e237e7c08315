import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readPseudonymSecret } from '../../config/secret-file.ts';
import { asSallyportError, type ErrorCode, errorRow, exitCodes, isErrorCode } from '../../core/errors.ts';
import { type DeidentifyOptions, deidentify } from '../../deidentify/deidentify.ts';
import { loadProfile } from '../../deidentify/profile.ts';
import { createPseudonyms } from '../../deidentify/pseudonyms.ts';
import type { Deidentified } from '../../dicom/deidentified.ts';
import { encodePart10 } from '../../dicom/encode.ts';
import { encodeFileMeta } from '../../dicom/file-meta.ts';
import { readPart10 } from '../../dicom/part10.ts';
import { openFileSource } from '../../pipeline/file-source.ts';
import type { CommandIo } from '../io.ts';

/** One line of the manifest. Paths are the user's own; everything else is a word of the error registry. */
interface ManifestLine {
  readonly input: string;
  readonly output: string | null;
  readonly status: 'deidentified' | 'held' | 'failed';
  readonly code: ErrorCode | null;
  readonly reason: string | null;
}

/** Secret of a run that was given none, bytes. */
const randomSecretBytes = 32;

/**
 * `deidentify PATH… --output DIR [--manifest FILE] [--profile NAME] [--secret-file FILE]`: the gateway's
 * de-identification over files and folders. Writes `<study>/<series>/<instance>.dcm` under the new UIDs, each file whole
 * or not at all, and one manifest line per input, also for files that could not be read. Exit code 1 when any instance
 * was held or failed.
 */
export async function deidentifyCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      output: { type: 'string' },
      manifest: { type: 'string' },
      profile: { type: 'string', default: 'basic' },
      'secret-file': { type: 'string' },
    },
  });
  if (positionals.length === 0 || values.output === undefined) {
    io.stderr.write('sallyport deidentify: at least one path and --output DIR are needed\n');
    return exitCodes.usage;
  }
  const profile = loadProfile(values.profile);
  const pseudonyms = createPseudonyms(secretOf(values['secret-file'], io));
  mkdirSync(values.output, { recursive: true });
  const writer = new OutputFolder(values.output);
  const manifest = values.manifest === undefined ? undefined : openManifest(values.manifest);
  const counts = { deidentified: 0, held: 0, failed: 0 };
  try {
    for (const input of inputs(positionals, resolve(values.output))) {
      const line = deidentifyFile(input, { profile, pseudonyms }, writer);
      counts[line.status] += 1;
      if (manifest !== undefined) writeSync(manifest, `${JSON.stringify(line)}\n`);
    }
  } finally {
    if (manifest !== undefined) closeSync(manifest);
  }
  const { deidentified, held, failed } = counts;
  io.stdout.write(
    `${deidentified} de-identified, ${held} held, ${failed} failed; profile ${profile.id} ${profile.revision}, key ${pseudonyms.keyId}\n`,
  );
  return held + failed === 0 ? exitCodes.ok : exitCodes.someRefused;
}

function secretOf(file: string | undefined, io: CommandIo): Uint8Array {
  if (file !== undefined) return readPseudonymSecret({ secret: '', secretFile: file }, '').bytes;
  io.stderr.write(
    'sallyport deidentify: no --secret-file: the pseudonyms of this run come from a random secret and cannot be made again\n',
  );
  return randomBytes(randomSecretBytes);
}

function openManifest(path: string): number {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  // It says which file became which pseudonym: what the secret is to all patients, it is to these.
  const descriptor = openSync(path, 'w', 0o600);
  fchmodSync(descriptor, 0o600);
  return descriptor;
}

/** Every file under the paths, folders in order of names; the output folder itself is left out. */
function* inputs(paths: readonly string[], output: string): Generator<string> {
  for (const path of paths) {
    let isFolder = false;
    try {
      isFolder = statSync(path).isDirectory();
    } catch {
      // Reported when it is read: every path given gets its line.
    }
    if (!isFolder) yield path;
    else if (resolve(path) !== output) yield* inFolder(path, output);
  }
}

function* inFolder(folder: string, output: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    // A link to a folder could lead in a circle.
    if (entry.isDirectory()) {
      if (resolve(path) !== output) yield* inFolder(path, output);
    } else if (
      entry.isFile() ||
      (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile())
    ) {
      yield path;
    }
  }
}

function deidentifyFile(input: string, options: DeidentifyOptions, writer: OutputFolder): ManifestLine {
  try {
    const source = openFileSource(input);
    try {
      const result = deidentify(readPart10(source), options);
      if (result.kind === 'held') return refused(input, result.code);
      const output = writer.write(result.value);
      if (output === undefined) return refused(input, 'DUPLICATE_CONTENT_DIFFERS');
      return { input, output, status: 'deidentified', code: null, reason: null };
    } finally {
      source.close();
    }
  } catch (error) {
    return refused(input, codeOf(error));
  }
}

/** Bytes that are no DICOM, and files that cannot be read, are nothing to hold. */
function refused(input: string, code: ErrorCode): ManifestLine {
  const failed = code === 'NOT_DICOM' || code === 'STORAGE_FAILED';
  return { input, output: null, status: failed ? 'failed' : 'held', code, reason: errorRow(code).message };
}

/** Faults of the file system are the folder's, not the instance's. */
function codeOf(error: unknown): ErrorCode {
  const system = error instanceof Error && 'syscall' in error;
  const { code } = asSallyportError(error);
  return system ? 'STORAGE_FAILED' : isErrorCode(code) ? code : 'UNEXPECTED';
}

/** Writes instances under their new UIDs. */
class OutputFolder {
  readonly #folder: string;
  /** Digest of what was written in this run, by path: two inputs may claim the same SOP Instance UID. */
  readonly #written = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The path written, or undefined when another content stands there already from this run. */
  write(value: Deidentified): string | undefined {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = value;
    const path = join(this.#folder, studyInstanceUid, seriesInstanceUid, `${sopInstanceUid}.dcm`);
    const aside = join(this.#folder, `.${sopInstanceUid}.part`);
    const hash = createHash('sha256');
    const descriptor = openSync(aside, 'w');
    try {
      try {
        for (const chunk of encodePart10({ ...value, head: encodeFileMeta(value) })) {
          hash.update(chunk);
          writeFileSync(descriptor, chunk);
        }
      } finally {
        closeSync(descriptor);
      }
      const digest = hash.digest('hex');
      const known = this.#written.get(path);
      if (known !== undefined) return known === digest ? path : undefined;
      mkdirSync(dirname(path), { recursive: true });
      renameSync(aside, path);
      this.#written.set(path, digest);
      return path;
    } finally {
      rmSync(aside, { force: true });
    }
  }
}
