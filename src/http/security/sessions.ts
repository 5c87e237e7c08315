import { createHmac, randomBytes } from 'node:crypto';
import type { Actor } from './actor.ts';
import { digestOf, equalSecrets } from './constant-time.ts';
import type { Proof } from './proof.ts';
import { RecentMap } from './recent-map.ts';

export interface SessionSettings {
  /** A session without a request for this long ends. */
  readonly idleMs: number;
  /** A session ends after this long in any case. */
  readonly longestMs: number;
}

export interface Session {
  /** 12 hexadecimal digits for the audit trail; opens nothing. */
  readonly publicId: string;
  readonly proof: Proof;
  readonly openedAt: number;
  lastAt: number;
}

/** Why a session ended. */
export type SessionEnd = 'signed-out' | 'idle' | 'too-old' | 'credential-ended' | 'made-room';

/** Beyond these the session not used for longest makes room. Only who has a right token opens any. */
const maxSessions = 2000;
const maxSessionsPerCredential = 20;

/**
 * Sessions of the dashboard, in memory: a restart ends them all. The id is 256 random bits made anew at each sign-in (one
 * that a stranger planted is never taken over), and only its hash is kept. A session is worth what the credential it was
 * opened with is worth: it is asked again at every request.
 */
export class Sessions {
  readonly #settings: SessionSettings;
  readonly #ended: (session: Session, why: SessionEnd) => void;
  readonly #now: () => number;
  readonly #byHash = new RecentMap<Session>(maxSessions);
  readonly #csrfKey = randomBytes(32);

  constructor(
    settings: SessionSettings,
    ended: (session: Session, why: SessionEnd) => void,
    now: () => number = Date.now,
  ) {
    this.#settings = settings;
    this.#ended = ended;
    this.#now = now;
  }

  /** A new session; the id goes into the cookie and nowhere else. */
  open(proof: Proof): { readonly id: string; readonly session: Session } {
    this.sweep();
    const own = [...this.#byHash.entries()].filter(([, session]) => session.proof.key === proof.key);
    for (const [hash] of own.slice(0, Math.max(0, own.length - maxSessionsPerCredential + 1)))
      this.#end(hash, 'made-room');
    const id = randomBytes(32).toString('base64url');
    const now = this.#now();
    const session: Session = {
      publicId: randomBytes(6).toString('hex'),
      proof,
      openedAt: now,
      lastAt: now,
    };
    const evicted = this.#byHash.set(hashOf(id), session);
    if (evicted !== undefined) this.#ended(evicted, 'made-room');
    return { id, session };
  }

  /** The session of this id, used now; undefined where there is none or it has ended. */
  use(id: string): Session | undefined {
    this.sweep();
    const hash = hashOf(id);
    const session = this.#byHash.get(hash);
    if (session === undefined) return undefined;
    const over = this.#over(session);
    if (over !== undefined) {
      this.#end(hash, over);
      return undefined;
    }
    session.lastAt = this.#now();
    return session;
  }

  /** Ends a session; false where there is none of this id. */
  close(id: string): boolean {
    return this.#end(hashOf(id), 'signed-out');
  }

  /** When the session ends without a further request, milliseconds since 1970. */
  endsAt({ openedAt, lastAt }: Session): number {
    return Math.min(lastAt + this.#settings.idleMs, openedAt + this.#settings.longestMs);
  }

  /** What unsafe requests of this session carry in a header. It follows from the id, and does not lead back to it. */
  csrfToken(id: string): string {
    return createHmac('sha256', this.#csrfKey).update(id).digest('base64url');
  }

  isCsrfToken(given: string | undefined, id: string): boolean {
    return given !== undefined && equalSecrets(given, this.csrfToken(id));
  }

  /** Ends the sessions nobody used in time; they stand first. The server may call it now and then, too. */
  sweep(): void {
    for (const [hash, session] of this.#byHash.entries()) {
      if (session.lastAt + this.#settings.idleMs > this.#now()) return;
      this.#end(hash, 'idle');
    }
  }

  get size(): number {
    return this.#byHash.size;
  }

  #over(session: Session): SessionEnd | undefined {
    if (session.openedAt + this.#settings.longestMs <= this.#now()) return 'too-old';
    return session.proof.stillValid() ? undefined : 'credential-ended';
  }

  #end(hash: string, why: SessionEnd): boolean {
    const session = this.#byHash.get(hash);
    if (session === undefined) return false;
    this.#byHash.delete(hash);
    this.#ended(session, why);
    return true;
  }
}

/** The actor of a session. */
export function actorOfSession({ proof }: Session): Actor {
  return { ...proof.actor, via: 'session' };
}

/** Found by hash, so that the time a look-up takes says nothing of ids. */
function hashOf(id: string): string {
  return Buffer.from(digestOf(id)).toString('base64url');
}
