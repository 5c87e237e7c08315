import type { ServerOptions as TlsOptions } from 'node:https';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { placeInCode, SallyportError } from '../core/errors.ts';
import type { Emit } from '../observe/events.ts';
import { accessRefusal, type Gatekeeper } from './access.ts';
import { bodyTypeOf, jsonParser } from './body-type.ts';
import { LargeBodies, watchBody } from './body-watch.ts';
import {
  type BodyLimit,
  type ErrorShape,
  type OperationSpec,
  operationsOf,
} from './contract/gateway-contract.ts';
import { pathPattern, routeUrl } from './contract/paths.ts';
import { bareType, contractValidators, isJson, type OperationValidator } from './contract/validation.ts';
import { addDashboard } from './dashboard-files.ts';
import { type Failure, failureAnswer, failureOf } from './error-shapes.ts';
import { addForms, openForm } from './form.ts';
import { nativeServerFactory } from './native-server.ts';
import type { Answer, Operation, OperationRequest, Operations } from './operation.ts';
import { openStream } from './raw-body.ts';
import { refuseConnection } from './refuse-connection.ts';
import { authenticationOf, hasBytes, hostOf, isEncoded, isSecure, lengthOf } from './request-facts.ts';
import type { Actor, Refusal } from './security/actor.ts';
import { RefusedError } from './security/refused-error.ts';
import { send } from './send.ts';

export interface HttpServerSettings {
  readonly host: string;
  readonly port: number;
  /** TLS options of the listener; null: plain HTTP. */
  readonly tls: TlsOptions | null;
  /** Connections at one time. */
  readonly maxConnections: number;
  /** By the contract's `x-body-limit`, bytes. */
  readonly bodyLimits: Readonly<Record<BodyLimit, number>>;
  /** A body of which next to nothing comes for so long is ended. */
  readonly bodyIdleMs: number;
  /** Bytes per second at which a body that is held in memory has to come. */
  readonly leastBodyRate: number;
  /** `/metrics` asks for no credentials. */
  readonly openMetrics: boolean;
}

export interface HttpServerParts {
  /** openapi/gateway.yaml, parsed. */
  readonly document: object;
  readonly operations: Operations;
  readonly gatekeeper: Gatekeeper;
  readonly emit: Emit;
  /** Folder of the built dashboard; where it is not there, its page says so. */
  readonly dashboardFolder: string;
}

/** Node takes no longer headers, the request line among them. */
const maxTargetCharacters = 16 * 1024;
/** When it is worth trying again where too much is to be done, s. */
const busySeconds = 5;

/**
 * The HTTP server: every operation of the contract, bound by its `operationId`, and the dashboard. Before an operation runs,
 * the caller's right and everything but streamed bytes has been held against the contract; what it answers is held against
 * the contract before it leaves; of a streamed answer, status and media type.
 */
export class HttpServer {
  readonly #settings: HttpServerSettings;
  readonly #parts: HttpServerParts;
  readonly #app: FastifyInstance;
  readonly #stopping = new AbortController();
  readonly #largeBodies = new LargeBodies();

