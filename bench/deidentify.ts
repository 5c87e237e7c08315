import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deidentify } from '../src/deidentify/deidentify.ts';
import { basicProfile } from '../src/deidentify/profile.ts';
import { createPseudonyms } from '../src/deidentify/pseudonyms.ts';
import { memorySource } from '../src/dicom/byte-source.ts';
import { encodePart10 } from '../src/dicom/encode.ts';
import { encodeFileMeta } from '../src/dicom/file-meta.ts';
import { type Part10, readPart10 } from '../src/dicom/part10.ts';
import { writeFile } from '../src/pipeline/write-file.ts';
import { writeCtSeries } from '../src/synthetic/bulk.ts';
import { encodePart10 as encodeSynthetic } from '../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../src/synthetic/writer-element.ts';
import { median, printTable } from './measure.ts';

/**
 * De-identification by itself: CPU of the header, writing the result, functional groups, a folder with one and with all
 * cores. CPU figures are the median of rounds; other processes disturb them upwards only.
 */
const rounds = 9;
const options = { profile: basicProfile, pseudonyms: createPseudonyms(Buffer.alloc(32, 7)) };
const root = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of CPU of one call of each work, taken in turn: the median over rounds. */
function inTurn(calls: number, works: readonly (() => unknown)[]): number[] {
  const spent = works.map((): number[] => []);
  for (let round = -2; round < rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      const before = cpuMs();
      for (let call = 0; call < calls; call += 1) work();
      // The first rounds warm the engine up.
      if (round >= 0) spent[index]?.push((cpuMs() - before) / calls);
    }
  }
  return spent.map(median);
}

function mustPass(part10: Part10): Extract<ReturnType<typeof deidentify>, { kind: 'deidentified' }> {
  const result = deidentify(part10, options);
  if (result.kind === 'held') throw new Error(`held: ${result.code} ${result.detail ?? ''}`);
  return result;
}

/** The CT of the bulk generator: what a CT scanner sends, 512x512, 16 bit. */
async function headerBench(): Promise<void> {
  const [path = ''] = await writeCtSeries({ directory: join(root, 'one'), count: 1 });
  const bytes = new Uint8Array(readFileSync(path));
  const source = memorySource(bytes);
  const whole = readPart10(source);
  const header: Part10 = {
    ...whole,
    dataSet: { ...whole.dataSet, elements: whole.dataSet.elements.filter(({ tag }) => tag !== 0x7fe00010) },
  };
  const noPixels = readPart10(memorySource(headerOnly(header)));
  const [parse = 0, headerMs = 0, wholeMs = 0, report = 0, lists = 0] = inTurn(200, [
    () => readPart10(source),
    () => mustPass(noPixels),
    () => mustPass(whole),
    () => mustPass(noPixels).report.fingerprint,
    () => mustPass(noPixels).report.elements.length,
  ]);
  printTable(
    `De-identification of a CT, ${whole.dataSet.elements.length} elements at the top level, ms CPU`,
    ['part', 'ms'],
    [
      ['parse', parse.toFixed(3)],
      ['**header de-identification, beyond parsing** (aim: 0.5)', headerMs.toFixed(3)],
      ['header and pixels (512x512, 16 bit)', wholeMs.toFixed(3)],
      ['the report: its fingerprint', Math.max(0, report - headerMs).toFixed(3)],
      ['the report: its lists', Math.max(0, lists - headerMs).toFixed(3)],
    ],
  );
  writeBench(whole, bytes);
}

/** The same object without pixels, so that what is measured is the header alone. */
function headerOnly({ dataSet, transferSyntaxUid }: Part10): Uint8Array {
  const head = encodeFileMeta({ sopClassUid: '1.2', sopInstanceUid: '1.2', transferSyntaxUid });
  return Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid, head })]);
}

interface Dcmjs {
  readonly data: {
    readonly DicomMessage: { readFile(bytes: ArrayBuffer): { write(): ArrayBuffer } };
  };
  readonly log: { setLevel?(level: string): void };
}

/** The de-identified Part 10 file: encoded alone, and to the end of the renamed file. */
function writeBench(part10: Part10, original: Uint8Array): void {
  const { value } = mustPass(part10);
  const encode = (): Iterable<Uint8Array> => encodePart10({ ...value, head: encodeFileMeta(value) });
  const path = join(root, 'written.dcm');
  const part = `${path}.part`;
  const dcmjs = createRequire(import.meta.url)('dcmjs') as Dcmjs;
  const buffer = new ArrayBuffer(original.length);
  new Uint8Array(buffer).set(original);
  const read = dcmjs.data.DicomMessage.readFile(buffer);
  const [encoded = 0, file = 0, peer = 0, peerFile = 0, bare = 0] = inTurn(50, [
    () => {
      for (const chunk of encode()) if (chunk.length === 0) throw new Error('an empty chunk');
    },
    () => {
      writeFile(part, encode(), { fsync: false });
      renameSync(part, path);
    },
    () => read.write(),
    () => {
      writeFileSync(part, Buffer.from(read.write()));
      renameSync(part, path);
    },
    () => {
      const descriptor = openSync(part, 'w');
      writeSync(descriptor, original);
      closeSync(descriptor);
      renameSync(part, path);
    },
  ]);
  const row = (what: string, ms: number, other: number): string[] => [
    what,
    ms.toFixed(3),
    other.toFixed(3),
    (ms / other).toFixed(2),
  ];
  printTable(
    `Writing a Part 10 file of ${(original.length / 1e6).toFixed(2)} MB, ms CPU; the bare write of as many bytes takes ${bare.toFixed(3)}`,
    ['', 'Sallyport', 'dcmjs', 'ratio'],
    [row('encode', encoded, peer), row('**encode, write, rename** (aim: 1)', file, peerFile)],
  );
}

