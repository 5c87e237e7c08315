import type { InstanceRecord } from '../core/instance.ts';
import { imageCount, type PreparedInstance } from '../core/prepared.ts';

/** A prepared instance on its way to a post, with the ledger row as it was when it was claimed. */
export interface OutboxEntry {
  readonly record: InstanceRecord;
  readonly prepared: PreparedInstance;
}

export interface OutboxLimits {
  /** Prepared output kept in memory, bytes; beyond it `hasRoom` is false and preparing pauses. */
  readonly maxBytes: number;
  /** Prepared output in scratch files, bytes; likewise, but for what is growing then. */
  readonly maxScratchBytes: number;
  readonly maxBodyBytes: number;
  readonly maxImagesPerPost: number;
  /** How long a group waits for more of its series, ms. */
  readonly groupingWindowMs: number;
}

interface Group {
  readonly entries: OutboxEntry[];
  readonly since: number;
  bytes: number;
  images: number;
}

/** Room a post needs beside its images: braces, study, series, commas. */
const envelopeBytes = 256;

/**
 * Prepared instances between the two lanes, grouped by series. Bounded by bytes: what does not fit stays on disk, not yet
 * prepared. An instance whose images exceed one post, or still grow, is a group of its own.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #groups = new Map<string, Group>();
  readonly #full: OutboxEntry[][] = [];
  /** Whose output is in a scratch file. */
  readonly #inFiles = new Set<PreparedInstance>();
  #bytes = 0;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Grows by itself while output is growing. */
  get scratchBytes(): number {
    let sum = 0;
    for (const { images, imagesBytes } of this.#inFiles)
      sum += images.kind === 'growing' ? images.growth.bytes : imagesBytes;
    return sum;
  }

  hasRoom(): boolean {
    return this.#bytes < this.#limits.maxBytes && this.scratchBytes < this.#limits.maxScratchBytes;
  }

  add(entry: OutboxEntry, now: number): void {
    const { prepared } = entry;
    this.#count(prepared);
    const images = imageCount(prepared.images);
    const size = prepared.imagesBytes + images;
    const room = this.#limits.maxBodyBytes - envelopeBytes - prepared.study.length - prepared.series.length;
    const isGrowing = prepared.images.kind === 'growing';
    if (isGrowing || size > room || images >= this.#limits.maxImagesPerPost) {
      this.#full.push([entry]);
      return;
    }
    const key = groupKey(prepared);
    let group = this.#groups.get(key);
    if (
      group !== undefined &&
      (group.bytes + size > room || group.images + images > this.#limits.maxImagesPerPost)
    ) {
      this.#full.push(group.entries);
      group = undefined;
    }
    if (group === undefined) {
      group = { entries: [], since: now, bytes: 0, images: 0 };
      this.#groups.set(key, group);
    }
    group.entries.push(entry);
    group.bytes += size;
    group.images += images;
  }

  /** The next group that is full or has waited long enough; undefined when there is none yet. */
  take(now: number, flush: boolean): readonly OutboxEntry[] | undefined {
    const full = this.#full.shift();
    if (full !== undefined) return full;
    for (const [key, group] of this.#groups) {
      if (!flush && now - group.since < this.#limits.groupingWindowMs) continue;
      this.#groups.delete(key);
      return group.entries;
    }
    return undefined;
  }

  /** Milliseconds until `take` may have something that it has not now; undefined when nothing waits. */
  nextDueMs(now: number): number | undefined {
    if (this.#full.length > 0) return 0;
    let next: number | undefined;
    for (const group of this.#groups.values()) {
      const due = Math.max(0, group.since + this.#limits.groupingWindowMs - now);
      if (next === undefined || due < next) next = due;
    }
    return next;
  }

  /** Counts entries that are in a post already (made again after a start). */
  keep(entries: readonly OutboxEntry[]): void {
    for (const { prepared } of entries) this.#count(prepared);
  }

  /** To be called when an instance taken from here is settled and its output let go. */
  release(prepared: PreparedInstance): void {
    this.#bytes -= memoryBytes(prepared);
    this.#inFiles.delete(prepared);
  }

  #count(prepared: PreparedInstance): void {
    this.#bytes += memoryBytes(prepared);
    if (prepared.images.kind !== 'memory') this.#inFiles.add(prepared);
  }
}

/** Memory of one entry of `parts` that points into a scratch file. */
const rangeBytes = 32;

/** Only instances with the same study and series objects can share a post. */
function groupKey(prepared: PreparedInstance): string {
  return `${Buffer.from(prepared.study).toString('latin1')}\n${Buffer.from(prepared.series).toString('latin1')}\n${prepared.profileRevision}`;
}

function memoryBytes(prepared: PreparedInstance): number {
  const { images, imagesBytes } = prepared;
  const held = images.kind === 'memory' ? imagesBytes : rangeBytes * imageCount(images);
  return held + prepared.study.length + prepared.series.length;
}
