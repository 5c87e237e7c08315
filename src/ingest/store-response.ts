import { type ErrorCode, errorRow, SallyportError } from '../core/errors.ts';
import { dimseStatus } from '../dicom/status.ts';
import type { PartResult } from './ingest.ts';
import type { NamedInstance } from './part10-intake.ts';

/** An attribute of the DICOM JSON Model, PS3.18 F.2. */
interface Attribute {
  readonly vr: 'SQ' | 'UI' | 'UR' | 'US';
  readonly Value?: readonly unknown[];
}

export type JsonDataSet = Readonly<Record<string, Attribute>>;

/** Out of resources, and nothing else: the sender is to come again. */
const outOfResources: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'STORAGE_FULL',
  'STORAGE_FAILED',
  'SHUTTING_DOWN',
]);
/** Processing failure, PS3.18 table I.2-2. */
const processingFailure = 0x0110;
/** Codes of requests that are failures of instances here. */
const ofRequests: Readonly<Partial<Record<ErrorCode, number>>> = {
  BODY_TOO_LARGE: dimseStatus.outOfResources,
  MEDIA_TYPE_UNSUPPORTED: dimseStatus.cannotUnderstand,
};

/** Failure Reason (0008,1197), PS3.18 I.2.2: the status that C-STORE has for the same. */
export function failureReason(code: ErrorCode): number {
  const status = ofRequests[code] ?? errorRow(code).dicomStatus ?? processingFailure;
  // C001H is a word of our own.
  return status === dimseStatus.unexpected ? processingFailure : status;
}

/**
 * The answer of a Store transaction, PS3.18 10.5.3 and annex I: 200 when every instance is stored, 202 when some are, 409
 * when none is. Retrieve URLs are empty (type 2): nothing can be retrieved here. Failures that name no instance stand in
 * Other Failures Sequence. Throws the code itself where there was no room for any.
 */
export function storeResponse(results: readonly PartResult[]): {
  readonly status: 200 | 202 | 409;
  readonly body: JsonDataSet;
} {
  const stored = results.flatMap((result) => (result.kind === 'stored' ? [result.of] : []));
  const failed = results.flatMap((result) => (result.kind === 'failed' ? [result] : []));
  const [first] = failed;
  if (stored.length === 0 && first !== undefined && failed.every(({ code }) => outOfResources.has(code)))
    throw new SallyportError(first.code);
  const named = failed.flatMap(({ code, of }) =>
    of === undefined ? [] : [{ ...reference(of), ...reason(code) }],
  );
  const others = failed.flatMap(({ code, of }) => (of === undefined ? [reason(code)] : []));
  return {
    status: failed.length === 0 ? 200 : stored.length > 0 ? 202 : 409,
    body: {
      '00081190': { vr: 'UR' },
      ...sequence('00081198', named),
      ...sequence(
        '00081199',
        stored.map((of) => ({ ...reference(of), '00081190': { vr: 'UR' } })),
      ),
      ...sequence('0008119A', others),
    },
  };
}

/** SOP Instance Reference Macro, PS3.3 table 10-11. */
function reference({ sopClassUid, sopInstanceUid }: NamedInstance): JsonDataSet {
  return {
    '00081150': { vr: 'UI', Value: [sopClassUid] },
    '00081155': { vr: 'UI', Value: [sopInstanceUid] },
  };
}

function reason(code: ErrorCode): JsonDataSet {
  return { '00081197': { vr: 'US', Value: [failureReason(code)] } };
}

/** Present only where it has items. */
function sequence(tag: string, items: readonly JsonDataSet[]): JsonDataSet {
  return items.length === 0 ? {} : { [tag]: { vr: 'SQ', Value: items } };
}
