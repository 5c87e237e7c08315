import type { Emit, EventFields, EventName } from './events.ts';

export type Subscriber = <N extends EventName>(name: N, fields: EventFields[N]) => void;

/**
 * Fans an event out to log, metrics and audit. Observers cannot alter what the caller does: one that throws is counted
 * and the others still hear of the event.
 */
export function createEmitter(subscribers: readonly Subscriber[], onFailure: () => void): Emit {
  return (name, fields) => {
    for (const subscriber of subscribers) {
      try {
        subscriber(name, fields);
      } catch {
        onFailure();
      }
    }
  };
}
