import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditActor, AuditEntry } from '../../src/core/audit.ts';
import type { FileRecord } from '../../src/files/file-record.ts';
import { FileShelf, type FileShelfSettings } from '../../src/files/file-shelf.ts';
import type { FileCall, FileOrder, FileOutcome } from '../../src/files/file-work.ts';

export const ann: AuditActor = { kind: 'token', name: 'ann', address: '127.0.0.1' };

export const settings = (folder: string, more: Partial<FileShelfSettings> = {}): FileShelfSettings => ({
  folder,
  keepMs: 60_000,
  keepUploadsMs: 30_000,
  maxFiles: 20,
  maxBytes: 1_000_000,
  reserveBytes: 0,
  concurrency: 2,
  ...more,
});

export const deidentified = {
  outcome: 'deidentified',
  boxes: [],
  studyInstanceUid: '2.25.1',
  seriesInstanceUid: '2.25.2',
  sopInstanceUid: '2.25.3',
  profileRevision: 'r1',
} as const;

/** Writes the input in upper case. */
export async function upperCase({ input, output }: FileOrder): Promise<FileOutcome> {
  const text = readFileSync(input, 'utf8').toUpperCase();
  writeFileSync(output, text);
  return { ...deidentified, bytes: text.length };
}

export interface Bench {
  readonly shelf: FileShelf;
  readonly audited: AuditEntry[];
  readonly events: string[];
  readonly clock: { now: number };
  /** Puts a file on the shelf. */
  put(text: string, anonymize: boolean): Promise<FileRecord>;
  /** Resolves when a file is not worked on any more. */
  settled(id: string): Promise<FileRecord>;
}

export function bench(
  folder: string,
  more: Partial<FileShelfSettings> = {},
  work: (order: FileOrder, call: FileCall) => Promise<FileOutcome> = upperCase,
  failAudit: () => boolean = () => false,
): Bench {
  const audited: AuditEntry[] = [];
  const events: string[] = [];
  const clock = { now: 1_000_000 };
  const shelf = new FileShelf(settings(folder, more), {
    work: { deidentifyFile: work },
    audit: async (...entries) => {
      if (failAudit()) throw new Error('no audit');
      audited.push(...entries);
    },
    emit: (name) => void events.push(name),
    now: () => clock.now,
  });
  return {
    shelf,
    audited,
    events,
    clock,
    async put(text, anonymize) {
      const { signal } = new AbortController();
      const file = await shelf.temporary.receive(pieces(text), { signal });
      try {
        return await shelf.add(file, { actor: ann, callingAeTitle: '', studyType: 'CT' }, anonymize);
      } finally {
        await file.remove();
      }
    },
    async settled(id) {
      for (let left = 400; left > 0; left -= 1) {
        const record = shelf.get(id);
        if (shelf.stateOf(record).state !== 'processing') return record;
        await wait(10);
      }
      throw new Error('never settled');
    },
  };
}

export async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 1000) yield Buffer.from(text.slice(at, at + 1000));
}

export async function textOf(shelf: FileShelf, record: FileRecord): Promise<string> {
  const handle = await shelf.open(record);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
