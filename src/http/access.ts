import type { FastifyRequest } from 'fastify';
import type { OperationSpec } from './contract/gateway-contract.ts';
import { authenticationOf, hostOf } from './request-facts.ts';
import {
  type Actor,
  type AuthenticationRequest,
  allows,
  isRefusal,
  type Refusal,
  refusalOf,
} from './security/actor.ts';

/** What the server asks of security: who calls, whether too often, and what headers an answer carries. */
export interface Gatekeeper {
  /** The actor; a refusal; undefined: no credentials came. */
  authenticate(request: AuthenticationRequest): Promise<Actor | Refusal | undefined>;
  /** Refuses a request whose Host is not one of ours, or that comes too often. `actor` undefined: nobody proved anything. */
  admit(request: {
    readonly host: string | undefined;
    readonly address: string;
    readonly actor: Actor | undefined;
  }): Refusal | undefined;
  /** Records that an actor asked for what it has no right to. */
  refusedAccess(actor: Actor, address: string, operationId: string): void;
  headers(kind: 'api' | 'page', secure: boolean): Readonly<Record<string, string>>;
}

/**
 * Why a request is not let in to an operation; undefined where it is: then `request.actor` is who asks, if the operation
 * `needs` somebody.
 */
export async function accessRefusal(
  gatekeeper: Gatekeeper,
  { operationId, needs }: Pick<OperationSpec, 'operationId' | 'needs'>,
  request: FastifyRequest,
): Promise<Refusal | undefined> {
  const host = hostOf(request);
  const { ip: address } = request;
  if (needs === undefined) return gatekeeper.admit({ host, address, actor: undefined });
  const proven = await gatekeeper.authenticate(authenticationOf(request));
  if (proven !== undefined && isRefusal(proven)) return proven;
  const tooOften = gatekeeper.admit({ host, address, actor: proven });
  if (tooOften !== undefined) return tooOften;
  if (proven === undefined) return refusalOf('NOT_AUTHENTICATED', { challenge: 'Bearer' });
  const ways = { header: 'bearer', session: 'session', certificate: 'clientCertificate' } as const;
  if (!needs.schemes.includes(ways[proven.via])) {
    gatekeeper.refusedAccess(proven, address, operationId);
    return refusalOf('NOT_PERMITTED');
  }
  if (needs.scope !== undefined && !allows(proven, needs.scope)) {
    gatekeeper.refusedAccess(proven, address, operationId);
    return lacking(needs.scope);
  }
  request.actor = proven;
  return undefined;
}

/** RFC 6750 3.1. */
function lacking(scope: string): Refusal {
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  return { ...refusalOf('NOT_PERMITTED', { challenge }), detail: scope };
}
