import { existsSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { SallyportError } from '../../../src/core/errors.ts';
import { endIfTold } from '../../../src/pipeline/endable-engine.ts';
import type { PrepareReply, ThreadTask } from '../../../src/pipeline/messages.ts';
import type { OnDemandReply, OnDemandThreadTask } from '../../../src/pipeline/on-demand/tasks.ts';
import { alive, atWork } from '../../../src/pipeline/vital-signs.ts';
import { onDemand as realOnDemand, prepare as realPrepare } from '../../../src/pipeline/worker.ts';

/**
 * The product's thread entry with faults, told by the name of the input: `crash…` ends the thread after writing half an
 * output, `hang…` never comes back, `heap…` fills the heap; `wait…` works on until a file beside it says `go`, and ends when it
 * is told to. `NAME.begun` beside the input says that it was taken up.
 */
export async function onDemand(threadTask: OnDemandThreadTask): Promise<OnDemandReply> {
  const { task, vitalSigns } = threadTask;
  const input = 'input' in task ? task.input : '';
  const name = basename(input);
  atWork(vitalSigns);
  if (/^(crash|hang|heap|wait)/.test(name)) writeFileSync(`${input}.begun`, '');
  if (name.startsWith('crash')) {
    if ('output' in task) writeFileSync(task.output, 'half an output');
    process.exit(1);
  }
  if (name.startsWith('hang')) for (;;);
  if (name.startsWith('heap')) {
    const hoard: object[] = [];
    for (;;) hoard.push({ number: hoard.length });
  }
  if (name.startsWith('wait')) {
    try {
      while (!existsSync(`${input}.go`)) {
        alive(vitalSigns);
        endIfTold(vitalSigns);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } catch (error) {
      const code = error instanceof SallyportError ? error.code : 'UNEXPECTED';
      return { kind: 'refused', code };
    }
  }
  return realOnDemand(threadTask);
}

export async function prepare(task: ThreadTask): Promise<PrepareReply> {
  return realPrepare(task);
}
