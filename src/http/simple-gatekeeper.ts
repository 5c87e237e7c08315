import { refusalOf } from './security/actor.ts';
import { configuredToken } from './security/configured-token.ts';
import { apiHeaders, pageHeaders } from './security/headers.ts';
import { isProof } from './security/proof.ts';
import type { Gatekeeper } from './server.ts';

/** TEMPORARY until the whole gatekeeper is there. */
export function simpleGatekeeper(token: string | null): Gatekeeper {
  const known = token === null ? undefined : configuredToken(token);
  return {
    async authenticate({ authorization }) {
      const text = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (text === undefined) return undefined;
      const proof = await known?.check(text);
      return isProof(proof) ? proof.actor : refusalOf('NOT_AUTHENTICATED', { challenge: 'Bearer' });
    },
    admit: () => undefined,
    headers: (kind, secure) => (kind === 'api' ? apiHeaders({ secure }) : pageHeaders({ secure })),
  };
}
