import { allows, type Refusal, refusalOf } from './actor.ts';
import { refusalWithoutIssuer } from './oidc-claims.ts';
import type { IdTokenCheck } from './oidc-id-token.ts';
import { PendingSignIns } from './oidc-pending.ts';
import type { OidcProvider } from './oidc-provider.ts';
import { isProof, type Proof } from './proof.ts';

/** What the issuer sent the browser back with; undefined where it is not there. */
export interface IssuerReturn {
  /** Of the cookie that the browser got when it began. */
  readonly browser: string | undefined;
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
  /** RFC 9207. */
  readonly iss: string | undefined;
}

/**
 * How a sign-in ended: a proof; refused, to be counted; or without credentials, which is nobody's failure. `late`: this browser
 * began no such sign-in, or too long ago.
 */
export type SignInEnd =
  | { readonly proof: Proof }
  | { readonly refusal: Refusal; readonly late: boolean }
  | { readonly without: 'cancelled' | 'declined' };

/** Sign-in of people at the OpenID issuer, from the first redirect to the proof of who they are. */
export class OidcSignIn {
  readonly #provider: OidcProvider;
  readonly #tokens: IdTokenCheck;
  readonly #pending: PendingSignIns;
  /** Where browsers begin, below the address the gateway is reached by. */
  readonly startUrl: string;

  constructor(
    parts: {
      readonly provider: OidcProvider;
      readonly tokens: IdTokenCheck;
      readonly startUrl: string;
    },
    now: () => number = Date.now,
  ) {
    this.#provider = parts.provider;
    this.#tokens = parts.tokens;
    this.#pending = new PendingSignIns(now);
    this.startUrl = parts.startUrl;
  }

  /** Where the browser goes, and what its cookie holds meanwhile; the refusal while the issuer cannot be asked. */
  async begin(anew: boolean): Promise<{ readonly location: string; readonly browser: string } | Refusal> {
    const begun = this.#pending.begin();
    try {
      return { location: await this.#provider.authorizationUrl({ ...begun, anew }), browser: begun.browser };
    } catch (error) {
      this.#pending.take(begun.browser, begun.state);
      return refusalWithoutIssuer(error);
    }
  }

  /**
   * Ends a sign-in with what the issuer sent back. Nothing is believed before it belongs to a sign-in of this browser, and
   * each answer counts once, however it ends.
   */
  async finish({ browser, state, code, error, iss }: IssuerReturn, signal: AbortSignal): Promise<SignInEnd> {
    const pending = this.#pending.take(browser, state);
    if (pending === undefined) return { refusal: refusalOf('NOT_AUTHENTICATED'), late: true };
    try {
      if (!(await this.#provider.isOwnAnswer(iss))) return refused(refusalOf('NOT_AUTHENTICATED'));
      if (error !== undefined) return { without: error === 'access_denied' ? 'cancelled' : 'declined' };
      if (code === undefined) return refused(refusalOf('NOT_AUTHENTICATED'));
      const tokens = await this.#provider.exchange(code, pending.verifier, signal);
      if (tokens === undefined) return refused(refusalOf('NOT_AUTHENTICATED'));
      const { idToken, accessToken } = tokens;
      const proof = await this.#tokens.check(idToken, { nonce: pending.nonce, accessToken });
      if (!isProof(proof)) return refused(proof);
      // The dashboard is of no use without it, and a session of other rights would be one that nobody sees.
      return allows(proof.actor, 'read') ? { proof } : refused(refusalOf('NOT_PERMITTED'));
    } catch (thrown) {
      return refused(refusalWithoutIssuer(thrown));
    }
  }
}

function refused(refusal: Refusal): SignInEnd {
  return { refusal, late: false };
}
