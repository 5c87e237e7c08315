import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';

/**
 * Stands between gateway and backend, under one port for the whole test, and remembers every body that came through
 * whole, whatever the backend then made of it. Bytes go on as they come, so that a backend that cuts a request in the
 * middle cuts the gateway's too.
 */
export class Recorder {
  /** SHA-256 of the bodies seen, by Idempotency-Key. */
  readonly bodies = new Map<string, Set<string>>();
  /** Keys under which an image was sent, by image UID and frame. */
  readonly keysOfImage = new Map<string, Set<string>>();
  posts = 0;
  #server: Server | undefined;
  #port = 0;
  readonly #backendPort: number;

  constructor(backendPort: number) {
    this.#backendPort = backendPort;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens; again on the same port after `stop`. */
  async start(): Promise<void> {
    const server = createServer((incoming, answer) => {
      this.#forward(incoming, answer).catch(() => answer.destroy());
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** From now on connections are refused; open ones are cut. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async #forward(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('end', () => {
      if (incoming.complete) this.#record(incoming, Buffer.concat(chunks));
    });
    const outgoing = request({
      host: '127.0.0.1',
      port: this.#backendPort,
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: incoming.headers,
      agent: false,
    });
    const cut = (): void => {
      outgoing.destroy();
      answer.destroy();
    };
    outgoing.once('error', cut);
    answer.once('close', () => {
      if (!answer.writableFinished) outgoing.destroy();
    });
    outgoing.once('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      pipeline(response, answer).catch(cut);
    });
    await pipeline(incoming, outgoing);
  }

  #record(incoming: IncomingMessage, sent: Buffer): void {
    this.posts += 1;
    const body = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const key = String(incoming.headers['idempotency-key']);
    add(this.bodies, key, createHash('sha256').update(body).digest('hex'));
    const { images } = JSON.parse(body.toString('utf8')) as {
      images: { imageInstanceUid: string; frameNumber: number }[];
    };
    for (const { imageInstanceUid, frameNumber } of images) {
      add(this.keysOfImage, `${imageInstanceUid} ${frameNumber}`, key);
    }
  }
}

function add(sets: Map<string, Set<string>>, name: string, member: string): void {
  const set = sets.get(name);
  if (set === undefined) sets.set(name, new Set([member]));
  else set.add(member);
}
