import { randomBytes } from 'node:crypto';

/** An API token as its holder has it: `sp_<id>_<secret>`. The id is no secret: it finds the row, and stands in lists and logs. */
export interface TokenText {
  /** 12 hexadecimal digits. */
  readonly id: string;
  /** 256 random bits as 43 characters of base64url. */
  readonly secret: string;
}

const form = /^sp_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

export function newToken(): TokenText {
  return { id: randomBytes(6).toString('hex'), secret: randomBytes(32).toString('base64url') };
}

export function formatToken({ id, secret }: TokenText): string {
  return `sp_${id}_${secret}`;
}

/** The parts of a token; undefined for text of another form. */
export function parseToken(text: string): TokenText | undefined {
  const [, id, secret] = form.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Longer than any token of ours, and than the JSON Web Tokens of common issuers. */
export const maxBearerCharacters = 16 * 1024;

/** What follows `Bearer` in an Authorization header (RFC 6750 2.1, characters of RFC 9110 token68 or wider); undefined for others. */
export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > maxBearerCharacters) return undefined;
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
}
