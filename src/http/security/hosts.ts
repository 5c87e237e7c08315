import { isIP } from 'node:net';
import { type AuthenticationRequest, type Refusal, refusalOf } from './actor.ts';

export interface HostSettings {
  /** Names under which the gateway is reached, without port, lower case; empty: not restricted but on loopback. */
  readonly allowedHosts: readonly string[];
  /** The server is bound to loopback. */
  readonly loopback: boolean;
}

/** Whether an address to bind to is reached from this host only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * Refuses a Host header that names somebody else: a page of the internet can have its own name lead to this address (DNS
 * rebinding) and would then be of one origin with the gateway. Checked where `allowedHosts` is set, and on loopback, where
 * only `localhost` and addresses are right without being listed. An address is always right: rebinding needs a name.
 */
export function refuseHost(
  host: string | undefined,
  { allowedHosts, loopback }: HostSettings,
): Refusal | undefined {
  if (allowedHosts.length === 0 && !loopback) return undefined;
  const name = hostName(host ?? '');
  if (name === undefined) return refusalOf('HOST_NOT_ALLOWED');
  const bare = name.startsWith('[') ? name.slice(1, -1) : name;
  if (isIP(bare) !== 0 || allowedHosts.includes(name)) return undefined;
  if (loopback && (name === 'localhost' || name.endsWith('.localhost'))) return undefined;
  return refusalOf('HOST_NOT_ALLOWED');
}

/**
 * Whether a request that changes something comes from a page of this gateway: what the browser says of it must agree
 * (`Sec-Fetch-Site: same-origin`; `Origin` with the host that was asked). With `orSilent`, a request of which a browser
 * says nothing passes: programs send neither header, every browser sends `Origin` with such requests.
 */
export function isSameOrigin(
  { origin, fetchSite, host }: Pick<AuthenticationRequest, 'origin' | 'fetchSite' | 'host'>,
  allowedHosts: readonly string[],
  orSilent: 'or-silent' | 'only-told' = 'only-told',
): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin') return false;
  if (origin === undefined) return fetchSite === 'same-origin' || orSilent === 'or-silent';
  const url = URL.parse(origin);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  // A proxy may have the gateway see another Host than the browser's.
  return url.host === host?.toLowerCase() || allowedHosts.includes(url.hostname);
}

/**
 * Whether the browser says that a page of somebody else asks. Also what changes nothing is refused then: the audit trail would
 * have that a person looked at an original, who only opened that page.
 */
export function isOfOtherPage({ fetchSite }: Pick<AuthenticationRequest, 'fetchSite'>): boolean {
  return fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
}

/** Methods that change nothing (RFC 9110 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** The name of a Host header, lower case, without port; undefined for what is no host. */
function hostName(host: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host);
  return match?.[1]?.toLowerCase().replace(/\.$/, '');
}
