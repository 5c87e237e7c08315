import { join } from 'node:path';
import { SallyportError } from '../core/errors.ts';
import { Crosswalk, type CrosswalkSettings } from './crosswalk.ts';
import { assertKeyApart } from './key-place.ts';
import { sameBytes } from './sealing.ts';

export interface CrosswalkPlaces {
  readonly crosswalk: { readonly keyFile: string; readonly dir: string; readonly forgetAfter: number };
  readonly storage: { readonly dir: string };
}

/** The folder of the crosswalk by the configuration. */
export function crosswalkDir({ crosswalk, storage }: CrosswalkPlaces): string {
  return crosswalk.dir === '' ? join(storage.dir, 'crosswalk') : crosswalk.dir;
}

/**
 * The crosswalk the configuration asks for, or undefined. `readKey` reads a key file. Rejects with CROSSWALK_UNUSABLE where
 * the key lies in the storage or the crosswalk folder, is a pseudonym secret, or is not the one of the crosswalk there is.
 */
export async function openCrosswalk(
  places: CrosswalkPlaces,
  parts: Pick<CrosswalkSettings, 'now' | 'onFailure'> & {
    readonly secrets: readonly Uint8Array[];
    readonly readKey: (file: string) => Uint8Array;
  },
): Promise<Crosswalk | undefined> {
  const { keyFile, forgetAfter } = places.crosswalk;
  if (keyFile === '') return undefined;
  const dir = crosswalkDir(places);
  assertKeyApart(keyFile, [places.storage.dir, dir]);
  const key = readKey(keyFile, parts.readKey);
  if (parts.secrets.some((secret) => sameBytes(secret, key)))
    throw new SallyportError('CROSSWALK_UNUSABLE', { detail: 'the key is a pseudonym secret' });
  return await Crosswalk.open({
    dir,
    key,
    forgetAfterMs: forgetAfter,
    now: parts.now,
    onFailure: parts.onFailure,
  });
}

/** The key of a crosswalk from its file. Throws CROSSWALK_UNUSABLE. */
export function readKey(file: string, read: (file: string) => Uint8Array): Uint8Array {
  try {
    return read(file);
  } catch (cause) {
    throw new SallyportError('CROSSWALK_UNUSABLE', { detail: 'its key file', cause });
  }
}
