import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { type Refusal, refusalOf } from './actor.ts';
import { equalSecrets } from './constant-time.ts';
import type { OidcSettings } from './oidc-check.ts';
import { ClaimReader, refusalWithoutIssuer, signedClaims } from './oidc-claims.ts';
import type { OidcKeys } from './oidc-keys.ts';
import type { Proof } from './proof.ts';

export interface IdTokenSettings extends Omit<OidcSettings, 'audience'> {
  readonly clientId: string;
}

/** An ID token comes fresh from the issuer: one issued longer ago was kept by somebody. */
const maxAgeSeconds = 10 * 60;

/**
 * ID tokens (OpenID Connect Core 1.0, 3.1.3.7): checked as bearer tokens are, but for our client as audience; issued now, for
 * the sign-in of this nonce, and of the access token that came with it. Rights are read from the same claim by the same map.
 */
export class IdTokenCheck {
  readonly #settings: IdTokenSettings;
  readonly #keys: OidcKeys;
  readonly #now: () => number;
  readonly #reader: ClaimReader;

  constructor(settings: IdTokenSettings, keys: OidcKeys, now: () => number = Date.now) {
    this.#settings = settings;
    this.#keys = keys;
    this.#now = now;
    this.#reader = new ClaimReader(settings);
  }

  /**
   * Whoever signed in. The proof outlives the token, whose end says until when it may be handed over, not how long a person
   * may work: that is for the limits of the session.
   */
  async check(
    idToken: string,
    { nonce, accessToken }: { readonly nonce: string; readonly accessToken: string | undefined },
  ): Promise<Proof | Refusal> {
    const { issuer, clientId, clockToleranceMs, nameClaim } = this.#settings;
    const required = ['iat', 'sub', 'nonce', nameClaim];
    const wanted = { issuer, audience: clientId, clockToleranceMs, required, maxAgeSeconds };
    try {
      const claims = await signedClaims(idToken, this.#keys, wanted, this.#now);
      if (
        claims === undefined ||
        !isOfNonce(claims.payload, nonce) ||
        !isForClient(claims.payload, clientId) ||
        !isOfAccessToken(claims.payload, claims.algorithm, accessToken)
      )
        return refusalOf('NOT_AUTHENTICATED');
      const found = this.#reader.read(claims.payload);
      return 'refused' in found ? found : { ...found, stillValid: () => true };
    } catch (error) {
      return refusalWithoutIssuer(error);
    }
  }
}

function isOfNonce({ nonce }: JWTPayload, wanted: string): boolean {
  return typeof nonce === 'string' && equalSecrets(nonce, wanted);
}

/** Of several audiences, and where the token names it, the authorized party must be our client. */
function isForClient({ aud, azp }: JWTPayload, clientId: string): boolean {
  if (azp !== undefined) return azp === clientId;
  return typeof aud === 'string' || aud?.length === 1;
}

/** 3.1.3.6: the left half of the hash that goes with the signature's algorithm. It need not be there. */
function isOfAccessToken(
  { at_hash: given }: JWTPayload,
  algorithm: string,
  accessToken: string | undefined,
): boolean {
  if (given === undefined) return true;
  if (typeof given !== 'string' || accessToken === undefined) return false;
  const digest = createHash(algorithm.endsWith('256') ? 'sha256' : 'sha512')
    .update(accessToken, 'ascii')
    .digest();
  return equalSecrets(given, digest.subarray(0, digest.length / 2).toString('base64url'));
}
