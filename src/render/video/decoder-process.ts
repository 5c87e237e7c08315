import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { SallyportError } from '../../core/errors.ts';

/** The child gets no other environment: nothing in it could change what the program does, or be read by it. */
const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin';
/** The program is killed, then waited for: it could hang in the kernel. */
const reapMs = 5_000;

type Child = ChildProcessByStdio<null, Readable, null>;
type End = { readonly code: number | null } | { readonly error: Error };

/** The output of a program that runs: bytes as they come, no faster than they are asked for. */
export interface DecoderProcess {
  /** Bytes that are there, at least one; undefined at the end of the output. */
  chunk(): Promise<Uint8Array | undefined>;
  /** Runs `work`, which reads: throws RENDER_TIMEOUT and ends the program where that takes longer than the time limit. */
  within<T>(work: () => Promise<T>): Promise<T>;
  /**
   * True where the program ended by itself and without a fault; PIXEL_DATA_INVALID with a detail where it crashed. Not
   * before all output is read.
   */
  succeeded(): Promise<boolean>;
  /** Ends the program where it still runs. To be called in any case; harmless when repeated. */
  stop(): Promise<void>;
}

/**
 * Starts a program without a shell, with an empty environment, its standard error thrown away (it may quote the
 * stream's metadata) and `descriptor`, where given, as its descriptor 3. Should the thread that started it be
 * terminated, its next write ends it. Throws VIDEO_DECODER_MISSING where there is no such program.
 */
export async function startDecoder(
  program: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly descriptor?: number },
): Promise<DecoderProcess> {
  const child = start(program, args, options.descriptor);
  const ended = new Promise<End>((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('exit', (code) => resolve({ code }));
  });
  const started = new Promise<undefined>((resolve) => child.once('spawn', () => resolve(undefined)));
  const early = await Promise.race([started, ended]);
  if (early !== undefined && 'error' in early) throw notStarted(early.error);
  return new RunningDecoder(child, ended, options.timeoutMs);
}

function start(program: string, args: readonly string[], descriptor: number | undefined): Child {
  const further = descriptor === undefined ? [] : [descriptor];
  try {
    return spawn(program, [...args], {
      stdio: ['ignore', 'pipe', 'ignore', ...further],
      env: { PATH: searchPath },
      windowsHide: true,
    }) as Child;
  } catch (error) {
    throw notStarted(error);
  }
}

const missing: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'EACCES',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENOEXEC',
  'ERR_INVALID_ARG_VALUE',
]);

/** Other reasons (no memory, no process to be had) are of the machine, not of the configuration. */
function notStarted(cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return missing.has(code) ? new SallyportError('VIDEO_DECODER_MISSING', { cause }) : cause;
}

class RunningDecoder implements DecoderProcess {
  readonly #child: Child;
  readonly #ended: Promise<End>;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #timeoutMs: number;
  #late = false;

  constructor(child: Child, ended: Promise<End>, timeoutMs: number) {
    this.#child = child;
    this.#ended = ended;
    this.#timeoutMs = timeoutMs;
    this.#chunks = child.stdout[Symbol.asyncIterator]();
  }

  async chunk(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.#chunks.next();
      return done === true ? undefined : value;
    } catch {
      // The pipe broke or was cut by `#kill`; what the program made of it is told by its end.
      return undefined;
    }
  }

  async within<T>(work: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#late = true;
      this.#kill();
    }, this.#timeoutMs);
    const [outcome] = await Promise.allSettled([work()]);
    clearTimeout(timer);
    // Whatever the cut output led to: this is the reason.
    if (this.#late) throw new SallyportError('RENDER_TIMEOUT', { detail: 'video' });
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  async succeeded(): Promise<boolean> {
    const end = await this.#ended;
    if ('code' in end && end.code === null)
      throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'video decoder ended by a signal' });
    return 'code' in end && end.code === 0;
  }

  async stop(): Promise<void> {
    this.#kill();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise((resolve) => {
      timer = setTimeout(resolve, reapMs);
    });
    await Promise.race([this.#ended, limit]);
    clearTimeout(timer);
  }

  #kill(): void {
    this.#child.kill('SIGKILL');
    // A child of a wrapper script may still hold the other end: reading ends here all the same.
    this.#child.stdout.destroy();
  }
}
