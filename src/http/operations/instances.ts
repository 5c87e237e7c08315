import type { AuditActor } from '../../core/audit.ts';
import { SallyportError } from '../../core/errors.ts';
import { type InstanceRecord, type InstanceState, instanceStates } from '../../core/instance.ts';
import { viewOf } from '../../core/instance-view.ts';
import type { Emit } from '../../observe/events.ts';
import { discard, type OperationParts, release, retry } from '../../spool/operations.ts';
import { auditActorOf } from '../audit-actor.ts';
import {
  numberOf,
  type OperationRequest,
  type Operations,
  ok,
  optionalText,
  textOf,
  timeOf,
} from '../operation.ts';

export interface InstanceSource extends OperationParts {
  /** An instance has work to do again. */
  readonly onChange: () => void;
}

type DecisionName = 'release' | 'retry' | 'discard';

/** What a person does about instances: the same operations as those of the command line, on the same ledger. */
export function instanceOperations(source: InstanceSource, emit: Emit): Operations {
  const decision =
    (name: DecisionName, run: (id: string, request: OperationRequest, by: AuditActor) => Promise<void>) =>
    async (request: OperationRequest) => {
      const id = textOf(request.params.id);
      await run(id, request, auditActorOf(request.actor(), request.address));
      emit('instance.operated', { instanceId: id, operation: name });
      source.onChange();
      return ok(viewOf(await findInstance(source, id)));
    };
  return {
    listInstances: async ({ query }) => {
      const limit = numberOf(query.limit);
      const states = statesOf(optionalText(query.state));
      const records = await source.ledger.list({
        limit,
        newestFirst: query.order === 'newest',
        ...defined('states', states),
        ...defined('code', optionalText(query.code)),
        ...defined('callingAeTitle', optionalText(query.callingAeTitle)?.trim()),
        ...defined('studyPseudonym', optionalText(query.study)),
        ...defined('seriesPseudonym', optionalText(query.series)),
        ...defined('receivedFrom', timeOf(query.receivedFrom)),
        ...defined('receivedTo', before(timeOf(query.receivedTo))),
        ...defined('afterId', optionalText(query.after)),
      });
      const next = records.length < limit ? null : (records.at(-1)?.id ?? null);
      return ok({ instances: records.map(viewOf), next });
    },
    getInstance: async ({ params }) => ok(viewOf(await findInstance(source, textOf(params.id)))),
    releaseInstance: decision('release', (id, { body }, by) => {
      const { boxes, replaceFound } = (body ?? {}) as { boxes?: unknown; replaceFound?: boolean };
      return release(source, id, {
        by,
        ...(boxes === undefined ? {} : { boxes, replaceFound: replaceFound === true }),
      });
    }),
    retryInstance: decision('retry', (id, _request, by) => retry(source, id, by)),
    discardInstance: decision('discard', (id, _request, by) => discard(source, id, by)),
  };
}

/** Rejects with INSTANCE_UNKNOWN. */
export async function findInstance(
  { ledger }: Pick<OperationParts, 'ledger'>,
  id: string,
): Promise<InstanceRecord> {
  const record = await ledger.get(id);
  if (record === undefined) throw new SallyportError('INSTANCE_UNKNOWN');
  return record;
}

/** The last millisecond before a time: what is asked for is "before". */
export function before(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms - 1;
}

/** States separated by commas. Throws REQUEST_INVALID. */
export function statesOf(value: string | undefined): readonly InstanceState[] | undefined {
  if (value === undefined) return undefined;
  const words = value.split(',');
  const states = words.flatMap((word) => instanceStates.find((state) => state === word) ?? []);
  if (states.length < words.length)
    throw new SallyportError('REQUEST_INVALID', { detail: `state: ${instanceStates.join(', ')}` });
  return states;
}

/** One field, or none where there is no value. */
export function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
