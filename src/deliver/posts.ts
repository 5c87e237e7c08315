import { createHash } from 'node:crypto';
import { SallyportError } from '../core/errors.ts';
import { imageCount, type PreparedInstance } from '../core/prepared.ts';

/** Limits of one post; both above 0. */
export interface PostLimits {
  /** Length of the JSON text before any content coding. */
  readonly maxBodyBytes: number;
  readonly maxImagesPerPost: number;
}

/** Bytes of a body, in memory or still in a scratch file. */
export type BodySegment =
  | { readonly kind: 'memory'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string; readonly offset: number; readonly length: number };

/** The frames of one instance that travel in one post. Frames count from 1; `lastFrame` is included. */
export interface PostMember {
  readonly instanceId: string;
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** Number of frames of the instance; it is delivered when every frame is. */
  readonly frames: number;
}

/** One request to the backend: which frames it carries, and its body as segments that can be read any number of times. */
export interface Post {
  /** 64 lower-case hex digits; the same key always means the same body. Also names the post in the log. */
  readonly idempotencyKey: string;
  readonly members: readonly PostMember[];
  /** Number of images, which is frames, in the body. */
  readonly images: number;
  /** Exact length of the body before any content coding. */
  readonly sizeBytes: number;
  readonly segments: readonly BodySegment[];
}

const text = new TextEncoder();
const studyOpens = text.encode('{"study":');
const seriesOpens = text.encode(',"series":');
const imagesOpen = text.encode(',"images":[');
const comma = text.encode(',');
const closes = text.encode(']}');

/** Bytes of a body around its images and the commas between them. */
function envelopeBytes(instance: PreparedInstance): number {
  const fixed = studyOpens.length + seriesOpens.length + imagesOpen.length + closes.length;
  return fixed + instance.study.length + instance.series.length;
}

function frameLength(instance: PreparedInstance, frame: number): number {
  return instance.images.parts[frame - 1]?.length ?? 0;
}

/** Members while a post grows: a run of frames of one prepared instance. */
interface Run {
  readonly instance: PreparedInstance;
  readonly firstFrame: number;
  lastFrame: number;
}

/**
 * Divides instances over posts. Pure and deterministic: the order of `prepared` does not matter, members stand in the
 * order of their instance ids. Instances travel together only where study JSON, series JSON and profile revision are
 * byte-equal; two contents under one image UID never share a post. A multi-frame instance is divided at frame borders.
 * Throws POST_TOO_LARGE where a frame of any instance is larger than a post may be; the caller then plans the instances
 * one by one. An instance without frames is a mistake of the caller and throws UNEXPECTED.
 */
export function planPosts(prepared: readonly PreparedInstance[], limits: PostLimits): readonly Post[] {
  const ordered = [...prepared].sort((a, b) =>
    a.instanceId < b.instanceId ? -1 : a.instanceId > b.instanceId ? 1 : 0,
  );
  const groups = new Map<string, PreparedInstance[]>();
  for (const instance of ordered) {
    requireRoom(instance, limits);
    const key = groupKey(instance);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [instance]);
    else group.push(instance);
  }
  return [...groups.values()].flatMap((group) => divide(group, limits));
}

function requireRoom(instance: PreparedInstance, limits: PostLimits): void {
  const { parts } = instance.images;
  if (parts.length === 0) throw new SallyportError('UNEXPECTED', { detail: 'prepared without frames' });
  for (let frame = 1; frame <= parts.length; frame++) requireRoomFor(instance, frame, limits);
}

function requireRoomFor(instance: PreparedInstance, frame: number, limits: PostLimits): void {
  if (frameLength(instance, frame) > limits.maxBodyBytes - envelopeBytes(instance))
    throw new SallyportError('POST_TOO_LARGE', { detail: `frame ${frame}` });
}

function groupKey(instance: PreparedInstance): string {
  const hash = createHash('sha256');
  for (const field of [text.encode(instance.profileRevision), instance.study, instance.series]) {
    hash.update(`${field.length}:`).update(field);
  }
  return hash.digest('hex');
}

function divide(group: readonly PreparedInstance[], limits: PostLimits): Post[] {
  const division = new Division(limits);
  for (const instance of group) {
    division.begin(instance);
    for (let frame = 1; frame <= instance.images.parts.length; frame++) division.add(instance, frame);
  }
  division.finish();
  return division.posts;
}

/** Fills one post after the other, each with as many frames as fit. */
class Division {
  /** Those that are complete. */
  readonly posts: Post[] = [];
  readonly #limits: PostLimits;
  readonly #imageUids = new Set<string>();
  #runs: Run[] = [];
  #images = 0;
  #bytes = 0;

