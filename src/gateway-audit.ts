import { hash } from 'node:crypto';
import type { Config } from './config/config.ts';
import { type AuditEntry, gatewayActor } from './core/audit.ts';
import { keptId } from './core/audit-pruning.ts';
import { productVersion } from './core/version.ts';
import type { KeyRing } from './deidentify/key-ring.ts';
import { defineProfile } from './deidentify/profile.ts';
import type { ProfileChoice } from './pipeline/messages.ts';
import type { AuditTrail } from './spool/audit-trail.ts';

const gateway = { kind: 'gateway', id: productVersion } as const;

export interface StartFacts {
  readonly profiles: ProfileChoice;
  readonly ring: KeyRing;
  readonly keyCreated: boolean;
}

/**
 * Tells the audit trail of a start: the version, and the keys, configuration and profiles that are in force from now on,
 * so that a change of any of them shows between two starts; and where the trail begins, which later removals of its
 * beginning are held against. `printable` is the configuration with secrets masked.
 */
export async function recordStart(
  trail: Pick<AuditTrail, 'append' | 'after'>,
  { audit }: Pick<Config, 'audit'>,
  printable: string,
  facts: StartFacts,
): Promise<void> {
  await trail.append(...startEntries(printable, facts));
  const [oldest] = await trail.after(0, 1);
  if (oldest === undefined) return;
  const kept = { sequence: oldest.sequence, at: Date.parse(oldest.at), keepMs: audit.keep };
  await trail.append({
    actor: gatewayActor,
    action: 'audit.kept',
    object: { kind: 'audit', id: keptId(kept) },
  });
}

/** Tells of tokens that the trail does not know: made before there was one, or put into the file past this program. */
export async function recordTokens(
  trail: Pick<AuditTrail, 'append' | 'list'>,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    const { records } = await trail.list({ objectId: id, limit: 1 });
    if (records.length > 0) continue;
    await trail.append({
      actor: gatewayActor,
      action: 'token.found',
      object: { kind: 'token', id },
    });
  }
}

function startEntries(printable: string, { profiles, ring, keyCreated }: StartFacts): readonly AuditEntry[] {
  const definitions = new Set([
    profiles.standard,
    ...profiles.byCallingAeTitle.map((entry) => entry.definition),
  ]);
  const active = { kind: 'key', id: ring.active.keyId } as const;
  const configuration = { kind: 'configuration', id: hash('sha256', printable, 'hex') } as const;
  return [
    ...(keyCreated ? [{ actor: gatewayActor, action: 'key.created', object: active } as const] : []),
    ...ring.keyIds.map(
      (id) => ({ actor: gatewayActor, action: 'key.loaded', object: { kind: 'key', id } }) as const,
    ),
    { actor: gatewayActor, action: 'configuration.loaded', object: configuration },
    ...[...definitions].map((definition) => {
      const { id, revision } = defineProfile(definition);
      return {
        actor: gatewayActor,
        action: 'profile.loaded',
        object: { kind: 'profile', id },
        profileRevision: revision,
      } as const;
    }),
    { actor: gatewayActor, action: 'gateway.started', object: gateway },
  ];
}

export const stopEntry: AuditEntry = { actor: gatewayActor, action: 'gateway.stopped', object: gateway };
