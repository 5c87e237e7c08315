import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSecretFile } from '../../config/secret-file.ts';
import { exitCodes, SallyportError } from '../../core/errors.ts';
import { type IdentifierKind, identifierKinds } from '../../core/identifier-pair.ts';
import { CrosswalkStore, damagedRow } from '../../crosswalk/crosswalk-store.ts';
import { type CrosswalkColumns, crosswalkColumns, csvLine, csvOfPair } from '../../crosswalk/csv.ts';
import { crosswalkDir, readKey } from '../../crosswalk/open-crosswalk.ts';
import { canonicalIdentifier } from '../../deidentify/pseudonyms.ts';
import { openForOperations } from '../../spool/operations.ts';
import { commandLineActor } from '../command-line-actor.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import type { CommandIo } from '../io.ts';

const options = {
  key: { type: 'string' },
  dir: { type: 'string' },
  config: { type: 'string' },
  kind: { type: 'string' },
  output: { type: 'string' },
  full: { type: 'boolean', default: false },
} as const;

const maxInputBytes = 1024 * 1024;
const writtenAtOnce = 256 * 1024;

/**
 * `crosswalk export --output FILE [--kind KIND] [--full]`: writes every pair as CSV (RFC 4180, UTF-8) to a new file of
 * mode 0600. `crosswalk lookup`: prints the pairs in which the value on standard input stands, on either side; the value
 * is no argument because all users of a host see each other's. Key and folder: `--key FILE`, `--dir DIR`, else those of
 * the configuration. Works beside a running gateway. Exit code 1 where nothing was found or rows are damaged.
 */
export async function crosswalkCommand(args: string[], io: CommandIo): Promise<number> {
  const [verb, ...rest] = args;
  const { values } = parseArgs({ args: rest, options });
  const { kind } = values;
  if (verb !== 'export' && verb !== 'lookup') return wrong(io, 'export or lookup');
  if ((verb === 'export') !== (values.output !== undefined))
    return wrong(io, verb === 'export' ? '--output FILE is needed' : 'lookup has no --output');
  if (kind !== undefined && !isKind(kind)) return wrong(io, `--kind is one of ${identifierKinds.join(', ')}`);
  const store = openStore(values);
  try {
    await recordSearch(values);
    if (values.output === undefined) return await lookUp(store, kind, io);
    return exportTo(values.output, store, kind, values.full ? 'full' : 'short', io);
  } finally {
    store.close();
  }
}

function wrong(io: CommandIo, text: string): number {
  io.stderr.write(`sallyport crosswalk: ${text}\n`);
  return exitCodes.usage;
}

function isKind(text: string): text is IdentifierKind {
  return identifierKinds.some((kind) => kind === text);
}

/**
 * Tells the audit trail of the gateway whose configuration is in use, before anything is shown. A crosswalk of an offline
 * run, named by `--key` and `--dir` alone, has no gateway.
 */
async function recordSearch(values: Parameters<typeof openStore>[0]): Promise<void> {
  if (values.key !== undefined && values.dir !== undefined && values.config === undefined) return;
  const { config } = loadConfigFrom(values.config === undefined ? [] : ['--config', values.config]);
  if (!existsSync(join(config.storage.dir, 'ledger.sqlite'))) return;
  const { ledger, close } = await openForOperations(config.storage.dir);
  try {
    await ledger.audit.append({
      actor: commandLineActor(),
      action: 'crosswalk.searched',
      object: { kind: 'crosswalk', id: 'crosswalk' },
    });
  } finally {
    await close();
  }
}

function openStore(values: {
  readonly key?: string;
  readonly dir?: string;
  readonly config?: string;
}): CrosswalkStore {
  let { key, dir } = values;
  if (key === undefined || dir === undefined) {
    const { config } = loadConfigFrom(values.config === undefined ? [] : ['--config', values.config]);
    dir ??= crosswalkDir(config);
    key ??= config.crosswalk.keyFile;
  }
  if (key === '') throw new SallyportError('CROSSWALK_UNUSABLE', { detail: 'no key is given' });
  return new CrosswalkStore(dir, readKey(key, readSecretFile), 'read');
}

function exportTo(
  output: string,
  store: CrosswalkStore,
  kind: IdentifierKind | undefined,
  columns: CrosswalkColumns,
  io: CommandIo,
): number {
  let file: number;
  try {
    file = openSync(output, 'wx', 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new SallyportError('STORAGE_UNUSABLE', { detail: 'the output file', cause });
    io.stderr.write('sallyport crosswalk export: a file of this name exists; it was left as it is\n');
    return exitCodes.cannotCreate;
  }
  const counts = { written: 0, damaged: 0 };
  try {
    let text = csvLine(crosswalkColumns[columns]);
    for (const pair of store.pairs()) {
      if (pair === damagedRow) counts.damaged += 1;
      else if (kind === undefined || pair.kind === kind) {
        counts.written += 1;
        text += csvOfPair(pair, columns);
        if (text.length >= writtenAtOnce) text = writeOut(file, text);
      }
    }
    writeOut(file, text);
    fsyncSync(file);
  } catch (cause) {
    // Half an export would pass for a whole one.
    rmSync(output, { force: true });
    if (cause instanceof SallyportError) throw cause;
    throw new SallyportError('STORAGE_UNUSABLE', { detail: 'the output file', cause });
  } finally {
    closeSync(file);
  }
  io.stdout.write(`${counts.written} pairs written\n`);
  if (counts.damaged > 0) throw new SallyportError('CROSSWALK_DAMAGED', { detail: `${counts.damaged} rows` });
  return exitCodes.ok;
}

function writeOut(file: number, text: string): '' {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  return '';
}

async function lookUp(
  store: CrosswalkStore,
  kind: IdentifierKind | undefined,
  io: CommandIo,
): Promise<number> {
  const value = canonicalIdentifier(await standardInput());
  if (value === '') return wrong(io, 'lookup reads one value from standard input');
  const found = store.find(value);
  const pairs = found.filter((pair) => pair !== damagedRow);
  const wanted = pairs.filter((pair) => kind === undefined || pair.kind === kind);
  if (wanted.length > 0) io.stdout.write(csvLine(crosswalkColumns.full));
  for (const pair of wanted) io.stdout.write(csvOfPair(pair, 'full'));
  if (pairs.length < found.length)
    throw new SallyportError('CROSSWALK_DAMAGED', { detail: `${found.length - pairs.length} rows` });
  if (wanted.length > 0) return exitCodes.ok;
  io.stderr.write('sallyport crosswalk lookup: no pair has this value\n');
  return exitCodes.someRefused;
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > maxInputBytes) return '';
  }
  return Buffer.concat(chunks).toString('utf8');
}
