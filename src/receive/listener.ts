import { randomUUID } from 'node:crypto';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { SallyportError } from '../core/errors.ts';
import { type AssociationObserver, harmless } from '../observe/association-observer.ts';
import type { Emit } from '../observe/events.ts';
import type { Intake } from '../spool/intake.ts';
import { type Admission, type AdmissionRules, admit, compileRules } from './admission.ts';
import type { AssociationRequest } from './association-request.ts';
import { plainPort, streamPort } from './byte-port.ts';
import { Connection } from './connection.ts';
import { ConnectionReport } from './connection-report.ts';
import { belowTls, handshakeFailure } from './handshake-failure.ts';
import {
  ARTIM_MS,
  IDLE_AT_STOP_MS,
  type ListenerSettings,
  REJECTION_SLOTS,
  REJECTION_SLOTS_PER_PEER,
} from './settings.ts';

export interface ListenerParts {
  readonly intake: Intake;
  readonly emit: Emit;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Hears more of associations than events may carry; cannot change what peers are answered. */
  readonly observer?: AssociationObserver;
  /** The observer threw. */
  readonly onObserverFailure?: () => void;
}

const STOP_POLL_MS = 50;
const CUT_TOLD_EVERY_MS = 1_000;

/** Accepts DIMSE associations and hands every instance to the intake. */
export class Listener {
  readonly #settings: ListenerSettings;
  readonly #parts: ListenerParts;
  readonly #rules: AdmissionRules;
  readonly #observe: AssociationObserver;
  readonly #server: Server;
  readonly #connections = new Map<Connection, { readonly address: string; readonly socket: Socket }>();
  /** Connections below TLS, from their first moment on. */
  readonly #secured = new Map<Socket, string>();
  /** A socket forgets its peer when it closes, which may be before its failed handshake is told. */
  readonly #addresses = new WeakMap<Socket, string>();
  #stopping = false;
  #cutToldAt = Number.NEGATIVE_INFINITY;

