import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import type { FaultPoint } from '../../src/core/fault-points.ts';
import { collectOutput } from '../support/run.ts';

export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A gateway in a process of its own. */
export interface GatewayChild {
  readonly pid: number;
  /** Undefined where the process ended before it listened. */
  readonly ports: Promise<{ readonly dimse: number; readonly http: number } | undefined>;
  readonly ended: Promise<ChildEnd>;
  readonly output: () => string;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
}

export interface ChildOptions {
  readonly args: readonly string[];
  /** Kill it at the n-th pass of this point. */
  readonly fault?: { readonly point: FaultPoint; readonly pass: number };
  /** `serve` of the command line instead of the test's own entry. */
  readonly serve?: boolean;
}

const entry = fileURLToPath(new URL('./gateway-process.ts', import.meta.url));
/** The command line's program. */
export const cli = fileURLToPath(new URL('../../src/cli/cli.ts', import.meta.url));

/** What every child and every command of a test needs of the environment; nothing of the developer's own SALLYPORT_*. */
export const childEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  // A start loads some megabytes of modules; the suite starts many.
  NODE_COMPILE_CACHE: join(tmpdir(), 'sallyport-test-compile-cache'),
};

/** Starts a gateway; killed when the test ends, however it ends. */
export function startGatewayChild(t: Test, options: ChildOptions): GatewayChild {
  const { fault } = options;
  const command = options.serve === true ? [cli, 'serve'] : [entry];
  // Metrics are read by tests that have no token.
  const child = spawn(process.execPath, [...command, '--http.openMetrics=true', ...options.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...childEnvironment,
      ...(fault === undefined ? {} : { SALLYPORT_TEST_FAULT: `${fault.point}:${fault.pass}` }),
    },
  });
  const output = collectOutput(child);
  const ended = once(child, 'close').then(
    ([exitCode, signal]): ChildEnd => ({ exitCode: exitCode ?? null, signal: signal ?? null }),
  );
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? -1,
    ports: Promise.race([portsOf(child), ended.then(() => undefined)]),
    ended,
    output,
    kill: (signal) => void child.kill(signal),
  };
}

/** The first line that names both ports: the entry's own, or the log's `gateway.started`. */
function portsOf(child: ChildProcess): Promise<{ dimse: number; http: number }> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk: string) => {
      text += chunk;
      const found = /"dimsePort":(\d+),"httpPort":(\d+)/.exec(text);
      if (found !== null) resolve({ dimse: Number(found[1]), http: Number(found[2]) });
    });
  });
}

/** The port of the DICOM listener; rejects with what the process said where it did not start. */
export async function portOf(child: GatewayChild): Promise<number> {
  const ports = await child.ports;
  if (ports === undefined) throw new Error(`the gateway did not start\n${child.output()}`);
  return ports.dimse;
}

/** The value of a metric; labels as on the page. */
export async function metric(child: GatewayChild, name: string): Promise<number> {
  const ports = await child.ports;
  const page = await (await fetch(`http://127.0.0.1:${ports?.http}/metrics`)).text();
  const line = page.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? Number.NaN);
}
