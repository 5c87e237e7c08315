import {
  closeSync,
  existsSync,
  fchmodSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ErrorCode, SallyportError } from '../../core/errors.ts';
import type { RedactionBox } from '../../core/redaction.ts';
import type { InputStat } from '../../pipeline/instance-file.ts';
import type { PixelOutcome } from '../../pipeline/treat-instance.ts';
import { KeyTable, keyOf } from './key-table.ts';

/** Under what rules and with which key a run works; every line says so, since a manifest may be split or joined. */
export interface ManifestRules {
  readonly profile: string;
  readonly profileRevision: string;
  /** Version of what finds and blanks text in pixels. */
  readonly redactRevision: string;
  readonly keyId: string;
  readonly callingAeTitle: string | null;
}

/** One line of the manifest. Paths are the user's own; everything else is a number or a word of the error registry. */
export interface ManifestLine {
  readonly input: string;
  readonly output: string | null;
  readonly status: ManifestStatus;
  readonly code: ErrorCode | null;
  readonly reason: string | null;
  /** A tag, an offset or a registry word that goes with the code. */
  readonly detail: string | null;
  /** Size of the input and its last modification in milliseconds since 1970; null where it could not be looked at. */
  readonly bytes: number | null;
  readonly modifiedMs: number | null;
  /** How text in the pixels was treated; null where nothing was to be done, and where the input was refused. */
  readonly pixels: PixelOutcome | null;
  /** Regions that were blanked; of a held input, what was found. */
  readonly boxes: readonly RedactionBox[];
  /** So many more of them do not fit into a line. */
  readonly boxesLeftOut: number;
  /** Pictures in the folder of `--compare`, and how many frames with other regions have none. */
  readonly pictures: readonly string[];
  readonly picturesLeftOut: number;
}

/** Regions in one line at most. */
export const maxLineBoxes = 2000;

export const manifestStatuses = ['deidentified', 'held', 'failed'] as const;
export type ManifestStatus = (typeof manifestStatuses)[number];

/** Verdicts that another run may not repeat: what a resumed run tries again. */
const passing: ReadonlySet<string> = new Set<ErrorCode>([
  'WORKER_CRASHED',
  'RENDER_TIMEOUT',
  'UNEXPECTED',
  'STORAGE_FAILED',
  'FILE_UNREADABLE',
  'DUPLICATE_CONTENT_DIFFERS',
]);

/** What an earlier run left in its manifest. */
export interface Earlier {
  /** The verdict on an input that is still the same, or undefined: it is to be worked on. */
  verdict(input: string, stat: InputStat): ManifestStatus | undefined;
  /** The key of the output this input had. */
  outputKey(input: string): string | undefined;
}

/**
 * The manifest of a run: one JSON line per input, in the order of inputs. It says which file became which
 * pseudonym, so that its owner alone may read it (mode 0600): what the secret is to all patients, it is to these.
 */
export class Manifest {
  readonly #descriptor: number;
  readonly #rules: ManifestRules;

  private constructor(descriptor: number, rules: ManifestRules) {
    this.#descriptor = descriptor;
    this.#rules = rules;
  }

  /** A new manifest in place of any that is there. Throws STORAGE_UNUSABLE. */
  static create(path: string, rules: ManifestRules): Manifest {
    return new Manifest(open(path, 'w'), rules);
  }

