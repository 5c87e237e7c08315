import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { peerProgram } from '../../support/peers.ts';

/** One element as pydicom reads it: path of tags and item numbers, VR, bytes, SHA-1 of the raw value, decoded texts. */
export type PydicomElement = readonly [
  path: string,
  vr: string,
  length: number | null,
  sha1: string | null,
  texts: readonly string[] | null,
];

export interface PydicomFile {
  readonly file: string;
  readonly error?: string;
  readonly transferSyntax: string | null;
  readonly elements: readonly PydicomElement[];
}

/** What pydicom makes of these files, in order. */
export function pydicomElements(paths: readonly string[]): PydicomFile[] {
  if (paths.length === 0) return [];
  const script = fileURLToPath(new URL('./pydicom-elements.py', import.meta.url));
  const output = execFileSync(peerProgram('pydicom'), [script], {
    input: paths.join('\n'),
    maxBuffer: 1 << 29,
    encoding: 'utf8',
  });
  return output
    .trim()
    .split('\n')
    .map((line): PydicomFile => JSON.parse(line));
}
