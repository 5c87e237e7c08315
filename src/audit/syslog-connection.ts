import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SyslogSettings } from './syslog-settings.ts';

const connectTimeoutMs = 10_000;
/** A write that the server does not take for this long ends the connection. */
const writeTimeoutMs = 60_000;
const closeTimeoutMs = 5_000;
const keepAliveMs = 10_000;

/** One connection to a syslog server. It answers nothing (RFC 5425): what comes from it is thrown away. */
export class SyslogConnection {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #broken = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.resume();
    socket.setKeepAlive(true, keepAliveMs);
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {
      this.#broken = true;
    });
    // A server that ends its side reads nothing more of what is written.
    socket.once('end', () => {
      this.#broken = true;
    });
    socket.once('close', () => {
      this.#broken = true;
    });
  }

  /** Rejects with what went wrong: refused, no name, a certificate that proves nothing, or silence. */
  static async open({ host, port, tls }: SyslogSettings, signal: AbortSignal): Promise<SyslogConnection> {
    const socket =
      tls === undefined
        ? connectTcp({ host, port, noDelay: true })
        : // RFC 5425 5.2: the certificate has to name the host; Node checks that and the chain.
          connectTls({
            host,
            port,
            ...(isIP(host) === 0 ? { servername: host } : {}),
            minVersion: 'TLSv1.2',
            ...tls,
          });
    try {
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => reject(new Error('stopped'));
        signal.addEventListener('abort', stop, { once: true });
        socket.setTimeout(connectTimeoutMs, () => reject(new Error('timeout')));
        socket.once('error', reject);
        socket.once('close', () => reject(new Error('closed')));
        socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
      });
    } catch (error) {
      socket.on('error', () => undefined);
      socket.destroy();
      throw error;
    }
    socket.setTimeout(0);
    return new SyslogConnection(socket);
  }

  get broken(): boolean {
    return this.#broken;
  }

  /** Resolves when the system has taken the bytes. Rejects when the connection is gone or stands still. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#broken) return Promise.reject(new Error('closed'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.destroy();
        reject(new Error('timeout'));
      }, writeTimeoutMs);
      // With a dead socket the callback of `write` may never come.
      void this.#closed.then(() => {
        clearTimeout(timer);
        reject(new Error('closed'));
      });
      this.#socket.write(bytes, (error) => {
        clearTimeout(timer);
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
  }

  /** Ends in order. True where the server ended its side too, without a fault: then it has read everything. */
  async end(): Promise<boolean> {
    const wasWell = !this.#broken;
    let faulty = false;
    this.#socket.once('error', () => {
      faulty = true;
    });
    this.#socket.end();
    const timer = setTimeout(() => {
      faulty = true;
      this.#socket.destroy();
    }, closeTimeoutMs);
    await this.#closed;
    clearTimeout(timer);
    return wasWell && !faulty;
  }

  destroy(): void {
    this.#broken = true;
    this.#socket.destroy();
  }
}
