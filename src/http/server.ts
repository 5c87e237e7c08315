import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { SallyportError } from '../core/errors.ts';
import type { Emit } from '../observe/events.ts';
import { refusal } from './api-token.ts';
import { problem, problemOf } from './problem.ts';
import type { Answer, Route, RouteRequest } from './route.ts';

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** What opens the API; null: it is closed. */
  readonly apiToken: string | null;
}

const bodyLimitBytes = 256 * 1024;
const requestTimeoutMs = 10_000;

/**
 * Health, readiness, metrics, and the API for what people decide. Bound to loopback unless configured otherwise: the first
 * three ask for no credentials, and the API's token travels as it is.
 */
export class HttpServer {
  readonly #settings: HttpSettings;
  readonly #app: FastifyInstance;
  readonly #emit: Emit;

  constructor(settings: HttpSettings, routes: readonly Route[], emit: Emit) {
    this.#settings = settings;
    this.#emit = emit;
    this.#app = fastify({
      logger: false,
      bodyLimit: bodyLimitBytes,
      requestTimeout: requestTimeoutMs,
      forceCloseConnections: true,
    });
    this.#app.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    });
    for (const route of routes) this.#add(route);
    const open = routes.filter((route) => route.for === 'everyone').map(({ path }) => path);
    this.#app.setNotFoundHandler((_request, reply) =>
      send(reply, problem(404, `no such page; there are ${open.join(', ')} and the API`)),
    );
    this.#app.setErrorHandler((error: { statusCode?: number }, request, reply) =>
      this.#failed(error, request, reply),
    );
  }

  async start(): Promise<{ readonly port: number }> {
    await this.#app.listen({ host: this.#settings.host, port: this.#settings.port });
    const address = this.#app.server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : this.#settings.port };
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  #add({ method, path, handle, ...route }: Route): void {
    this.#app.route({
      method,
      url: path,
      // Before anything of the body is read.
      onRequest: async (request, reply) => {
        if (route.for === 'everyone') return;
        const refused = refusal(this.#settings.apiToken, request.headers.authorization);
        if (refused === undefined) return;
        this.#emit('http.failed', { route: path, httpStatus: refused.status });
        if (refused.status === 401) reply.header('www-authenticate', 'Bearer');
        await send(reply, refused);
      },
      handler: async (request, reply) =>
        send(
          reply,
          await handle({
            params: request.params as RouteRequest['params'],
            query: request.query as RouteRequest['query'],
            body: request.body,
          }),
        ),
    });
  }

  #failed(error: { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const answer = error instanceof SallyportError ? problemOf(error) : unforeseen(error.statusCode);
    this.#emit('http.failed', { route: request.routeOptions.url ?? 'none', httpStatus: answer.status });
    return send(reply, answer);
  }
}

function unforeseen(statusCode: number | undefined): Answer {
  const status = statusCode !== undefined && statusCode >= 400 ? statusCode : 500;
  return problem(status, status < 500 ? 'the request is not valid' : 'the gateway could not answer');
}

function send(reply: FastifyReply, { status, body, contentType }: Answer): FastifyReply {
  reply.code(status);
  if (contentType !== undefined) reply.type(contentType);
  return reply.send(body);
}