function sequence(tag: number, item: readonly WriterElement[]): WriterElement {
  return element(tag, 'SQ', { items: [item] });
}

/** An enhanced MR with so many frames, each with its own item of Per-frame Functional Groups. */
function enhanced(frames: number): Uint8Array {
  const items = Array.from({ length: frames }, (_, index) => [
    sequence(0x00089124, [
      sequence(0x00082112, [
        element(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.4'),
        element(0x00081155, 'UI', `1.2.3.4.${index}`),
      ]),
    ]),
    sequence(0x00189226, [element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY'])]),
    sequence(0x00209111, [
      element(0x00189074, 'DT', '20240102030405.123'),
      element(0x00189151, 'DT', '20240102030405.123'),
      element(0x00189220, 'FD', 12.5),
      element(0x00209056, 'SH', '1'),
      element(0x00209057, 'UL', index + 1),
      element(0x00209157, 'UL', [1, index + 1]),
    ]),
    sequence(0x00209113, [element(0x00200032, 'DS', [0, 0, index])]),
    sequence(0x00289132, [element(0x00281050, 'DS', 40), element(0x00281051, 'DS', 400)]),
  ]);
  return encodeSynthetic({
    elements: [
      element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'DIFFUSION', 'NONE']),
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4.1'),
      element(0x00080018, 'UI', '1.2.3.4.5.6'),
      element(0x00080060, 'CS', 'MR'),
      element(0x00100010, 'PN', 'Doe^Jane'),
      element(0x00100020, 'LO', 'MRN-778899'),
      element(0x0020000d, 'UI', '1.2.3.4.5'),
      element(0x0020000e, 'UI', '1.2.3.4.5.1'),
      element(0x00280002, 'US', 1),
      element(0x00280004, 'CS', 'MONOCHROME2'),
      element(0x00280008, 'IS', frames),
      element(0x00280010, 'US', 2),
      element(0x00280011, 'US', 2),
      element(0x00280100, 'US', 16),
      element(0x00280101, 'US', 16),
      element(0x00280102, 'US', 15),
      element(0x00280103, 'US', 0),
      element(0x52009230, 'SQ', { items }),
      element(0x7fe00010, 'OW', new Uint16Array(4 * frames)),
    ],
  });
}

function functionalGroupsBench(): void {
  const rows = [250, 1000, 4000].map((frames) => {
    const part10 = readPart10(memorySource(enhanced(frames)));
    const [ms = 0] = inTurn(Math.max(1, 2000 / frames), [() => mustPass(part10)]);
    return [frames, ms.toFixed(2), ((ms * 1000) / frames).toFixed(1)];
  });
  printTable(
    'Enhanced multi-frame by number of functional groups (aim: the last column does not grow)',
    ['groups', 'ms CPU', 'µs a group'],
    rows,
  );
}

/** The command over a folder, with one worker and with all, in turn. */
async function folderBench(): Promise<void> {
  const count = 2000;
  const input = join(root, 'folder');
  await writeCtSeries({ directory: input, count });
  writeFileSync(join(root, 'secret'), 'a'.repeat(64));
  const cli = fileURLToPath(new URL('../src/cli/cli.ts', import.meta.url));
  const once = (workers: number): number => {
    const output = join(root, 'output');
    const text = execFileSync(
      process.execPath,
      [
        cli,
        'deidentify',
        input,
        ...['--output', output, '--manifest', join(root, 'manifest'), '--secret-file', join(root, 'secret')],
        ...['--workers', String(workers)],
      ],
      { encoding: 'utf8' },
    );
    rmSync(output, { recursive: true, force: true });
    return Number(/in ([\d.]+) s/.exec(text)?.[1]);
  };
  const cores = availableParallelism();
  const seconds = [1, cores].map((): number[] => []);
  for (let round = 0; round < 5; round += 1) {
    seconds[0]?.push(once(1));
    seconds[1]?.push(once(cores));
  }
  const [one = 0, all = 0] = seconds.map(median);
  printTable(
    `sallyport deidentify, ${count} CT of 0.5 MB, threads cold, median of 5; load of the machine ${loadavg()[0]?.toFixed(1)}`,
    ['workers', 'seconds', 'files/s', 'ratio'],
    [
      ['1', one.toFixed(1), (count / one).toFixed(0), '1.00'],
      [String(cores), all.toFixed(1), (count / all).toFixed(0), (one / all).toFixed(2)],
    ],
  );
}

try {
  await headerBench();
  functionalGroupsBench();
  await folderBench();
} finally {
  rmSync(root, { recursive: true, force: true });
}
