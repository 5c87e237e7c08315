import { peerProgram } from './peers.ts';
import { run } from './run.ts';

const prelude = `
import sys, json, hashlib, warnings
warnings.simplefilter('ignore')
from pydicom import dcmread
`;

/** Runs Python with pydicom's `dcmread`, sys, json and hashlib at hand; the program prints one JSON value. */
export async function pydicom(program: string, ...args: readonly string[]): Promise<unknown> {
  const { exitCode, output } = await run(peerProgram('pydicom'), ['-c', prelude + program, ...args]);
  if (exitCode !== 0) throw new Error(`python ended with ${exitCode}: ${output.slice(-2000)}`);
  return JSON.parse(output);
}
