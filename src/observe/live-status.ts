import type { ErrorCode } from '../core/errors.ts';
import type { AlarmInput, Concerns } from './alarm-rule.ts';
import { alarmsOf } from './alarms.ts';
import { hourSlots, type LiveCounts, type TroubleName } from './live-counts.ts';
import type { DestinationView, LiveHistory, LiveStatusView, PortView } from './live-view.ts';
import { perName } from './slot-counts.ts';

/** What does not change while the gateway runs. */
export interface LiveFacts {
  readonly version: string;
  readonly aeTitle: string;
  readonly dimse: PortView;
  readonly http: PortView;
  readonly reserveBytes: number;
  readonly maxAssociations: number;
  readonly anyoneMayCall: boolean;
  readonly httpProtected: boolean;
  readonly secretOnlyInStorage: boolean;
}

type WaitingState = 'received' | 'prepared' | 'held' | 'failed';

/** What is asked at the moment. A source that rejects or throws makes the page stale, never fail. */
export interface LiveSources {
  readonly counts: () => Promise<{
    readonly [S in WaitingState]: {
      readonly instances: number;
      readonly bytes: number;
      /** Epoch ms. */
      readonly oldestReceivedAt: number | null;
    };
  }>;
  readonly freeBytes: () => Promise<number>;
  /** Studies that the FHIR server refused; left out where studies are posted nowhere. */
  readonly refusedStudies?: () => Promise<number>;
  readonly openAssociations: () => number;
  /** Undefined where nothing is delivered, so nothing prepared. */
  readonly workers: () =>
    | { readonly threads: number; readonly busy: number; readonly queued: number }
    | undefined;
  readonly destinations: () => readonly DestinationSource[];
  readonly auditFailing?: () => boolean;
  readonly auditDamaged?: () => boolean;
  /** Events or news an observer failed on since the start. */
  readonly observerFailures?: () => number;
}

/** As `Destination.state()` gives it, with the name of the destination. */
export interface DestinationSource {
  readonly name: string;
  readonly state: 'closed' | 'open' | 'half-open';
  readonly code: ErrorCode | null;
  readonly restingMs: number | null;
  readonly retryInMs: number | null;
  readonly last: {
    readonly code: ErrorCode | null;
    readonly httpStatus: number;
    readonly agoMs: number;
  } | null;
}

/** The ledger and the file system are asked no more often than this, ms, however many look. */
export const askEveryMs = 1_000;
/** An answer that takes longer makes the numbers stale, ms. */
export const askTimeoutMs = 5_000;
const minuteSlots = 6;
const troubleNames: readonly TroubleName[] = [
  'audit',
  'fhir',
  'fhirGivenUp',
  'reports',
  'ledger',
  'workers',
  'refusals',
  'certificate',
  'issuer',
  'contract',
];

interface Asked {
  readonly counts: Awaited<ReturnType<LiveSources['counts']>>;
  readonly freeBytes: number;
  readonly refusedStudies: number;
}

const none = { instances: 0, bytes: 0, oldestReceivedAt: null } as const;

