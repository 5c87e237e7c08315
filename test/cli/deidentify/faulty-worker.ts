import { basename } from 'node:path';
import type { FileReply, ThreadFileTask } from '../../../src/cli/deidentify/messages.ts';
import { deidentifyFile as realDeidentifyFile } from '../../../src/cli/deidentify/worker.ts';

/** The product's thread entry with faults, told by the name of the input: `crash…`, `memory…`, `hang…`, `late…`. */
export async function deidentifyFile(task: ThreadFileTask): Promise<FileReply> {
  const name = basename(task.input);
  if (name.startsWith('crash')) process.exit(1);
  if (name.startsWith('memory')) {
    const kept: number[][] = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => index + 0.5));
  }
  // A busy loop, as in a decoder that does not end: nothing but ending the thread helps.
  if (name.startsWith('hang')) for (;;);
  if (name.startsWith('late')) await new Promise((resolve) => setTimeout(resolve, 300));
  return realDeidentifyFile(task);
}
