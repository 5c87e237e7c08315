import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closeFile, flushDirectory, openFile, systemCode } from './file-calls.ts';

/** Open directories kept for flushing; ids of one moment share a shard, so few are in use. */
const maxOpen = 8;

interface Shard {
  /** Resolves to the open directory's descriptor. */
  readonly opened: Promise<number>;
  users: number;
  flushing: Promise<void> | undefined;
  next: Promise<void> | undefined;
  forgotten: boolean;
}

/**
 * The folders `blobs/<xx>` and their flushes. A flush that has begun may have missed a name that came later; so a caller
 * that finds one running waits for the next, and all that wait share it.
 */
export class ShardDirectories {
  readonly #root: string;
  readonly #shards = new Map<string, Shard>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Makes the folder where it is missing, and its name durable. Rejects with the system's error. */
  async ensure(name: string): Promise<void> {
    await this.#shard(name).opened;
  }

  /** Resolves when every name that was in the folder at the time of the call survives a power cut. */
  async flush(name: string): Promise<void> {
    const shard = this.#shard(name);
    shard.users++;
    try {
      await flushShared(shard, await shard.opened);
    } finally {
      shard.users--;
      if (shard.forgotten && shard.users === 0) void closeOpened(shard);
    }
  }

  /** The folder was removed from outside: the next call makes it anew. */
  forget(name: string): void {
    const shard = this.#shards.get(name);
    if (shard === undefined) return;
    this.#shards.delete(name);
    shard.forgotten = true;
    if (shard.users === 0) void closeOpened(shard);
  }

  async close(): Promise<void> {
    const shards = [...this.#shards.values()];
    this.#shards.clear();
    for (const shard of shards) await closeOpened(shard);
  }

  #shard(name: string): Shard {
    const known = this.#shards.get(name);
    if (known !== undefined) return known;
    this.#closeIdle();
    const shard: Shard = {
      opened: this.#open(name),
      users: 0,
      flushing: undefined,
      next: undefined,
      forgotten: false,
    };
    this.#shards.set(name, shard);
    shard.opened.catch(() => this.#shards.delete(name));
    return shard;
  }

  async #open(name: string): Promise<number> {
    const path = join(this.#root, name);
    try {
      await mkdir(path, { mode: 0o700 });
    } catch (thrown) {
      if (systemCode(thrown) !== 'EEXIST') throw thrown;
    }
    // Also for a folder that exists: a crash may have come between its making and the flush of its name.
    const root = await openFile(this.#root, 'r');
    try {
      await flushDirectory(root);
    } finally {
      await closeFile(root);
    }
    return await openFile(path, 'r');
  }

  #closeIdle(): void {
    for (const [name, shard] of this.#shards) {
      if (this.#shards.size < maxOpen) return;
      if (shard.users > 0) continue;
      this.#shards.delete(name);
      void closeOpened(shard);
    }
  }
}

/** Waits for the opening too: a shard is put aside only while nobody flushes it, so nobody can still need it. */
async function closeOpened(shard: Shard): Promise<void> {
  const descriptor = await shard.opened.catch(() => undefined);
  if (descriptor !== undefined) await closeFile(descriptor);
}

function flushShared(shard: Shard, descriptor: number): Promise<void> {
  if (shard.flushing === undefined) {
    shard.flushing = flushDirectory(descriptor).finally(() => {
      shard.flushing = undefined;
    });
    return shard.flushing;
  }
  shard.next ??= shard.flushing
    .catch(() => undefined)
    .then(() => {
      shard.next = undefined;
      return flushShared(shard, descriptor);
    });
  return shard.next;
}
