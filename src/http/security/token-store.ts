import { join } from 'node:path';
import { isActorName } from '../../config/http-security-formats.ts';
import { asSallyportError, SallyportError } from '../../core/errors.ts';
import type { Scope } from '../../core/scopes.ts';
import { type Actor, type Refusal, refusalOf } from './actor.ts';
import { configuredTokenName } from './configured-token.ts';
import { digestOf, equalDigests } from './constant-time.ts';
import type { BearerCheck, Proof } from './proof.ts';
import { changeTokenFile, maxTokens, readTokenFile, type TokenRow, tokenFileVersion } from './token-file.ts';
import { formatToken, newToken, parseToken } from './token-text.ts';

/** A token as lists show it: without anything of its secret. Times are milliseconds since 1970. */
export interface ListedToken extends Omit<TokenRow, 'secretHash'> {
  readonly expired: boolean;
  /** To the minute, since this start; undefined: not used. */
  readonly lastUsedAt?: number;
}

export interface NewTokenRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Lifetime in milliseconds; undefined: until revoked. */
  readonly expiresInMs?: number;
  readonly aeTitle?: string;
}

export interface PreparedToken {
  readonly id: string;
  readonly text: string;
  /** Makes it valid. */
  readonly keep: () => void;
}

const coarseMs = 60_000;
/** What an unknown id is compared with, so that it takes as long as a known one. */
const nobody = digestOf('');

/**
 * API tokens, in `http-tokens.json` of the storage folder. Only SHA-256 of each secret is kept. A slow hash as for
 * passwords would be wrong here: the secrets are 256 random bits, which no number of guesses finds, and every request
 * would pay for it. What the command line changes holds from the next request on: the file is looked at before each
 * check. A file that cannot be read lets nobody in.
 */
export class TokenStore implements BearerCheck {
  readonly #file: string;
  readonly #now: () => number;
  readonly #lastUsed = new Map<string, number>();
  #version: string | undefined | null = null;
  #rows: ReadonlyMap<string, { readonly row: TokenRow; readonly hash: Uint8Array }> = new Map();
  #fault: SallyportError | undefined;

  constructor(storageDir: string, now: () => number = Date.now) {
    this.#file = join(storageDir, 'http-tokens.json');
    this.#now = now;
  }

  /** Why no token of the file is valid now; undefined where all is well. */
  get fault(): SallyportError | undefined {
    this.#refresh();
    return this.#fault;
  }

  /** Makes a token that is valid at once; see `prepare`. */
  create(request: NewTokenRequest): Pick<PreparedToken, 'id' | 'text'> {
    const { id, text, keep } = this.prepare(request);
    keep();
    return { id, text };
  }

