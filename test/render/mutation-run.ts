import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { MutationNews, MutationOrder } from './mutation-child.ts';

export interface MutationSummary {
  /** Mutants by outcome: `pictures`, a code of the registry, or what should never be. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What is no picture and no registered code: hangs, crashes, UNEXPECTED, each with number and seed of the mutant. */
  readonly faults: readonly string[];
  readonly slowestMs: number;
  readonly slowest: string;
  /** Largest resident memory of any child. */
  readonly peakRssMiB: number;
}

export interface MutationRun {
  /** Each mutant has a number, from which it can be made again. */
  readonly numbers: readonly number[];
  /** A mutant that takes longer is a hang: its process is ended and the next one goes on. */
  readonly watchdogMs: number;
  readonly onProgress?: (done: number, outcomes: Readonly<Record<string, number>>) => void;
  readonly onFault?: (fault: string) => void;
}

const registered = /^[A-Z][A-Z0-9_]+$/;

/** Renders mutants in a process of their own, which is replaced when one of them ends or stops it. */
export async function runMutants(run: MutationRun): Promise<MutationSummary> {
  const outcomes: Record<string, number> = {};
  const faults: string[] = [];
  let slowestMs = 0;
  let slowest = '';
  let peakRssMiB = 0;
  let next = 0;
  const note = (outcome: string, place: number, seed: string): void => {
    const known = outcome === 'pictures' || (registered.test(outcome) && outcome !== 'UNEXPECTED');
    const name = known ? outcome : (outcome.split(':')[0] ?? outcome);
    outcomes[name] = (outcomes[name] ?? 0) + 1;
    if (known) return;
    const fault = `mutant ${run.numbers[place]} of ${seed}: ${outcome}`;
    faults.push(fault);
    run.onFault?.(fault);
  };
  while (next < run.numbers.length) {
    let seed = '';
    const start = next;
    const fate = await oneChild({ numbers: run.numbers.slice(start) }, run.watchdogMs, (news) => {
      const place = start + news.place;
      if (news.kind === 'begins') {
        seed = news.seed;
        next = place;
        return;
      }
      note(news.outcome, place, seed);
      next = place + 1;
      run.onProgress?.(next, outcomes);
      peakRssMiB = Math.max(peakRssMiB, news.rssMiB);
      if (news.ms <= slowestMs) return;
      slowestMs = news.ms;
      slowest = `mutant ${run.numbers[place]} of ${seed}: ${news.outcome}`;
    });
    if (next >= run.numbers.length) break;
    note(fate, next, seed);
    next += 1;
  }
  return { outcomes, faults, slowestMs, slowest, peakRssMiB };
}

/** Resolves when the child is gone: to `hang` where the watchdog ended it, else to how it ended. */
function oneChild(
  order: MutationOrder,
  watchdogMs: number,
  hear: (news: MutationNews) => void,
): Promise<string> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'mutation-child.ts'), {
    // Not the parent's: a test runner's loaders would slow it down.
    execArgv: ['--max-old-space-size=1024'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    let hung = false;
    const bite = (): void => {
      hung = true;
      child.kill('SIGKILL');
    };
    // Making the seeds comes first and takes longer than a mutant.
    let watchdog = setTimeout(bite, 120_000);
    child.on('message', (news: MutationNews) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(bite, watchdogMs);
      hear(news);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(watchdog);
      resolve(hung ? 'hang' : `crash: exit code ${code}, signal ${signal}`);
    });
    child.send(order);
  });
}
