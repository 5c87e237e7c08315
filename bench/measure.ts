import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Clock ticks a second of /proc/<pid>/stat; fixed on Linux. */
const ticksPerSecond = 100;

/** CPU seconds (user and system) a process has used. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process, MiB. `peak` is the highest since it started. */
export function memoryMiB(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const field = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { now: field('VmRSS'), peak: field('VmHWM') };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function until(
  what: string,
  ready: () => Promise<boolean> | boolean,
  timeoutMs = 120_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await ready())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Running {
  readonly pid: number;
  stop(): Promise<void>;
}

export function start(command: string, args: readonly string[]): Running {
  // Without TCP_NODELAY, DCMTK (in Orthanc too) waits 40 ms for delayed acknowledgements.
  const child: ChildProcess = spawn(command, args, {
    stdio: 'ignore',
    env: { ...process.env, TCP_NODELAY: '1' },
  });
  return {
    pid: child.pid ?? -1,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

const cli = fileURLToPath(new URL('../src/cli/cli.ts', import.meta.url));

/** `sallyport …` as its own process, from source. */
export function sallyport(...args: string[]): Running {
  return start(process.execPath, [cli, ...args]);
}

export interface GatewayProcess extends Running {
  readonly dimsePort: number;
  /** Value of a metric without labels, or summed over them. */
  metric(name: string): Promise<number>;
}

export async function startGateway(storageDir: string, ...args: string[]): Promise<GatewayProcess> {
  const [dimsePort, httpPort] = [await freePort(), await freePort()];
  const running = sallyport(
    'serve',
    '--dimse.host=127.0.0.1',
    `--dimse.port=${dimsePort}`,
    `--http.port=${httpPort}`,
    `--storage.dir=${storageDir}`,
    '--log.level=error',
    '--http.openMetrics=true',
    `--dimse.idleTimeout=${patienceSeconds}s`,
    ...args,
  );
  const page = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${httpPort}${path}`);
  await until('the gateway is ready', () =>
    page('/readyz').then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    ...running,
    dimsePort,
    async metric(name) {
      const lines = (await (await page('/metrics')).text())
        .split('\n')
        .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
  };
}

/** Longest silence on a connection, seconds: a machine that stands still for a minute must not end a run of an hour. */
export const patienceSeconds = 600;

/** Sends with DCMTK's storescu over one association; milliseconds. Fails with what storescu says. */
export async function storescu(
  port: number,
  calledAeTitle: string,
  files: readonly string[],
): Promise<number> {
  const began = performance.now();
  const child = spawn(
    'storescu',
    [
      ...['--max-pdu', '131072', '--socket-timeout', String(patienceSeconds)],
      ...['--acse-timeout', String(patienceSeconds), '-aec', calledAeTitle],
      ...['127.0.0.1', String(port), ...files],
    ],
    { env: { ...process.env, TCP_NODELAY: '1' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1000);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`storescu to ${calledAeTitle} ended with ${code}: ${said.trim()}`);
  return performance.now() - began;
}

/** Prints a Markdown table. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  console.log(`\n### ${title}\n`);
  for (const cells of [head, head.map(() => '---'), ...rows]) console.log(`| ${cells.join(' | ')} |`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** User and system milliseconds of one run of a command, by the shell's own clock of its children. */
export function commandMs(command: readonly string[], runs: number): number {
  const words = command.map((word) => `'${word}'`).join(' ');
  const script = `TIMEFORMAT='%3U %3S'; time (for i in $(seq ${runs}); do ${words} >/dev/null 2>&1 || exit 1; done)`;
  const { status, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command[0]} failed`);
  const [user = 0, system = 0] = stderr.trim().split(' ').map(Number);
  return ((user + system) * 1000) / runs;
}