  constructor(limits: PostLimits) {
    this.#limits = limits;
  }

  begin(instance: PreparedInstance): void {
    if (this.#imageUids.has(instance.imageInstanceUid)) this.finish();
  }

  add(instance: PreparedInstance, frame: number): void {
    const { maxImagesPerPost, maxBodyBytes } = this.#limits;
    const needed = frameLength(instance, frame) + (this.#images === 0 ? 0 : comma.length);
    if (this.#images > 0 && (this.#images >= maxImagesPerPost || this.#bytes + needed > maxBodyBytes))
      this.finish();
    if (this.#images === 0) this.#bytes = envelopeBytes(instance) + frameLength(instance, frame);
    else this.#bytes += needed;
    this.#images += 1;
    this.#imageUids.add(instance.imageInstanceUid);
    const run = this.#runs.at(-1);
    if (run?.instance === instance) run.lastFrame = frame;
    else this.#runs.push({ instance, firstFrame: frame, lastFrame: frame });
  }

  finish(): void {
    if (this.#runs.length > 0) this.posts.push(makePost(this.#runs, this.#images, this.#bytes));
    this.#runs = [];
    this.#images = 0;
    this.#imageUids.clear();
  }
}

/**
 * The posts of an instance whose frames are still being rendered, each as soon as it is complete: the same posts, with the
 * same keys, as `planPosts` makes of the whole instance.
 */
export class GrowingPlan {
  readonly #instance: PreparedInstance;
  readonly #limits: PostLimits;
  readonly #division: Division;
  #frames = 0;
  #finished = false;

  constructor(instance: PreparedInstance, limits: PostLimits) {
    this.#instance = instance;
    this.#limits = limits;
    this.#division = new Division(limits);
  }

  /** All posts that are complete by now; never fewer than before. Throws POST_TOO_LARGE as `planPosts` does. */
  posts(): readonly Post[] {
    const { images } = this.#instance;
    while (this.#frames < images.parts.length) {
      requireRoomFor(this.#instance, this.#frames + 1, this.#limits);
      this.#frames += 1;
      this.#division.add(this.#instance, this.#frames);
    }
    if (images.kind === 'growing' && images.growth.state === 'whole' && !this.#finished) {
      this.#finished = true;
      this.#division.finish();
    }
    return this.#division.posts;
  }
}

function makePost(runs: readonly Run[], images: number, sizeBytes: number): Post {
  return {
    idempotencyKey: idempotencyKey(runs),
    members: runs.map(({ instance, firstFrame, lastFrame }) => ({
      instanceId: instance.instanceId,
      firstFrame,
      lastFrame,
      frames: imageCount(instance.images),
    })),
    images,
    sizeBytes,
    segments: segmentsOf(runs),
  };
}

/**
 * Depends only on the profile revision and, per instance, image UID, keyed digest of the received bytes and range of frames:
 * what the output is a function of. Ledger ids and times stay out, so that a copy of the study gives the same key.
 */
function idempotencyKey(runs: readonly Run[]): string {
  const hash = createHash('sha256').update('sallyport-post-1\n');
  hash.update(`${JSON.stringify(runs[0]?.instance.profileRevision ?? '')}\n`);
  for (const { instance, firstFrame, lastFrame } of runs) {
    hash.update(
      `${JSON.stringify([instance.imageInstanceUid, instance.contentKey, firstFrame, lastFrame])}\n`,
    );
  }
  return hash.digest('hex');
}

function segmentsOf(runs: readonly Run[]): BodySegment[] {
  const first = runs[0];
  if (first === undefined) return [];
  const segments: BodySegment[] = [];
  const memory = (bytes: Uint8Array): number => segments.push({ kind: 'memory', bytes });
  for (const bytes of [studyOpens, first.instance.study, seriesOpens, first.instance.series, imagesOpen]) {
    memory(bytes);
  }
  for (const [index, { instance, firstFrame, lastFrame }] of runs.entries()) {
    for (let frame = firstFrame; frame <= lastFrame; frame++) {
      if (index > 0 || frame > firstFrame) memory(comma);
      segments.push(frameSegment(instance, frame));
    }
  }
  memory(closes);
  return segments;
}

function frameSegment({ images }: PreparedInstance, frame: number): BodySegment {
  if (images.kind === 'memory') {
    return { kind: 'memory', bytes: images.parts[frame - 1] ?? new Uint8Array() };
  }
  return { kind: 'file', path: images.path, ...(images.parts[frame - 1] ?? { offset: 0, length: 0 }) };
}
