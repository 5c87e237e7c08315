import {
  ask,
  discover,
  endpointOf,
  IssuerAnswer,
  IssuerFailure,
  type IssuerFault,
  parsed,
  unavailable,
} from './oidc-issuer.ts';

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client, which has PKCE alone. */
  readonly clientSecret: string | null;
  /** As registered with the issuer. */
  readonly redirectUrl: string;
  /** Words separated by blanks. */
  readonly scope: string;
}

export interface AuthorizationWish {
  readonly state: string;
  readonly nonce: string;
  readonly challenge: string;
  /** The person must show who it is, even if the issuer knows its browser. */
  readonly anew: boolean;
}

export interface ProviderTokens {
  readonly idToken: string;
  readonly accessToken: string | undefined;
}

interface Description {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** RFC 9207: its answers name it. */
  readonly namesItself: boolean;
  readonly tokenAuth: 'none' | 'basic' | 'post';
}

/** For the exchange of a code; a person waits. */
const exchangeMs = 10_000;
/** Exchanges at one time; whoever has begun a sign-in may ask for one with any code. */
const maxExchanges = 16;

/**
 * The issuer as it signs people in: authorization code flow (OpenID Connect Core 1.0, 3.1) with PKCE (RFC 7636). Built on
 * `fetch` and the parts that check bearer tokens, so that there is one discovery, one set of keys, one list of algorithms,
 * and every answer is bounded.
 */
export class OidcProvider {
  readonly #settings: ProviderSettings;
  readonly #failed: (fault: IssuerFault) => void;
  readonly #description: IssuerAnswer<Description>;
  #exchanges = 0;

  constructor(
    settings: ProviderSettings,
    failed: (fault: IssuerFault) => void,
    now: () => number = Date.now,
  ) {
    this.#settings = settings;
    this.#failed = failed;
    this.#description = new IssuerAnswer(
      async (signal) => described(await discover(settings.issuer, signal), settings.clientSecret !== null),
      failed,
      now,
    );
  }

  /** Where the browser goes to sign in. Throws ISSUER_UNAVAILABLE. */
  async authorizationUrl({ state, nonce, challenge, anew }: AuthorizationWish): Promise<string> {
    const { authorizationEndpoint } = await this.#description.get();
    const { clientId, redirectUrl, scope } = this.#settings;
    const url = new URL(authorizationEndpoint);
    for (const [name, value] of Object.entries({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUrl,
      scope,
      state,
      nonce,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...(anew ? { prompt: 'login' } : {}),
    }))
      url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Whether an answer may be the issuer's own by the `iss` in it (RFC 9207 2.4): the issuer, or absent where it does not say
   * that it names itself. Throws ISSUER_UNAVAILABLE.
   */
  async isOwnAnswer(iss: string | undefined): Promise<boolean> {
    if (iss !== undefined) return iss === this.#settings.issuer;
    return !(await this.#description.get()).namesItself;
  }

  /** Exchanges a code (RFC 6749 4.1.3); undefined where the issuer refuses it. Throws ISSUER_UNAVAILABLE. */
  async exchange(code: string, verifier: string, signal: AbortSignal): Promise<ProviderTokens | undefined> {
    const { tokenEndpoint, tokenAuth } = await this.#description.get();
    if (this.#exchanges >= maxExchanges) throw unavailable(new IssuerFailure('timeout'), () => undefined);
    this.#exchanges += 1;
    try {
      const { clientId, clientSecret, redirectUrl } = this.#settings;
      const form = new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUrl,
        code_verifier: verifier,
        ...(tokenAuth === 'basic' ? {} : { client_id: clientId }),
        ...(tokenAuth === 'post' ? { client_secret: clientSecret ?? '' } : {}),
      });
      const { status, text } = await ask(tokenEndpoint, {
        form,
        signal: AbortSignal.any([signal, AbortSignal.timeout(exchangeMs)]),
        ...(tokenAuth === 'basic' ? { authorization: basicOf(clientId, clientSecret ?? '') } : {}),
      });
      return tokensOf(status, text);
    } catch (cause) {
      // Who went away meanwhile is no fault of the issuer.
      throw unavailable(cause, signal.aborted ? () => undefined : this.#failed);
    } finally {
      this.#exchanges -= 1;
    }
  }
}

function described(description: Readonly<Record<string, unknown>>, hasSecret: boolean): Description {
  return {
    authorizationEndpoint: endpointOf(description, 'authorization_endpoint'),
    tokenEndpoint: endpointOf(description, 'token_endpoint'),
    namesItself: description.authorization_response_iss_parameter_supported === true,
    tokenAuth: hasSecret ? secretWay(description.token_endpoint_auth_methods_supported) : 'none',
  };
}

/** Discovery 1.0 section 3: in the header, unless the issuer takes it in the body only. */
function secretWay(methods: unknown): 'basic' | 'post' {
  const known: unknown[] = Array.isArray(methods) ? methods : ['client_secret_basic'];
  return !known.includes('client_secret_basic') && known.includes('client_secret_post') ? 'post' : 'basic';
}

/** RFC 6749 2.3.1: both are form-encoded first. */
function basicOf(clientId: string, clientSecret: string): string {
  const encoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(clientSecret)}`).toString('base64')}`;
}

/** RFC 6749 5.1 and 5.2. Throws IssuerFailure. */
function tokensOf(status: number, text: string): ProviderTokens | undefined {
  if (status === 400 || status === 401) {
    const { error } = objectOf(text);
    if (error === 'invalid_grant') return undefined;
    throw new IssuerFailure(
      error === 'invalid_client' || error === 'unauthorized_client' ? 'client-refused' : 'status',
    );
  }
  if (status !== 200) throw new IssuerFailure('status');
  const { id_token: idToken, access_token: accessToken } = objectOf(text);
  if (typeof idToken !== 'string') throw new IssuerFailure('malformed');
  return { idToken, accessToken: typeof accessToken === 'string' ? accessToken : undefined };
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  const content = parsed(text);
  if (typeof content !== 'object' || content === null) throw new IssuerFailure('malformed');
  return content as Record<string, unknown>;
}
