import { maxPrunedAtOnce } from '../core/audit-pruning.ts';
import type { AuditTrail } from '../spool/audit-trail.ts';

const intervalMs = 3_600_000;

export interface AuditRetentionParts {
  readonly trail: AuditTrail;
  /** How long records are kept; 0: for ever. */
  readonly keepMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Removes records from the oldest end of the trail when their time is over, a batch at a time, every hour. */
export class AuditRetention {
  readonly #parts: AuditRetentionParts;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: AuditRetentionParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#parts.keepMs === 0) return;
    // The ledger tells of its own faults where it matters; the next round tries again.
    const round = () => void this.round().catch(() => undefined);
    this.#timer = setInterval(round, intervalMs);
    this.#timer.unref();
    round();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#round?.catch(() => undefined);
  }

  round(): Promise<void> {
    this.#round ??= this.#prune().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #prune(): Promise<void> {
    const { trail, keepMs, now } = this.#parts;
    while (!this.#stopped) if ((await trail.prune(now() - keepMs, maxPrunedAtOnce)) < maxPrunedAtOnce) return;
  }
}