  constructor(settings: ListenerSettings, parts: ListenerParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#rules = compileRules(settings);
    this.#observe = harmless(parts.observer, parts.onObserverFailure ?? (() => undefined));
    const { tls } = settings;
    this.#server =
      tls === undefined
        ? createPlainServer({ pauseOnConnect: true, noDelay: true }, (socket) =>
            this.#connected(socket, false),
          )
        : createTlsServer(
            {
              key: tls.key,
              cert: tls.cert,
              ...(tls.ca === undefined ? {} : { ca: tls.ca }),
              requestCert: tls.requireClientCertificate,
              rejectUnauthorized: tls.requireClientCertificate,
              minVersion: tls.minVersion ?? 'TLSv1.2',
              handshakeTimeout: settings.associationRequestTimeoutMs,
              noDelay: true,
            },
            (socket) => this.#connected(socket, true),
          );
    if (tls !== undefined) this.#server.on('connection', (socket: Socket) => this.#handshakeBegins(socket));
    // A failed handshake concerns that peer alone.
    this.#server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) =>
      this.#handshakeFailed(error, socket),
    );
  }

  /** Associations at this moment. */
  get associations(): number {
    let count = 0;
    for (const connection of this.#connections.keys()) if (connection.isAssociation) count += 1;
    return count;
  }

  /** Resolves when peers can connect. Rejects with ADDRESS_IN_USE. */
  async start(): Promise<{ readonly port: number }> {
    const { host, port } = this.#settings;
    await new Promise<void>((resolve, reject) => {
      const failed = (cause: Error): void => reject(new SallyportError('ADDRESS_IN_USE', { cause }));
      this.#server.once('error', failed);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', failed);
        this.#server.on('error', () => undefined);
        resolve();
      });
    });
    const address = this.#server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : port };
  }

  /**
   * Refuses new associations (A-ASSOCIATE-RJ, transient), lets running ones finish for at most `deadlineMs`, then aborts
   * them. Idle ones are aborted at once. Resolves when every connection is closed and no partial blob is left; an intake
   * that hangs is waited for no longer than the deadline plus ARTIM.
   */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    const deadline = this.#parts.now() + deadlineMs;
    while (this.associations > 0 && this.#parts.now() < deadline) {
      for (const connection of this.#connections.keys()) {
        if (connection.isAssociation && connection.idleMs() >= IDLE_AT_STOP_MS) connection.abort('aborted');
      }
      await sleep(STOP_POLL_MS);
    }
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections.keys()) connection.abort('aborted');
    const last = this.#parts.now() + ARTIM_MS;
    while (this.#connections.size > 0 && this.#parts.now() < last) {
      await sleep(STOP_POLL_MS);
    }
    for (const { socket } of this.#connections.values()) socket.destroy();
    await closed;
  }

  #connected(accepted: Socket, secure: boolean): void {
    const address = accepted.remoteAddress;
    if (address === undefined) {
      accepted.destroy();
      return;
    }
    if (this.#isFull(this.#connections.size, this.#ofAddress(address))) {
      this.#cut(accepted, address);
      return;
    }
    const { intake, emit, now } = this.#parts;
    const id = randomUUID();
    const connection: Connection = new Connection({
      settings: this.#settings,
      intake,
      report: new ConnectionReport({ id, address, tls: secure, emit, observe: this.#observe, now }),
      now,
      admit: (request) => this.#admit(request, address),
      closed: () => this.#connections.delete(connection),
    });
    const take = (bytes: Uint8Array): void => connection.take(bytes);
    const port = secure ? streamPort(accepted, take) : plainPort(accepted, take);
    this.#connections.set(connection, { address, socket: port.socket });
    connection.attach(port);
  }

  /** A handshake costs memory and time before there is anything to admit: the same limits hold for it. */
  #handshakeBegins(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    let ofAddress = 0;
    for (const other of this.#secured.values()) if (other === address) ofAddress += 1;
    if (this.#isFull(this.#secured.size, ofAddress)) {
      this.#cut(socket, address);
      return;
    }
    this.#secured.set(socket, address);
    this.#addresses.set(socket, address);
    socket.once('close', () => this.#secured.delete(socket));
  }

  #handshakeFailed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    const id = randomUUID();
    const below = belowTls(socket);
    const address = below === undefined ? socket.remoteAddress : this.#addresses.get(below);
    // Without one it was cut here, and told then.
    if (address !== undefined)
      this.#observe({ kind: 'no-association', id, address, tls: true, why: handshakeFailure(error, socket) });
    socket.destroy();
    // Peers that merely go away again, or were cut here, are not worth a line.
    if (!/^ERR_(SSL|TLS)/.test(error.code ?? '')) return;
    this.#parts.emit('association.protocolError', { associationId: id, fault: 'tls-handshake' });
  }

  #isFull(connections: number, ofAddress: number): boolean {
    return (
      connections >= this.#settings.maxAssociations + REJECTION_SLOTS ||
      ofAddress >= this.#settings.maxAssociationsPerPeer + REJECTION_SLOTS_PER_PEER
    );
  }

  /** Not even a rejection; told now and then, since a flood of these is no reason for a flood of lines. */
  #cut(socket: Socket, address: string): void {
    socket.destroy();
    const tls = this.#settings.tls !== undefined;
    this.#observe({ kind: 'no-association', id: randomUUID(), address, tls, why: 'too-many' });
    const now = this.#parts.now();
    if (now - this.#cutToldAt < CUT_TOLD_EVERY_MS) return;
    this.#cutToldAt = now;
    this.#parts.emit('association.rejected', { reason: 'too-many-associations', address });
  }

  #admit(request: AssociationRequest, address: string): Admission {
    return admit(this.#rules, request, address, {
      associations: this.associations,
      associationsOfPeer: this.#ofAddress(address, true),
      hasRoom: this.#parts.intake.hasRoom(),
      stopping: this.#stopping,
    });
  }

  #ofAddress(address: string, associationsOnly = false): number {
    let count = 0;
    for (const [connection, entry] of this.#connections) {
      if (entry.address === address && (!associationsOnly || connection.isAssociation)) count += 1;
    }
    return count;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
