import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { PairRecorder } from '../../../src/core/identifier-pair.ts';
import { basicProfile } from '../../../src/deidentify/profile.ts';
import type { ProfileDefinition } from '../../../src/deidentify/profile-definition.ts';
import type { EventName } from '../../../src/observe/events.ts';
import type { ProfileChoice } from '../../../src/pipeline/messages.ts';
import { OnDemandWork } from '../../../src/pipeline/on-demand.ts';
import { WorkerPool } from '../../../src/pipeline/worker-pool.ts';
import { type RenderSettings, standardRenderSettings } from '../../../src/render/settings.ts';

export interface OpenWorkOptions {
  readonly threads?: number;
  /** Threads with faults in place of the product's. */
  readonly faulty?: boolean;
  readonly prepareTimeoutMs?: number;
  readonly maxHeapMb?: number;
  readonly maxRunning?: number;
  readonly maxWaiting?: number;
  readonly maxWaitMs?: number;
  readonly profile?: ProfileDefinition;
  readonly byCallingAeTitle?: ProfileChoice['byCallingAeTitle'];
  readonly crosswalk?: PairRecorder;
  readonly recordPairs?: boolean;
  readonly reserveBytes?: number;
  readonly render?: Partial<RenderSettings>;
}

/** Work on demand in real threads, and a folder for its files. */
export function openWork(t: Test, options: OpenWorkOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-demand-'));
  const scratchFolder = join(folder, 'scratch');
  mkdirSync(scratchFolder);
  const events: EventName[] = [];
  const pool = new WorkerPool(
    {
      threads: options.threads ?? 1,
      prepareTimeoutMs: options.prepareTimeoutMs ?? 120_000,
      frameTimeoutMs: 120_000,
      ...(options.maxHeapMb === undefined ? {} : { maxHeapMb: options.maxHeapMb }),
      ...(options.faulty === true ? { entry: new URL('./faulty-worker.ts', import.meta.url) } : {}),
    },
    {
      profiles: {
        standard: options.profile ?? basicProfile.definition,
        byCallingAeTitle: options.byCallingAeTitle ?? [],
      },
      secrets: [new Uint8Array(32).fill(7)],
      recordPairs: options.recordPairs ?? options.crosswalk !== undefined,
      reports: true,
      textThreads: 1,
      render: { ...standardRenderSettings, ...options.render },
      maxMemoryBytes: 8 * 1024 * 1024,
      post: { maxBodyBytes: 8 * 1024 * 1024, maxImagesPerPost: 64 },
      reserveBytes: options.reserveBytes ?? 0,
    },
    (name) => void events.push(name),
  );
  const { maxRunning, maxWaiting, maxWaitMs } = options;
  const work = new OnDemandWork(
    pool,
    {
      scratchFolder,
      ...(maxRunning === undefined ? {} : { maxRunning }),
      ...(maxWaiting === undefined ? {} : { maxWaiting }),
      maxWaitMs: maxWaitMs ?? 120_000,
    },
    options.crosswalk,
  );
  t.teardown(async () => {
    await work.stop();
    await pool.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    pool,
    work,
    events,
    path: (name: string) => join(folder, name),
    /** Writes a file of the folder and gives its path. */
    put: (name: string, bytes: Uint8Array | string): string => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    },
    files: () => readdirSync(folder).filter((name) => name !== 'scratch'),
    scratchFiles: () => readdirSync(scratchFolder),
  };
}
