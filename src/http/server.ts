import fastify, { type FastifyInstance } from 'fastify';
import type { Emit } from '../observe/events.ts';

export interface HealthSource {
  /** Words for what is not ready; empty when the gateway can receive. */
  readonly notReady: () => Promise<readonly string[]>;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
}

const bodyLimitBytes = 64 * 1024;
const requestTimeoutMs = 10_000;

/** Health, readiness and metrics. Bound to loopback unless configured otherwise, because it asks for no credentials. */
export class HttpServer {
  readonly #settings: HttpSettings;
  readonly #app: FastifyInstance;

  constructor(settings: HttpSettings, source: HealthSource, emit: Emit) {
    this.#settings = settings;
    this.#app = fastify({
      logger: false,
      bodyLimit: bodyLimitBytes,
      requestTimeout: requestTimeoutMs,
      forceCloseConnections: true,
    });
    this.#app.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    });
    this.#app.get('/healthz', async () => ({ status: 'ok' }));
    this.#app.get('/readyz', async (_request, reply) => {
      const reasons = await source.notReady();
      return reply
        .code(reasons.length === 0 ? 200 : 503)
        .send({ status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
    });
    this.#app.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await source.metrics();
      return reply.type(contentType).send(text);
    });
    this.#app.setNotFoundHandler((_request, reply) =>
      problem(reply, 404, 'no such page; there are /healthz, /readyz and /metrics'),
    );
    this.#app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
      const status = error.statusCode !== undefined && error.statusCode >= 400 ? error.statusCode : 500;
      emit('http.failed', { route: request.routeOptions.url ?? 'none', httpStatus: status });
      return problem(
        reply,
        status,
        status < 500 ? 'the request is not valid' : 'the gateway could not answer',
      );
    });
  }

  async start(): Promise<{ readonly port: number }> {
    await this.#app.listen({ host: this.#settings.host, port: this.#settings.port });
    const address = this.#app.server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : this.#settings.port };
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }
}

/** RFC 9457. */
function problem(
  reply: { code(status: number): { type(type: string): { send(body: unknown): unknown } } },
  status: number,
  title: string,
): unknown {
  return reply.code(status).type('application/problem+json').send({ type: 'about:blank', status, title });
}