  /**
   * A token, to be recorded by its id before `keep` makes it valid; its text is nowhere kept. Both throw REQUEST_INVALID for a
   * name, lifetime or scopes that cannot be, or a name in use, and TOKENS_UNUSABLE.
   */
  prepare({ name, scopes, expiresInMs, aeTitle }: NewTokenRequest): PreparedToken {
    if (!isActorName(name)) throw invalid('the name must be 1 to 64 printable ASCII characters');
    if (name === configuredTokenName) throw invalid('this name is the configured token’s');
    if (scopes.length === 0) throw invalid('a token needs a scope');
    if (expiresInMs !== undefined && !(expiresInMs > 0))
      throw invalid('the lifetime must be longer than nothing');
    const token = newToken();
    const createdAt = this.#now();
    const mayJoin = (rows: readonly Pick<TokenRow, 'name'>[]): void => {
      if (rows.length >= maxTokens) throw invalid(`there are ${maxTokens} tokens; revoke some`);
      if (rows.some((row) => row.name === name)) throw invalid('a token of this name exists');
    };
    mayJoin(this.list());
    const change = (rows: readonly TokenRow[]): readonly TokenRow[] => {
      mayJoin(rows);
      const row: TokenRow = {
        id: token.id,
        name,
        scopes: [...new Set(scopes)],
        secretHash: Buffer.from(digestOf(token.secret)).toString('base64url'),
        createdAt,
        ...(expiresInMs === undefined ? {} : { expiresAt: createdAt + expiresInMs }),
        ...(aeTitle === undefined ? {} : { aeTitle }),
      };
      return [...rows, row];
    };
    return { id: token.id, text: formatToken(token), keep: () => changeTokenFile(this.#file, change) };
  }

  /** Throws TOKEN_UNKNOWN, TOKENS_UNUSABLE. */
  find(id: string): ListedToken {
    const found = this.list().find((token) => token.id === id);
    if (found === undefined) throw new SallyportError('TOKEN_UNKNOWN');
    return found;
  }

  /** Removes a token for good; sessions opened with it end. Throws TOKEN_UNKNOWN, TOKENS_UNUSABLE. */
  revoke(id: string): ListedToken {
    let revoked: TokenRow | undefined;
    changeTokenFile(this.#file, (rows) => {
      revoked = rows.find((row) => row.id === id);
      if (revoked === undefined) throw new SallyportError('TOKEN_UNKNOWN');
      return rows.filter((row) => row !== revoked);
    });
    if (revoked === undefined) throw new SallyportError('TOKEN_UNKNOWN');
    this.#lastUsed.delete(id);
    return this.#listed(revoked);
  }

  /** All tokens, oldest first. Throws TOKENS_UNUSABLE. */
  list(): readonly ListedToken[] {
    this.#refresh();
    if (this.#fault !== undefined) throw this.#fault;
    return [...this.#rows.values()].map(({ row }) => this.#listed(row));
  }

  /** Whoever holds this text; undefined for text that is no token of ours in form. */
  async check(text: string): Promise<Proof | Refusal | undefined> {
    const token = parseToken(text);
    if (token === undefined) return undefined;
    this.#refresh();
    const found = this.#rows.get(token.id);
    // Compared in any case: whether an id exists is not to be read from the time it takes.
    const right = equalDigests(digestOf(token.secret), found?.hash ?? nobody);
    if (this.#fault !== undefined) return refusalOf('TOKENS_UNUSABLE');
    if (found === undefined || !right || this.#isExpired(found.row)) return refusalOf('NOT_AUTHENTICATED');
    const { row } = found;
    this.#lastUsed.set(row.id, Math.floor(this.#now() / coarseMs) * coarseMs);
    return {
      actor: actorOf(row),
      key: `token ${row.id}`,
      stillValid: () => this.#holds(row),
    };
  }

  #holds(row: TokenRow): boolean {
    this.#refresh();
    return this.#rows.get(row.id)?.row.secretHash === row.secretHash && !this.#isExpired(row);
  }

  #isExpired(row: TokenRow): boolean {
    return row.expiresAt !== undefined && row.expiresAt <= this.#now();
  }

  #listed({ secretHash: _, ...row }: TokenRow): ListedToken {
    const lastUsedAt = this.#lastUsed.get(row.id);
    return {
      ...row,
      expired: row.expiresAt !== undefined && row.expiresAt <= this.#now(),
      ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    };
  }

  #refresh(): void {
    try {
      const version = tokenFileVersion(this.#file);
      if (version === this.#version) return;
      this.#version = version;
      this.#rows = new Map(
        readTokenFile(this.#file).map((row) => [
          row.id,
          { row, hash: Buffer.from(row.secretHash, 'base64url') },
        ]),
      );
      for (const id of this.#lastUsed.keys()) if (!this.#rows.has(id)) this.#lastUsed.delete(id);
      this.#fault = undefined;
    } catch (error) {
      // Looked at again with the next request: it may be mended without a change of the file.
      this.#version = null;
      this.#rows = new Map();
      this.#fault = asSallyportError(error);
    }
  }
}

function actorOf(row: TokenRow): Actor {
  return {
    kind: 'token',
    name: row.name,
    scopes: row.scopes,
    via: 'header',
    ...(row.aeTitle === undefined ? {} : { aeTitle: row.aeTitle }),
  };
}

function invalid(detail: string): SallyportError {
  return new SallyportError('REQUEST_INVALID', { detail });
}
