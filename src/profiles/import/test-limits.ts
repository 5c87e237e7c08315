import type { DeviceTest } from '../../deidentify/pixels/pixel-policy.ts';
import { deviceRuleLimits } from '../device-rule-schema.ts';

/** Why a test made by an importer is too large for a file of device rules, as the end of a sentence. */
export function testFault(test: DeviceTest): string | undefined {
  const { count, depth } = sizeOf(test);
  if (count > deviceRuleLimits.tests) return `has more than ${deviceRuleLimits.tests} tests`;
  return depth > deviceRuleLimits.depth
    ? `is nested deeper than ${deviceRuleLimits.depth} levels`
    : undefined;
}

/** Looks no deeper than tells that it is too deep. */
function sizeOf(test: DeviceTest, level = 0): { readonly count: number; readonly depth: number } {
  if (level > deviceRuleLimits.depth) return { count: 1, depth: 0 };
  const inner = 'all' in test ? test.all : 'any' in test ? test.any : 'not' in test ? [test.not] : [];
  const sizes = inner.map((part) => sizeOf(part, level + 1));
  return {
    count: 1 + sizes.reduce((sum, { count }) => sum + count, 0),
    depth: inner.length === 0 ? 0 : 1 + Math.max(...sizes.map(({ depth }) => depth)),
  };
}
