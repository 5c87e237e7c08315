import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { SallyportError } from '../core/errors.ts';
import { limitedTo } from './body-watch.ts';

/**
 * The bytes of a body, at most `maxBytes` of them. Fails with BODY_TOO_LARGE beyond, and with CLIENT_GONE where the
 * connection ends before the body does. Whatever becomes of the bytes, the message itself is not destroyed: its connection
 * has an answer to carry. To be called once.
 */
export function openStream(message: IncomingMessage, maxBytes: number): Readable {
  const limited = limitedTo(maxBytes);
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) {
    limited.destroy(new SallyportError('BODY_TOO_LARGE'));
    return limited;
  }
  const gone = (cause?: Error): void => {
    if (!message.complete || cause !== undefined)
      limited.destroy(new SallyportError('CLIENT_GONE', { cause }));
  };
  message.once('error', gone);
  message.once('close', () => gone());
  limited.once('close', () => message.unpipe(limited));
  message.pipe(limited);
  if (message.destroyed) gone();
  return limited;
}
