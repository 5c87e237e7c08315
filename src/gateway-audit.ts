import { type AuditEntry, gatewayActor } from './core/audit.ts';
import { productVersion } from './core/version.ts';
import type { KeyRing } from './deidentify/key-ring.ts';
import { defineProfile } from './deidentify/profile.ts';
import type { ProfileChoice } from './pipeline/messages.ts';

const gateway = { kind: 'gateway', id: productVersion } as const;

/** What the audit trail is told when a gateway starts: under which keys and profiles it works from now on. */
export function startEntries(
  profiles: ProfileChoice,
  ring: KeyRing,
  keyCreated: boolean,
): readonly AuditEntry[] {
  const definitions = new Set([
    profiles.standard,
    ...profiles.byCallingAeTitle.map((entry) => entry.definition),
  ]);
  const active = { kind: 'key', id: ring.active.keyId } as const;
  return [
    ...(keyCreated ? [{ actor: gatewayActor, action: 'key.created', object: active } as const] : []),
    ...ring.keyIds.map(
      (id) => ({ actor: gatewayActor, action: 'key.loaded', object: { kind: 'key', id } }) as const,
    ),
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
