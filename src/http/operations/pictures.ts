import { createReadStream } from 'node:fs';
import type { AuditAction } from '../../core/audit.ts';
import { parseDrawnBoxes } from '../../core/box-lists.ts';
import { type ErrorCode, SallyportError } from '../../core/errors.ts';
import type { InstanceRecord } from '../../core/instance.ts';
import { statesWithBytes } from '../../core/instance.ts';
import type { DrawnBox } from '../../core/redaction.ts';
import type { OperationParts } from '../../spool/operations.ts';
import { auditActorOf } from '../audit-actor.ts';
import { type Answer, numberOf, type OperationRequest, type Operations, ok, textOf } from '../operation.ts';
import { type Actor, allows } from '../security/actor.ts';
import { findInstance } from './instances.ts';
import { SeenLately } from './seen-lately.ts';

/** Work in the worker threads that these operations ask for. */
export interface PictureWork {
  picture(
    request: {
      readonly input: string;
      readonly callingAeTitle: string;
      readonly releasedCodes: readonly string[];
      readonly drawnBoxes: readonly DrawnBox[] | null;
      readonly side: 'original' | 'deidentified';
      readonly frame: number;
      readonly maxSide: number;
    },
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array; readonly columns: number; readonly rows: number }>;
  inspect(
    request: { readonly input: string; readonly callingAeTitle: string; readonly metadata: 'none' },
    signal: AbortSignal,
  ): Promise<{
    readonly columns: number | null;
    readonly rows: number | null;
    readonly frames: number | null;
    readonly photometricInterpretation: string | null;
  }>;
  /** The report of an instance: as written down where `stored` names one, else made anew from its bytes. */
  report(
    request: {
      readonly stored: { readonly study: string; readonly instance?: string } | null;
      readonly file: {
        readonly input: string;
        readonly callingAeTitle: string;
        readonly releasedCodes: readonly string[];
        readonly drawnBoxes: readonly DrawnBox[] | null;
      } | null;
    },
    signal: AbortSignal,
  ): Promise<object>;
}

/** Reasons to hold an instance for what its pixels may show. */
const pixelReasons: ReadonlySet<string> = new Set<ErrorCode>([
  'BURNED_IN_TEXT_RISK',
  'TEXT_LEFT_IN_PIXELS',
  'REDACTION_UNSUPPORTED',
  'RECOGNIZABLE_FEATURES_RISK',
  'DEVICE_RULE_HOLD',
  'PIXEL_REGION_INVALID',
]);

export interface PictureSource extends Pick<OperationParts, 'ledger' | 'blobs' | 'extentOf' | 'now'> {
  readonly work: PictureWork;
}

