import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceOrigin, InstanceRecord } from '../../src/core/instance.ts';
import type { Emit, EventName } from '../../src/observe/events.ts';
import type { BlobStore } from '../../src/spool/backend.ts';
import { FileBlobStore } from '../../src/spool/blobs-files.ts';
import { newInstanceId } from '../../src/spool/ids.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { Spool, type SpoolOptions } from '../../src/spool/spool.ts';

export interface Heard {
  readonly name: EventName;
  readonly fields: object;
}

/** An emit that remembers. */
export function listening(): { readonly emit: Emit; readonly heard: Heard[] } {
  const heard: Heard[] = [];
  return { emit: (name, fields) => void heard.push({ name, fields }), heard };
}

export interface OpenSpool {
  readonly spool: Spool;
  readonly ledger: SqliteLedger;
  readonly blobs: FileBlobStore;
  readonly heard: Heard[];
  close(): Promise<void>;
}

export const headBytes = 16;
const head = new Uint8Array(headBytes).fill(0x11);

/** A started spool on the folder; the test closes it. */
export async function openSpool(dir: string, changes: Partial<SpoolOptions> = {}): Promise<OpenSpool> {
  mkdirSync(dir, { recursive: true });
  const ledger = await SqliteLedger.open(dir);
  const blobs = new FileBlobStore(dir);
  const { emit, heard } = listening();
  const spool = new Spool({
    dir,
    reserveBytes: 0,
    duplicateContent: 'hold',
    ledger,
    blobs,
    instanceKeySecret: new Uint8Array(32).fill(7),
    keepDeliveredMs: 0,
    emit,
    now: Date.now,
    ...changes,
  });
  const close = async () => {
    await spool.stop();
    await ledger.close();
    await blobs.close();
  };
  try {
    await spool.start();
  } catch (cause) {
    await close();
    throw cause;
  }
  return { spool, ledger, blobs, heard, close };
}

export function originOf(sopInstanceUid: string, transferSyntaxUid = '1.2.840.10008.1.2.1'): InstanceOrigin {
  return {
    sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    sopInstanceUid,
    transferSyntaxUid,
    callingAeTitle: 'SENDER',
    calledAeTitle: 'SALLYPORT',
  };
}

/** Sends one instance through the spool, in chunks. */
export async function accept(
  spool: Spool,
  uid: string,
  dataSet: Uint8Array,
  options: {
    readonly chunkBytes?: number;
    readonly head?: Uint8Array;
    readonly transferSyntaxUid?: string;
  } = {},
) {
  const incoming = await spool.begin(originOf(uid, options.transferSyntaxUid), options.head ?? head);
  const step = options.chunkBytes ?? 16_384;
  for (let at = 0; at < dataSet.length; at += step) await incoming.write(dataSet.subarray(at, at + step));
  return await incoming.commit();
}

/** What the blob of an instance with this data set must hold. */
export function blobOf(dataSet: Uint8Array): Buffer {
  return Buffer.concat([head, dataSet]);
}

/** Bytes that differ by seed, repeatably. */
export function bytesOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

let serial = 0;

export function aRecord(changes: Partial<InstanceRecord> = {}): InstanceRecord {
  serial += 1;
  const at = 1_000_000 + serial;
  return {
    id: newInstanceId(at),
    state: 'received',
    instanceKey: serial.toString(16).padStart(32, '0'),
    revision: 1,
    contentDigest: null,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    callingAeTitle: 'SENDER',
    sizeBytes: 100,
    headBytes: 10,
    receivedAt: at,
    updatedAt: at,
    attempts: 0,
    dueAt: at,
    code: null,
    detail: null,
    releasedCodes: [],
    foundBoxes: null,
    drawnBoxes: null,
    postId: null,
    studyPseudonym: null,
    seriesPseudonym: null,
    ...changes,
  };
}

export async function allIds(blobs: BlobStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of blobs.ids()) ids.push(id);
  return ids;
}

export async function idsOf(blobs: BlobStore): Promise<string[]> {
  return (await allIds(blobs)).sort();
}

/** Files in incoming/, made ahead or half-written. */
export function temporaryFiles(dir: string): string[] {
  return readdirSync(join(dir, 'incoming'));
}
