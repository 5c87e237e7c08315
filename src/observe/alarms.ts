import type { AlarmInput } from './alarm-rule.ts';
import { setUpRules } from './alarm-rules-set-up.ts';
import { workRules } from './alarm-rules-work.ts';
import type { Alarm } from './live-view.ts';

const order = { critical: 0, warning: 1, info: 2 } as const;

/** What is wrong now and what to do about it, worst first. Pure: the same input gives the same list. */
export function alarmsOf(input: AlarmInput): readonly Alarm[] {
  return [...workRules, ...setUpRules]
    .flatMap((rule) => rule(input) ?? [])
    .sort((a, b) => order[a.severity] - order[b.severity] || (a.id < b.id ? -1 : 1));
}
