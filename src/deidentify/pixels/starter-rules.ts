import type { DeviceRule } from './pixel-policy.ts';

/** Rules that come with the product. */
export const starterRules: readonly DeviceRule[] = [];
