import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Test } from 'tap';

export interface RunResult {
  /** null when a signal ended the process. */
  readonly exitCode: number | null;
  /** Standard output and standard error as they came, at most 4 MiB. */
  readonly output: string;
}

export interface RunOptions {
  /** 60 seconds when left out; then the process gets SIGKILL. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const maxOutput = 4 * 1024 * 1024;

/** Runs a program to its end. Rejects only where it cannot be started. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const child = spawn(command, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 60_000,
    killSignal: 'SIGKILL',
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
  const output = collectOutput(child);
  const [exitCode] = await once(child, 'close');
  return { exitCode: exitCode as number | null, output: output() };
}

/** Joins what a child prints; the function returned gives the text so far. */
export function collectOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('latin1');
    stream?.on('data', (chunk: string) => {
      if (text.length < maxOutput) text += chunk;
    });
  }
  return () => text;
}

/** A port of the loopback address that was free a moment ago, for peers that cannot take port 0. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}

export interface Daemon {
  readonly pid: number;
  readonly output: () => string;
  /** SIGTERM, then SIGKILL after two seconds; resolves when the process is gone. */
  stop(): Promise<void>;
}

/** Starts a program that runs until stopped; it is stopped when the test ends, however it ends. */
export function startDaemon(t: Test, command: string, args: readonly string[], cwd?: string): Daemon {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd });
  const output = collectOutput(child);
  const gone = once(child, 'exit');
  gone.catch(() => undefined);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 2000);
    await gone;
    clearTimeout(killer);
  };
  t.teardown(stop);
  return { pid: child.pid ?? -1, output, stop };
}

/** Polls until `ready` is true; throws with `what` and the last words of the process after `timeoutMs`. */
export async function waitFor(
  what: string,
  ready: () => Promise<boolean> | boolean,
  options: { timeoutMs?: number; output?: () => string } = {},
): Promise<void> {
  const deadline = Date.now() + (options.timeoutMs ?? 20_000);
  while (!(await ready())) {
    if (Date.now() > deadline) {
      throw new Error(`waited in vain: ${what}\n${options.output?.().slice(-2000) ?? ''}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
