import { type Operation, type Operations, ok } from '../operation.ts';
import type { Actor } from '../security/actor.ts';
import { isRefused, type SecurityGatekeeper, type SessionView } from '../security/gatekeeper.ts';
import { RefusedError } from '../security/refused-error.ts';

type SessionGate = Pick<SecurityGatekeeper, 'signIn' | 'signOut' | 'sessionOf'>;

/** The dashboard's session: a credential in, a cookie out. */
export function sessionOperations(gate: SessionGate): Operations {
  const openSession: Operation = async ({ body, credentials }) => {
    const { token } = body as { token: string };
    const signedIn = await gate.signIn(credentials, token);
    if (isRefused(signedIn)) throw new RefusedError(signedIn);
    return { ...ok(viewOf(signedIn.actor, signedIn)), headers: { 'set-cookie': signedIn.cookie } };
  };
  return {
    openSession,
    getSession: async ({ actor, credentials }) => {
      const caller = actor();
      return ok(viewOf(caller, caller.via === 'session' ? gate.sessionOf(credentials) : undefined));
    },
    closeSession: async ({ credentials }) => ({
      status: 204,
      headers: { 'set-cookie': gate.signOut(credentials) },
    }),
  };
}

function viewOf({ kind, name, scopes }: Actor, session: SessionView | undefined): object {
  return {
    actor: { kind, name, scopes },
    csrfToken: session?.csrfToken ?? null,
    expiresAt: session === undefined ? null : new Date(session.expiresAt).toISOString(),
  };
}
