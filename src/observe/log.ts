import { type DestinationStream, type Logger, pino } from 'pino';
import type { Subscriber } from './emitter.ts';
import { type EventLevel, eventLevels } from './events.ts';

/** At the end of the process, ms: a reader that does not read by then does not get the last lines. */
const flushLimitMs = 1_000;

/** JSON lines: time (ISO 8601), level in words, event, then the typed fields of the catalogue. The only importer of pino. */
export function createLog(
  level: EventLevel,
  destination: DestinationStream & { readonly drained?: (limitMs: number) => Promise<void> },
): {
  readonly subscriber: Subscriber;
  /** Waits a moment for what is buffered; call before the process ends. */
  readonly flush: () => Promise<void>;
} {
  const logger: Logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'event',
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    subscriber: (name, fields) => logger[eventLevels[name]](fields as object, name),
    flush: async () => destination.drained?.(flushLimitMs),
  };
}
