import { userInfo } from 'node:os';
import type { AuditActor } from '../core/audit.ts';

/**
 * Who types, as the audit trail names them: the account that runs the command. Behind `sudo` the one that called it is
 * added, since root tells nobody; the system's word for it, not a proof.
 */
export function commandLineActor(): AuditActor {
  const name = accountName();
  const caller = process.env.SUDO_USER;
  const known = caller !== undefined && caller !== '' && caller !== name;
  return { kind: 'command-line', name: known ? `${name} (sudo: ${caller})` : name };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account that the system has no name for, as in many containers.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
