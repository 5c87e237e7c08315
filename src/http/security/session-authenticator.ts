import type { Actor, AuthenticationRequest, Authenticator, Refusal } from './actor.ts';
import { refusalOf } from './actor.ts';
import { cookieOf, sessionCookieName } from './cookies.ts';
import { isOfOtherPage, isSafeMethod, isSameOrigin } from './hosts.ts';
import { actorOfSession, type Session, type Sessions } from './sessions.ts';

/** The dashboard's session by its cookie. */
export class SessionAuthenticator implements Authenticator {
  readonly #sessions: Sessions;
  readonly #secure: boolean;
  readonly #allowedHosts: readonly string[];

  constructor(sessions: Sessions, secure: boolean, allowedHosts: readonly string[]) {
    this.#sessions = sessions;
    this.#secure = secure;
    this.#allowedHosts = allowedHosts;
  }

  /**
   * Requests that change something must come from a page of this gateway, by what the browser says, and carry the
   * session's CSRF token, which no other page can read: either alone would do, and one may fail. A session that has ended
   * is no credential: a page left open over night is no attack.
   */
  async authenticate(request: AuthenticationRequest): Promise<Actor | Refusal | undefined> {
    const found = this.find(request);
    if (found === undefined) return undefined;
    if (isOfOtherPage(request)) return refusalOf('CROSS_SITE_REQUEST');
    if (!isSafeMethod(request.method)) {
      const own = isSameOrigin(request, this.#allowedHosts);
      if (!this.#sessions.isCsrfToken(request.csrf, found.id) || !own) return refusalOf('CROSS_SITE_REQUEST');
    }
    return actorOfSession(found.session);
  }

  /** The session of a request and its id, used now. */
  find({ cookie }: AuthenticationRequest): { readonly id: string; readonly session: Session } | undefined {
    const id = cookieOf(cookie, sessionCookieName(this.#secure));
    const session = id === undefined ? undefined : this.#sessions.use(id);
    return id === undefined || session === undefined ? undefined : { id, session };
  }
}
