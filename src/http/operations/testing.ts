import type { AuditTrail } from '../../spool/audit-trail.ts';
import { auditActorOf } from '../audit-actor.ts';
import { type OperationRequest, type Operations, ok } from '../operation.ts';

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
  const recorded = (
    action: 'study.test-sent' | 'connection.tested',
    { actor, address }: Pick<OperationRequest, 'actor' | 'address'>,
  ): Promise<void> =>
    audit.append({
      actor: auditActorOf(actor(), address),
      action,
      object: { kind: 'gateway', id: 'test' },
    });
  return {
    sendTest: async (request) => {
      const wish = { instance: false, ...(request.body as object) };
      await recorded(wish.instance ? 'study.test-sent' : 'connection.tested', request);
      return ok(await send(wish, request.signal));
    },
    echoPeer: async (request) => {
      await recorded('connection.tested', request);
      return ok(await echo(request.body as Parameters<TestSource['echo']>[0], request.signal));
    },
  };
}