  /**
   * Goes on with the manifest of an earlier run, or begins one where there is none. `knows` is told of every output that
   * is still there. A line torn by a crash is cut off. Throws CONFIGURATION_INVALID when the file is no manifest, or one
   * made under other rules or with another key; STORAGE_UNUSABLE.
   */
  static resume(
    path: string,
    rules: ManifestRules,
    knows: (output: string) => void,
  ): { manifest: Manifest; earlier: Earlier } {
    const descriptor = open(path, 'a+');
    try {
      const { earlier, end } = readEarlier(descriptor, rules, knows);
      ftruncateSync(descriptor, end);
      return { manifest: new Manifest(descriptor, rules), earlier };
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  add(line: ManifestLine): void {
    const bytes = Buffer.from(`${JSON.stringify({ ...line, ...this.#rules })}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function open(path: string, flags: 'w' | 'a+'): number {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    const descriptor = openSync(path, flags, 0o600);
    fchmodSync(descriptor, 0o600);
    return descriptor;
  } catch (cause) {
    throw new SallyportError('STORAGE_UNUSABLE', { detail: 'the manifest', cause });
  }
}

interface KnownInput {
  readonly status: ManifestStatus;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** False when it has to be worked on again whatever its size and time. */
  readonly done: boolean;
  readonly outputKey: string | undefined;
}

function readEarlier(
  descriptor: number,
  rules: ManifestRules,
  knows: (output: string) => void,
): { earlier: Earlier; end: number } {
  const inputs = new KeyTable<KnownInput>();
  let end = 0;
  for (const line of completeLines(descriptor)) {
    const value = parse(line.text);
    if (end === 0 && typeof value.input !== 'string')
      throw refusal('the file to resume is no manifest of this version; begin anew without --resume');
    if (typeof value.input === 'string') {
      assertSameRules(value, rules);
      const known = knownInput(value);
      const key = keyOf(value.input);
      // Of several lines on one input the last one holds; its output is one output.
      if (known.outputKey !== undefined && inputs.get(key)?.outputKey !== known.outputKey)
        knows(String(value.output));
      inputs.set(key, known);
    }
    end = line.end;
  }
  return {
    end,
    earlier: {
      verdict(input, stat) {
        const known = inputs.get(keyOf(input));
        const same = known?.done && known.bytes === stat.bytes && known.modifiedMs === stat.modifiedMs;
        return same === true ? known?.status : undefined;
      },
      outputKey: (input) => inputs.get(keyOf(input))?.outputKey,
    },
  };
}

function knownInput({ output, status, code, bytes, modifiedMs }: Record<string, unknown>): KnownInput {
  const verdict = manifestStatuses.find((word) => word === status) ?? 'failed';
  const present = typeof output === 'string' && existsSync(output);
  return {
    status: verdict,
    bytes: Number(bytes ?? -1),
    modifiedMs: Number(modifiedMs ?? -1),
    done: verdict === 'deidentified' ? present : typeof code === 'string' && !passing.has(code),
    outputKey: present ? keyOf(output) : undefined,
  };
}

function assertSameRules(value: Record<string, unknown>, rules: ManifestRules): void {
  for (const [field, what] of [
    ['profileRevision', 'under another profile revision'],
    ['redactRevision', 'by another version of the search for text in pixels'],
    ['keyId', 'with another pseudonym secret'],
    ['callingAeTitle', 'for another --calling-ae'],
  ] as const) {
    if (value[field] === rules[field]) continue;
    throw refusal(
      `the manifest to resume was made ${what}: its outputs and new ones would not go together; begin anew in another folder without --resume`,
    );
  }
}

function refusal(detail: string): SallyportError {
  return new SallyportError('CONFIGURATION_INVALID', { detail });
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const readBytes = 1024 * 1024;
/** Longer than any line: paths have at most some thousand bytes. */
const maxLineBytes = 1024 * 1024;

/** The lines that end, with the offset behind each. */
function* completeLines(descriptor: number): Generator<{ text: string; end: number }> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (;;) {
    const chunk = Buffer.alloc(readBytes);
    const count = readSync(descriptor, chunk, 0, readBytes, offset + rest.length);
    if (count === 0) return;
    let bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10)) {
      offset += at + 1;
      yield { text: bytes.toString('utf8', 0, at), end: offset };
      bytes = bytes.subarray(at + 1);
    }
    if (bytes.length > maxLineBytes) throw refusal('the manifest to resume has a line without an end');
    rest = bytes;
  }
}
