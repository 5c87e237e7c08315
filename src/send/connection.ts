import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { SallyportError } from '../core/errors.ts';
import { describeAbort, encodePdu, type Pdu, pduTypes, protocolError } from './pdu.ts';

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
  /** TLS settings (certificates, `rejectUnauthorized`, ...); plain TCP when left out. */
  readonly tls?: ConnectionOptions;
}

/** A peer of C-STORE has little to say: an accept with 128 contexts stays below 16 KiB. */
const maxIncomingPdu = 256 * 1024;
/** PDUs read and not yet asked for; then the socket is paused. */
const maxWaitingPdus = 16;

interface Waiter {
  readonly resolve: (pdu: Pdu) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A TCP or TLS connection that carries PDUs. Every wait ends by a deadline, by `signal` or by the end of the connection;
 * after any of these the connection is gone and each call rejects with the same error.
 */
export class PduConnection {
  readonly #socket: Socket;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Pdu[] = [];
  #waiter: Waiter | undefined;
  #failure: SallyportError | undefined;
  #rejectWrite: ((error: Error) => void) | undefined;

  private constructor(socket: Socket, signal: AbortSignal | undefined) {
    this.#socket = socket;
    this.#signal = signal;
    this.#onAbort = () => this.abort(new SallyportError('CANCELLED', { cause: signal?.reason }));
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (cause) => this.#fail(new SallyportError('PEER_LOST', { cause })));
    socket.on('close', () => this.#fail(new SallyportError('PEER_LOST')));
  }

  /** Rejects with PEER_UNREACHABLE, PEER_TIMEOUT or CANCELLED. */
  static open(address: PeerAddress, timeoutMs: number, signal?: AbortSignal): Promise<PduConnection> {
    if (signal?.aborted === true)
      return Promise.reject(new SallyportError('CANCELLED', { cause: signal.reason }));
    const to = { host: address.host, port: address.port };
    const socket = address.tls === undefined ? connect(to) : connectTls({ ...address.tls, ...to });
    const ready = address.tls === undefined ? 'connect' : 'secureConnect';
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        socket.removeListener('error', onError);
        socket.removeListener(ready, onReady);
      };
      const give = (error: SallyportError): void => {
        settle();
        // A late error event without a listener would end the process.
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      };
      const onError = (cause: Error): void => give(new SallyportError('PEER_UNREACHABLE', { cause }));
      const onAbort = (): void => give(new SallyportError('CANCELLED', { cause: signal?.reason }));
      const onReady = (): void => {
        settle();
        resolve(new PduConnection(socket, signal));
      };
      const timer = setTimeout(
        () => give(new SallyportError('PEER_TIMEOUT', { detail: 'connecting' })),
        timeoutMs,
      );
      socket.on('error', onError);
      socket.on(ready, onReady);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Resolves when the operating system has taken the bytes, so that they may be reused. */
  write(bytes: Uint8Array, timeoutMs: number): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.abort(new SallyportError('PEER_TIMEOUT', { detail: 'the peer does not read' })),
        timeoutMs,
      );
      const settle = (): void => {
        clearTimeout(timer);
        this.#rejectWrite = undefined;
      };
      this.#rejectWrite = (error) => {
        settle();
        reject(error);
      };
      this.#socket.write(bytes, (cause) => {
        // A write error comes before 'close' and after an abort of the peer that may still wait to be read.
        if (cause !== null && cause !== undefined) return;
        settle();
        resolve();
      });
    });
  }

  /** The next PDU of the peer. */
  read(timeoutMs: number, waitingFor: string): Promise<Pdu> {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      if (this.#waiting.length < maxWaitingPdus) this.#socket.resume();
      return Promise.resolve(next);
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.abort(new SallyportError('PEER_TIMEOUT', { detail: waitingFor })),
        timeoutMs,
      );
      const settle = <T>(then: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          clearTimeout(timer);
          this.#waiter = undefined;
          then(value);
        };
      };
      this.#waiter = { resolve: settle(resolve), reject: settle(reject) };
    });
  }

  /** Sends A-ABORT (source: service user) as far as the socket takes it, and ends the connection. */
  abort(error: SallyportError): void {
    if (this.#failure !== undefined) return;
    this.#socket.write(encodePdu(pduTypes.abort, Buffer.alloc(4)));
    this.#fail(error);
  }

  /** Ends the connection in order after a release. */
  close(): void {
    this.#fail(new SallyportError('PEER_LOST', { detail: 'closed' }));
  }

  #take(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 6) {
      const length = this.#received.readUInt32BE(2);
      if (length > maxIncomingPdu) {
        this.abort(protocolError(`a PDU of ${length} bytes`));
        return;
      }
      if (this.#received.length < 6 + length) return;
      const pdu: Pdu = { type: this.#received[0] ?? 0, body: this.#received.subarray(6, 6 + length) };
      this.#received = this.#received.subarray(6 + length);
      if (pdu.type === pduTypes.abort) {
        // At once, so that a write under way ends with the reason and not with the reset that follows.
        this.#fail(new SallyportError('PEER_ABORTED', { detail: describeAbort(pdu.body) }));
        return;
      }
      if (this.#waiter !== undefined) this.#waiter.resolve(pdu);
      else this.#waiting.push(pdu);
    }
    if (this.#waiting.length >= maxWaitingPdus) this.#socket.pause();
  }

  #fail(error: SallyportError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#waiter?.reject(error);
    this.#rejectWrite?.(error);
    // `end` lets a last PDU go out; a peer that does not read must not keep the socket.
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), 500).unref();
  }
}
