import type { AuditActor, AuditEntry, AuditObject } from '../../core/audit.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { Emit } from '../../observe/events.ts';
import { SeenLately } from '../operations/seen-lately.ts';
import {
  type Actor,
  type AuthenticationRequest,
  type Authenticator,
  isRefusal,
  type Refusal,
  refusalOf,
} from './actor.ts';
import { addressKey } from './address-key.ts';
import { AttemptLimit, type AttemptSettings } from './attempt-limit.ts';
import { cookieOf, removedSessionCookie, sessionCookie, signInCookie, signInCookieName } from './cookies.ts';
import { apiHeaders, pageHeaders } from './headers.ts';
import { type HostSettings, isSameOrigin, refuseHost } from './hosts.ts';
import { MinuteBudget } from './minute-budget.ts';
import { pendingMs } from './oidc-pending.ts';
import { type BearerCheck, isProof, type Proof } from './proof.ts';
import { RateLimit, type RateSettings } from './rate-limit.ts';
import { SessionAuthenticator } from './session-authenticator.ts';
import { actorOfSession, type Session, type SessionSettings, Sessions } from './sessions.ts';
import { bearerOf, maxBearerCharacters } from './token-text.ts';

export interface GatekeeperSettings extends HostSettings {
  /** Callers reach the gateway by TLS, its own or that of a proxy. */
  readonly secure: boolean;
  readonly session: SessionSettings;
  readonly attempts: AttemptSettings;
  readonly rate: RateSettings;
}

export interface GatekeeperParts {
  /** Asked in this order. */
  readonly bearers: readonly BearerCheck[];
  /** Client certificates, where they are asked for. */
  readonly certificates: Authenticator | undefined;
  readonly emit: Emit;
  /** The audit trail. It may take its time; what it does with failures is its own matter. */
  readonly audit: (entry: AuditEntry) => void;
  readonly now?: () => number;
}

/** What the page of a session needs. */
export interface SessionView {
  readonly actor: Actor;
  /** For the header X-CSRF-Token of requests that change something. */
  readonly csrfToken: string;
  /** When it ends without a further request, milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface SignedIn extends SessionView {
  /** Value of Set-Cookie. */
  readonly cookie: string;
}

const stranger = { kind: 'user', name: 'unknown' } as const;
/** Records of refused strangers, of all addresses together. */
const maxStrangersAMinute = 100;

/**
 * Who may come in, by which credential, how often, and what the answers carry. Credentials in the Authorization header go
 * before the session, the session before the certificate; a header that is wrong is refused and nothing else is tried.
 */
export class SecurityGatekeeper {
  readonly #settings: GatekeeperSettings;
  readonly #parts: GatekeeperParts;
  readonly #sessions: Sessions;
  readonly #session: SessionAuthenticator;
  readonly #attempts: AttemptLimit;
  readonly #rate: RateLimit;
  readonly #refusedLately: SeenLately;
  readonly #strangers: MinuteBudget;

