import { boundedBoxes } from '../../core/box-lists.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { RedactionBox } from '../../core/redaction.ts';
import { burnedInAnnotation } from '../../deidentify/markers.ts';
import { cleanPixels } from '../../deidentify/pixels/clean.ts';
import { assessObject } from '../../deidentify/pixels/risk.ts';
import { canonicalUid } from '../../deidentify/pseudonyms.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { textElement, withElements } from '../../dicom/edit.ts';
import { encodePart10 } from '../../dicom/encode.ts';
import { encodeFileMeta } from '../../dicom/file-meta.ts';
import { tags } from '../../dicom/tags.ts';
import { firstText } from '../../dicom/values.ts';
import { redact } from '../../redact/redact.ts';
import { describeDeidentified, describeHeld } from '../../reports/describe.ts';
import { writeInstance } from '../instance-file.ts';
import { outcomeOf } from '../treat-instance.ts';
import { type WriteFileOptions, writeFile } from '../write-file.ts';
import type { FileOutcome, OnDemandValues, ReplyBoxes, TreatTask } from './tasks.ts';
import { type InstanceWork, treatOnDemand } from './work.ts';

/** Boxes of one reply. */
const maxReplyBoxes = 10_000;
/** Outputs are for their caller alone. */
const outputMode = 0o600;

type Held = Extract<FileOutcome, { outcome: 'held' }>;

/** Treats an instance and writes the result; see `TreatTask`. Throws what reading and writing throw. */
export async function treatFile(task: TreatTask, received: InstanceWork): Promise<OnDemandValues['treat']> {
  const work = { ...received, context: received.profiles.wished(received.context, task.wishes) };
  if (task.header === 'keep') return { outcome: await redactOnly(task, work), pairs: [] };
  const { setup, context, part10 } = work;
  const { useMetadata = true } = task.wishes;
  const treated = await treatOnDemand(work, task, {
    leaves: 'data set',
    recordPairs: setup.recordPairs,
    useMetadata,
  });
  const { releasedCodes } = task;
  const boxes = replyBoxes(treated.boxes);
  const about = { ...context, releasedCodes, boxes: treated.boxes };
  if (treated.kind === 'held') {
    const { code, detail } = treated;
    const report = describeHeld(part10.dataSet, code, about) ?? null;
    return { outcome: { ...held(code, detail, treated.boxes), report }, pairs: [] };
  }
  const { value } = treated.result;
  const bytes = writeInstance(task.output, value, writing(task, work));
  const outcome: FileOutcome = {
    outcome: 'deidentified',
    studyInstanceUid: value.studyInstanceUid,
    seriesInstanceUid: value.seriesInstanceUid,
    sopInstanceUid: value.sopInstanceUid,
    sopClassUid: value.sopClassUid,
    transferSyntaxUid: value.transferSyntaxUid,
    modality: firstText(value.dataSet, tags.Modality) ?? null,
    profile: context.profile.id,
    profileRevision: value.profileRevision,
    keyId: context.pseudonyms.keyId,
    pixels: treated.pixels ?? null,
    bytes,
    report: describeDeidentified(treated.result, about) ?? null,
    ...boxes,
  };
  return { outcome, pairs: treated.pairs() };
}

/**
 * Blanks text in the pixels and leaves the header as it is, but for what redaction says of the pixels there. Objects that
 * de-identification would hold for another reason than text are held here too: nobody looks for text in them.
 */
async function redactOnly(task: TreatTask, work: InstanceWork): Promise<FileOutcome> {
  const { part10, context, setup, surroundings, engine, onProgress } = work;
  const { releasedCodes, drawnBoxes, callingAeTitle, wishes } = task;
  const { dataSet: received } = part10;
  for (const { code, detail } of assessObject(received, part10.transferSyntaxUid, context.profile))
    if (code !== 'BURNED_IN_TEXT_RISK' && !releasedCodes.includes(code)) return held(code, detail, []);
  const sopClassUid = uidOf(received, tags.SOPClassUID);
  const sopInstanceUid = uidOf(received, tags.SOPInstanceUID);
  if (sopClassUid === undefined) return held('REQUIRED_ATTRIBUTE_MISSING', '0008,0016', []);
  if (sopInstanceUid === undefined) return held('REQUIRED_ATTRIBUTE_MISSING', '0008,0018', []);
  const { useMetadata = true } = wishes;
  const redacted = await redact(part10, {
    profile: context.profile,
    releasedCodes,
    ...(drawnBoxes === null ? {} : { drawnBoxes }),
    callingAeTitle,
    useMetadata,
    draw: setup.render,
    surroundings,
    engine,
  });
  onProgress();
  if (redacted.kind === 'held') return held(redacted.code, redacted.detail, redacted.boxes);
  // Text was to be looked for whatever the risk: only an object without pixels is left as it is.
  if (redacted.kind === 'untouched') return held('NO_PIXEL_DATA', undefined, []);
  const { input, treatment } = redacted;
  const { transferSyntaxUid } = input;
  const cleaned = cleanPixels(input.dataSet, transferSyntaxUid);
  if (cleaned.kind === 'held') return held(cleaned.code, cleaned.detail, treatment.boxes);
  const proved = treatment.complete && treatment.mode !== 'none';
  const dataSet = proved ? saidToBeClean(cleaned.dataSet) : cleaned.dataSet;
  const head = encodeFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid });
  const bytes = writeFile(
    task.output,
    encodePart10({ dataSet, transferSyntaxUid, head }),
    writing(task, work),
  );
  return {
    outcome: 'redacted',
    sopClassUid,
    transferSyntaxUid,
    pixels: outcomeOf(treatment),
    bytes,
    ...replyBoxes(treatment.boxes),
  };
}

function saidToBeClean(dataSet: DataSet): DataSet {
  const no = textElement(dataSet, burnedInAnnotation, 'CS', 'NO');
  return withElements(dataSet, new Map([[burnedInAnnotation, no]]));
}

function writing({ fsync }: TreatTask, { setup }: InstanceWork): WriteFileOptions {
  return { fsync, mode: outputMode, reserveBytes: setup.reserveBytes };
}

function held(code: ErrorCode, detail: string | undefined, boxes: readonly RedactionBox[]): Held {
  return { outcome: 'held', code, detail: detail ?? null, report: null, ...replyBoxes(boxes) };
}

function replyBoxes(found: readonly RedactionBox[]): ReplyBoxes {
  const { boxes, leftOut } = boundedBoxes(found, maxReplyBoxes);
  return { boxes, boxesLeftOut: leftOut };
}

function uidOf(dataSet: DataSet, tag: number): string | undefined {
  const uid = canonicalUid(firstText(dataSet, tag) ?? '');
  return /^[0-9.]{1,64}$/.test(uid) ? uid : undefined;
}
