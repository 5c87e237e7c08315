import type { Refusal } from './actor.ts';
import { refusalOf } from './actor.ts';
import {
  ClaimReader,
  type ClaimSettings,
  isTokenForm,
  refusalWithoutIssuer,
  signedClaims,
} from './oidc-claims.ts';
import type { OidcKeys } from './oidc-keys.ts';
import type { BearerCheck, Proof } from './proof.ts';

export interface OidcSettings extends ClaimSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceMs: number;
}

/**
 * JSON Web Tokens (RFC 7519, RFC 8725, RFC 9068) of the configured issuer: signed by one of its keys with a listed
 * algorithm, for our audience, not expired, not too early. `exp` is wanted: a token without an end is refused.
 */
export class OidcCheck implements BearerCheck {
  readonly #settings: OidcSettings;
  readonly #keys: OidcKeys;
  readonly #now: () => number;
  readonly #reader: ClaimReader;

  constructor(settings: OidcSettings, keys: OidcKeys, now: () => number = Date.now) {
    this.#settings = settings;
    this.#keys = keys;
    this.#now = now;
    this.#reader = new ClaimReader(settings);
  }

  /** Whoever the token is for; undefined for text that is no JSON Web Token in form. */
  async check(text: string): Promise<Proof | Refusal | undefined> {
    if (!isTokenForm(text)) return undefined;
    const { issuer, audience, clockToleranceMs, nameClaim } = this.#settings;
    try {
      const wanted = { issuer, audience, clockToleranceMs, required: [nameClaim] };
      const claims = await signedClaims(text, this.#keys, wanted, this.#now);
      if (claims === undefined) return refusalOf('NOT_AUTHENTICATED');
      const found = this.#reader.read(claims.payload);
      if ('refused' in found) return found;
      const until = (claims.payload.exp ?? 0) * 1000 + clockToleranceMs;
      return { ...found, stillValid: () => this.#now() < until };
    } catch (error) {
      return refusalWithoutIssuer(error);
    }
  }
}
