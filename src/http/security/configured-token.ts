import type { Scope } from '../../core/scopes.ts';
import { equalSecrets } from './constant-time.ts';
import type { BearerCheck, Proof } from './proof.ts';

/** Its name in the audit trail; no stored token may take it. */
export const configuredTokenName = 'http.apiToken';
const grantedScopes: readonly Scope[] = ['read', 'operate'];

/**
 * The one token of `http.apiToken` or `http.apiTokenFile`, with the scopes read and operate. Identified data and
 * administration want tokens of people, which `sallyport token create` makes.
 */
export function configuredToken(expected: string): BearerCheck {
  const proof: Proof = {
    actor: { kind: 'token', name: configuredTokenName, scopes: grantedScopes, via: 'header' },
    key: `token ${configuredTokenName}`,
    stillValid: () => true,
  };
  return { check: async (text) => (equalSecrets(text, expected) ? proof : undefined) };
}
