import { type DestinationStream, type Logger, pino } from 'pino';
import type { Subscriber } from './emitter.ts';
import { type EventLevel, eventLevels } from './events.ts';

/** JSON lines: time (ISO 8601), level in words, event, then the typed fields of the catalogue. The only importer of pino. */
export function createLog(
  level: EventLevel,
  destination: DestinationStream = pino.destination({ fd: 1, sync: false }),
): {
  readonly subscriber: Subscriber;
  /** Writes out what is buffered; call before the process ends. */
  readonly flush: () => void;
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
    flush: () => {
      if ('flushSync' in destination && typeof destination.flushSync === 'function') destination.flushSync();
    },
  };
}
