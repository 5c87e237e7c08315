import type { ErrorCode } from '../core/errors.ts';
import type { TroubleName } from './live-counts.ts';
import type { Alarm, AlarmId, LiveStatusView } from './live-view.ts';

/** A trouble that has not come again for so long is over. */
export const troubleLastsMs = 15 * 60_000;

/** What alarms look at beside the page itself. */
export interface Concerns {
  /** Neither AE titles, nor addresses, nor client certificates restrict who may send. */
  readonly anyoneMayCall: boolean;
  /** Browsers reach the pages through TLS: ours, or that of a proxy the configuration tells of. */
  readonly httpProtected: boolean;
  /** The gateway made the pseudonym secret itself, and it lies in the storage folder alone. */
  readonly secretOnlyInStorage: boolean;
  readonly auditFailing: boolean;
  /** Records of the audit trail were found missing, within the last weeks. */
  readonly auditDamaged: boolean;
  /** Studies that the FHIR server refused as wrong. */
  readonly refusedStudies: number;
  /** Events or news an observer (log, metrics, pages) failed on, in the last hour. */
  readonly observerFailures: number;
  /** The last trouble of each kind. */
  readonly troubles: {
    readonly [N in TroubleName]?: { readonly agoMs: number; readonly code: ErrorCode | null };
  };
}

export type AlarmInput = Omit<LiveStatusView, 'alarms'> & { readonly concerns: Concerns };

/** One thing to look at; undefined while all is well. */
export type AlarmRule = (input: AlarmInput) => Alarm | undefined;

export function alarm(
  id: AlarmId,
  severity: Alarm['severity'],
  title: string,
  what: string,
  todo: string,
): Alarm {
  return { id, severity, title, what, todo };
}

/** True while a trouble of this kind is recent. */
export function isRecent({ concerns }: AlarmInput, name: TroubleName): boolean {
  const trouble = concerns.troubles[name];
  return trouble !== undefined && trouble.agoMs <= troubleLastsMs;
}
