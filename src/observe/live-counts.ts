import type { ErrorCode } from '../core/errors.ts';
import type { Subscriber } from './emitter.ts';
import type { EventFields, EventName } from './events.ts';
import { type CountName, type CountSeries, perName, type SlotCounts, SlotRing } from './slot-counts.ts';

/** Slots of the last hour and of the last day. */
export const hourSlots = { stepMs: 10_000, points: 360 } as const;
export const daySlots = { stepMs: 60_000, points: 1440 } as const;

/** The last time something went wrong that has an alarm of its own. */
export interface Trouble {
  readonly at: number;
  readonly code: ErrorCode | null;
}
export type TroubleName =
  | 'audit'
  | 'fhir'
  | 'fhirGivenUp'
  | 'reports'
  | 'ledger'
  | 'workers'
  | 'refusals'
  | 'certificate'
  | 'issuer'
  | 'contract';

/** Counts events for the live page; subscribe it to the emitter. Bounded: rings of numbers, one entry per kind of trouble. */
export class LiveCounts {
  readonly startedAt: number;
  readonly #now: () => number;
  readonly #hour: SlotRing;
  readonly #day: SlotRing;
  readonly #total = new Map<CountName, number>();
  readonly #troubles = new Map<TroubleName, Trouble>();
  #stopping = false;
  #changes = 0;

  /** `now` is epoch milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.startedAt = now();
    this.#hour = new SlotRing(hourSlots.stepMs, hourSlots.points, this.startedAt);
    this.#day = new SlotRing(daySlots.stepMs, daySlots.points, this.startedAt);
  }

  /** Rises with every event that the page would show. */
  get changes(): number {
    return this.#changes;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  trouble(name: TroubleName): Trouble | undefined {
    return this.#troubles.get(name);
  }

  readonly subscriber: Subscriber = (name, fields) => {
    const count = this.#counted[name];
    if (count === undefined) return;
    count(fields);
    this.#changes += 1;
  };

  /** The newest slots of the hour; `ms` is the time they cover, no more than the gateway has run. */
  last(slots: number): { readonly ms: number; readonly counts: SlotCounts } {
    const now = this.#now();
    const { ms, counts } = this.#hour.last(slots, now);
    return { ms: Math.max(1, Math.min(ms, now - this.startedAt)), counts };
  }

  total(): SlotCounts {
    return perName((name) => this.#total.get(name) ?? 0);
  }

  latest(): { readonly hour: LatestSlot; readonly day: LatestSlot } {
    const now = this.#now();
    return { hour: this.#hour.latest(now), day: this.#day.latest(now) };
  }

  series(): { readonly hour: CountSeries; readonly day: CountSeries } {
    const now = this.#now();
    return { hour: this.#hour.series(now), day: this.#day.series(now) };
  }

  #add(name: CountName, by = 1): void {
    const now = this.#now();
    this.#hour.add(name, by, now);
    this.#day.add(name, by, now);
    this.#total.set(name, (this.#total.get(name) ?? 0) + by);
  }

  #troubled(name: TroubleName, code: ErrorCode | null): void {
    this.#troubles.set(name, { at: this.#now(), code });
  }

  readonly #counted: { readonly [N in EventName]?: (fields: EventFields[N]) => void } = {
    'instance.received': ({ bytes }) => {
      this.#add('received');
      this.#add('bytesIn', bytes);
    },
    'instance.duplicate': () => this.#add('duplicates'),
    'instance.refused': ({ code }) => {
      this.#add('refused');
      this.#troubled('refusals', code);
    },
    'instance.prepared': () => this.#add('prepared'),
    'instance.delivered': () => this.#add('delivered'),
    'instance.held': () => this.#add('held'),
    'instance.failed': () => this.#add('failed'),
    'instance.retryScheduled': () => this.#add('retried'),
    'instance.operated': () => undefined,
    'delivery.posted': ({ bytes }) => {
      this.#add('posts');
      this.#add('bytesOut', bytes);
    },
    'delivery.failed': () => this.#add('postFailures'),
    'destination.paused': () => undefined,
    'destination.resumed': () => undefined,
    'association.accepted': () => this.#add('associations'),
    'association.closed': () => undefined,
    'association.rejected': () => this.#add('rejections'),
    'echo.answered': () => this.#add('echoes'),
    'worker.replaced': ({ code }) => {
      this.#add('workersReplaced');
      this.#troubled('workers', code);
    },
    'spool.low': () => undefined,
    'audit.failed': ({ code }) => this.#troubled('audit', code),
    'audit.damaged': () => undefined,
    'fhir.posted': () => void this.#troubles.delete('fhir'),
    'fhir.failed': ({ code }) => this.#troubled('fhir', code),
    'fhir.refused': () => undefined,
    'fhir.givenUp': ({ code }) => this.#troubled('fhirGivenUp', code),
    'reports.failed': ({ code }) => this.#troubled('reports', code),
    'http.certificateUnusable': () => this.#troubled('certificate', null),
    'http.certificateReloaded': () => void this.#troubles.delete('certificate'),
    'http.issuerFailed': () => this.#troubled('issuer', null),
    'http.contractBroken': () => this.#troubled('contract', null),
    'gateway.failed': ({ code }) => {
      if (code === 'STORAGE_FAILED') this.#troubled('ledger', code);
    },
    'gateway.stopping': () => {
      this.#stopping = true;
    },
  };
}

export interface LatestSlot {
  /** Beginning of the slot, epoch ms. */
  readonly at: number;
  readonly counts: SlotCounts;
}
