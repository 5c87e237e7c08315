import { createHash, timingSafeEqual } from 'node:crypto';
import { problem } from './problem.ts';
import type { Answer } from './route.ts';

/**
 * Whether a request may use the API: undefined, or the answer that says why not. `token` null: none is configured, and
 * nobody may. The time of the comparison says nothing of the token.
 */
export function refusal(token: string | null, authorization: string | undefined): Answer | undefined {
  if (token === null)
    return problem(
      403,
      'the API is closed: http.apiTokenFile (or http.apiToken) names the token that opens it',
    );
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return undefined;
  return problem(401, 'the API wants its token: Authorization: Bearer TOKEN');
}

/** Of one length, whatever was given. */
function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
