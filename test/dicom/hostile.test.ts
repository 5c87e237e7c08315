import { closeSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { type ByteSource, memorySource } from '../../src/dicom/byte-source.ts';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { encodePart10 } from '../../src/dicom/encode.ts';
import { defaultReadLimits } from '../../src/dicom/limits.ts';
import { type Part10, readPart10 } from '../../src/dicom/part10.ts';
import { elementText, firstText, numbers, walk } from '../../src/dicom/values.ts';
import { corpusFiles, corpusMissing } from '../support/corpus.ts';
import {
  bytes,
  dataSetOf,
  file,
  implicit,
  itemOf,
  long,
  need,
  read,
  sequenceEnd,
  short,
  syntaxes,
  undefinedLength,
} from './bytes.ts';

const patientName = 0x00100010;
const codeSequence = 0x00082218;
const codeValue = 0x00080100;
const pixelData = 0x7fe00010;
const limits = { ...defaultReadLimits, maxElements: 20_000, maxInflatedBytes: 4 * 1024 * 1024 };

/** Reads, looks at everything, writes. Anything but a SallyportError goes through. */
function exercise(content: Uint8Array): Part10 | undefined {
  try {
    const part10 = readPart10(memorySource(content), limits);
    for (const step of walk(part10.dataSet)) {
      elementText(step.dataSet, step.element);
      numbers(step.dataSet, step.element.tag);
    }
    const { dataSet, transferSyntaxUid } = part10;
    const head = new Uint8Array(0);
    let length = 0;
    for (const chunk of encodePart10({ dataSet, transferSyntaxUid, head })) length += chunk.length;
    // Delimiters and long headers add a little to every element, never a multiple of the whole.
    if (length > 8 * limits.maxInflatedBytes + 8 * content.length) throw new Error('grew without bound');
    return part10;
  } catch (error) {
    if (error instanceof SallyportError && error.code !== 'UNEXPECTED') return undefined;
    throw error;
  }
}

const samples: readonly Buffer[] = [
  file(
    bytes(
      short(0x00080005, 'CS', '\\ISO 2022 IR 87'),
      short(0x00080060, 'CS', 'CT'),
      long(codeSequence, 'SQ', bytes(itemOf(short(codeValue, 'SH', 'ONE '), true)), undefinedLength),
      sequenceEnd,
      long(0x00291010, 'UN', itemOf(implicit(codeValue, 'TWO '))),
      short(0x00281050, 'DS', '40\\50 '),
      long(pixelData, 'OW', '0123456789'),
    ),
  ),
  file(
    bytes(
      implicit(0x00080060, 'CT'),
      implicit(codeSequence, itemOf(bytes(implicit(codeValue, 'ONE '), implicit(0x00280106, '<feff>')))),
      implicit(0x00280103, '<0100>'),
      implicit(pixelData, '0123456789'),
    ),
    syntaxes.implicit,
  ),
  file(
    bytes(
      short(0x00080060, 'CS', 'CT', true),
      long(
        codeSequence,
        'UN',
        bytes(itemOf(implicit(codeValue, 'ONE ')), sequenceEnd),
        undefinedLength,
        true,
      ),
      short(patientName, 'PN', 'A^B ', true),
    ),
    syntaxes.big,
  ),
  file(
    long(
      pixelData,
      'OB',
      bytes(implicit(0xfffee000, '<00000000>'), implicit(0xfffee000, 'ABC'), sequenceEnd),
      undefinedLength,
    ),
    syntaxes.jpeg,
  ),
];

/** Faults as broken writers and hostile ones make them: bytes changed, cut out, repeated, lengths blown up. */
const fault = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), value: fc.nat(40) }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), value: fc.nat(60) }),
  fc.record({ kind: fc.constant('length' as const), at: fc.nat(), value: fc.nat() }),
);

