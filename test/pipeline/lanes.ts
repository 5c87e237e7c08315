import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { PairRecorder } from '../../src/core/identifier-pair.ts';
import type { InstanceRecord } from '../../src/core/instance.ts';
import type { Outcome } from '../../src/core/stage.ts';
import { basicProfile } from '../../src/deidentify/profile.ts';
import type { ProfileDefinition } from '../../src/deidentify/profile-definition.ts';
import { bodyChunks } from '../../src/deliver/body.ts';
import { GrowingPlan, type Post, planPosts } from '../../src/deliver/posts.ts';
import type { EventFields, EventName } from '../../src/observe/events.ts';
import { DeliverLane } from '../../src/pipeline/deliver-lane.ts';
import { Outbox } from '../../src/pipeline/outbox.ts';
import { PrepareLane } from '../../src/pipeline/prepare-lane.ts';
import { WorkerPool } from '../../src/pipeline/worker-pool.ts';
import { type RenderSettings, standardRenderSettings } from '../../src/render/settings.ts';
import { FileBlobStore } from '../../src/spool/blobs-files.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { encodePart10, type WriterFile } from '../../src/synthetic/dicom-writer.ts';
import { record } from './records.ts';

export type Posted = Outcome<{ readonly httpStatus: number }>;
export const accepted: Posted = { kind: 'advance', output: { httpStatus: 200 } };

export interface LanesOptions {
  /** Storage to go on with; a fresh folder when left out. */
  readonly dir?: string;
  readonly maxMemoryBytes?: number;
  readonly maxReadyBytes?: number;
  readonly prepareTimeoutMs?: number;
  readonly frameTimeoutMs?: number;
  readonly maxHeapMb?: number;
  readonly threads?: number;
  readonly maxScratchBytes?: number;
  readonly reserveBytes?: number;
  readonly render?: Partial<RenderSettings>;
  /** The basic profile when left out. */
  readonly profile?: ProfileDefinition;
  /** False: frames are handed over with the last one. */
  readonly streams?: boolean;
  readonly leaseMs?: number;
  readonly groupingWindowMs?: number;
  /** Records pseudonyms before delivery; left out: nothing is recorded. */
  readonly crosswalk?: PairRecorder;
  readonly maxImagesPerPost?: number;
  /** Answer to the nth post, from 1. The body is read before. */
  readonly answer?: (post: Post, nth: number) => Posted | Promise<Posted>;
  /** False: bodies are not read, as by a backend that answers at once. */
  readonly reads?: boolean;
}

export interface SentPost {
  readonly key: string;
  readonly body: {
    study: unknown;
    series: unknown;
    images: { frameNumber: number; [name: string]: unknown }[];
  };
}

