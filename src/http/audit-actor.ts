import type { AuditActor } from '../core/audit.ts';
import type { Actor } from './security/actor.ts';

/** A caller as the audit trail names it. */
export function auditActorOf({ kind, name }: Actor, address?: string): AuditActor {
  return { kind, name, ...(address === undefined ? {} : { address }) };
}
