import { mkdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Test } from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import type { InstanceRecord, InstanceState } from '../../src/core/instance.ts';
import { ExampleBackend, type ExampleBackendOptions } from '../../src/example-backend/example-backend.ts';
import { Gateway } from '../../src/gateway.ts';
import type { EventFields, EventName } from '../../src/observe/events.ts';
import { openForOperations } from '../../src/spool/operations.ts';
import { waitFor } from './run.ts';

export interface HeardEvent {
  readonly name: EventName;
  readonly fields: EventFields[EventName];
}

/** One instance the example backend stored. */
export interface StoredImage {
  readonly imageInstanceUid: string;
  readonly description: Record<string, unknown>;
  /** Paths of the frames, in order. */
  readonly jpegPaths: readonly string[];
}

export interface RunningGateway {
  readonly dimsePort: number;
  readonly httpPort: number;
  readonly storageDir: string;
  readonly receivedDir: string;
  readonly events: readonly HeardEvent[];
  readonly backend: ExampleBackend;
  count(name: EventName): number;
  records(states?: readonly InstanceState[]): Promise<readonly InstanceRecord[]>;
  /** Resolves when nothing is on its way any more: all delivered, held, failed or discarded. */
  settled(): Promise<void>;
  images(): Promise<StoredImage[]>;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  /** `--option=value`, also in place of the presets. */
  readonly args?: readonly string[];
  readonly backend?: Partial<ExampleBackendOptions>;
  /** Parent of storage and received folders; a fresh test folder when left out. */
  readonly directory?: string;
}

/** A gateway and an example backend in this process, on free loopback ports, stopped when the test ends. */
export async function startGateway(t: Test, options: GatewayOptions = {}): Promise<RunningGateway> {
  const directory = options.directory ?? t.testdir();
  const storageDir = join(directory, 'storage');
  const receivedDir = join(directory, 'received');
  mkdirSync(receivedDir, { recursive: true });
  const backend = new ExampleBackend({
    port: 0,
    host: '127.0.0.1',
    outputDir: receivedDir,
    ...options.backend,
  });
  const { url } = await backend.start();
  const events: HeardEvent[] = [];
  const { config, printable } = loadConfig({
    environment: {},
    args: [
      ...[
        '--dimse.host=127.0.0.1',
        '--dimse.port=0',
        '--http.port=0',
        `--storage.dir=${storageDir}`,
        '--storage.reserve=1MiB',
        `--backend.baseUrl=${url}`,
        '--backend.retryInitial=50ms',
        '--backend.retryMax=500ms',
        '--backend.breakerOpen=100ms',
      ].filter((preset) => !options.args?.some((arg) => nameOf(arg) === nameOf(preset))),
      ...(options.args ?? []),
    ],
  });
  const gateway = new Gateway(config, {
    printable,
    log: false,
    subscribers: [(name, fields) => events.push({ name, fields })],
  });
  const ports = await gateway.start();
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await gateway.stop();
    await backend.stop();
  };
  t.teardown(stop);
  const records: RunningGateway['records'] = async (states) => {
    const opened = await openForOperations(storageDir);
    try {
      return await opened.ledger.list({ limit: 100_000, ...(states === undefined ? {} : { states }) });
    } finally {
      await opened.close();
    }
  };
  return {
    dimsePort: ports.dimse,
    httpPort: ports.http,
    storageDir,
    receivedDir,
    events,
    backend,
    count: (wanted) => events.filter(({ name }) => name === wanted).length,
    records,
    settled: () =>
      waitFor(
        'every instance is delivered or held',
        async () => (await records(['received', 'prepared'])).length === 0,
        { timeoutMs: 240_000 },
      ),
    images: () => storedImages(receivedDir),
    stop,
  };
}

function nameOf(arg: string): string {
  return arg.slice(0, arg.indexOf('='));
}

async function storedImages(directory: string): Promise<StoredImage[]> {
  const paths = (await readdir(directory, { recursive: true }))
    .filter((path) => path.endsWith('image.json'))
    .sort();
  return Promise.all(
    paths.map(async (path) => {
      const folder = join(directory, dirname(path));
      const jpegPaths = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort();
      return {
        imageInstanceUid: basename(folder),
        description: JSON.parse(readFileSync(join(directory, path), 'utf8')) as Record<string, unknown>,
        jpegPaths: jpegPaths.map((name) => join(folder, name)),
      };
    }),
  );
}
