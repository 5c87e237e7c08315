import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { auditLine } from '../../core/audit.ts';
import { exitCodes, SallyportError } from '../../core/errors.ts';
import { AuditReader } from '../../spool/audit-reader.ts';
import { openForOperations } from '../../spool/operations.ts';
import { commandLineActor } from '../command-line-actor.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import type { CommandIo } from '../io.ts';
import { maxFiles, notedHead, verifyTrail } from './audit-verify.ts';

const options = {
  config: { type: 'string' },
  storage: { type: 'string' },
  head: { type: 'string' },
  file: { type: 'string', multiple: true },
  from: { type: 'string' },
  to: { type: 'string' },
  output: { type: 'string' },
} as const;
type Values = ReturnType<typeof parse>['values'];

const allowed: Readonly<Record<string, readonly (keyof Values)[]>> = {
  verify: ['config', 'storage', 'head', 'file'],
  export: ['config', 'storage', 'from', 'to', 'output'],
  head: ['config', 'storage'],
};

/** Lines written at one time. */
const writtenAtOnce = 256 * 1024;

function parse(args: string[]) {
  return parseArgs({ args, options });
}

/**
 * `audit verify [--head HEAD] [--file NDJSON …]`: proves the chain of the ledger, of exports, or, with `--storage` or `--config`
 * too, that all of them are one chain; `audit export [--from TIME]
 * [--to TIME] [--output FILE]`: writes records as NDJSON, the oldest first, and records that it did; `audit head`: prints the
 * end of the chain. All work beside a running gateway and without one, in bounded memory. Exit code 65 where the chain
 * does not hold, 1 where it holds and does not reach back to the head that was given.
 */
export async function auditCommand(args: string[], io: CommandIo): Promise<number> {
  const [verb = '', ...rest] = args;
  const known = allowed[verb];
  if (known === undefined) return wrong(io, 'verify, export or head');
  const { values } = parse(rest);
  for (const name of Object.keys(values))
    if (!known.some((option) => option === name)) return wrong(io, `${verb} has no --${name}`);
  if (verb === 'verify') return await verify(values, io);
  const reader = new AuditReader(storageOf(values));
  try {
    if (verb === 'export') return await exportTrail(reader, values, io);
    const { sequence, hash, at } = reader.head();
    io.stdout.write(`${sequence} ${hash ?? '-'} ${at ?? '-'}\n`);
    return exitCodes.ok;
  } finally {
    reader.close();
  }
}

function wrong(io: CommandIo, text: string): number {
  io.stderr.write(`sallyport audit: ${text}\n`);
  return exitCodes.usage;
}

function storageOf({ storage, config }: Values): string {
  return storage ?? loadConfigFrom(config === undefined ? [] : ['--config', config]).config.storage.dir;
}

async function verify(values: Values, io: CommandIo): Promise<number> {
  const head = values.head === undefined ? undefined : notedHead(values.head);
  if (values.head !== undefined && head === undefined)
    return wrong(io, '--head wants 64 hex digits, or the line that `audit head` printed');
  const files = values.file ?? [];
  if (files.length > maxFiles) return wrong(io, `at most ${maxFiles} files`);
  const withTrail = files.length === 0 || values.storage !== undefined || values.config !== undefined;
  return await verifyTrail({ head, files, storage: withTrail ? storageOf(values) : undefined }, io);
}

/** Epoch ms of `2026-11-21`, `2026-11-21T08:00` or with a zone; local time where none is given, as people mean it. */
function timeOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const local = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  const time = /^\d{4}-\d{2}-\d{2}T/.test(local) ? Date.parse(local) : Number.NaN;
  if (Number.isNaN(time))
    throw new SallyportError('REQUEST_INVALID', { detail: `--${name}: a date, or a date and time` });
  return time;
}

async function exportTrail(reader: AuditReader, values: Values, io: CommandIo): Promise<number> {
  const from = timeOf(values.from, 'from');
  const to = timeOf(values.to, 'to');
  const file = values.output === undefined ? undefined : openNew(values.output);
  if (file === 'exists') {
    io.stderr.write('sallyport audit export: a file of this name exists; it was left as it is\n');
    return exitCodes.cannotCreate;
  }
  try {
    // Who takes the trail away is part of it, before the first line.
    await recordExport(storageOf(values));
    const found = reader.range(from, to);
    const records = found === undefined ? [] : reader.records(found.first - 1, found.last);
    let text = '';
    let count = 0;
    const flush = async (): Promise<void> => {
      if (file !== undefined) writeSync(file, text);
      else if (!io.stdout.write(text)) await new Promise((resolve) => io.stdout.once('drain', resolve));
      text = '';
    };
    for (const record of records) {
      if (record === 'unreadable') throw new SallyportError('AUDIT_DAMAGED');
      text += `${auditLine(record)}\n`;
      count += 1;
      if (text.length >= writtenAtOnce) await flush();
    }
    if (text !== '') await flush();
    if (file !== undefined) fsyncSync(file);
    io.stderr.write(`${count} record${count === 1 ? '' : 's'}\n`);
    return exitCodes.ok;
  } catch (cause) {
    if (values.output !== undefined) rmSync(values.output, { force: true });
    throw cause;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function openNew(path: string): number | 'exists' {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
    throw new SallyportError('STORAGE_UNUSABLE', { detail: 'the output file', cause });
  }
}

async function recordExport(dir: string): Promise<void> {
  const opened = await openForOperations(dir);
  try {
    const object = { kind: 'audit', id: 'trail' } as const;
    await opened.ledger.audit.append({ actor: commandLineActor(), action: 'audit.exported', object });
  } finally {
    await opened.close();
  }
}
