import { ok, type Route } from '../route.ts';

export interface HealthSource {
  /** Words for what is not ready; empty when the gateway can receive. */
  readonly notReady: () => Promise<readonly string[]>;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** For orchestrators and Prometheus. They ask for no credentials and tell nothing of an instance. */
export function healthRoutes(source: HealthSource): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', for: 'everyone', handle: async () => ok({ status: 'ok' }) },
    {
      method: 'GET',
      path: '/readyz',
      for: 'everyone',
      handle: async () => {
        const reasons = await source.notReady();
        const ready = reasons.length === 0;
        return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', reasons } };
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      for: 'everyone',
      handle: async () => {
        const { contentType, text } = await source.metrics();
        return { status: 200, body: text, contentType };
      },
    },
  ];
}
