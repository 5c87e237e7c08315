import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extensionOf, type ImageUpload, imageBytes, type UploadResult } from './contract.ts';

/** What became of a post. */
export type Taken =
  | { readonly kind: 'stored'; readonly result: UploadResult }
  /** Taken before; the first result again. */
  | { readonly kind: 'repeated'; readonly result: UploadResult }
  /** The key was used with another body. */
  | { readonly kind: 'conflict' };

interface IndexEntry {
  readonly key: string;
  readonly bodySha256: string;
  readonly images: number;
}

/** Keys kept in memory; the oldest go first. The file keeps all. */
const maxKeys = 1_000_000;
const maxKnownFiles = 20_000;

/**
 * Posts on disk: `<study>/<series>/<image>/frame-0001.jpg` (or `.png`, `.jxl`, `.jhc`) with `image.json` beside it
 * (`frame-0001.json` for each frame of a multi-frame instance), `study.json` and `series.json` above, and every idempotency key in `idempotency.jsonl`.
 * Synchronous: one post is taken whole before the next, and small writes are cheapest so. An example: it does not fsync.
 */
export class ImageStore {
  readonly #folder: string;
  readonly #indexPath: string;
  readonly #index = new Map<string, IndexEntry>();
  readonly #folders = new Set<string>();
  readonly #known = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#indexPath = join(folder, 'idempotency.jsonl');
    mkdirSync(folder, { recursive: true });
    this.#load();
  }

  get keys(): number {
    return this.#index.size;
  }

  /** What a post with this key and body would meet, before it is parsed. */
  look(key: string, body: Uint8Array): Exclude<Taken, { kind: 'stored' }> | undefined {
    const entry = this.#index.get(key);
    if (entry === undefined) return undefined;
    if (entry.bodySha256 !== sha256(body)) return { kind: 'conflict' };
    return { kind: 'repeated', result: { idempotencyKey: key, images: entry.images } };
  }

  /** Stores a post that the contract allows; its UIDs are digits and dots alone, so they are safe as names. */
  store(key: string, body: Uint8Array, upload: ImageUpload): Taken {
    const { study, series, images } = upload;
    const studyFolder = this.#folderFor(this.#folder, study.studyInstanceUid);
    const seriesFolder = this.#folderFor(studyFolder, series.seriesInstanceUid);
    this.#writeOnce(join(studyFolder, 'study.json'), study);
    this.#writeOnce(join(seriesFolder, 'series.json'), series);
    for (const { data, ...image } of images) {
      const folder = this.#folderFor(seriesFolder, image.imageInstanceUid);
      const frame = `frame-${String(image.frameNumber).padStart(4, '0')}`;
      const name = `${frame}.${extensionOf(image.contentType)}`;
      writeFileSync(join(folder, name), imageBytes(data, image.contentType) ?? '');
      const text = pretty(image);
      if (image.numberOfFrames > 1) writeFileSync(join(folder, `${frame}.json`), text);
      // A selection of one frame need not have the first.
      if (image.frameNumber === 1 || image.framesSelected === 1)
        writeFileSync(join(folder, 'image.json'), text);
    }
    // Last, so that a key in the index means that its images are there.
    const entry = { key, bodySha256: sha256(body), images: images.length };
    appendFileSync(this.#indexPath, `${JSON.stringify(entry)}\n`);
    this.#remember(entry);
    return { kind: 'stored', result: { idempotencyKey: key, images: images.length } };
  }

  #load(): void {
    if (!existsSync(this.#indexPath)) return;
    const text = readFileSync(this.#indexPath, 'utf8');
    for (const line of text.split('\n')) {
      const entry = readEntry(line);
      if (entry !== undefined) this.#remember(entry);
    }
    // A line cut by a crash must not swallow the next one.
    if (text !== '' && !text.endsWith('\n')) appendFileSync(this.#indexPath, '\n');
  }

  #remember(entry: IndexEntry): void {
    this.#index.set(entry.key, entry);
    trim(this.#index, maxKeys);
  }

  #folderFor(parent: string, uid: string): string {
    const folder = join(parent, uid);
    if (!this.#folders.has(folder)) {
      mkdirSync(folder, { recursive: true });
      this.#folders.add(folder);
      trim(this.#folders, maxKnownFiles);
    }
    return folder;
  }

  #writeOnce(path: string, value: object): void {
    const text = pretty(value);
    if (this.#known.get(path) === text) return;
    writeFileSync(path, text);
    this.#known.set(path, text);
    trim(this.#known, maxKnownFiles);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function pretty(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function trim(collection: Map<string, unknown> | Set<string>, limit: number): void {
  for (const key of collection.keys()) {
    if (collection.size <= limit) return;
    collection.delete(key);
  }
}

function readEntry(line: string): IndexEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<IndexEntry> | null;
    if (typeof entry?.key !== 'string' || typeof entry.bodySha256 !== 'string') return undefined;
    return { key: entry.key, bodySha256: entry.bodySha256, images: Number(entry.images) };
  } catch {
    return undefined;
  }
}
