import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Contract, type ImageUpload, type Problem, type UploadResult } from './contract.ts';
import { ImageStore } from './image-store.ts';

const gunzipAsync = promisify(gunzip);
const uploadPath = '/v1/images/upload';
const maxConnections = 256;

/** A way to misbehave, for one request. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Cuts the connection: in the middle of the request; after storing, with no answer; in the middle of the answer. */
  | { readonly kind: 'cut'; readonly at: 'request' | 'stored' | 'answer' };

export interface ExampleBackendOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  readonly outputDir: string;
  /** Largest body, after inflating. Default 256 MiB. */
  readonly maxBodyBytes?: number;
  readonly tls?: ServerOptions;
  /** Answers 401 where it says no. */
  readonly authorize?: (headers: IncomingHttpHeaders) => boolean;
  /** Asked for every upload, counted from 1. */
  readonly fault?: (count: number, headers: IncomingHttpHeaders) => Fault | undefined;
  /** Told of every post that was stored for the first time. */
  readonly onStored?: (upload: ImageUpload) => void;
}

interface Answer {
  readonly status: number;
  readonly body: UploadResult | Problem;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A backend that implements openapi/backend.yaml: validates every request and its own answers against it, stores images
 * as files, and recognises repeats also after a restart. For the demo, tests and benchmarks, and to read.
 */
export class ExampleBackend {
  readonly #options: ExampleBackendOptions;
  readonly #maxBodyBytes: number;
  readonly #contract = new Contract();
  readonly #store: ImageStore;
  readonly #server: Server;
  readonly #counts = { requests: 0, stored: 0, repeated: 0, refused: 0, images: 0 };

  constructor(options: ExampleBackendOptions) {
    this.#options = options;
    this.#maxBodyBytes = options.maxBodyBytes ?? 256 * 1024 * 1024;
    this.#store = new ImageStore(options.outputDir);
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#serve(request, response);
    };
    this.#server =
      options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
    this.#server.maxConnections = maxConnections;
  }

  /** Requests by what became of them, and images stored, since the start. */
  get counts(): Readonly<{
    requests: number;
    stored: number;
    repeated: number;
    refused: number;
    images: number;
  }> {
    return { ...this.#counts };
  }

  start(): Promise<{ readonly port: number; readonly url: string }> {
    const { port, host, tls } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        const { port: taken } = this.#server.address() as AddressInfo;
        const name = host.includes(':') ? `[${host}]` : host;
        resolve({ port: taken, url: `${tls === undefined ? 'http' : 'https'}://${name}:${taken}` });
      });
    });
  }

  /** Cuts what is running. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(request, response);
      if (answer !== undefined) this.#send(response, answer);
    } catch {
      // The connection ended, or a write to disk failed. The client repeats the post in both cases.
      if (!response.headersSent && !response.destroyed) response.writeHead(500).end();
      else response.destroy();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    if (request.url?.split('?')[0] !== uploadPath)
      return problem(404, 'there is only POST /v1/images/upload');
    if (request.method !== 'POST') return { ...problem(405, 'only POST'), headers: { allow: 'POST' } };
    this.#counts.requests += 1;
    if (this.#options.authorize?.(request.headers) === false) return problem(401, 'who are you');
    const fault = this.#options.fault?.(this.#counts.requests, request.headers);
    if (fault?.kind === 'delay') await delay(fault.ms);
    if (fault?.kind === 'cut' && fault.at === 'request') {
      request.once('data', () => request.socket.destroy());
      return undefined;
    }
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !/^[0-9a-f]{64}$/.test(key)) {
      return problem(400, 'Idempotency-Key is missing or not 64 hexadecimal digits');
    }
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
      return problem(415, 'the content type is not application/json');
    }
    const body = await this.#readBody(request);
    if ('status' in body) return body;
    if (fault?.kind === 'answer') {
      return { ...problem(fault.status, 'as asked for'), ...(fault.headers && { headers: fault.headers }) };
    }
    const answer = this.#take(key, body);
    if (fault?.kind === 'cut') {
      if (fault.at === 'answer')
        response.writeHead(200, { 'content-length': 100 }).write('{"idempotencyKey":');
      setImmediate(() => request.socket.destroySoon());
      return undefined;
    }
    return answer;
  }

  #take(key: string, body: Buffer): Answer {
    const before = this.#store.look(key, body);
    if (before?.kind === 'conflict') return problem(422, 'this Idempotency-Key was used with another body');
    if (before !== undefined) {
      this.#counts.repeated += 1;
      return { status: 200, body: before.result };
    }
    let upload: unknown;
    try {
      upload = JSON.parse(body.toString('utf8'));
    } catch {
      return problem(400, 'the body is not JSON');
    }
    const errors = this.#contract.uploadFaults(upload);
    if (errors.length > 0) {
      const { status, body: details } = problem(400, 'the body breaks the contract');
      return { status, body: { ...details, errors } };
    }
    const valid = upload as ImageUpload;
    const taken = this.#store.store(key, body, valid);
    if (taken.kind === 'conflict') return problem(422, 'this Idempotency-Key was used with another body');
    this.#counts.stored += 1;
    this.#counts.images += valid.images.length;
    this.#options.onStored?.(valid);
    return { status: 201, body: taken.result };
  }

  async #readBody(request: IncomingMessage): Promise<Buffer | Answer> {
    const tooLarge = problem(413, 'the body is larger than this backend takes');
    const coding = request.headers['content-encoding'];
    if (coding !== undefined && coding !== 'gzip') return problem(415, 'only gzip is understood');
    if (Number(request.headers['content-length'] ?? 0) > this.#maxBodyBytes) return tooLarge;
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Not `for await`: leaving that loop early would destroy the socket before the 413 is out.
    const complete = await new Promise<boolean>((resolve, reject) => {
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= this.#maxBodyBytes) chunks.push(chunk);
        else resolve(false);
      });
      request.once('end', () => resolve(true));
      request.once('error', reject);
      request.once('close', () => reject(new Error('the request was cut')));
    });
    if (!complete) return tooLarge;
    const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes);
    if (coding === undefined) return body;
    try {
      return await gunzipAsync(body, { maxOutputLength: this.#maxBodyBytes });
    } catch (error) {
      const large = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
      return large ? tooLarge : problem(400, 'the body is not gzip');
    }
  }

  #send(response: ServerResponse, { status, body, headers }: Answer): void {
    const success = status < 300;
    if (!success) this.#counts.refused += 1;
    const faults = success ? this.#contract.resultFaults(body) : this.#contract.problemFaults(body);
    if (faults.length > 0) throw new Error('an answer of the example backend breaks the contract');
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'content-type': success ? 'application/json' : 'application/problem+json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    });
    response.end(text);
  }
}

function problem(status: number, detail: string): Answer & { readonly body: Problem } {
  return { status, body: { type: 'about:blank', title: 'the post was not taken', status, detail } };
}
