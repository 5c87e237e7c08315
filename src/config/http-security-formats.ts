import { isScope, type Scope, scopes } from '../core/scopes.ts';
import { assertAeTitle } from './formats.ts';

/** Who a client certificate stands for. Exactly one of fingerprint256 and subjectCommonName is there. */
export interface TlsClient {
  readonly fingerprint256?: string;
  readonly subjectCommonName?: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly aeTitle?: string;
}

/** What a value of the scope claim gives. */
export interface ClaimScopes {
  readonly value: string;
  readonly scopes: readonly Scope[];
}

const maxEntries = 1000;

/** Names of actors: 1 to 64 printable ASCII characters, no blank at the ends. */
export function isActorName(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/.test(text);
}

/** A list of TlsClient; throws a plain Error that convict joins to its list. */
export function assertTlsClients(value: unknown): void {
  const seen = new Set<string>();
  for (const entry of entries(value, '{ fingerprint256 or subjectCommonName, name, scopes, aeTitle }')) {
    const { fingerprint256, subjectCommonName, name, scopes: granted, aeTitle, ...others } = entry;
    noOthers(others);
    if ((fingerprint256 === undefined) === (subjectCommonName === undefined))
      throw new Error('each entry must have one of fingerprint256 and subjectCommonName');
    if (fingerprint256 !== undefined && fingerprintOf(fingerprint256) === undefined)
      throw new Error('fingerprint256 must be 32 bytes in hexadecimal, with or without colons');
    if (subjectCommonName !== undefined && !isText(subjectCommonName))
      throw new Error('subjectCommonName must be text');
    if (!isActorName(name))
      throw new Error('the name of an entry must be 1 to 64 printable ASCII characters');
    assertScopes(granted);
    if (aeTitle !== undefined) assertAeTitle(aeTitle);
    const key = fingerprintOf(fingerprint256) ?? `CN ${String(subjectCommonName)}`;
    if (seen.has(key)) throw new Error('has a certificate twice');
    seen.add(key);
  }
}

/** A list of ClaimScopes. */
export function assertClaimScopes(value: unknown): void {
  const seen = new Set<string>();
  for (const entry of entries(value, '{ value, scopes }')) {
    const { value: claimed, scopes: granted, ...others } = entry;
    noOthers(others);
    if (!isText(claimed)) throw new Error('the value of an entry must be text');
    assertScopes(granted);
    if (seen.has(claimed)) throw new Error('has a value twice');
    seen.add(claimed);
  }
}

/** A list of host names without port, in lower case. */
export function assertHostList(value: unknown): void {
  if (!Array.isArray(value) || value.length > maxEntries) throw new Error('must be a list of host names');
  for (const entry of value as unknown[]) {
    if (typeof entry !== 'string' || !/^[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?$/.test(entry))
      throw new Error('must be a list of host names in lower case, without port');
  }
}

/** A SHA-256 fingerprint as Node writes it: upper-case pairs with colons. Undefined for anything else. */
export function fingerprintOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^(?:[0-9a-f]{2}:){31}[0-9a-f]{2}$|^[0-9a-f]{64}$/i.test(text))
    return undefined;
  return text.toUpperCase().replaceAll(':', '').match(/../g)?.join(':');
}

/** What stands between the network and these credentials: https, or this host itself. */
export function isSecureUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === 'https:' ||
      (url.protocol === 'http:' && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)))
  );
}

function entries(value: unknown, form: string): Record<string, unknown>[] {
  if (!Array.isArray(value) || value.length > maxEntries) throw new Error(`must be a list of ${form}`);
  for (const entry of value as unknown[])
    if (typeof entry !== 'object' || entry === null) throw new Error(`each entry must be ${form}`);
  return value as Record<string, unknown>[];
}

function noOthers(others: Record<string, unknown>): void {
  const [first] = Object.keys(others);
  if (first !== undefined) throw new Error(`unknown key ${first} in an entry`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 256;
}

function assertScopes(value: unknown): void {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isScope))
    throw new Error(`scopes must be a list of ${scopes.join(', ')}`);
}
