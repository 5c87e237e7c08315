import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { asSallyportError, errorRow, exitCodes, isErrorCode, SallyportError } from '../../core/errors.ts';
import { type InstanceRecord, type InstanceState, instanceStates } from '../../core/instance.ts';
import { viewOf } from '../../core/instance-view.ts';
import type { DrawnBox, RedactionBox } from '../../core/redaction.ts';
import { readPart10 } from '../../dicom/part10.ts';
import { openFileSource } from '../../pipeline/file-source.ts';
import { imageExtentOf } from '../../pipeline/image-extent.ts';
import {
  discard,
  type OpenedForOperations,
  openForOperations,
  release,
  retry,
} from '../../spool/operations.ts';
import { commandLineActor } from '../command-line-actor.ts';
import { comparePictures, openPictureFolder } from '../compare-pictures.ts';
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
  boxes: { type: 'string' },
  'replace-found': { type: 'boolean' },
  compare: { type: 'string' },
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
  return openForOperations(dir, imageExtentOf);
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
      io.stdout.write(`${values.json === true ? JSON.stringify(viewOf(record)) : line(record)}\n`);
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
    const view = viewOf(record);
    if (values.json === true) io.stdout.write(`${JSON.stringify(view)}\n`);
    else
      for (const [name, value] of Object.entries(view))
        io.stdout.write(`${name.padEnd(18)} ${display(value, name)}\n`);
    if (values.compare !== undefined) await pictures(opened, record, values.compare, io);
    return exitCodes.ok;
  } finally {
    await opened.close();
  }
};

function display(value: unknown, name: string): string {
  if (value === null) return '-';
  // A person looked, and drew none: that is not the same as nobody having looked.
  if (name === 'drawnBoxes' && Array.isArray(value) && value.length === 0) return 'none: nothing to blank';
  if (!Array.isArray(value)) return String(value);
  return value.map((one: unknown) => (isBox(one) ? boxText(one) : String(one))).join(', ') || '-';
}

type AnyBox = DrawnBox & Partial<Pick<RedactionBox, 'source' | 'reason' | 'rule'>>;

function isBox(value: unknown): value is AnyBox {
  return typeof value === 'object' && value !== null && 'left' in value;
}

/** "frame 3: 120x14 at 10,20 (ocr, date)". */
function boxText({ frame, frames = 1, left, top, width, height, source, reason, rule }: AnyBox): string {
  const where =
    frame === null
      ? 'all frames'
      : frames > 1
        ? `frames ${frame} to ${frame + frames - 1}`
        : `frame ${frame}`;
  const why = [source, reason, rule].filter((word) => word !== undefined).join(' ');
  return `${where}: ${width}x${height} at ${left},${top}${why === '' ? '' : ` (${why})`}`;
}

/** Pictures of an instance as it was received, so that a person sees what to draw. Named by its id. */
async function pictures(
  { blobs }: OpenedForOperations,
  { id, foundBoxes }: InstanceRecord,
  folder: string,
  io: CommandIo,
): Promise<void> {
  openPictureFolder(folder);
  if ((await blobs.size(id)) === undefined) throw new SallyportError('BLOB_MISSING');
  const source = openFileSource(blobs.localPath(id));
  try {
    const before = readPart10(source);
    const boxes = foundBoxes?.boxes ?? [];
    const { names, leftOut } = await comparePictures({ before, after: undefined, boxes, folder, name: id });
    for (const name of names) io.stderr.write(`${join(folder, name)}\n`);
    if (leftOut > 0 || names.length === 0)
      io.stderr.write(`sallyport show: ${leftOut} further frames have no picture\n`);
  } finally {
    source.close();
  }
}

function missingId(io: CommandIo, name: string): number {
  io.stderr.write(`sallyport ${name}: give the id of an instance; \`sallyport list\` shows them\n`);
  return exitCodes.usage;
}

/** One operation on each id; goes on after a refusal, and tells of it in the exit code. */
async function onEach(
  opened: OpenedForOperations,
  ids: AsyncIterable<string> | readonly string[],
  operation: (opened: OpenedForOperations, id: string) => Promise<void>,
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
    const by = commandLineActor();
    const filter = {
      states: ['held', 'failed'] as const,
      ...(values.code === undefined ? {} : { code: values.code }),
    };
    return await onEach(
      opened,
      values.all === true ? idsOf(pages(opened, filter)) : ids,
      (parts, id) => retry(parts, id, by),
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

/** Boxes are those of one image. */
export const releaseCommand: Command = async (args, io) => {
  const { values, ids } = parse(args);
  if (values.boxes === undefined && values['replace-found'] === true) {
    io.stderr.write('sallyport release: --replace-found goes with --boxes FILE\n');
    return exitCodes.usage;
  }
  const by = commandLineActor();
  if (values.boxes === undefined)
    return named(args, io, 'release', (opened, id) => release(opened, id, { by }), 'released');
  if (ids.length !== 1) {
    io.stderr.write('sallyport release: --boxes FILE belongs to one instance; give its id\n');
    return exitCodes.usage;
  }
  const options = { by, boxes: readBoxes(values.boxes), replaceFound: values['replace-found'] === true };
  return named(args, io, 'release', (opened, id) => release(opened, id, options), 'released');
};
export const discardCommand: Command = (args, io) => {
  const by = commandLineActor();
  return named(args, io, 'discard', (opened, id) => discard(opened, id, by), 'discarded');
};

const maxBoxesBytes = 1024 * 1024;

/** The boxes of a file: a list, or an object with the list in `boxes`, as the HTTP API takes it. */
function readBoxes(file: string): unknown {
  let text: string;
  try {
    if (statSync(file).size > maxBoxesBytes)
      throw new SallyportError('BOXES_INVALID', { detail: 'too long' });
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause;
    throw new SallyportError('FILE_UNREADABLE', { cause });
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'boxes' in value ? value.boxes : value;
  } catch (cause) {
    throw new SallyportError('BOXES_INVALID', { detail: 'no JSON', cause });
  }
}

async function named(
  args: string[],
  io: CommandIo,
  name: string,
  operation: (opened: OpenedForOperations, id: string) => Promise<void>,
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