function spoil(content: Buffer, faults: readonly { kind: string; at: number; value: number }[]): Buffer {
  let spoiled: Buffer = Buffer.from(content);
  for (const { kind, at, value } of faults) {
    if (spoiled.length < 8) break;
    const place = at % spoiled.length;
    if (kind === 'set') spoiled[place] = value;
    else if (kind === 'cut') spoiled = bytes(spoiled.subarray(0, place), spoiled.subarray(place + value));
    else if (kind === 'repeat') {
      const piece = spoiled.subarray(place, place + value);
      spoiled = bytes(spoiled.subarray(0, place), piece, spoiled.subarray(place));
    } else
      spoiled.writeUInt32LE(value % 3 === 0 ? undefinedLength : value, Math.min(place, spoiled.length - 4));
  }
  return spoiled;
}

t.test('spoiled instances are read or refused with a code, never anything else', async (t) => {
  let readable = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(fault, { minLength: 1, maxLength: 5 }),
      (sample, faults) => {
        if (exercise(spoil(sample, faults)) !== undefined) readable += 1;
      },
    ),
    { numRuns: 8000 },
  );
  t.ok(readable > 500, `${readable} of 8000 were still readable: the faults reach deep`);
});

t.test('any bytes are read or refused with a code', async (t) => {
  const head = samples[0]?.subarray(0, 200) ?? Buffer.alloc(0);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (content) => {
      exercise(content);
      exercise(bytes(head, content));
    }),
    { numRuns: 3000 },
  );
  t.pass();
});

t.test('spoiled real files are read or refused with a code', { skip: corpusMissing }, async (t) => {
  const small = corpusFiles().filter(({ bytes: size }) => size > 0 && size < 60_000);
  const contents = small.map(({ path }) => readFileSync(path));
  fc.assert(
    fc.property(
      fc.nat(contents.length - 1),
      fc.array(fault, { minLength: 1, maxLength: 3 }),
      (which, faults) => {
        exercise(spoil(contents[which] ?? Buffer.alloc(0), faults));
      },
    ),
    { numRuns: 1500 },
  );
  t.ok(contents.length > 20);
});

