import type { AuditTrail } from '../../spool/audit-trail.ts';
import { auditActorOf } from '../audit-actor.ts';
import { type Operations, ok } from '../operation.ts';

/** Connections to DICOM nodes that an administrator asks for. */
export interface TestSource {
  readonly audit: AuditTrail;
  readonly send: (
    wish: { readonly callingAeTitle?: string; readonly calledAeTitle?: string; readonly instance: boolean },
    signal: AbortSignal,
  ) => Promise<object>;
  readonly echo: (
    wish: {
      readonly host: string;
      readonly port: number;
      readonly calledAeTitle: string;
      readonly callingAeTitle?: string;
      readonly tls?: boolean;
    },
    signal: AbortSignal,
  ) => Promise<object>;
}

/** Whether DICOM gets through: to ourselves, and from us to another node. */
export function testOperations({ audit, send, echo }: TestSource): Operations {
  return {
    sendTest: async ({ body, actor, address, signal }) => {
      const wish = { instance: false, ...(body as object) };
      if (wish.instance)
        await audit.append({
          actor: auditActorOf(actor(), address),
          action: 'study.test-sent',
          object: { kind: 'gateway', id: 'test' },
        });
      return ok(await send(wish, signal));
    },
    echoPeer: async ({ body, signal }) => ok(await echo(body as Parameters<TestSource['echo']>[0], signal)),
  };
}
