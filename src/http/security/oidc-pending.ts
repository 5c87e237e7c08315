import { createHash, randomBytes } from 'node:crypto';
import { digestOf, equalSecrets } from './constant-time.ts';
import { RecentMap } from './recent-map.ts';

/** Anybody may begin a sign-in: of more than these the oldest is given up. */
const maxPending = 10_000;
/** A person has this long to sign in at the issuer. */
export const pendingMs = 10 * 60_000;

/** A sign-in that has begun; known to the gateway alone. */
export interface PendingSignIn {
  readonly state: string;
  /** What the ID token must repeat. */
  readonly nonce: string;
  /** RFC 7636 4.1. */
  readonly verifier: string;
  readonly begunAt: number;
}

export interface BegunSignIn extends PendingSignIn {
  /** For the cookie: binds the sign-in to the browser that began it. */
  readonly browser: string;
  /** S256 of the verifier (RFC 7636 4.2). */
  readonly challenge: string;
}

/**
 * Sign-ins that people are busy with at the issuer, in memory, each for the browser that began it, for ten minutes and one
 * answer. All secrets are 256 random bits.
 */
export class PendingSignIns {
  readonly #now: () => number;
  readonly #byBrowser = new RecentMap<PendingSignIn>(maxPending);

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  begin(): BegunSignIn {
    this.#sweep();
    const browser = secret();
    const verifier = secret();
    const pending = { state: secret(), nonce: secret(), verifier, begunAt: this.#now() };
    this.#byBrowser.set(keyOf(browser), pending);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return { ...pending, browser, challenge };
  }

  /**
   * The sign-in of this browser and state, which is over with that: an answer counts once. Undefined for any other. An answer
   * of a wrong state leaves it as it is, so that a link of strangers does not end it.
   */
  take(browser: string | undefined, state: string | undefined): PendingSignIn | undefined {
    if (browser === undefined || state === undefined) return undefined;
    const key = keyOf(browser);
    const pending = this.#byBrowser.get(key);
    if (pending === undefined || !equalSecrets(state, pending.state)) return undefined;
    this.#byBrowser.delete(key);
    return this.#isOver(pending) ? undefined : pending;
  }

  /** Sign-ins that have begun and not ended. */
  get size(): number {
    return this.#byBrowser.size;
  }

  /** The oldest stand first. */
  #sweep(): void {
    for (const [key, pending] of this.#byBrowser.entries()) {
      if (!this.#isOver(pending)) return;
      this.#byBrowser.delete(key);
    }
  }

  #isOver({ begunAt }: PendingSignIn): boolean {
    return begunAt + pendingMs <= this.#now();
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Found by hash, so that the time a look-up takes says nothing of cookies. */
function keyOf(browser: string): string {
  return Buffer.from(digestOf(browser)).toString('base64url');
}
