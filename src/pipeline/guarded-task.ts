import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, SallyportError } from '../core/errors.ts';
import type { Emit } from '../observe/events.ts';
import { untilEndable } from './endable-engine.ts';
import { readVitalSigns, type VitalSigns } from './vital-signs.ts';
import type { Overdue, Watchdog } from './watchdog.ts';

export interface GuardedTask<R> {
  readonly signs: VitalSigns;
  /** Runs it in a thread; aborting the signal ends that thread. */
  readonly run: (signal: AbortSignal) => Promise<R>;
  /** The thread ended the task by itself, as it was told. */
  readonly endedItself: (reply: R) => boolean;
  /** Ends the thread when aborted. */
  readonly end: AbortController;
  /** Nobody wants the result any more. */
  readonly signal: AbortSignal;
  /** What that is to whoever asked. */
  readonly abortCode: ErrorCode;
  /** A task that is told to end may take so long to do so by itself, and its thread lives on, ms. */
  readonly politeMs: number;
  /** It was given up for another reason. */
  readonly isAbandoned?: () => boolean;
}

/**
 * One task from beginning to end in one thread, watched for its time limits. Rejects with `abortCode`, CANCELLED where it was
 * abandoned, RENDER_TIMEOUT, or WORKER_CRASHED; a thread that was lost by one of the last two is told of by an event.
 */
export async function guarded<R>(
  { watchdog, emit }: { readonly watchdog: Watchdog; readonly emit: Emit },
  task: GuardedTask<R>,
): Promise<R> {
  const { signs, end, signal } = task;
  let overdue: Overdue | undefined;
  let settled = false;
  const stop = (): void => void untilEndable(signs).then(() => end.abort());
  const stopPolitely = async (): Promise<void> => {
    const { begun } = readVitalSigns(signs);
    const endable = untilEndable(signs);
    if (begun) await delay(task.politeMs, undefined, { ref: false });
    await endable;
    if (!settled) end.abort();
  };
  const onAbort = (): void => {
    if (task.politeMs > 0) void stopPolitely();
    else stop();
  };
  const unwatch = watchdog.watch(signs, (what) => {
    overdue = what;
    stop();
  });
  let ended = false;
  if (signal.aborted) end.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const reply = await task.run(end.signal);
    ended = task.endedItself(reply);
    if (ended) throw new SallyportError('CANCELLED');
    return reply;
  } catch (cause) {
    if (signal.aborted) throw new SallyportError(task.abortCode, { cause });
    if (task.isAbandoned?.() === true) throw new SallyportError('CANCELLED', { cause });
    const code = overdue === undefined ? 'WORKER_CRASHED' : 'RENDER_TIMEOUT';
    if (!ended) emit('worker.replaced', { code });
    throw new SallyportError(code, { cause, ...(overdue === undefined ? {} : { detail: overdue }) });
  } finally {
    settled = true;
    unwatch();
    signal.removeEventListener('abort', onAbort);
  }
}
