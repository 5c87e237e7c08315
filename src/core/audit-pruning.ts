/**
 * What records of pruning, and of where the trail begins, say in the id of their object. Words of the chain like any other:
 * whoever verifies it holds them against each other.
 */

/** Records that one record of `audit.pruned` removes at most: to hide many, many such records have to be put in. */
export const maxPrunedAtOnce = 1_000;

/** One removal of the oldest records. */
export interface PrunedWord {
  /** First and last record that were removed. */
  readonly first: number;
  readonly last: number;
  /** Of the last one. */
  readonly hash: string;
  /** When the last one was written; epoch ms. */
  readonly lastAt: number;
  /** All that were removed are older than this; epoch ms. */
  readonly before: number;
}

/** Where the trail began when a gateway started, and how long that gateway keeps records. */
export interface KeptWord {
  readonly sequence: number;
  /** When that record was written; epoch ms. */
  readonly at: number;
  /** 0: for ever. */
  readonly keepMs: number;
}

export function prunedId({ first, last, hash, lastAt, before }: PrunedWord): string {
  return `${first}-${last}:${hash}:${lastAt}:${before}`;
}

export function keptId({ sequence, at, keepMs }: KeptWord): string {
  return `${sequence}:${at}:${keepMs}`;
}

const prunedForm = /^(\d{1,15})-(\d{1,15}):([0-9a-f]{64}):(\d{1,15}):(\d{1,15})$/;
const keptForm = /^(\d{1,15}):(\d{1,15}):(\d{1,15})$/;

export function prunedOf(id: string): PrunedWord | undefined {
  const [whole, first, last, hash = '', lastAt, before] = prunedForm.exec(id) ?? [];
  if (whole === undefined) return undefined;
  return { first: Number(first), last: Number(last), hash, lastAt: Number(lastAt), before: Number(before) };
}

export function keptOf(id: string): KeptWord | undefined {
  const [whole, sequence, at, keepMs] = keptForm.exec(id) ?? [];
  if (whole === undefined) return undefined;
  return { sequence: Number(sequence), at: Number(at), keepMs: Number(keepMs) };
}
