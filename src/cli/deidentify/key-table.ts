import { createHash } from 'node:crypto';

/** One map holds at most 2^24 entries; many small ones have no such end. */
const shards = 256;

/** A table by the digest of a text: about a hundred bytes an entry, however long the text. */
export class KeyTable<V> {
  readonly #shards: readonly Map<string, V>[] = Array.from({ length: shards }, () => new Map());

  get(key: string): V | undefined {
    return this.#shard(key).get(key);
  }

  set(key: string, value: V): void {
    this.#shard(key).set(key, value);
  }

  #shard(key: string): Map<string, V> {
    const shard = this.#shards[key.charCodeAt(0) % shards];
    if (shard === undefined) throw new RangeError('no such shard');
    return shard;
  }
}

/** The key of a text: 128 bits of SHA-256, as 16 characters. */
export function keyOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest().toString('latin1', 0, 16);
}