/** The state of the gateway as the live page shows it, put together from counted events and what the parts say of themselves. */
export class LiveStatus {
  readonly #counts: LiveCounts;
  readonly #facts: LiveFacts;
  readonly #sources: LiveSources;
  readonly #now: () => number;
  #asked: Asked = {
    counts: { received: none, prepared: none, held: none, failed: none },
    freeBytes: 0,
    refusedStudies: 0,
  };
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #stale = true;
  /** Counts of failed observers at the beginning of this hour and of the one before. */
  #hourMark: { readonly at: number; readonly count: number };
  #olderMark: { readonly at: number; readonly count: number };

  /** `now` is epoch milliseconds. */
  constructor(counts: LiveCounts, facts: LiveFacts, sources: LiveSources, now: () => number) {
    this.#counts = counts;
    this.#facts = facts;
    this.#sources = sources;
    this.#now = now;
    this.#hourMark = { at: now(), count: 0 };
    this.#olderMark = this.#hourMark;
  }

  /** Rises with every event the page would show. */
  get changes(): number {
    return this.#counts.changes;
  }

  /** Never rejects; what cannot be asked is `stale`. */
  async status(): Promise<LiveStatusView> {
    await this.#ask();
    const now = this.#now();
    const facts = this.#facts;
    const counts = this.#counts;
    const minute = counts.last(minuteSlots);
    const hour = counts.last(hourSlots.points).counts;
    const { received, prepared, held, failed } = this.#asked.counts;
    const oldest = Math.min(
      received.oldestReceivedAt ?? Number.POSITIVE_INFINITY,
      prepared.oldestReceivedAt ?? Number.POSITIVE_INFINITY,
    );
    const { freeBytes } = this.#asked;
    const page: Omit<LiveStatusView, 'alarms'> = {
      at: iso(now),
      gateway: {
        version: facts.version,
        startedAt: iso(counts.startedAt),
        uptimeMs: Math.max(0, now - counts.startedAt),
        aeTitle: facts.aeTitle,
        dimse: facts.dimse,
        http: facts.http,
        stopping: counts.stopping,
      },
      lastMinute: {
        seconds: minute.ms / 1000,
        counts: minute.counts,
        perSecond: perName((name) => (minute.counts[name] * 1000) / minute.ms),
      },
      sinceStart: counts.total(),
      latest: counts.latest(),
      backlog: {
        received: { instances: received.instances, bytes: received.bytes },
        prepared: { instances: prepared.instances, bytes: prepared.bytes },
        held: { instances: held.instances, bytes: held.bytes },
        failed: { instances: failed.instances, bytes: failed.bytes },
        waiting: received.instances + prepared.instances,
        oldestWaitingMs: Number.isFinite(oldest) ? Math.max(0, now - oldest) : 0,
        stale: this.#stale,
      },
      storage: {
        freeBytes,
        reserveBytes: facts.reserveBytes,
        low: freeBytes <= facts.reserveBytes,
      },
      workers: {
        ...(this.#sources.workers() ?? { threads: 0, busy: 0, queued: 0 }),
        replacedLastHour: hour.workersReplaced,
      },
      associations: {
        open: this.#sources.openAssociations(),
        max: facts.maxAssociations,
        rejectedLastHour: hour.rejections,
        echoesLastHour: hour.echoes,
      },
      destinations: this.#sources.destinations().map((source) => destinationView(source, now)),
    };
    const input: AlarmInput = { ...page, concerns: this.#concerns(now) };
    return { ...page, alarms: alarmsOf(input) };
  }

  history(): LiveHistory {
    return this.#counts.series();
  }

  #concerns(now: number): Concerns {
    const { anyoneMayCall, httpProtected, secretOnlyInStorage } = this.#facts;
    const troubles: { [N in TroubleName]?: { readonly agoMs: number; readonly code: ErrorCode | null } } = {};
    for (const name of troubleNames) {
      const trouble = this.#counts.trouble(name);
      if (trouble !== undefined)
        troubles[name] = { agoMs: Math.max(0, now - trouble.at), code: trouble.code };
    }
    return {
      anyoneMayCall,
      httpProtected,
      secretOnlyInStorage,
      auditFailing: this.#sources.auditFailing?.() ?? false,
      auditDamaged: this.#sources.auditDamaged?.() ?? false,
      refusedStudies: this.#asked.refusedStudies,
      observerFailures: this.#observerFailures(now),
      troubles,
    };
  }

  /** Of the last one to two hours: a failure of yesterday is no alarm. */
  #observerFailures(now: number): number {
    const count = this.#sources.observerFailures?.() ?? 0;
    if (now - this.#hourMark.at >= 60 * 60_000) {
      this.#olderMark = this.#hourMark;
      this.#hourMark = { at: now, count };
    }
    return count - this.#olderMark.count;
  }

  /** One question at a time for all who look, waited for no longer than `askTimeoutMs`; never rejects. */
  async #ask(): Promise<void> {
    if (this.#asking === undefined) {
      if (!this.#stale && Math.abs(this.#now() - this.#askedAt) < askEveryMs) return;
      this.#asking = this.#question().finally(() => {
        this.#asking = undefined;
      });
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#stale = true;
        resolve();
      }, askTimeoutMs);
    });
    await Promise.race([this.#asking, late]);
    clearTimeout(timer);
  }

  async #question(): Promise<void> {
    try {
      const [counts, freeBytes, refusedStudies] = await Promise.all([
        this.#sources.counts(),
        this.#sources.freeBytes(),
        this.#sources.refusedStudies?.() ?? 0,
      ]);
      this.#asked = { counts, freeBytes, refusedStudies };
      this.#askedAt = this.#now();
      this.#stale = false;
    } catch {
      // Said on the page as `stale`, with an alarm.
      this.#stale = true;
    }
  }
}

function destinationView(source: DestinationSource, now: number): DestinationView {
  const { name, state, restingMs, retryInMs, last } = source;
  return {
    name,
    state,
    lastCode: state === 'closed' ? (last?.code ?? null) : (source.code ?? last?.code ?? null),
    lastHttpStatus: last === null || last.httpStatus === 0 ? null : last.httpStatus,
    lastPostAt: last === null ? null : iso(now - last.agoMs),
    since: restingMs === null ? null : iso(now - restingMs),
    retryAt: retryInMs === null ? null : iso(now + retryInMs),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
