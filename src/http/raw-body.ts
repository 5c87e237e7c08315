import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { SallyportError } from '../core/errors.ts';
import { limitedTo } from './body-watch.ts';

/**
 * The bytes of a body, at most `maxBytes` of them. Fails with BODY_TOO_LARGE beyond, and with CLIENT_GONE where the
 * connection ends before the body does. To be called once.
 */
export function openStream(message: IncomingMessage, maxBytes: number): Readable {
  const limited = limitedTo(maxBytes);
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) {
    limited.destroy(new SallyportError('BODY_TOO_LARGE'));
    return limited;
  }
  pipeline(message, limited, (error) => {
    if (error !== null && error !== undefined && !(error instanceof SallyportError))
      limited.destroy(new SallyportError('CLIENT_GONE', { cause: error }));
  });
  return limited;
}
