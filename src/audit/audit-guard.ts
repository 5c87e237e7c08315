import type { Emit } from '../observe/events.ts';
import type { AuditTrail } from '../spool/audit-trail.ts';

const intervalMs = 600_000;
/** How long damage that was found is shown as an alarm; the trail itself tells of it as long as records are kept. */
const shownMs = 30 * 24 * 3_600_000;

export interface AuditGuardParts {
  readonly trail: Pick<AuditTrail, 'inspect'>;
  readonly emit: Emit;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Looks at a start, and every ten minutes, whether the audit trail still has the ends the ledger noted. Damage is told and
 * put on record; instances are received on: a lost image harms a patient, a damaged trail is known as such.
 */
export class AuditGuard {
  readonly #parts: AuditGuardParts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lastToldAt: number | null = null;

  constructor(parts: AuditGuardParts) {
    this.#parts = parts;
  }

  /** Damage was found within the last weeks, by this gateway or the one before. */
  get damaged(): boolean {
    return this.#lastToldAt !== null && this.#parts.now() - this.#lastToldAt < shownMs;
  }

  /** Resolves after the first look; a ledger that fails tells so where it matters. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look().catch(() => undefined), intervalMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking?.catch(() => undefined);
  }

  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { trail, emit } = this.#parts;
    const { damage, lastToldAt } = await trail.inspect();
    const isFirst = this.#timer === undefined;
    const isNews = damage !== null || lastToldAt !== this.#lastToldAt;
    this.#lastToldAt = lastToldAt;
    if (isNews && (this.damaged || !isFirst))
      emit('audit.damaged', { code: 'AUDIT_DAMAGED', fault: damage ?? 'found before' });
  }
}
