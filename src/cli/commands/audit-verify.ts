import { createHash } from 'node:crypto';
import { type AuditSourceOf, mergeSources } from '../../audit/merge-sources.ts';
import { pruningFaults } from '../../audit/pruning-account.ts';
import { readExport } from '../../audit/read-export.ts';
import {
  type ChainExpectations,
  type ChainVerdict,
  ChainVerifier,
  chainFaults,
  type FoundFault,
  type NotedHead,
} from '../../audit/verify-chain.ts';
import { exitCodes, SallyportError } from '../../core/errors.ts';
import { AuditReader } from '../../spool/audit-reader.ts';
import type { CommandIo } from '../io.ts';

/** Exports read together with the trail. */
export const maxFiles = 100;
/** Retention may remove records ahead of the reading; then it begins anew behind them. */
const maxRestarts = 3;

export interface VerifyRequest {
  readonly head: NotedHead | undefined;
  readonly files: readonly string[];
  /** Storage folder; undefined: the files alone. */
  readonly storage: string | undefined;
}

/** `--head`: a hash; or all that `audit head` printed of a record: number, hash and, where it is there, time. */
export function notedHead(text: string): NotedHead | undefined {
  const [whole, sequence, hash = '', time] =
    /^(?:(\d{1,15})[\s:]+)?([0-9a-f]{64})(?:\s+(\S+))?$/i.exec(text.trim()) ?? [];
  const at = time === undefined ? undefined : Date.parse(time);
  if (whole === undefined || Number.isNaN(at ?? 0)) return undefined;
  return {
    hash: hash.toLowerCase(),
    ...(sequence === undefined ? {} : { sequence: Number(sequence) }),
    ...(at === undefined ? {} : { at }),
  };
}

/**
 * Proves each file in itself, the trail in itself, and that they join up to one chain. Exit code 0 where all is proven that
 * was asked for, 1 where the head that was asked for lies before what there is to read, or there is nothing to read, 65
 * where something does not hold.
 */
export async function verifyTrail(request: VerifyRequest, io: CommandIo): Promise<number> {
  try {
    return await verifyAll(request, io);
  } catch (thrown) {
    if (!(thrown instanceof SallyportError) || thrown.code !== 'AUDIT_DAMAGED') throw thrown;
    // A file that is no database, or not whole, cannot even be read: the trail in it does not hold.
    io.stdout.write('broken\nthe database file of the ledger is damaged: its records cannot be read\n');
    return exitCodes.auditBroken;
  }
}

