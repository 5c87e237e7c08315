import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { SallyportError } from '../core/errors.ts';
import { contentDigestAlgorithm } from '../core/instance.ts';
import { createKeyRing } from '../deidentify/key-ring.ts';
import type { ByteSource } from '../dicom/byte-source.ts';
import type { Deidentified } from '../dicom/deidentified.ts';
import { type Part10, readPart10 } from '../dicom/part10.ts';
import { textEngineOnce } from '../ocr/engine-once.ts';
import { editVideoFrame } from '../redact/edit/edit-video-frame.ts';
import { redactRevision } from '../redact/revision.ts';
import { render } from '../render/render.ts';
import { renderRevision } from '../render/revision.ts';
import type { RenderSurroundings } from '../render/settings.ts';
import { describeDeidentified, describeHeld } from '../reports/describe.ts';
import { catalogueEntry, placeOfHeld } from './catalogue-entry.ts';
import { endableEngine } from './endable-engine.ts';
import { type FileSource, openFileSource, reusedBuffer, wholeFileBytes } from './file-source.ts';
import { ImageSink } from './image-sink.ts';
import type { OutputNews, PreparedHead, PrepareReply, ThreadTask, WorkerSetup } from './messages.ts';
import { onDemandThread } from './on-demand/thread.ts';
import { describeSeries, describeStudy, imageWriter } from './payload.ts';
import { silenceConsole } from './silence-console.ts';
import { type ProfileContext, ThreadProfiles } from './thread-profiles.ts';
import { treatInstance } from './treat-instance.ts';
import { verdictOf } from './verdict.ts';
import { alive, atWork } from './vital-signs.ts';

silenceConsole();

/** Thread entry: everything that is needed for every instance is made once. */
const setup = workerData as WorkerSetup;
const profiles = new ThreadProfiles(setup.profiles, createKeyRing(setup.secrets));
/** One instance at a time is worked on here, and its reply holds none of its bytes. */
const buffer = reusedBuffer();
/** Rendering takes part in what a post contains, so it takes part in its name; so does what becomes of text in pixels. */
const revisionOfRendering = renderRevision(setup.render);
const textEngine = textEngineOnce({ threads: setup.textThreads });

/** Work that is asked for over HTTP, in the same threads. */
export const onDemand = onDemandThread({ setup, profiles, buffer, textEngine });

/**
 * The prepare stage of one instance, from the received bytes to what delivery posts. A verdict of the registry comes back
 * as `held`, an exception nobody foresaw as `held` with UNEXPECTED. Never rejects: a rejection means that the thread died.
 */
export async function prepare(task: ThreadTask): Promise<PrepareReply> {
  atWork(task.vitalSigns);
  try {
    const file = openBlob(task.path);
    try {
      return await prepareFrom(file, task);
    } finally {
      file.close();
    }
  } catch (error) {
    return heldOf(error);
  }
}

/** The verdict that an exception stands for. */
function heldOf(error: unknown): Extract<PrepareReply, { kind: 'held' }> {
  return { kind: 'held', ...verdictOf(error) };
}

function openBlob(path: string): FileSource {
  try {
    return openFileSource(path, wholeFileBytes, buffer);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      throw new SallyportError('BLOB_MISSING', { cause });
    throw cause;
  }
}

async function prepareFrom(source: ByteSource, task: ThreadTask): Promise<PrepareReply> {
  const part10 = readPart10(source);
  const context = profiles.of(task.callingAeTitle);
  const reply = await prepareInstance(part10, context, source, task).catch(heldOf);
  // Not `prepared`: images that are handed over come in a wrapping of their own.
  if (reply.kind !== 'held') return reply;
  const place = placeOfHeld(part10.dataSet, context);
  const held = { ...reply, ...(place === undefined ? {} : { place }) };
  if (!setup.reports) return held;
  const { releasedCodes, instanceId: id } = task;
  const { boxes = [] } = reply;
  const report = describeHeld(part10.dataSet, reply.code, { ...context, id, releasedCodes, boxes });
  return report === undefined ? held : { ...held, report };
}

