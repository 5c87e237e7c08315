import type { ErrorCode } from '../core/errors.ts';
import type { IdentifierPair } from '../core/identifier-pair.ts';
import type { DrawnBox, RedactionBox } from '../core/redaction.ts';
import { type DeidentifyResult, deidentify } from '../deidentify/deidentify.ts';
import type { PixelTreatment } from '../deidentify/pixels/treatment.ts';
import type { Profile } from '../deidentify/profile.ts';
import type { Pseudonyms } from '../deidentify/pseudonyms.ts';
import { recordPairs } from '../deidentify/recording.ts';
import type { Part10 } from '../dicom/part10.ts';
import { type RedactOptions, type RedactResult, redact } from '../redact/redact.ts';

/** How one instance is treated: by the lanes, offline, and on demand. */
export interface TreatOptions extends Omit<RedactOptions, 'releasedCodes' | 'drawnBoxes' | 'callingAeTitle'> {
  readonly profile: Profile;
  readonly pseudonyms: Pseudonyms;
  /** Codes a person has accepted for this instance. */
  readonly releasedCodes?: readonly string[];
  /** Regions a person drew, in place of the search for text; null: nobody did. */
  readonly drawnBoxes?: readonly DrawnBox[] | null;
  /** Null: not known. */
  readonly callingAeTitle?: string | null;
  /** Note which identifiers became which pseudonyms. */
  readonly recordPairs: boolean;
  /** Told of the pixels before the header is cleaned. */
  readonly onRedacted?: (redacted: RedactResult) => void | Promise<void>;
}

/** What became of the pixels. */
export type PixelOutcome = Pick<PixelTreatment, 'mode' | 'complete' | 'changed'>;

export type TreatedInstance = {
  /** Regions that were blanked; of an instance that is held, what was found. */
  readonly boxes: readonly RedactionBox[];
} & (
  | {
      readonly kind: 'deidentified';
      readonly result: Extract<DeidentifyResult, { kind: 'deidentified' }>;
      /** Absent where nothing was to be done. */
      readonly pixels?: PixelOutcome;
      /** Of those given so far: to be asked for last. */
      readonly pairs: () => readonly IdentifierPair[];
    }
  | {
      readonly kind: 'held';
      /** Which of the two found the reason. */
      readonly by: 'redaction' | 'deidentification';
      readonly code: ErrorCode;
      readonly detail?: string;
    }
);

/**
 * De-identifies one instance: first text in its pixels, while the identifiers of the header are still known, for it is
 * compared with them; then the header. The one place where the two are joined. Throws what reading the values throws.
 */
export async function treatInstance(part10: Part10, options: TreatOptions): Promise<TreatedInstance> {
  const { profile, pseudonyms, releasedCodes = [], drawnBoxes, onRedacted, recordPairs: notes } = options;
  const { onlyFramesLeave, onlyShownLeaves, useMetadata, surroundings } = options;
  const callingAeTitle = options.callingAeTitle ?? undefined;
  const redacted = await redact(part10, {
    profile,
    releasedCodes,
    ...(drawnBoxes === null || drawnBoxes === undefined ? {} : { drawnBoxes }),
    ...(callingAeTitle === undefined ? {} : { callingAeTitle }),
    ...(onlyFramesLeave === undefined ? {} : { onlyFramesLeave }),
    ...(onlyShownLeaves === undefined ? {} : { onlyShownLeaves }),
    ...(useMetadata === undefined ? {} : { useMetadata }),
    ...(surroundings === undefined ? {} : { surroundings }),
    draw: options.draw,
    engine: options.engine,
  });
  await onRedacted?.(redacted);
  const boxes = boxesOf(redacted);
  if (redacted.kind === 'held') return { ...held(redacted), by: 'redaction', boxes };
  const recording = notes ? recordPairs(pseudonyms) : undefined;
  const treatment = redacted.kind === 'treated' ? redacted.treatment : undefined;
  const result = deidentify(redacted.kind === 'treated' ? redacted.input : part10, {
    profile,
    pseudonyms: recording?.pseudonyms ?? pseudonyms,
    releasedCodes,
    ...(callingAeTitle === undefined ? {} : { callingAeTitle }),
    ...(onlyFramesLeave === undefined ? {} : { onlyFramesLeave }),
    ...(treatment === undefined ? {} : { pixels: treatment }),
  });
  if (result.kind === 'held') return { ...held(result), by: 'deidentification', boxes };
  return {
    kind: 'deidentified',
    boxes,
    result,
    ...(treatment === undefined ? {} : { pixels: outcomeOf(treatment) }),
    pairs: () => recording?.pairs() ?? [],
  };
}

/** What was blanked, or found in what is held. */
export function boxesOf(redacted: RedactResult): readonly RedactionBox[] {
  if (redacted.kind === 'held') return redacted.boxes;
  return redacted.kind === 'treated' ? redacted.treatment.boxes : [];
}

/** The plain part of a treatment. */
export function outcomeOf({ mode, complete, changed }: PixelTreatment): PixelOutcome {
  return { mode, complete, changed };
}

function held({ code, detail }: { readonly code: ErrorCode; readonly detail?: string }): {
  readonly kind: 'held';
  readonly code: ErrorCode;
  readonly detail?: string;
} {
  return { kind: 'held', code, ...(detail === undefined ? {} : { detail }) };
}