/** An empty temporary folder that is removed when the test ends. */
export function temporaryFolder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-lanes-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Both lanes as the gateway joins them: real threads, ledger and files; only the backend is a function. */
export async function openLanes(t: Test, options: LanesOptions = {}) {
  const dir = options.dir ?? temporaryFolder(t);
  const scratch = join(dir, 'scratch');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const ledger = await SqliteLedger.open(dir);
  const blobs = new FileBlobStore(dir);
  const events: { readonly name: EventName; readonly fields: EventFields[EventName] }[] = [];
  const tools = {
    ledger,
    emit: <N extends EventName>(name: N, fields: EventFields[N]): void => {
      events.push({ name, fields });
    },
    now: Date.now,
    random: () => 0,
    retry: { initialMs: 20, maxMs: 40 },
  };
  const limits = { maxBodyBytes: 8 * 1024 * 1024, maxImagesPerPost: options.maxImagesPerPost ?? 64 };
  const pool = new WorkerPool(
    {
      threads: options.threads ?? 1,
      prepareTimeoutMs: options.prepareTimeoutMs ?? 30_000,
      frameTimeoutMs: options.frameTimeoutMs ?? 30_000,
      ...(options.maxHeapMb === undefined ? {} : { maxHeapMb: options.maxHeapMb }),
      entry: new URL('./unreliable-worker.ts', import.meta.url),
    },
    {
      profiles: { standard: options.profile ?? basicProfile.definition, byCallingAeTitle: [] },
      secrets: [new Uint8Array(32).fill(9)],
      recordPairs: options.crosswalk !== undefined,
      reports: false,
      textThreads: 1,
      render: { ...standardRenderSettings, ...options.render },
      maxMemoryBytes: options.maxMemoryBytes ?? 8 * 1024 * 1024,
      post: options.streams === false ? { maxBodyBytes: 2 ** 40, maxImagesPerPost: 2 ** 30 } : limits,
      reserveBytes: options.reserveBytes ?? 0,
    },
    tools.emit,
  );
  const outbox = new Outbox({
    ...limits,
    maxBytes: options.maxReadyBytes ?? 64 * 1024 * 1024,
    maxScratchBytes: options.maxScratchBytes ?? 2 ** 30,
    groupingWindowMs: options.groupingWindowMs ?? 50,
  });
  const posts: SentPost[] = [];
  const letGo: string[] = [];
  const prepare = new PrepareLane({
    tools,
    blobs,
    pool,
    outbox,
    scratchPath: (id) => join(scratch, id),
    leaseMs: options.leaseMs ?? 60_000,
    ...(options.crosswalk === undefined ? {} : { crosswalk: options.crosswalk }),
    onPrepared: () => deliver.wake(),
    onRecovered: (postId, entries, failures) => deliver.offerRecovered(postId, entries, failures),
  });
  const deliver = new DeliverLane<Post>({
    tools,
    outbox,
    concurrency: 2,
    plan: (prepared) => planPosts(prepared, limits),
    planGrowing: (prepared) => {
      const plan = new GrowingPlan(prepared, limits);
      return () => plan.posts();
    },
    destination: {
      whenReady: async () => undefined,
      deliver: async (post) => {
        const chunks: Uint8Array[] = [];
        if (options.reads !== false) for await (const chunk of bodyChunks(post)) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        posts.push({ key: post.idempotencyKey, body: JSON.parse(text === '' ? '{}' : text) });
        return (await options.answer?.(post, posts.length)) ?? accepted;
      },
    },
    onDelivered: () => undefined,
    onLetGo: (id) => {
      letGo.push(id);
      prepare.letGo(id);
    },
    onOutputLost: (lost) => prepare.makeAgain(lost),
  });
  const ending = new AbortController();
  const cut = new AbortController();
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    ending.abort();
    cut.abort();
    await Promise.all([prepare.stopped(), deliver.stopped()]);
    await pool.stop();
    await ledger.close();
    await blobs.close();
  };
  t.teardown(stop);
  return {
    dir,
    ledger,
    events,
    posts,
    letGo,
    outbox,
    stop,
    scratchFiles: () => readdirSync(scratch),
    scratchPath: (id: string) => join(scratch, id),
    blobPath: (id: string) => blobs.localPath(id),
    /** Puts an instance into the spool as the receiver leaves it. */
    add: async (id: string, file: WriterFile | Uint8Array, fields: Partial<InstanceRecord> = {}) => {
      const writer = await blobs.create(id);
      await writer.write(file instanceof Uint8Array ? file : encodePart10(file));
      await writer.commit();
      if (!(await ledger.insert(record({ ...fields, id }))))
        throw new Error('a row of this key is there already');
      prepare.wake();
    },
    /** `prepares` false: only the deliver lane. */
    start: () => {
      prepare.start(ending.signal);
      deliver.start(ending.signal, cut.signal);
    },
    count: (wanted: EventName) => events.filter(({ name }) => name === wanted).length,
    until: async (id: string, state: InstanceRecord['state']): Promise<InstanceRecord> => {
      for (let tries = 0; tries < 3000; tries += 1) {
        const row = await ledger.get(id);
        if (row?.state === state) return row;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`${id} did not become ${state}: ${JSON.stringify(await ledger.get(id))}`);
    },
  };
}
