import type { Schemas } from '../api/types.ts';
import { type InstanceState, stateWords } from '../instances/instance-words.ts';

type Study = Schemas['Study'];

/** One part of the bar of a study. */
export interface ProgressPart {
  readonly state: InstanceState;
  readonly title: string;
  readonly instances: number;
  /** Of all, in percent; what is there at all is never thinner than can be seen. */
  readonly percent: number;
}

const order: readonly InstanceState[] = ['delivered', 'prepared', 'received', 'held', 'failed', 'discarded'];
const thinnest = 2;

/** How far a study is, from what is done to what waits; delivered rows that retention removed count as delivered. */
export function progressOf({ instances }: Pick<Study, 'instances'>): readonly ProgressPart[] {
  const amounts = order.map((state) => ({
    state,
    instances: instances[state] + (state === 'delivered' ? instances.forgotten : 0),
  }));
  const all = amounts.reduce((sum, part) => sum + part.instances, 0);
  return amounts
    .filter((part) => part.instances > 0)
    .map((part) => ({
      ...part,
      title: stateWords[part.state].title.toLowerCase(),
      percent: Math.max(thinnest, (part.instances / all) * 100),
    }));
}

/** "12 of 14 delivered, 1 held, 1 failed". */
export function progressText(study: Pick<Study, 'instances'>): string {
  const parts = progressOf(study);
  const all = parts.reduce((sum, part) => sum + part.instances, 0);
  if (all === 0) return 'no instance left';
  const done = parts.find(({ state }) => state === 'delivered')?.instances ?? 0;
  const others = parts.filter(({ state }) => state !== 'delivered');
  return [
    done === all ? `all ${all} delivered` : `${done} of ${all} delivered`,
    ...others.map(({ instances, title }) => `${instances} ${title}`),
  ].join(', ');
}

const fhirWords: Readonly<Record<Study['fhir']['state'], string>> = {
  disabled: 'no FHIR server is configured',
  nothing: 'nothing delivered yet',
  waiting: 'waits to be posted',
  retrying: 'could not be posted, is tried again',
  posted: 'posted',
  refused: 'refused by the FHIR server',
};

export function fhirText({ state }: Study['fhir']): string {
  return fhirWords[state];
}

/** Those that can be searched for. */
export const fhirStates = ['waiting', 'retrying', 'posted', 'refused'] as const;
