import { type Operations, ok } from '../operation.ts';

export interface HealthSource {
  /** Words for what is not ready; empty when the gateway can receive. */
  readonly notReady: () => Promise<readonly string[]>;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** openapi/gateway.yaml, parsed. */
  readonly document: object;
}

/** For orchestrators, Prometheus and readers of the contract. They tell nothing of an instance. */
export function healthOperations({ notReady, metrics, document }: HealthSource): Operations {
  return {
    health: async () => ok({ status: 'ok' }),
    healthCheck: async () => ok({ message: 'OK' }),
    readiness: async () => {
      const reasons = await notReady();
      const ready = reasons.length === 0;
      return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', reasons } };
    },
    metrics: async () => {
      const { contentType, text } = await metrics();
      return { status: 200, body: text, contentType };
    },
    contract: async () => ok(document),
  };
}
