import { setTimeout as delay } from 'node:timers/promises';
import type { AuditRecord } from '../core/audit.ts';
import type { Emit } from '../observe/events.ts';
import type { AuditTrail } from '../spool/audit-trail.ts';
import { SyslogConnection } from './syslog-connection.ts';
import { syslogFrame } from './syslog-frame.ts';
import type { SyslogSettings } from './syslog-settings.ts';

/** Records read and written at one time: what is held in memory. */
const batchRecords = 200;
/** Name of the position in the ledger. */
const positionName = 'syslog';

export interface SyslogTiming {
  /** Pause between two looks at a trail that has nothing new. */
  readonly pollMs: number;
  /** What was written counts as taken once the connection has stood for so long after it: a server answers nothing. */
  readonly confirmMs: number;
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
}

export const syslogTiming: SyslogTiming = {
  pollMs: 500,
  confirmMs: 10_000,
  retryInitialMs: 1_000,
  retryMaxMs: 60_000,
};

export interface SyslogSenderParts {
  readonly trail: AuditTrail;
  readonly settings: SyslogSettings;
  /** Pseudonyms of the studies of instances, of those that are known. */
  readonly studiesOf: (instanceIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly emit: Emit;
  readonly timing?: SyslogTiming;
}

/**
 * Follows the audit trail and sends each record to a syslog server, in order, at least once. It keeps nobody waiting: the
 * trail is on disk, and how far the server got is kept in the ledger, so that an outage, a restart or a kill only delays.
 * After a lost connection what was written in its last seconds is sent again; the sequence number in each message tells
 * such a repetition.
 */
export class SyslogSender {
  readonly #parts: SyslogSenderParts;
  readonly #timing: SyslogTiming;
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;
  /** Batches that were written and do not count as taken yet, the oldest first: at most `confirmMs` of sending. */
  #unconfirmed: { readonly sequence: number; readonly at: number }[] = [];
  #failing = false;

  constructor(parts: SyslogSenderParts) {
    this.#parts = parts;
    this.#timing = parts.timing ?? syslogTiming;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Writes nothing new, ends the connection in order, and keeps the position. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    let waitMs = this.#timing.retryInitialMs;
    while (!signal.aborted) {
      try {
        const connection = await SyslogConnection.open(this.#parts.settings, signal);
        const sent = await this.#follow(connection);
        if (sent) waitMs = this.#timing.retryInitialMs;
      } catch {
        // What went wrong is the server's, the network's or the ledger's: all are tried again.
      }
      if (signal.aborted) return;
      if (!this.#failing) this.#parts.emit('audit.receiverFailed', { code: 'AUDIT_RECEIVER_FAILED' });
      this.#failing = true;
      await delay(waitMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      waitMs = Math.min(this.#timing.retryMaxMs, waitMs * 2);
    }
  }

  /** Sends over one connection until it breaks or the gateway stops; true where something was taken. */
  async #follow(connection: SyslogConnection): Promise<boolean> {
    const { trail, settings } = this.#parts;
    const { signal } = this.#ending;
    this.#unconfirmed = [];
    let taken = false;
    try {
      let sequence = await trail.position(positionName);
      while (!signal.aborted && !connection.broken) {
        taken = (await this.#confirm(performance.now() - this.#timing.confirmMs)) || taken;
        const records = await trail.after(sequence, batchRecords);
        const last = records.at(-1);
        if (last === undefined) {
          await delay(this.#timing.pollMs, undefined, { signal }).catch(() => undefined);
          continue;
        }
        const studies = await this.#studiesOf(records);
        await connection.write(
          Buffer.concat(
            records.map((record) =>
              syslogFrame(record, settings.source, settings.origin, studies.get(record.object.id)),
            ),
          ),
        );
        sequence = last.sequence;
        this.#unconfirmed.push({ sequence, at: performance.now() });
        if (this.#failing) this.#parts.emit('audit.receiverBack', {});
        this.#failing = false;
      }
      if (signal.aborted && (await connection.end())) await this.#confirm(Number.POSITIVE_INFINITY);
      return taken;
    } finally {
      connection.destroy();
    }
  }

  async #studiesOf(records: readonly AuditRecord[]): Promise<ReadonlyMap<string, string>> {
    const ids = records.filter(({ object }) => object.kind === 'instance').map(({ object }) => object.id);
    return ids.length === 0 ? new Map() : await this.#parts.studiesOf([...new Set(ids)]);
  }

  /** Moves the kept position over what was written before a time; true where it moved. */
  async #confirm(writtenBefore: number): Promise<boolean> {
    const taken = this.#unconfirmed.filter(({ at }) => at <= writtenBefore);
    const last = taken.at(-1);
    if (last === undefined) return false;
    await this.#parts.trail.moveTo(positionName, last.sequence);
    this.#unconfirmed = this.#unconfirmed.slice(taken.length);
    return true;
  }
}