  /** Throws where contract and operations do not name the same. */
  constructor(settings: HttpServerSettings, parts: HttpServerParts) {
    this.#settings = settings;
    this.#parts = parts;
    const specs = operationsOf(parts.document as Readonly<Record<string, unknown>>);
    const missing = specs.filter(({ operationId }) => parts.operations[operationId] === undefined);
    const known = new Set(specs.map(({ operationId }) => operationId));
    const extra = Object.keys(parts.operations).filter((id) => !known.has(id));
    if (missing.length > 0 || extra.length > 0)
      throw new Error(
        `operations and contract differ: ${[...missing.map((spec) => spec.operationId), ...extra].join(', ')}`,
      );
    this.#app = fastify({
      logger: false,
      bodyLimit: settings.bodyLimits.json,
      exposeHeadRoutes: false,
      forceCloseConnections: true,
      // Longer parameters are refused by the contract, in the shape of the operation; headers end at 16 KiB.
      routerOptions: { ignoreTrailingSlash: false, maxParamLength: maxTargetCharacters },
      // The framework would repeat the target of the request.
      frameworkErrors: (_error, request, reply) => this.#unroutable(specs, request, reply),
      clientErrorHandler: refuseConnection,
      serverFactory: nativeServerFactory(settings),
    });
    // JSON is parsed, everything else is read by its operation.
    this.#app.removeAllContentTypeParsers();
    this.#app.addContentTypeParser('application/json', { parseAs: 'string' }, jsonParser(this.#app));
    this.#app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    // Pages and what is not there; operations are looked at by themselves.
    this.#app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.spec !== undefined) return;
      const refused = parts.gatekeeper.admit({
        host: hostOf(request),
        address: request.ip,
        actor: undefined,
      });
      if (refused !== undefined) await send(reply, this.#refused(none, request, refused));
    });
    this.#app.addHook('onSend', async (request, reply) => {
      const kind = request.routeOptions.config.spec === undefined ? 'page' : 'api';
      const secure = isSecure(request);
      for (const [name, value] of Object.entries(parts.gatekeeper.headers(kind, secure)))
        if (!reply.hasHeader(name)) reply.header(name, value);
    });
    addForms(this.#app);
    const validatorOf = contractValidators(parts.document);
    for (const spec of specs) {
      const operation = parts.operations[spec.operationId];
      if (operation !== undefined) this.#add(spec, operation, validatorOf(spec));
    }
    addDashboard(this.#app, parts.dashboardFolder);
    const byPath = Map.groupBy(specs, ({ path }) => path);
    for (const [path, list] of byPath) this.#addOtherMethods(path, list);
    this.#app.setNotFoundHandler((_request, reply) =>
      send(reply, this.#failure(none, { kind: 'status', status: 404, title: 'no such page' })),
    );
    this.#app.setErrorHandler((error, request, reply) =>
      send(reply, this.#failed(request.routeOptions.config.spec, error)),
    );
  }

  async start(): Promise<{ readonly port: number }> {
    await this.#app.listen({ host: this.#settings.host, port: this.#settings.port });
    const address = this.#app.server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : this.#settings.port };
  }

  /** The server itself, for certificates that change while it runs. */
  get server(): FastifyInstance['server'] {
    return this.#app.server;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#app.close();
  }

  #add(spec: OperationSpec, operation: Operation, validator: OperationValidator): void {
    const { path } = spec;
    this.#app.route({
      method: methodsOf(spec),
      url: routeUrl(path),
      config: { spec },
      bodyLimit: this.#settings.bodyLimits[spec.bodyLimit],
      // Before anything of the body is read.
      onRequest: async (request, reply) => {
        const refused = await accessRefusal(this.#parts.gatekeeper, this.#asConfigured(spec), request);
        if (refused !== undefined) return await send(reply, this.#refused(spec, request, refused));
        const isLate = (): void => {
          if (reply.sent) return;
          reply.header('connection', 'close');
          void send(reply, this.#failed(spec, new SallyportError('BODY_TOO_SLOW')));
        };
        const hasBody = spec.body !== undefined && hasBytes(request);
        if (!hasBody) return;
        // Nothing is decompressed here: limits count what is sent.
        if (isEncoded(request)) {
          const answer = this.#failed(
            spec,
            new SallyportError('MEDIA_TYPE_UNSUPPORTED', { detail: 'encoding' }),
          );
          return await send(reply, {
            ...answer,
            headers: { 'accept-encoding': 'identity', connection: 'close' },
          });
        }
        const isWhole = isJson(bareType(request.headers['content-type'] ?? ''));
        const isLarge = isWhole && spec.bodyLimit === 'base64';
        if (isLarge && !this.#largeBodies.take(reply.raw))
          return await send(reply, {
            ...this.#failed(spec, new SallyportError('WORKERS_BUSY')),
            headers: { 'retry-after': String(busySeconds), connection: 'close' },
          });
        const { bodyIdleMs: idleMs, leastBodyRate } = this.#settings;
        watchBody(request.raw, { idleMs, leastRate: isWhole ? leastBodyRate : 0 }, isLate);
      },
      handler: async (request, reply) => {
        let answer: Answer;
        try {
          answer = await this.#run(spec, operation, validator, request, reply);
        } catch (error) {
          answer =
            error instanceof RefusedError
              ? this.#refused(spec, request, error.refusal)
              : this.#failed(spec, error);
        }
        // The answer to a body that came too slowly has gone already.
        if (reply.sent) return reply;
        // Bytes of a body that nobody read would be taken for the next request.
        if (!request.raw.complete && hasBytes(request)) reply.header('connection', 'close');
        return send(reply, answer);
      },
    });
  }

  async #run(
    spec: OperationSpec,
    operation: Operation,
    validator: OperationValidator,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Answer> {
    const params = validator.params(request.params);
    const query = validator.query(request.query);
    const type = bodyTypeOf(spec, request);
    const body = type !== undefined && isJson(type) ? request.body : undefined;
    if (type !== undefined && isJson(type)) validator.body(body);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const maxBytes = this.#settings.bodyLimits[spec.bodyLimit];
    const answer = await operation({
      params,
      query,
      body,
      contentType: type === undefined ? undefined : request.headers['content-type'],
      contentLength: lengthOf(request),
      stream: () => openStream(request.raw, maxBytes),
      form: () => openForm(request, maxBytes),
      header: (name) => {
        const value = request.headers[name];
        return typeof value === 'string' ? value : undefined;
      },
      actor: () => request.actor ?? unproven(),
      caller: request.actor,
      credentials: authenticationOf(request),
      address: request.ip,
      secure: isSecure(request),
      signal: AbortSignal.any([gone.signal, this.#stopping.signal]),
    } satisfies OperationRequest);
    const fault = validator.answerFault(answer);
    if (fault === undefined) return answer;
    // Nobody will read it.
    if (answer.body instanceof Readable) answer.body.destroy();
    this.#parts.emit('http.contractBroken', { operation: spec.operationId, fault });
    throw new SallyportError('RESPONSE_INVALID');
  }

  /** Metrics want no credentials where the configuration says so. */
  #asConfigured(spec: OperationSpec): Pick<OperationSpec, 'operationId' | 'needs'> {
    const { operationId, needs } = spec;
    const isOpen = operationId === 'metrics' && this.#settings.openMetrics;
    return { operationId, needs: isOpen ? undefined : needs };
  }

  /** Not told as a failure: security tells of refusals by itself, once a burst. */
  #refused(
    { errorShape }: Pick<OperationSpec, 'errorShape'>,
    request: FastifyRequest,
    refusal: Refusal,
  ): Answer {
    const { refused, retryAfterSeconds, challenge, detail } = refusal;
    const error = new SallyportError(refused, detail === undefined ? {} : { detail });
    return {
      ...failureAnswer({ kind: 'error', error }, errorShape),
      headers: {
        ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
        ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
        // The body was not read.
        ...(hasBytes(request) ? { connection: 'close' } : {}),
      },
    };
  }

  /** A target that is no URL never gets to a route: answered in the shape of the operation it would have been for. */
  #unroutable(specs: readonly OperationSpec[], request: FastifyRequest, reply: FastifyReply): void {
    for (const [name, value] of Object.entries(this.#parts.gatekeeper.headers('api', isSecure(request))))
      reply.header(name, value);
    const { method, raw } = request;
    const path = (raw.url ?? '').split('?', 1)[0] ?? '';
    const spec = specs.find((one) => one.method === method && pathPattern(one.path).test(path));
    const refused = this.#parts.gatekeeper.admit({
      host: hostOf(request),
      address: request.ip,
      actor: undefined,
    });
    void send(
      reply,
      refused === undefined
        ? this.#failed(spec, new SallyportError('REQUEST_INVALID', { detail: 'the address is no URL' }))
        : this.#refused(spec ?? none, request, refused),
    );
  }

  #addOtherMethods(path: string, specs: readonly OperationSpec[]): void {
    const own = new Set(specs.flatMap(methodsOf));
    const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter(
      (method) => !own.has(method),
    );
    this.#app.route({
      method: others,
      url: routeUrl(path),
      handler: async (_request, reply) => {
        reply.header('allow', [...own].join(', '));
        return send(
          reply,
          this.#failure(none, { kind: 'status', status: 405, title: 'this page takes another method' }),
        );
      },
    });
  }

  #failed(spec: OperationSpec | undefined, thrown: unknown): Answer {
    const failure = failureOf(thrown);
    const answer = this.#failure(spec ?? none, failure);
    const code = failure.kind === 'error' ? failure.error.code : null;
    const place = code === 'UNEXPECTED' ? placeInCode(thrown) : undefined;
    this.#parts.emit('http.failed', {
      route: spec?.path ?? 'none',
      httpStatus: answer.status,
      code,
      ...(place === undefined ? {} : { place }),
    });
    const isBusy = answer.status === 503 || answer.status === 507;
    return isBusy ? { ...answer, headers: { 'retry-after': String(busySeconds) } } : answer;
  }

  #failure({ errorShape }: { readonly errorShape: ErrorShape }, failure: Failure): Answer {
    return failureAnswer(failure, errorShape);
  }
}

function methodsOf({ method, head }: OperationSpec): string[] {
  return head ? [method, 'HEAD'] : [method];
}

const none = { errorShape: 'problem' } as const;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, once proven. */
    actor?: Actor;
  }
  interface FastifyContextConfig {
    readonly spec?: OperationSpec;
  }
}

function unproven(): never {
  throw new SallyportError('NOT_AUTHENTICATED');
}
