import type { AssociationLog, LogChange } from './association-log.ts';
import type { LiveStatus } from './live-status.ts';

/** One event of the feed. `frame` is the whole of it as server-sent events want it, made once for all subscribers. */
export interface LiveEvent {
  readonly event: 'status' | 'association' | 'echo' | 'connection' | 'missed' | 'dropped';
  readonly data: object;
  readonly frame: string;
}

export interface LiveSubscriber {
  /** Takes one event. False: no more before `drained` is called. What it throws ends the subscription. */
  readonly take: (event: LiveEvent) => boolean;
  /** The feed let go of it; nothing follows. */
  readonly ended: (reason: 'too-slow' | 'failed' | 'closed') => void;
}

export interface LiveSubscription {
  /** The subscriber can take events again. */
  drained(): void;
  unsubscribe(): void;
}

export interface LiveFeedSettings {
  /** 50 where left out. */
  readonly maxSubscribers?: number;
  /** Events that wait for one subscriber; more, and it is let go. 100 where left out. */
  readonly maxWaiting?: number;
  /** Between two looks at what changed, ms; 1 s where left out. */
  readonly tickMs?: number;
  /** Between two states of a gateway where nothing happens, ms; 5 s where left out. */
  readonly restMs?: number;
}

/** Associations, echoes and connections told between two ticks; beyond it subscribers are told how many they missed. */
export const maxToldPerTick = 50;

interface Reader {
  readonly subscriber: LiveSubscriber;
  waiting: LiveEvent[];
  ready: boolean;
}

/**
 * What happens, pushed to whoever looks: the state at most once a tick when something changed and else now and then,
 * associations and echoes at once. Costs nothing while nobody looks. A subscriber that does not keep up is let go instead of
 * being waited for.
 */
export class LiveFeed {
  readonly #status: LiveStatus;
  readonly #maxSubscribers: number;
  readonly #maxWaiting: number;
  readonly #tickMs: number;
  readonly #ticksOfRest: number;
  readonly #readers = new Set<Reader>();
  /** Changes of what was told in this tick already: the newest of each is told at its end. */
  readonly #later = new Map<string, LogChange>();
  readonly #toldNow = new Set<string>();
  #missed = 0;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #changesTold = -1;
  #logChanged = false;
  #asking = false;
  #closed = false;
  readonly #onFailure: () => void;

  constructor(
    parts: {
      readonly status: LiveStatus;
      readonly log: AssociationLog;
      /** Something could not be told; counted with the other observers. */
      readonly onFailure: () => void;
    },
    settings: LiveFeedSettings = {},
  ) {
    this.#status = parts.status;
    this.#onFailure = parts.onFailure;
    this.#maxSubscribers = settings.maxSubscribers ?? 50;
    this.#maxWaiting = settings.maxWaiting ?? 100;
    this.#tickMs = settings.tickMs ?? 1_000;
    this.#ticksOfRest = Math.max(1, Math.round((settings.restMs ?? 5_000) / this.#tickMs));
    parts.log.follow((change) => this.#changed(change));
  }

  get subscribers(): number {
    return this.#readers.size;
  }

  /** The state follows at once. Undefined where as many as allowed are subscribed, or the feed is closed. */
  subscribe(subscriber: LiveSubscriber): LiveSubscription | undefined {
    if (this.#closed || this.#readers.size >= this.#maxSubscribers) return undefined;
    const reader: Reader = { subscriber, waiting: [], ready: true };
    this.#readers.add(reader);
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#guarded(() => this.#tick()), this.#tickMs);
      this.#timer.unref();
    }
    void this.#tellStatus([reader]);
    return {
      drained: () => {
        reader.ready = true;
        this.#pass(reader);
      },
      unsubscribe: () => this.#remove(reader),
    };
  }

  /** Lets go of everyone; nobody can subscribe any more. */
  close(): void {
    this.#closed = true;
    for (const reader of [...this.#readers]) this.#end(reader, 'closed');
  }

  #changed(change: LogChange): void {
    this.#logChanged = true;
    if (this.#readers.size === 0) return;
    if (this.#toldNow.has(change.id)) {
      this.#later.set(change.id, change);
    } else if (this.#toldNow.size >= maxToldPerTick) {
      this.#missed += 1;
    } else {
      this.#toldNow.add(change.id);
      // What goes on within an association is not urgent; its beginning and end are.
      if (change.kind === 'association' && change.ongoing) this.#later.set(change.id, change);
      else this.#tell(eventOf(change.kind, change.view()));
    }
  }

  #guarded(tell: () => void): void {
    try {
      tell();
    } catch {
      this.#onFailure();
    }
  }

  #tick(): void {
    this.#toldNow.clear();
    for (const change of this.#later.values()) this.#tell(eventOf(change.kind, change.view()));
    this.#later.clear();
    if (this.#missed > 0) this.#tell(eventOf('missed', { count: this.#missed }));
    this.#missed = 0;
    this.#ticks += 1;
    const changed = this.#logChanged || this.#changesTold !== this.#status.changes;
    if (!changed && this.#ticks < this.#ticksOfRest) return;
    this.#ticks = 0;
    this.#logChanged = false;
    this.#changesTold = this.#status.changes;
    // A state that is slow to come is not asked for again meanwhile.
    if (this.#asking) return;
    this.#asking = true;
    void this.#tellStatus([...this.#readers]).finally(() => {
      this.#asking = false;
    });
  }

  async #tellStatus(readers: readonly Reader[]): Promise<void> {
    try {
      const event = eventOf('status', await this.#status.status());
      for (const reader of readers) if (this.#readers.has(reader)) this.#give(reader, event);
    } catch {
      this.#onFailure();
    }
  }

  #tell(event: LiveEvent): void {
    for (const reader of [...this.#readers]) this.#give(reader, event);
  }

  #give(reader: Reader, event: LiveEvent): void {
    // An old state is of no use once there is a newer one.
    if (event.event === 'status') reader.waiting = reader.waiting.filter((one) => one.event !== 'status');
    reader.waiting.push(event);
    this.#pass(reader);
    if (reader.waiting.length > this.#maxWaiting) this.#end(reader, 'too-slow');
  }

  #pass(reader: Reader): void {
    while (reader.ready && this.#readers.has(reader)) {
      const next = reader.waiting.shift();
      if (next === undefined) return;
      try {
        reader.ready = reader.subscriber.take(next);
      } catch {
        this.#end(reader, 'failed');
      }
    }
  }

  #end(reader: Reader, reason: 'too-slow' | 'failed' | 'closed'): void {
    if (!this.#remove(reader)) return;
    try {
      if (reason === 'too-slow') reader.subscriber.take(eventOf('dropped', { reason }));
      reader.subscriber.ended(reason);
    } catch {
      // It is gone either way.
    }
  }

  #remove(reader: Reader): boolean {
    const was = this.#readers.delete(reader);
    reader.waiting = [];
    if (this.#readers.size > 0) return was;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#later.clear();
    this.#toldNow.clear();
    this.#missed = 0;
    return was;
  }
}

/** JSON has no line breaks of its own, so one data line is enough. */
function eventOf(event: LiveEvent['event'], data: object): LiveEvent {
  return { event, data, frame: `event: ${event}\ndata: ${JSON.stringify(data)}\n\n` };
}
