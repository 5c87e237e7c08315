import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type JobRecord, parseJobRecord } from './job-record.ts';

const ending = '.json';

/** A file for each job, so that one that was cut off is told of as such. */
export class JobJournal {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The records there are, the oldest first; what cannot be read is removed. */
  async load(): Promise<JobRecord[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const records: JobRecord[] = [];
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const record = name.endsWith(ending) ? parseJobRecord(await readFile(path, 'utf8')) : undefined;
      if (record === undefined || `${record.id}${ending}` !== name)
        await rm(path, { force: true, recursive: true });
      else records.push(record);
    }
    return records.sort((a, b) => a.startedAt - b.startedAt);
  }

  /** Durable when resolved. */
  async write(record: JobRecord): Promise<void> {
    const path = join(this.#folder, `${record.id}${ending}`);
    const handle = await open(`${path}.new`, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(record)}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(`${path}.new`, path);
  }

  async remove(id: string): Promise<void> {
    await rm(join(this.#folder, `${id}${ending}`), { force: true });
  }
}
