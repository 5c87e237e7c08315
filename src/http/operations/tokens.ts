import type { AuditEntry } from '../../core/audit.ts';
import { asSallyportError, SallyportError } from '../../core/errors.ts';
import type { Scope } from '../../core/scopes.ts';
import { auditActorOf } from '../audit-actor.ts';
import { noContent, type Operations, ok, textOf } from '../operation.ts';
import { type Actor, ungrantable } from '../security/actor.ts';
import type { ListedToken, TokenStore } from '../security/token-store.ts';

export interface TokenSource {
  readonly tokens: Pick<TokenStore, 'list' | 'find' | 'prepare' | 'revoke'>;
  readonly audit: (entry: AuditEntry) => Promise<void>;
}

interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresInDays?: number;
  readonly aeTitle?: string;
}

const dayMs = 86_400_000;

/** API tokens, as `sallyport token` keeps them. */
export function tokenOperations({ tokens, audit }: TokenSource): Operations {
  /** The record first: without it nothing is done. What then comes to nothing is recorded as that. */
  const recorded = async (
    entry: Pick<AuditEntry, 'actor' | 'action' | 'object'>,
    change: () => unknown,
  ): Promise<void> => {
    await audit(entry);
    try {
      change();
    } catch (thrown) {
      await audit({ ...entry, outcome: 'serious-failure', code: asSallyportError(thrown).code });
      throw thrown;
    }
  };
  const entryOf = (action: 'token.created' | 'token.revoked', id: string, actor: Actor, address: string) => ({
    actor: auditActorOf(actor, address),
    action,
    object: { kind: 'token', id } as const,
  });
  return {
    listTokens: async () => ok({ tokens: tokens.list().map(viewOf) }),
    createToken: async ({ body, actor, address }) => {
      const { name, scopes, expiresInDays, aeTitle } = body as NewToken;
      const [lacking] = ungrantable(actor(), scopes);
      // Nobody hands on more than they have: not even an administrator the right to see patients.
      if (lacking !== undefined) throw new SallyportError('NOT_PERMITTED', { detail: lacking });
      const { id, text, keep } = tokens.prepare({
        name,
        scopes,
        ...(expiresInDays === undefined ? {} : { expiresInMs: expiresInDays * dayMs }),
        ...(aeTitle === undefined ? {} : { aeTitle: aeTitle.trim() }),
      });
      await recorded(entryOf('token.created', id, actor(), address), keep);
      return { status: 201, body: { ...viewOf(tokens.find(id)), token: text } };
    },
    revokeToken: async ({ params, actor, address }) => {
      const { id } = tokens.find(textOf(params.id));
      await recorded(entryOf('token.revoked', id, actor(), address), () => tokens.revoke(id));
      return noContent;
    },
  };
}

function viewOf({ id, name, scopes, aeTitle, createdAt, expiresAt, lastUsedAt }: ListedToken) {
  return {
    id,
    name,
    scopes,
    aeTitle: aeTitle ?? null,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: isoOrNull(expiresAt),
    lastUsedAt: isoOrNull(lastUsedAt),
  };
}

function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
