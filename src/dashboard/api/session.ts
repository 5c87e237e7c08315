import { createStore, useStore } from '../store.ts';
import { ApiError, get, post, remove, setCsrfToken, setUnauthorizedHandler } from './client.ts';
import { noteLeft } from './openid.ts';
import type { Actor, Schemas, Scope } from './types.ts';

export type SessionState =
  | { readonly kind: 'unknown' }
  /** `why` is told above the form, where there is more to tell than "please sign in". */
  | { readonly kind: 'signed-out'; readonly why: 'first' | 'ended' | 'left' | 'no-read' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed-in'; readonly actor: Actor; readonly expiresAt: string | null };

export const session = createStore<SessionState>({ kind: 'unknown' });

/** Asks who we are, as after a reload: the cookie is out of reach of scripts, so only the gateway knows. */
export async function resumeSession(): Promise<void> {
  setUnauthorizedHandler(() => {
    if (session.get().kind === 'signed-in') leave('ended');
  });
  try {
    enter(await get('/api/session'));
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 401) leave('first');
    else if (status === 403) leave('no-read');
    else session.set({ kind: 'unreachable' });
  }
}

export async function signIn(token: string): Promise<void> {
  const opened = await post('/api/session', { body: { token } });
  if (!allows(opened.actor.scopes, 'read')) {
    setCsrfToken(opened.csrfToken);
    await remove('/api/session').catch(() => undefined);
    leave('no-read');
    return;
  }
  enter(opened);
}

/** The cookie ends with the gateway's answer; where that does not come, the page forgets all the same. */
export async function signOut(): Promise<void> {
  await remove('/api/session').catch(() => undefined);
  noteLeft(true);
  leave('left');
}

function enter(opened: Schemas['Session']): void {
  setCsrfToken(opened.csrfToken);
  noteLeft(false);
  session.set({ kind: 'signed-in', actor: opened.actor, expiresAt: opened.expiresAt });
}

function leave(why: 'first' | 'ended' | 'left' | 'no-read'): void {
  setCsrfToken(null);
  session.set({ kind: 'signed-out', why });
}

/** `admin` includes `read` and `operate`, never `identify`. */
function allows(scopes: readonly Scope[], right: Scope): boolean {
  return scopes.includes(right) || (right !== 'identify' && scopes.includes('admin'));
}

/** Whether the signed-in person has the right; for what to show alone: the gateway decides. */
export function useRight(right: Scope): boolean {
  return useStore(session, (state) => state.kind === 'signed-in' && allows(state.actor.scopes, right));
}