async function verifyAll({ head, files, storage }: VerifyRequest, io: CommandIo): Promise<number> {
  const only = files.length + (storage === undefined ? 0 : 1) === 1;
  for (const file of files) {
    const verdict = await verdictOf(readExport(file), { part: true, ...(only ? headOf(head) : {}) });
    if (only) return tell(verdict, head, 'file', io);
    if (verdict.fault !== null) {
      io.stdout.write(`${file}: `);
      return tell(verdict, undefined, 'file', io);
    }
    const { first, last, records } = verdict;
    io.stdout.write(
      `${file}: ${records === 0 ? 'no records' : `${range(first, last)} hold in themselves`}\n`,
    );
  }
  if (storage === undefined) {
    const verdict = await verdictOf(mergeSources(files.map(readExport)), { part: true, ...headOf(head) });
    return tell(verdict, head, 'file', io);
  }
  const reader = new AuditReader(storage);
  try {
    const alone = await verdictOfTrail(reader, [], only ? headOf(head) : {});
    if (only || alone.fault !== null) return tell(alone, head, 'trail', io);
    io.stdout.write(`the trail: ${range(alone.first, alone.last)} hold in themselves\n`);
    return tell(await verdictOfTrail(reader, files, headOf(head)), head, 'trail', io);
  } finally {
    reader.close();
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function headOf(head: NotedHead | undefined): Pick<ChainExpectations, 'head'> {
  return head === undefined ? {} : { head };
}

async function verdictOf(
  records: AuditSourceOf | ReturnType<typeof mergeSources>,
  expected: ChainExpectations,
): Promise<ChainVerdict> {
  const verifier = new ChainVerifier(expected, sha256);
  for await (const record of records) {
    if (record === 'unreadable') verifier.takeUnreadable();
    else if ('differs' in record) verifier.takeDifferent(record.differs);
    else if (!verifier.take(record)) break;
  }
  return verifier.verdict();
}

async function verdictOfTrail(
  reader: AuditReader,
  files: readonly string[],
  head: Pick<ChainExpectations, 'head'>,
): Promise<ChainVerdict> {
  for (let start = 0; ; start += 1) {
    // Before the records: a gateway beside adds some while they are read.
    const end = reader.chain()?.head ?? null;
    const expected = { part: files.length > 0, end, ...head };
    const records = reader.records();
    const verdict = await verdictOf(
      files.length === 0 ? records : mergeSources([...files.map(readExport), records]),
      expected,
    );
    const overtaken =
      verdict.fault?.kind === 'record-missing' &&
      (reader.chain()?.pruned.sequence ?? 0) >= verdict.fault.sequence - 1;
    if (!overtaken || start >= maxRestarts) return verdict;
  }
}

function tell(
  verdict: ChainVerdict,
  asked: NotedHead | undefined,
  what: 'file' | 'trail',
  io: CommandIo,
): number {
  const { first, last, records, head, knownHead, headUnproven, fault } = verdict;
  const out = (line: string): void => void io.stdout.write(`${line}\n`);
  if (fault !== null) {
    out(`broken\nrecord ${fault.sequence}: ${fault.kind}: ${chainFaults[fault.kind]}${more(fault, last)}`);
    if (last > 0) out(`${range(first, last)} hold${first === last ? 's' : ''}, up to ${head}`);
    return exitCodes.auditBroken;
  }
  if (records === 0 && what === 'file') {
    out('not proven: there are no records');
    return exitCodes.someRefused;
  }
  out(
    records === 0
      ? 'whole: no records'
      : `whole: ${records} records, ${range(first, last)}${beforeFirst(verdict)}`,
  );
  if (verdict.pruning !== null) out(pruningLine(verdict.pruning));
  if (asked !== undefined && headUnproven)
    out(
      asked.sequence === undefined
        ? `not proven: the given hash is of no record from ${first} on. Either it is that of an earlier one, which is not here: give an export that holds it with --file. Or records were rewritten since it was noted`
        : `not proven: the given hash is noted for record ${asked.sequence}, which is before the first that is here (${first}): give an export that holds it with --file`,
    );
  else if (asked !== undefined) out(`the given hash is that of record ${knownHead}`);
  out(`head ${last} ${head ?? '-'}`);
  return asked !== undefined && headUnproven ? exitCodes.someRefused : exitCodes.ok;
}

function beforeFirst({ first, pruned }: ChainVerdict): string {
  if (first <= 1) return '';
  const before = range(1, first - 1);
  return pruned ? `; ${before} pruned, and recorded as such` : `; ${before} are not in what was read`;
}

/** For whoever knows how long records were to be kept: the chain cannot. */
function pruningLine({ sequence, at, shortestMs }: NonNullable<ChainVerdict['pruning']>): string {
  const days = Math.floor(shortestMs / 86_400_000);
  const age = days >= 1 ? `${days} day${days === 1 ? '' : 's'}` : `${Math.floor(shortestMs / 1000)} seconds`;
  return `records were removed when they were older than ${age}, at the least; the last time by record ${sequence} (${new Date(at).toISOString()})`;
}

function more({ kind, sequence, other, pruning }: FoundFault, last: number): string {
  if (kind === 'record-missing') return ` (${range(last + 1, sequence - 1)})`;
  if (other !== undefined) return ` (record ${other})`;
  if (pruning === 'hash')
    return ': the record it names as the last one is not the one before those that are left';
  if (pruning === 'noted-later')
    return ': the given head was written after the time before which all it removed were written';
  if (pruning !== undefined) return `: ${pruningFaults[pruning]}`;
  return kind === 'unreadable' && last === 0 ? '; this may be no export of an audit trail' : '';
}

function range(first: number, last: number): string {
  return first === last ? `record ${first}` : `records ${first} to ${last}`;
}
