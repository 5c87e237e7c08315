import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readExport } from '../../audit/read-export.ts';
import { type ChainVerdict, ChainVerifier, chainFaults } from '../../audit/verify-chain.ts';
import { auditLine } from '../../core/audit.ts';
import { exitCodes, SallyportError } from '../../core/errors.ts';
import { AuditReader } from '../../spool/audit-reader.ts';
import { openForOperations } from '../../spool/operations.ts';
import { commandLineActor } from '../command-line-actor.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import type { CommandIo } from '../io.ts';

const options = {
  config: { type: 'string' },
  storage: { type: 'string' },
  head: { type: 'string' },
  file: { type: 'string' },
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
/** Retention may remove records ahead of the reading; then it begins anew behind them. */
const maxRestarts = 3;

function parse(args: string[]) {
  return parseArgs({ args, options });
}

/**
 * `audit verify [--head HASH] [--file NDJSON]`: proves the chain of the ledger or of an export; `audit export [--from TIME]
 * [--to TIME] [--output FILE]`: writes records as NDJSON, the oldest first, and records that it did; `audit head`: prints the
 * end of the chain. All work beside a running gateway and without one, in bounded memory. Exit code 65 where the chain
 * does not hold.
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

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function verify(values: Values, io: CommandIo): Promise<number> {
  const head = values.head?.toLowerCase();
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) return wrong(io, '--head wants 64 hex digits');
  if (values.file !== undefined) {
    if (values.storage !== undefined || values.config !== undefined)
      return wrong(io, '--file goes without --storage and --config');
    const verifier = new ChainVerifier({ part: true, ...(head === undefined ? {} : { head }) }, sha256);
    for await (const record of readExport(values.file)) {
      if (record === 'unreadable') verifier.takeUnreadable();
      else if (!verifier.take(record)) break;
    }
    return tell(verifier.verdict(), head, io);
  }
  const reader = new AuditReader(storageOf(values));
  try {
    return tell(verifyDatabase(reader, head), head, io);
  } finally {
    reader.close();
  }
}

function verifyDatabase(reader: AuditReader, head: string | undefined): ChainVerdict {
  for (let start = 0; ; start += 1) {
    // Before the records: a gateway beside adds some while they are read.
    const end = reader.chain().head;
    const verifier = new ChainVerifier({ part: false, end, ...(head === undefined ? {} : { head }) }, sha256);
    for (const record of reader.records()) {
      if (record === 'unreadable') verifier.takeUnreadable();
      else if (!verifier.take(record)) break;
    }
    const verdict = verifier.verdict();
    const overtaken =
      verdict.fault?.kind === 'record-missing' &&
      reader.chain().pruned.sequence >= verdict.fault.sequence - 1;
    if (!overtaken || start >= maxRestarts) return verdict;
  }
}

function tell(verdict: ChainVerdict, asked: string | undefined, io: CommandIo): number {
  const { first, last, records, head, pruned, knownHead, fault } = verdict;
  if (fault !== null) {
    const missing = fault.kind === 'record-missing' ? ` (${range(last + 1, fault.sequence - 1)})` : '';
    const where = fault.kind === 'head-unknown' ? '' : `record ${fault.sequence}: `;
    io.stdout.write(`broken\n${where}${fault.kind}: ${chainFaults[fault.kind]}${missing}\n`);
    if (last > 0) io.stdout.write(`${range(first, last)} hold${first === last ? 's' : ''}, up to ${head}\n`);
    return exitCodes.auditBroken;
  }
  const before =
    first <= 1
      ? ''
      : pruned
        ? `; ${range(1, first - 1)} pruned, and recorded as such`
        : '; what was before is not in this file';
  io.stdout.write(
    records === 0 ? 'whole: no records\n' : `whole: ${records} records, ${range(first, last)}${before}\n`,
  );
  if (asked !== undefined) io.stdout.write(`the given hash is that of record ${knownHead}\n`);
  io.stdout.write(`head ${last} ${head ?? '-'}\n`);
  return exitCodes.ok;
}

function range(first: number, last: number): string {
  return first === last ? `record ${first}` : `records ${first} to ${last}`;
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
