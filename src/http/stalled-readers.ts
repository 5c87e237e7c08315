import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** A client that takes none of its answer for so long is let go, ms. */
const stalledMs = 120_000;
const lookMs = 5_000;
/** Longer where one large piece is on its way, of which nothing is seen before it is through: a line as slow as this, bytes a second. */
const slowestBytesPerSecond = 4 * 1024;

interface Watched {
  taken: number;
  since: number;
}

/**
 * Ends connections whose client asked for something and does not take it: each would keep its place, and the file it
 * reads, for as long as the client likes. `event` is the one that gives the socket answers are written to. Looks at all connections by one timer, which ends with the server.
 */
export function endStalledReaders(
  server: Server,
  event: 'connection' | 'secureConnection',
  { idleMs = stalledMs, everyMs = lookMs }: { readonly idleMs?: number; readonly everyMs?: number } = {},
): void {
  const sockets = new Map<Socket, Watched>();
  const watch = (socket: Socket): void => {
    sockets.set(socket, { taken: 0, since: performance.now() });
    socket.once('close', () => sockets.delete(socket));
  };
  server.on(event, watch);
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [socket, watched] of sockets) {
      const waiting = socket.writableLength;
      const taken = socket.bytesWritten - waiting;
      if (waiting === 0 || taken !== watched.taken) Object.assign(watched, { taken, since: now });
      else if (now - watched.since > idleMs + (waiting / slowestBytesPerSecond) * 1000) socket.destroy();
    }
  }, everyMs);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}