async function prepareInstance(
  part10: Part10,
  { profile, pseudonyms }: ProfileContext,
  source: ByteSource,
  task: ThreadTask,
): Promise<PrepareReply> {
  const { releasedCodes, drawnBoxes, callingAeTitle, instanceId: id, vitalSigns } = task;
  alive(vitalSigns);
  const treated = await treatInstance(part10, {
    profile,
    pseudonyms,
    releasedCodes,
    drawnBoxes,
    callingAeTitle,
    onlyFramesLeave: true,
    onlyShownLeaves: setup.render.format === 'jpeg',
    draw: setup.render,
    surroundings: { scratchFolder: dirname(task.scratchPath), onProgress: () => alive(vitalSigns) },
    engine: endableEngine(textEngine, vitalSigns),
    recordPairs: setup.recordPairs,
    onRedacted: () => atWork(vitalSigns),
  });
  const { boxes } = treated;
  if (treated.kind === 'held') {
    const { by, code, detail } = treated;
    return {
      kind: 'held',
      code,
      ...(detail === undefined ? {} : { detail }),
      ...(by === 'redaction' ? { boxes } : {}),
    };
  }
  const { result } = treated;
  const instance = result.value;
  const profileRevision = `${instance.profileRevision}-${revisionOfRendering}-${redactRevision(drawnBoxes)}`;
  /** Everything of the reply that does not wait for the last frame. */
  const makeHead = (): PreparedHead => {
    const contentDigest = digestOf(source, part10.dataSetOffset, () => alive(task.vitalSigns));
    const report = setup.reports
      ? describeDeidentified(result, { profile, pseudonyms, id, releasedCodes, boxes })
      : undefined;
    return {
      imageInstanceUid: instance.sopInstanceUid,
      studyInstanceUid: instance.studyInstanceUid,
      seriesInstanceUid: instance.seriesInstanceUid,
      profileRevision,
      contentDigest,
      contentKey: pseudonyms.token('content', contentDigest),
      study: describeStudy(instance, { profile: profile.id, profileRevision, keyId: pseudonyms.keyId }),
      series: describeSeries(instance),
      catalogue: catalogueEntry(instance, profileRevision),
      ...(report === undefined ? {} : { report }),
      pairs: treated.pairs(),
    };
  };
  const sink = new ImageSink(task.scratchPath, setup.maxMemoryBytes, setup.reserveBytes);
  try {
    const editFrame: RenderSurroundings['videoFrameEdit'] = (image, frame) =>
      editVideoFrame(image, frame, boxes, profile.definition.pixels);
    const head = (await renderInto(sink, instance, task, makeHead, editFrame)) ?? makeHead();
    const { images, ranges } = sink.finish();
    const reply: PrepareReply = { kind: 'prepared', ...head, images, ranges };
    return images === null ? reply : transferring(reply, images);
  } finally {
    sink.close();
  }
}

/**
 * Renders all selected frames. Once they are more than one post takes, the main thread is told of each, so that the first
 * posts leave while later frames are rendered; the head that went with the first news is returned.
 */
async function renderInto(
  sink: ImageSink,
  instance: Deidentified,
  { number, scratchPath, vitalSigns }: ThreadTask,
  makeHead: () => PreparedHead,
  videoFrameEdit: RenderSurroundings['videoFrameEdit'],
): Promise<PreparedHead | undefined> {
  const { maxBodyBytes, maxImagesPerPost } = setup.post;
  let write: ReturnType<typeof imageWriter> | undefined;
  let head: PreparedHead | undefined;
  alive(vitalSigns);
  const surroundings: RenderSurroundings = {
    scratchFolder: dirname(scratchPath),
    onProgress: () => alive(vitalSigns),
    // The stream itself does not leave, so it was not blanked: its frames are.
    ...(videoFrameEdit === undefined ? {} : { videoFrameEdit }),
  };
  for await (const frame of render(instance, setup.render, surroundings)) {
    // Made for the first frame, no earlier: an object without pixels is told as that, not by what describes pixels.
    write ??= imageWriter(instance);
    sink.add(write(frame, frame.data));
    alive(vitalSigns);
    const isFirst = head === undefined;
    if (isFirst) {
      if (sink.count <= maxImagesPerPost && sink.bytes + sink.count <= maxBodyBytes) continue;
      sink.spill();
      head = makeHead();
    }
    const ranges = sink.news();
    const count = frame.framesSelected;
    const news: OutputNews = { number, count, ranges, ...(isFirst && head !== undefined ? { head } : {}) };
    parentPort?.postMessage(news);
  }
  atWork(vitalSigns);
  return head;
}

/** Hands the images' memory over instead of copying it. */
function transferring(reply: PrepareReply, images: Uint8Array): PrepareReply {
  return move({ [transferableSymbol]: [images.buffer], [valueSymbol]: reply }) as unknown as PrepareReply;
}

const digestChunkBytes = 1024 * 1024;

function digestOf(source: ByteSource, from: number, onPiece: () => void): string {
  const hash = createHash(contentDigestAlgorithm);
  for (let offset = from; offset < source.size; offset += digestChunkBytes) {
    hash.update(source.read(offset, Math.min(digestChunkBytes, source.size - offset)));
    onPiece();
  }
  return hash.digest('hex');
}
