import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes } from '../../core/errors.ts';
import type { SendTarget } from '../../send/association.ts';
import { type SendResult, sendFiles } from '../../send/send-files.ts';
import type { Command, CommandIo } from '../io.ts';
import { tlsOptions, tlsSettings } from '../tls-arguments.ts';

const usage = `Usage: sallyport send PATH… --to AE@host:port [--from AE] [--tls] [--ca FILE] [--cert FILE --key FILE]

Sends DICOM files by C-STORE, folders with all that is below them. Data sets go out exactly as they lie in the files.

  --to AE@host:port  the receiving application; an IPv6 address in brackets: PACS@[::1]:11112
  --from AE          the calling AE title (SALLYPORT)
  --tls              over TLS; the certificate of the receiving application must be valid for its host
  --ca FILE          certificate authorities to trust in place of the built-in ones, PEM
  --cert FILE        our certificate with its chain, PEM, where the receiving application asks for one
  --key FILE         the key that belongs to it, PEM

Ctrl-C aborts the association in order and prints what was sent so far; once more ends at once.

Exit code 0 when every instance was taken, 1 when one was refused or failed or a file named on the command line is not
DICOM or it was interrupted, 64 for wrong arguments, 78 for certificates that cannot be used.
`;

/** `send`: C-STORE of files and folders. Prints paths, counts and statuses, never a value of a data set. */
export const sendCommand: Command = async (args, io) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { to: { type: 'string' }, from: { type: 'string', default: 'SALLYPORT' }, ...tlsOptions },
  });
  const target = values.to === undefined ? undefined : parseTarget(values.to);
  if (target === undefined || positionals.length === 0 || !isAeTitle(values.from)) {
    io.stderr.write(usage);
    return exitCodes.usage;
  }
  const tls = tlsSettings(values);
  const cancel = new AbortController();
  const onInterrupt = (): void => cancel.abort();
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  try {
    const peer = tls === undefined ? target : { ...target, tls };
    return await sendAll(positionals, peer, values.from, io, cancel.signal);
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    process.removeListener('SIGTERM', onInterrupt);
  }
};

/** `AE@host:port`, host perhaps in brackets; undefined where it is anything else. */
export function parseTarget(text: string): SendTarget | undefined {
  const match = /^(?<ae>[^@]+)@(?:\[(?<v6>[0-9a-fA-F:.%\w]+)\]|(?<host>[^\s:[\]@]+)):(?<port>\d{1,5})$/.exec(
    text,
  );
  const { ae = '', v6, host, port = '' } = match?.groups ?? {};
  const number = Number(port);
  const name = v6 ?? host;
  if (name === undefined || !isAeTitle(ae) || number < 1 || number > 65_535) return undefined;
  return { aeTitle: ae, host: name, port: number };
}

/** AE: 1 to 16 characters of the default repertoire, no backslash, not blanks alone (PS3.5 6.2). */
function isAeTitle(text: string): boolean {
  return /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text) && text.trim() !== '';
}

interface Tally {
  readonly found: { count: number; readonly named: Set<string> };
  readonly counts: Record<SendResult['outcome'], number>;
  bytes: number;
  /** Number of files per outcome and reason. */
  readonly reasons: Map<string, number>;
  failedNamed: number;
}

async function sendAll(
  paths: readonly string[],
  target: SendTarget,
  callingAeTitle: string,
  io: CommandIo,
  signal: AbortSignal,
): Promise<number> {
  const tally: Tally = {
    found: { count: 0, named: new Set(paths) },
    counts: { sent: 0, warning: 0, refused: 0, failed: 0, unreadable: 0 },
    bytes: 0,
    reasons: new Map(),
    failedNamed: 0,
  };
  const progress = new Progress(io);
  const started = performance.now();
  for await (const result of sendFiles(walk(paths, tally, signal), target, { callingAeTitle, signal })) {
    count(tally, result);
    progress.show(result, tally);
  }
  progress.end();
  io.stdout.write(summary(tally, (performance.now() - started) / 1000, signal.aborted));
  if (signal.aborted) return exitCodes.someRefused;
  const { refused, failed, sent, warning } = tally.counts;
  const nothing = sent + warning + refused + failed === 0;
  return refused + failed + tally.failedNamed > 0 || nothing ? exitCodes.someRefused : exitCodes.ok;
}

