import type { Socket } from 'node:net';
import { problem, problemType } from './problem.ts';

/** What is no HTTP, by Node's codes; 400 for all else. */
const faults: Readonly<Record<string, { readonly status: number; readonly words: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, words: 'Request Timeout' },
  HPE_HEADER_OVERFLOW: { status: 431, words: 'Request Header Fields Too Large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, words: 'Content Too Large' },
};
const unreadable = { status: 400, words: 'Bad Request' };

/** Answers bytes that are no HTTP request, or headers that do not come, as far as that is possible, and ends the connection. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, words } =
    (Object.hasOwn(faults, error.code ?? '') && faults[error.code ?? '']) || unreadable;
  const body = JSON.stringify(problem(status, words).body);
  if (socket.writable)
    socket.write(
      [
        `HTTP/1.1 ${status} ${words}`,
        `content-type: ${problemType}`,
        `content-length: ${Buffer.byteLength(body)}`,
        'cache-control: no-store',
        'x-content-type-options: nosniff',
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  socket.destroySoon();
}