  constructor(settings: GatekeeperSettings, parts: GatekeeperParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#sessions = new Sessions(settings.session, (session) => this.#closed(session), parts.now);
    this.#session = new SessionAuthenticator(this.#sessions, settings.secure, settings.allowedHosts);
    this.#attempts = new AttemptLimit(settings.attempts, parts.emit, parts.now, (address, code) =>
      this.#refusedBurst(address, code),
    );
    this.#rate = new RateLimit(settings.rate, parts.now);
    this.#refusedLately = new SeenLately(parts.now ?? Date.now);
    this.#strangers = new MinuteBudget(maxStrangersAMinute, parts.now ?? Date.now);
  }

  /** The actor; why the credentials are refused; undefined: none came. */
  async authenticate(request: AuthenticationRequest): Promise<Actor | Refusal | undefined> {
    if (request.authorization !== undefined) {
      const proof = await this.#bearer(bearerOf(request.authorization));
      return isProof(proof) ? proof.actor : this.#failed(request, proof);
    }
    const bySession = await this.#session.authenticate(request);
    if (bySession !== undefined) {
      if (isRefusal(bySession)) this.#refusedPage(request, bySession);
      return bySession;
    }
    return this.#parts.certificates?.authenticate(request);
  }

  /** Refuses a Host that is not ours, and callers that come too often; `actor` undefined: nobody proved anything. */
  admit({
    host,
    address,
    actor,
  }: {
    readonly host: string | undefined;
    readonly address: string;
    readonly actor: Actor | undefined;
  }): Refusal | undefined {
    const wrongHost = refuseHost(host, this.#settings);
    if (wrongHost !== undefined) {
      // A page of the internet that has its own name lead here: worth a record, though it got nothing.
      const who = actor === undefined ? stranger : actor;
      const { kind, name } = who;
      this.#recordRefusal({ kind, name, address }, { kind: 'route', id: 'any' }, wrongHost.refused);
      return wrongHost;
    }
    return this.#rate.take(actor === undefined ? addressCaller(address) : `${actor.kind} ${actor.name}`);
  }

  /**
   * Records that somebody who is known asked for what it has no right to. Once in ten minutes for an operation: who tries all
   * day shall not fill the trail.
   */
  refusedAccess(actor: Actor, address: string, operationId: string): void {
    const { kind, name } = actor;
    this.#recordRefusal({ kind, name, address }, { kind: 'route', id: operationId }, 'NOT_PERMITTED');
  }

  #recordRefusal(
    actor: AuditActor & { readonly address: string },
    object: AuditObject,
    code: ErrorCode,
  ): void {
    const { kind, name, address } = actor;
    if (!this.#refusedLately.isFirst(`${kind} ${name} ${addressKey(address)} ${object.id} ${code}`)) return;
    if (name === stranger.name && !this.#strangers.take()) return;
    this.#parts.audit({ actor, action: 'access.refused', object, outcome: 'minor-failure', code });
  }

  headers(kind: 'api' | 'page', secure: boolean): Readonly<Record<string, string>> {
    const settings = { secure: secure || this.#settings.secure };
    return kind === 'api' ? apiHeaders(settings) : pageHeaders(settings);
  }

  /**
   * Opens a session for whoever holds the credential, an API token or a JSON Web Token, from a page of this gateway; a
   * session the browser had before ends. Nothing of what the browser sent becomes the new session's id.
   */
  async signIn(request: AuthenticationRequest, credential: string): Promise<SignedIn | Refusal> {
    if (!isSameOrigin(request, this.#settings.allowedHosts, 'or-silent'))
      return this.#refusedPage(request, refusalOf('CROSS_SITE_REQUEST'));
    const proof = await this.#bearer(credential.length > maxBearerCharacters ? undefined : credential);
    return isProof(proof) ? this.open(request, proof) : this.#failed(request, proof);
  }

  /** Opens a session for whom a sign-in has proven, as `signIn` does; that the browser asked for it is for the caller to know. */
  open(request: AuthenticationRequest, proof: Proof): SignedIn {
    const before = this.#session.find(request);
    if (before !== undefined) this.#sessions.close(before.id);
    const { id, session } = this.#sessions.open(proof);
    this.#parts.audit({
      actor: auditActor(session, request.address),
      action: 'session.opened',
      object: { kind: 'session', id: session.publicId },
    });
    return { ...this.#view(id, session), cookie: sessionCookie(id, this.#settings.secure) };
  }

  /** Counts a sign-in elsewhere that failed, as wrong credentials are counted. The refusal to answer with. */
  refuseSignIn(request: AuthenticationRequest, refusal: Refusal): Refusal {
    return this.#failed(request, refusal);
  }

  /** The `Set-Cookie` of a sign-in that has begun; null removes it. */
  signInCookie(browser: string | null): string {
    return signInCookie(browser ?? '', this.#settings.secure, browser === null ? 0 : pendingMs);
  }

  /** What that cookie of a request holds. */
  signInOf({ cookie }: AuthenticationRequest): string | undefined {
    return cookieOf(cookie, signInCookieName(this.#settings.secure));
  }

  /** Whether a page of this gateway, or a person, had the browser come here; programs may. */
  isOwnNavigation(request: AuthenticationRequest): boolean {
    return request.fetchSite === 'none' || isSameOrigin(request, this.#settings.allowedHosts, 'or-silent');
  }

  /** Ends the session of the request, which `authenticate` has let in. The Set-Cookie that removes the cookie. */
  signOut(request: AuthenticationRequest): string {
    const found = this.#session.find(request);
    if (found !== undefined) this.#sessions.close(found.id);
    return removedSessionCookie(this.#settings.secure);
  }

  /** The session of a request; undefined where there is none. */
  sessionOf(request: AuthenticationRequest): SessionView | undefined {
    const found = this.#session.find(request);
    return found === undefined ? undefined : this.#view(found.id, found.session);
  }

  /** Ends the sessions nobody used in time, so that the audit trail learns of it; to be called every minute or so. */
  sweep(): void {
    this.#sessions.sweep();
  }

  async #bearer(text: string | undefined): Promise<Proof | Refusal> {
    if (text !== undefined)
      for (const check of this.#parts.bearers) {
        const answer = await check.check(text);
        if (answer !== undefined) return answer;
      }
    return refusalOf('NOT_AUTHENTICATED');
  }

  /** A request that some other page made the browser send: recorded under the session it would have used. */
  #refusedPage(request: AuthenticationRequest, refusal: Refusal): Refusal {
    const { address } = request;
    const session = this.#session.find(request)?.session;
    const { kind, name } = session === undefined ? stranger : session.proof.actor;
    const object = { kind: 'session', id: session?.publicId ?? stranger.name } as const;
    this.#recordRefusal({ kind, name, address }, object, refusal.refused);
    return refusal;
  }

  #failed({ address }: AuthenticationRequest, refusal: Refusal): Refusal {
    // That the issuer or a file of ours is out of order is not the caller's failure.
    if (refusal.httpStatus >= 500) return refusal;
    const answer = this.#attempts.failed(address, refusal);
    return answer.httpStatus === 401 ? { ...answer, challenge: 'Bearer' } : answer;
  }

  #view(id: string, session: Session): SessionView {
    return {
      actor: actorOfSession(session),
      csrfToken: this.#sessions.csrfToken(id),
      expiresAt: this.#sessions.endsAt(session),
    };
  }

  #closed(session: Session): void {
    this.#parts.audit({
      actor: auditActor(session),
      action: 'session.closed',
      object: { kind: 'session', id: session.publicId },
    });
  }

  #refusedBurst(address: string, code: ErrorCode): void {
    this.#parts.audit({
      actor: { ...stranger, address },
      action: 'session.refused',
      object: { kind: 'session', id: stranger.name },
      outcome: 'minor-failure',
      code,
    });
  }
}

/** Whether a sign-in was refused. */
export function isRefused(answer: SignedIn | Refusal): answer is Refusal {
  return !Object.hasOwn(answer, 'cookie');
}

function addressCaller(address: string): string {
  return `address ${addressKey(address)}`;
}

function auditActor({ proof }: Session, address?: string): AuditActor {
  const { kind, name } = proof.actor;
  return { kind, name, ...(address === undefined ? {} : { address }) };
}
