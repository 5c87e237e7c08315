/** Longer headers are no cookies of ours. */
const maxHeaderCharacters = 8192;

/** Over TLS browsers take this name from one host only, with Secure and for the whole of it: no neighbour can plant it. */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-sallyport' : 'sallyport';
}

/** The cookie of a sign-in at the OpenID issuer that has begun. */
export function signInCookieName(secure: boolean): string {
  return `${sessionCookieName(secure)}-openid`;
}

/**
 * The value of a cookie (RFC 6265 4.2.1). Undefined where it is absent, and where it comes more than once: a neighbour has
 * planted one of the two, and we cannot tell which.
 */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > maxHeaderCharacters) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

/** `Set-Cookie` of a session: gone with the browser, unseen by scripts, never sent from other sites. */
export function sessionCookie(value: string, secure: boolean): string {
  return `${sessionCookieName(secure)}=${value}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/** `Set-Cookie` that removes it. */
export function removedSessionCookie(secure: boolean): string {
  return `${sessionCookie('', secure)}; Max-Age=0`;
}

/**
 * `Set-Cookie` of a sign-in that has begun. Lax: it must come back with the browser from the issuer's site, which no cookie of
 * a session does.
 */
export function signInCookie(value: string, secure: boolean, lifeMs: number): string {
  const end = `Max-Age=${Math.ceil(lifeMs / 1000)}${secure ? '; Secure' : ''}`;
  return `${signInCookieName(secure)}=${value}; Path=/; HttpOnly; SameSite=Lax; ${end}`;
}