/** Frames of an instance on a screen, the original itself, and what de-identification did or would do. */
export function pictureOperations(source: PictureSource): Operations {
  const seen = new SeenLately(source.now);

  const audited = async (
    action: AuditAction,
    record: InstanceRecord,
    actor: Actor,
    address: string,
  ): Promise<void> =>
    await source.ledger.audit.append({
      actor: auditActorOf(actor, address),
      action,
      object: { kind: 'instance', id: record.id },
    });

  const picture = async (
    request: OperationRequest,
    record: InstanceRecord,
    side: 'original' | 'deidentified',
    drawnBoxes: readonly DrawnBox[] | null,
    releasedCodes: readonly string[],
  ): Promise<Answer> => {
    const { bytes, columns, rows } = await source.work.picture(
      {
        input: source.blobs.localPath(record.id),
        callingAeTitle: record.callingAeTitle,
        releasedCodes,
        drawnBoxes,
        side,
        frame: numberOf(request.params.frame),
        maxSide: numberOf(request.query.maxSide),
      },
      request.signal,
    );
    return {
      status: 200,
      contentType: 'image/jpeg',
      body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      headers: { 'x-frame-columns': String(columns), 'x-frame-rows': String(rows) },
    };
  };

  /** With its bytes. Rejects with INSTANCE_UNKNOWN or BLOB_MISSING. */
  const withBytes = async ({ params }: OperationRequest): Promise<InstanceRecord> => {
    const record = await findInstance(source, textOf(params.id));
    if (!(await hasBytes(source, record))) throw new SallyportError('BLOB_MISSING');
    return record;
  };

  const identified = async (request: OperationRequest, record: InstanceRecord): Promise<void> => {
    const actor = request.actor();
    // A person who leafs through a cine has seen the instance once; each download of the whole is told by itself.
    if (!seen.isFirst(`${actor.kind} ${actor.name} ${record.id}`)) return;
    await audited('instance.viewed-original', record, actor, request.address);
  };

  return {
    getInstanceReport: async (request) => {
      const record = await findInstance(source, textOf(request.params.id));
      const bytes = await hasBytes(source, record);
      if (!bytes && record.studyPseudonym === null) throw new SallyportError('BLOB_MISSING');
      const report = await source.work.report(
        {
          stored:
            record.studyPseudonym === null ? null : { study: record.studyPseudonym, instance: record.id },
          file: bytes ? { ...decisionsOf(record), input: source.blobs.localPath(record.id) } : null,
        },
        request.signal,
      );
      return ok(report);
    },
    getFrameInfo: async (request) => {
      const record = await withBytes(request);
      const { columns, rows, frames, photometricInterpretation } = await source.work.inspect(
        {
          input: source.blobs.localPath(record.id),
          callingAeTitle: record.callingAeTitle,
          metadata: 'none',
        },
        request.signal,
      );
      if (columns === null || rows === null || frames === null) throw new SallyportError('NO_PIXEL_DATA');
      return ok({ columns, rows, frames, photometricInterpretation });
    },
    getFrame: async (request) => {
      const record = await withBytes(request);
      // What a person let through in spite of its pixels is proven by nothing: it is shown to those who may see patients.
      if (
        record.releasedCodes.some((code) => pixelReasons.has(code)) &&
        !allows(request.actor(), 'identify')
      ) {
        await audited('access.refused', record, request.actor(), request.address);
        throw new SallyportError('NOT_PERMITTED', { detail: 'identify' });
      }
      const viewer = request.actor();
      if (seen.isFirst(`deidentified ${viewer.kind} ${viewer.name} ${record.id}`))
        await audited('instance.viewed-frames', record, viewer, request.address);
      return await picture(request, record, 'deidentified', record.drawnBoxes, record.releasedCodes);
    },
    previewFrame: async (request) => {
      const record = await withBytes(request);
      const { boxes } = request.body as { boxes: unknown };
      const drawn = parseDrawnBoxes(boxes, source.extentOf?.(source.blobs.localPath(record.id)));
      await identified(request, record);
      const codes = [...new Set([...record.releasedCodes, ...(record.code === null ? [] : [record.code])])];
      return await picture(request, record, 'deidentified', drawn, codes);
    },
    getOriginal: async (request) => {
      const record = await withBytes(request);
      await audited('instance.viewed-original', record, request.actor(), request.address);
      return {
        status: 200,
        contentType: 'application/dicom',
        body: createReadStream(source.blobs.localPath(record.id)),
        headers: {
          'content-length': String(record.sizeBytes),
          'content-disposition': `attachment; filename="${record.id}.dcm"`,
        },
      };
    },
    getOriginalFrame: async (request) => {
      const record = await withBytes(request);
      await identified(request, record);
      return await picture(request, record, 'original', null, []);
    },
  };
}

function decisionsOf({
  callingAeTitle,
  releasedCodes,
  drawnBoxes,
}: InstanceRecord): Pick<InstanceRecord, 'callingAeTitle' | 'releasedCodes' | 'drawnBoxes'> {
  return { callingAeTitle, releasedCodes, drawnBoxes };
}

async function hasBytes({ blobs }: PictureSource, record: InstanceRecord): Promise<boolean> {
  // A delivered original may be kept for a while by configuration.
  const expected = statesWithBytes.includes(record.state) || record.state === 'delivered';
  return expected && (await blobs.size(record.id)) === record.sizeBytes;
}
