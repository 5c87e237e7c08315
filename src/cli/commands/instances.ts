import { parseArgs } from 'node:util';
import { asSallyportError, errorRow, exitCodes, isErrorCode, SallyportError } from '../../core/errors.ts';
import { type InstanceRecord, type InstanceState, instanceStates } from '../../core/instance.ts';
import {
  discard,
  type OpenedForOperations,
  openForOperations,
  release,
  retry,
} from '../../spool/operations.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import type { Command, CommandIo } from '../io.ts';

/** Rows asked for at a time; lists of any length need the memory of one page. */
const pageSize = 500;

const options = {
  config: { type: 'string' },
  storage: { type: 'string' },
  json: { type: 'boolean' },
  state: { type: 'string', multiple: true },
  code: { type: 'string' },
  all: { type: 'boolean' },
} as const;

function parse(args: string[]): { values: ReturnType<typeof parseValues>['values']; ids: string[] } {
  const { values, positionals } = parseValues(args);
  return { values, ids: positionals };
}

function parseValues(args: string[]) {
  return parseArgs({ args, options, allowPositionals: true });
}

/** The storage folder of the configuration, opened beside a running gateway or without one. */
async function open(values: {
  readonly config?: string | undefined;
  readonly storage?: string | undefined;
}): Promise<OpenedForOperations> {
  const dir =
    values.storage ??
    loadConfigFrom(values.config === undefined ? [] : ['--config', values.config]).config.storage.dir;
  return openForOperations(dir);
}

/** What others read of a row. Its own names, no value of a data set: the row holds none. */
function publicView(record: InstanceRecord): Record<string, unknown> {
  const row = record.code !== null && isErrorCode(record.code) ? errorRow(record.code) : undefined;
  return {
    id: record.id,
    state: record.state,
    code: record.code,
    detail: record.detail,
    reason: row?.message ?? null,
    advice: row?.advice ?? null,
    releasable: record.state === 'held' && row?.releasable === true,
    releasedCodes: record.releasedCodes,
    receivedAt: new Date(record.receivedAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
    attempts: record.attempts,
    nextAttemptAt:
      record.state === 'received' || record.state === 'prepared'
        ? new Date(record.dueAt).toISOString()
        : null,
    callingAeTitle: record.callingAeTitle,
    sopClassUid: record.sopClassUid,
    transferSyntaxUid: record.transferSyntaxUid,
    sizeBytes: record.sizeBytes,
    revision: record.revision,
    studyPseudonym: record.studyPseudonym,
    seriesPseudonym: record.seriesPseudonym,
  };
}

async function* pages(
  opened: OpenedForOperations,
  filter: { states?: readonly InstanceState[]; code?: string },
): AsyncGenerator<InstanceRecord> {
  let afterId: string | undefined;
  for (;;) {
    const page = await opened.ledger.list({
      ...filter,
      limit: pageSize,
      ...(afterId === undefined ? {} : { afterId }),
    });
    yield* page;
    if (page.length < pageSize) return;
    afterId = page.at(-1)?.id;
  }
}

function statesOf(words: readonly string[] | undefined): { states?: readonly InstanceState[] } {
  if (words === undefined) return {};
  const states = words.flatMap((word) => word.split(','));
  const known = states.filter((word): word is InstanceState =>
    instanceStates.some((state) => state === word),
  );
  if (known.length < states.length)
    throw new SallyportError('STATE_CONFLICT', { detail: `states are ${instanceStates.join(', ')}` });
  return { states: known };
}

export const listCommand: Command = async (args, io) => {
  const { values } = parse(args);
  const filter = { ...statesOf(values.state), ...(values.code === undefined ? {} : { code: values.code }) };
  const opened = await open(values);
  try {
    let count = 0;
    for await (const record of pages(opened, filter)) {
      count += 1;
      io.stdout.write(`${values.json === true ? JSON.stringify(publicView(record)) : line(record)}\n`);
    }
    if (values.json !== true) io.stderr.write(`${count} instance${count === 1 ? '' : 's'}\n`);
    return exitCodes.ok;
  } finally {
    await opened.close();
  }
};

function line(record: InstanceRecord): string {
  const at = new Date(record.receivedAt).toISOString().replace('T', ' ').slice(0, 19);
  return `${record.id}  ${record.state.padEnd(9)}  ${at}  ${record.callingAeTitle.padEnd(16)}  ${(record.code ?? '').padEnd(1)}`.trimEnd();
}

export const showCommand: Command = async (args, io) => {
  const { values, ids } = parse(args);
  const [id] = ids;
  if (id === undefined) return missingId(io, 'show');
  const opened = await open(values);
  try {
    const record = await opened.ledger.get(id);
    if (record === undefined) throw new SallyportError('INSTANCE_UNKNOWN');
    const view = publicView(record);
    if (values.json === true) io.stdout.write(`${JSON.stringify(view)}\n`);
    else
      for (const [name, value] of Object.entries(view))
        io.stdout.write(`${name.padEnd(18)} ${display(value)}\n`);
    return exitCodes.ok;
  } finally {
    await opened.close();
  }
};

function display(value: unknown): string {
  if (value === null) return '-';
  return Array.isArray(value) ? value.join(', ') || '-' : String(value);
}

function missingId(io: CommandIo, name: string): number {
  io.stderr.write(`sallyport ${name}: give the id of an instance; \`sallyport list\` shows them\n`);
  return exitCodes.usage;
}

/** One operation on each id; goes on after a refusal, and tells of it in the exit code. */
async function onEach(
  opened: OpenedForOperations,
  ids: AsyncIterable<string> | readonly string[],
  operation: typeof retry,
  word: string,
  io: CommandIo,
): Promise<number> {
  let refused = 0;
  let done = 0;
  for await (const id of ids) {
    try {
      await operation(opened, id);
      done += 1;
    } catch (error) {
      refused += 1;
      const { code, message } = asSallyportError(error);
      const advice = isErrorCode(code) ? errorRow(code).advice : '';
      io.stderr.write(`${id}: ${code}: ${message}; ${advice}\n`);
    }
  }
  io.stdout.write(`${done} ${word}${refused > 0 ? `, ${refused} refused` : ''}\n`);
  return refused > 0 ? exitCodes.someRefused : exitCodes.ok;
}

export const retryCommand: Command = async (args, io) => {
  const { values, ids } = parse(args);
  if (ids.length === 0 && values.all !== true) return missingId(io, 'retry');
  const opened = await open(values);
  try {
    const filter = {
      states: ['held', 'failed'] as const,
      ...(values.code === undefined ? {} : { code: values.code }),
    };
    return await onEach(
      opened,
      values.all === true ? idsOf(pages(opened, filter)) : ids,
      retry,
      'will be processed again',
      io,
    );
  } finally {
    await opened.close();
  }
};

async function* idsOf(records: AsyncIterable<InstanceRecord>): AsyncGenerator<string> {
  for await (const { id } of records) yield id;
}

export const releaseCommand: Command = (args, io) => named(args, io, 'release', release, 'released');
export const discardCommand: Command = (args, io) => named(args, io, 'discard', discard, 'discarded');

async function named(
  args: string[],
  io: CommandIo,
  name: string,
  operation: typeof retry,
  word: string,
): Promise<number> {
  const { values, ids } = parse(args);
  if (ids.length === 0) return missingId(io, name);
  const opened = await open(values);
  try {
    return await onEach(opened, ids, operation, word, io);
  } finally {
    await opened.close();
  }
}
