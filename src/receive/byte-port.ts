import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { READ_BUFFER_BYTES } from './settings.ts';

/** What a connection needs of a socket: push-style reading that can be held, and writing. */
export interface BytePort {
  readonly socket: Socket;
  /** Stops reading; the peer feels it once the kernel's buffers are full. */
  hold(): void;
  proceed(): void;
}

/** Gets bytes valid during the call only. */
export type TakeBytes = (bytes: Uint8Array) => void;

/** One for all plain sockets: a read is delivered and taken before the next one begins. */
const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);

/**
 * Reads a plain connection into one reused buffer (`onread`) instead of a fresh 64 KB buffer per read, which costs more
 * than everything else done with the bytes. Node offers `onread` to the Socket constructor only, so the handle of the
 * accepted socket moves into a new one; where that is not possible the accepted socket is read the ordinary way.
 */
export function plainPort(accepted: Socket, take: TakeBytes): BytePort {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (handle === null || handle === undefined) return streamPort(accepted, take);
  Reflect.set(accepted, '_handle', null);
  accepted.destroy();
  const options = {
    handle,
    allowHalfOpen: false,
    readable: true,
    writable: true,
    onread: {
      buffer: readBuffer,
      callback(count: number, buffer: Uint8Array): boolean {
        take(buffer.subarray(0, count));
        return !held;
      },
    },
  };
  let held = false;
  // `handle` is how net.Server itself makes its sockets; it is missing in the type alone.
  const socket = new Socket(options as unknown as ConstructorParameters<typeof Socket>[0]);
  socket.resume();
  return {
    socket,
    hold() {
      held = true;
      socket.pause();
    },
    proceed() {
      held = false;
      socket.resume();
    },
  };
}

/** TLS decrypts into its own buffers: ordinary stream reading. */
export function streamPort(socket: Socket | TLSSocket, take: TakeBytes): BytePort {
  socket.on('data', take);
  return {
    socket,
    hold() {
      socket.pause();
    },
    proceed() {
      socket.resume();
    },
  };
}
