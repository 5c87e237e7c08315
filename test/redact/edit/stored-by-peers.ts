import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeidentifyInput } from '../../../src/deidentify/deidentify.ts';
import { encodePart10 } from '../../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../../src/dicom/file-meta.ts';
import { firstText } from '../../../src/dicom/values.ts';
import { peerProgram } from '../../support/peers.ts';

/** A file and the stored values, interleaved, that have to be in some of its frames, counted from 1. */
export interface StoredJob {
  readonly path: string;
  readonly syntax: string;
  readonly frames: readonly { readonly frame: number; readonly expected: string }[];
}

/** By tool: the largest difference, or why the tool cannot tell. */
export type StoredAnswer = Readonly<Record<string, number | string>>;

/** The instance as a DICOM file. */
export function fileOf({ dataSet, transferSyntaxUid }: DeidentifyInput): Buffer {
  const head = encodeFileMeta({
    sopClassUid: firstText(dataSet, 0x00080016) ?? '1.2.840.10008.5.1.4.1.1.7',
    sopInstanceUid: firstText(dataSet, 0x00080018) ?? '2.25.1',
    transferSyntaxUid,
  });
  return Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid, head })]);
}

/** Writes a file and what is expected in it. */
export function storedJob(
  folder: string,
  name: string,
  input: DeidentifyInput,
  expected: ReadonlyMap<number, Float64Array>,
): StoredJob {
  const path = join(folder, `${name}.dcm`);
  writeFileSync(path, fileOf(input));
  const frames = [...expected].map(([frame, values]) => {
    const file = join(folder, `${name}-${frame}.values`);
    writeFileSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return { frame, expected: file };
  });
  return { path, syntax: input.transferSyntaxUid, frames };
}

/** What DCMTK, GDCM, pydicom and others find, in one process; the answers in the order of the jobs. */
export async function askForStored(jobs: readonly StoredJob[]): Promise<StoredAnswer[]> {
  const program = join(import.meta.dirname, '../../support/oracles/stored.py');
  const child = spawn(peerProgram('pydicom'), ['-B', program], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [output, errors] = [child.stdout, child.stderr].map(async (stream) => {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  });
  child.stdin.end(JSON.stringify(jobs));
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`python ended with ${exitCode}: ${(await errors)?.slice(-2000)}`);
  return ((await output) ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StoredAnswer);
}