/** Items as a large enhanced multi-frame object has them. */
function functionalGroups(frames: number): Buffer {
  const position = itemOf(short(0x00200032, 'DS', '1.0\\2.0\\3.0'), true);
  const group = itemOf(long(0x00209113, 'SQ', position, undefinedLength), true);
  const one = bytes(group.subarray(0, -8), sequenceEnd, group.subarray(-8));
  const all = Buffer.concat(Array.from({ length: frames }, () => one));
  return file(bytes(long(0x52009230, 'SQ', all, undefinedLength), sequenceEnd));
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

t.test('time grows with the number of items, not with its square', async (t) => {
  const small = functionalGroups(2_000);
  const large = functionalGroups(40_000);
  for (let i = 0; i < 5; i++) read(small);
  const fast = Math.min(...[1, 2, 3].map(() => cpuMs(() => read(small))));
  const slow = Math.min(...[1, 2, 3].map(() => cpuMs(() => read(large))));
  t.comment(`2,000 items ${fast.toFixed(1)} ms, 40,000 items ${slow.toFixed(1)} ms`);
  // Twenty times as many; four hundred times were it quadratic.
  t.ok(slow < 120 * Math.max(fast, 1), `${fast} ms, ${slow} ms`);
});

t.test('sequences tried in vain inside one another cost each byte once', async (t) => {
  const nest = (depth: number): Buffer =>
    depth === 0 ? Buffer.alloc(200_000, 0xfe) : implicit(0x00291010, bytes(itemOf(nest(depth - 1)), '<00>'));
  const data = file(long(0x00291010, 'UN', itemOf(nest(50))));
  const spent = cpuMs(() => {
    t.equal(need(read(data).dataSet, 0x00291010).body.kind, 'items');
  });
  t.ok(spent < 2000, `${spent} ms`);
});

/** A file read through windows into one buffer that is used again: what a worker does with a large blob. */
function fileSource(descriptor: number, size: number): ByteSource & { readonly bytesRead: () => number } {
  let window = Buffer.alloc(0);
  let total = 0;
  return {
    size,
    read(offset, length) {
      if (offset < 0 || offset + length > size) throw new SallyportError('DATA_SET_TRUNCATED');
      if (window.length < length) window = Buffer.alloc(length);
      readSync(descriptor, window, 0, length, offset);
      total += length;
      return window.subarray(0, length);
    },
    bytesRead: () => total,
  };
}

t.test('a file of 3 GB is read and written in little memory', async (t) => {
  const length = 3 * 1024 ** 3;
  const head = file(bytes(short(0x00080060, 'CS', 'CT'), short(patientName, 'PN', 'A^B ')));
  const pixelHeader = long(pixelData, 'OW', '', length);
  const tail = long(0xfffcfffc, 'OB', 'padding.');
  const path = join(t.testdir(), 'large.dcm');
  const descriptor = openSync(path, 'w+');
  t.teardown(() => {
    closeSync(descriptor);
  });
  const size = head.length + pixelHeader.length + length + tail.length;
  writeSync(descriptor, bytes(head, pixelHeader), 0, null, 0);
  ftruncateSync(descriptor, size);
  writeSync(descriptor, tail, 0, null, size - tail.length);

  const source = fileSource(descriptor, size);
  const { dataSet, transferSyntaxUid } = readPart10(source);
  t.equal(firstText(dataSet, patientName), 'A^B');
  t.equal(firstText(dataSet, 0x00080060), 'CT');
  const { body } = need(dataSet, pixelData);
  t.equal(body.kind === 'source' && body.length, length);
  t.equal(need(dataSet, 0xfffcfffc).body.kind, 'source', 'what stands behind the pixels is found');
  t.ok(source.bytesRead() < 128 * 1024, `${source.bytesRead()} bytes read`);

  const before = process.memoryUsage();
  let most = 0;
  let written = 0;
  let chunks = 0;
  for (const chunk of encodePart10({ dataSet, transferSyntaxUid, head: new Uint8Array(0) })) {
    written += chunk.length;
    chunks += 1;
    most = Math.max(most, chunk.length);
    // 512 MB show that memory does not grow; the rest would only take time.
    if (chunks > 512) break;
  }
  const after = process.memoryUsage();
  t.ok(written > 500 * 1024 * 1024);
  t.ok(most <= 1024 * 1024);
  t.ok(after.rss - before.rss < 256 * 1024 * 1024, `${(after.rss - before.rss) / 1024 ** 2} MB more`);
});

t.test('reading through windows gives what reading from memory gives', { skip: corpusMissing }, async (t) => {
  for (const { name, path, bytes: size } of corpusFiles()) {
    const descriptor = openSync(path, 'r');
    try {
      const content = readFileSync(path);
      const outcome = (source: ByteSource): unknown => {
        try {
          const part10 = readPart10(source);
          return [part10.transferSyntaxUid, part10.dataSetOffset, shape(part10.dataSet)];
        } catch (error) {
          return error instanceof SallyportError ? error.message : error;
        }
      };
      t.same(outcome(fileSource(descriptor, size)), outcome(memorySource(content)), name);
    } finally {
      closeSync(descriptor);
    }
  }
});

function shape(dataSet: DataSet): unknown[] {
  return [...walk(dataSet)].map(({ element, path, dataSet: around }) => {
    const { body } = element;
    const where =
      body.kind === 'source' ? [body.offset, body.length] : body.kind === 'items' ? body.items.length : 0;
    return [path.length, element.tag, element.vr, where, elementText(around, element)];
  });
}

t.test('an empty data set is a data set', async (t) => {
  t.same(read(file(bytes())).dataSet, dataSetOf([]));
});
