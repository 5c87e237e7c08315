import { SallyportError } from '../../core/errors.ts';
import { type InstanceRecord, type InstanceState, instanceStates } from '../../core/instance.ts';
import { viewOf } from '../../core/instance-view.ts';
import type { Emit } from '../../observe/events.ts';
import { discard, type OperationParts, type ReleaseOptions, release, retry } from '../../spool/operations.ts';
import { ok, type Route, type RouteRequest } from '../route.ts';

export interface InstanceSource extends OperationParts {
  /** An instance has work to do again. */
  readonly onChange: () => void;
}

const standardLimit = 100;
const maxLimit = 500;

/** What a person does about instances: the same operations as those of the command line, on the same ledger. */
export function instanceRoutes(source: InstanceSource, emit: Emit): readonly Route[] {
  const find = async (id: string): Promise<InstanceRecord> => {
    const record = await source.ledger.get(id);
    if (record === undefined) throw new SallyportError('INSTANCE_UNKNOWN');
    return record;
  };
  const operation = (
    name: 'release' | 'retry' | 'discard',
    run: (id: string, request: RouteRequest) => Promise<void>,
  ): Route => ({
    method: 'POST',
    path: `/api/instances/:id/${name}`,
    for: 'token',
    handle: async (request) => {
      const id = idOf(request);
      await run(id, request);
      emit('instance.operated', { instanceId: id, operation: name });
      source.onChange();
      return ok(viewOf(await find(id)));
    },
  });
  return [
    {
      method: 'GET',
      path: '/api/instances',
      for: 'token',
      handle: async ({ query }) => {
        const limit = limitOf(query.limit);
        const states = statesOf(query.state);
        const records = await source.ledger.list({
          limit,
          ...(states === undefined ? {} : { states }),
          ...(typeof query.code === 'string' ? { code: query.code } : {}),
          ...(typeof query.after === 'string' ? { afterId: query.after } : {}),
        });
        const next = records.length < limit ? null : (records.at(-1)?.id ?? null);
        return ok({ instances: records.map(viewOf), next });
      },
    },
    {
      method: 'GET',
      path: '/api/instances/:id',
      for: 'token',
      handle: async (request) => ok(viewOf(await find(idOf(request)))),
    },
    operation('release', (id, { body }) => release(source, id, boxesOf(body))),
    operation('retry', (id) => retry(source, id)),
    operation('discard', (id) => discard(source, id)),
  ];
}

function idOf({ params }: RouteRequest): string {
  return params.id ?? '';
}

/** What is not understood is refused: a misspelt field would release an image without its boxes. */
function boxesOf(body: unknown): ReleaseOptions {
  if (body === undefined || body === null) return {};
  const fields: Record<string, unknown> = typeof body === 'object' ? { ...body } : {};
  const { boxes, replaceFound = false, ...others } = fields;
  if (typeof body !== 'object' || Array.isArray(body) || Object.keys(others).length > 0)
    throw new SallyportError('BOXES_INVALID', { detail: 'not an object with boxes' });
  if (typeof replaceFound !== 'boolean')
    throw new SallyportError('BOXES_INVALID', { detail: 'replaceFound: true or false' });
  return 'boxes' in body ? { boxes, replaceFound } : {};
}

function limitOf(value: RouteRequest['query'][string]): number {
  if (value === undefined) return standardLimit;
  const limit = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > maxLimit)
    throw new SallyportError('REQUEST_INVALID', { detail: `limit: 1 to ${maxLimit}` });
  return limit;
}

function statesOf(value: RouteRequest['query'][string]): readonly InstanceState[] | undefined {
  if (value === undefined) return undefined;
  const words = [value].flat().flatMap((word) => word.split(','));
  const states = words.flatMap((word) => instanceStates.find((state) => state === word) ?? []);
  if (states.length < words.length)
    throw new SallyportError('REQUEST_INVALID', { detail: `state: ${instanceStates.join(', ')}` });
  return states;
}