function count(tally: Tally, result: SendResult): void {
  tally.counts[result.outcome] += 1;
  tally.bytes += result.bytes;
  // A stray text file in a folder is no failure; a file somebody named is.
  if (result.outcome === 'unreadable' && tally.found.named.has(result.path)) tally.failedNamed += 1;
  if (result.outcome === 'sent') return;
  const reason = `${result.outcome}: ${reasonOf(result)}`;
  tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
}

function reasonOf(result: SendResult): string {
  return result.code === undefined ? result.statusText : `${result.statusText}, ${result.code}`;
}

/** Files in the order of their names, folders recursively, until the end; symbolic links inside folders are not followed. */
async function* walk(paths: readonly string[], tally: Tally, signal: AbortSignal): AsyncGenerator<string> {
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (info) => info.isDirectory(),
      () => false,
    );
    for await (const file of isFolder ? walkFolder(path) : [path]) {
      if (signal.aborted) return;
      tally.found.count += 1;
      yield file;
    }
  }
}

async function* walkFolder(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) {
    // Comes back as unreadable, so that a folder without permission is not passed over in silence.
    yield folder;
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.isDirectory()) yield* walkFolder(join(folder, entry.name));
    else if (entry.isFile()) yield join(folder, entry.name);
  }
}

const redrawEveryMs = 100;

/** A bar on a terminal; elsewhere one line for each file that was not simply sent. */
class Progress {
  readonly #io: CommandIo;
  readonly #isTerminal: boolean;
  #drawnAt = 0;

  constructor(io: CommandIo) {
    this.#io = io;
    this.#isTerminal = io.stderr.isTTY === true;
  }

  show(result: SendResult, tally: Tally): void {
    if (result.outcome !== 'sent') {
      if (this.#isTerminal) this.#io.stderr.write('\r\x1b[K');
      this.#io.stderr.write(`${result.outcome}  ${printable(result.path)}  ${reasonOf(result)}\n`);
    }
    if (!this.#isTerminal || performance.now() - this.#drawnAt < redrawEveryMs) return;
    this.#drawnAt = performance.now();
    this.#io.stderr.write(`\r${progressLine(tally, this.#io.stderr.columns ?? 80)}\x1b[K`);
  }

  end(): void {
    if (this.#isTerminal) this.#io.stderr.write('\r\x1b[K');
  }
}

/** The bar stands against the files found so far, which grows only while a very large folder is still being read. */
function progressLine(tally: Tally, columns: number): string {
  const done = Object.values(tally.counts).reduce((sum, one) => sum + one, 0);
  const words = ` ${done}/${tally.found.count}  ${megabytes(tally.bytes)} MB`;
  const width = Math.max(0, Math.min(40, columns - words.length - 3));
  const filled = tally.found.count === 0 ? 0 : Math.round((width * done) / tally.found.count);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]${words}`;
}

/** File names may hold control characters, which must not reach a terminal. */
function printable(path: string): string {
  return path.replace(/\p{Cc}/gu, '?');
}

function summary(tally: Tally, seconds: number, interrupted: boolean): string {
  const { sent, warning, refused, failed, unreadable } = tally.counts;
  const lines = [
    `${tally.found.count} files: ${sent} sent, ${warning} sent with a warning, ${refused} refused, ${failed} failed, ${unreadable} not DICOM or unreadable`,
    `${megabytes(tally.bytes)} MB in ${seconds.toFixed(1)} s${interrupted ? ', interrupted' : ''}`,
    ...[...tally.reasons].sort().map(([reason, number]) => `  ${number} x ${reason}`),
  ];
  return `${lines.join('\n')}\n`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
