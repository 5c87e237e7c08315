import type { ErrorCode } from '../core/errors.ts';
import type { LatestSlot } from './live-counts.ts';
import type { CountSeries, SlotCounts } from './slot-counts.ts';

/** What the live page shows, as plain JSON: times ISO 8601, durations ms, sizes bytes. */
export interface LiveStatusView {
  readonly at: string;
  readonly gateway: {
    readonly version: string;
    readonly startedAt: string;
    readonly uptimeMs: number;
    readonly aeTitle: string;
    readonly dimse: PortView;
    readonly http: PortView;
    readonly stopping: boolean;
  };
  readonly lastMinute: {
    /** Length of the window in truth: between 50 and 60, less where the gateway has just started. */
    readonly seconds: number;
    readonly counts: SlotCounts;
    readonly perSecond: SlotCounts;
  };
  readonly sinceStart: SlotCounts;
  readonly latest: { readonly hour: LatestSlot; readonly day: LatestSlot };
  readonly backlog: {
    readonly received: BacklogCount;
    readonly prepared: BacklogCount;
    readonly held: BacklogCount;
    readonly failed: BacklogCount;
    /** Received and prepared together: what has still a way to go by itself. */
    readonly waiting: number;
    readonly oldestWaitingMs: number;
    /** The ledger could not be asked just now: these are the numbers of before. */
    readonly stale: boolean;
  };
  readonly storage: {
    readonly freeBytes: number;
    readonly reserveBytes: number;
    readonly low: boolean;
  };
  readonly workers: {
    readonly threads: number;
    readonly busy: number;
    readonly queued: number;
    readonly replacedLastHour: number;
  };
  readonly associations: {
    readonly open: number;
    readonly max: number;
    readonly rejectedLastHour: number;
    readonly echoesLastHour: number;
  };
  /** Empty where no backend is configured. */
  readonly destinations: readonly DestinationView[];
  /** Worst first. */
  readonly alarms: readonly Alarm[];
}

export interface PortView {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface BacklogCount {
  readonly instances: number;
  readonly bytes: number;
}

export interface DestinationView {
  /** Host, and port where it is not the standard one; never a path or credentials. */
  readonly name: string;
  /** The breaker: closed takes posts, open rests, half-open tries one. */
  readonly state: 'closed' | 'open' | 'half-open';
  readonly lastCode: ErrorCode | null;
  readonly lastHttpStatus: number | null;
  readonly lastPostAt: string | null;
  /** Since when it rests. */
  readonly since: string | null;
  readonly retryAt: string | null;
}

export interface Alarm {
  readonly id: AlarmId;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly title: string;
  readonly what: string;
  readonly todo: string;
}

export type AlarmId =
  | 'anyone-may-call'
  | 'associations-full'
  | 'associations-rejected'
  | 'audit-failing'
  | 'audit-damaged'
  | 'studies-not-posted'
  | 'studies-refused'
  | 'studies-given-up'
  | 'certificate-unusable'
  | 'contract-broken'
  | 'destination-refuses-credentials'
  | 'destination-resting'
  | 'dimse-without-tls'
  | 'disk-getting-low'
  | 'disk-low'
  | 'http-without-tls'
  | 'instances-failed'
  | 'instances-held'
  | 'instances-refused'
  | 'issuer-unavailable'
  | 'ledger-not-answering'
  | 'no-backend'
  | 'observers-failing'
  | 'oldest-waiting'
  | 'reports-failing'
  | 'secret-only-in-storage'
  | 'stopping'
  | 'workers-crashing';

export interface LiveHistory {
  readonly hour: CountSeries;
  readonly day: CountSeries;
}
