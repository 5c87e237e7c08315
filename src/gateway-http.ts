import { SallyportError } from './core/errors.ts';
import { operationsOf } from './http/contract/gateway-contract.ts';
import type { Operations } from './http/operation.ts';
import { type HealthSource, healthOperations } from './http/operations/health.ts';
import { type InstanceSource, instanceOperations } from './http/operations/instances.ts';
import type { Emit } from './observe/events.ts';

export interface GatewayHttpParts {
  readonly document: object;
  readonly health: Omit<HealthSource, 'document'>;
  readonly instances: InstanceSource;
  readonly emit: Emit;
}

/** Every operation of openapi/gateway.yaml, bound to the parts of the gateway. */
export function gatewayOperations({ document, health, instances, emit }: GatewayHttpParts): Operations {
  const operations: Operations = {
    ...healthOperations({ ...health, document }),
    ...instanceOperations(instances, emit),
  };
  // TEMPORARY: operations that are not bound yet.
  const missing = operationsOf(document as Record<string, unknown>).filter(
    (spec) => operations[spec.operationId] === undefined,
  );
  return {
    ...Object.fromEntries(
      missing.map((spec) => [
        spec.operationId,
        async () => {
          throw new SallyportError('UNEXPECTED', { detail: 'not bound yet' });
        },
      ]),
    ),
    ...operations,
  };
}
