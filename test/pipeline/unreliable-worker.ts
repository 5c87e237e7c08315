import { existsSync, writeFileSync } from 'node:fs';
import type { PrepareReply, ThreadTask } from '../../src/pipeline/messages.ts';
import { prepare as realPrepare } from '../../src/pipeline/worker.ts';

/**
 * The product's thread entry with faults, told by the first word of the instance's id: `crash` ends the thread every
 * time, `crashonce` the first time, `hang` never comes back, `midway` ends the thread after writing a scratch file.
 */
export async function prepare(task: ThreadTask): Promise<PrepareReply> {
  const [word] = task.instanceId.split('-');
  if (word === 'midway') writeFileSync(task.scratchPath, 'half an output');
  if (word === 'crash' || word === 'midway') process.exit(1);
  if (word === 'crashonce' && !existsSync(`${task.path}.crashed`)) {
    writeFileSync(`${task.path}.crashed`, '');
    process.exit(1);
  }
  if (word === 'hang') {
    // A busy loop, as in a decoder that does not end: nothing but ending the thread helps.
    for (;;);
  }
  return realPrepare(task);
}
