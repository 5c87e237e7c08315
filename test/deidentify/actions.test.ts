import t from 'tap';
import { settleAction } from '../../src/deidentify/actions.ts';
import { actionCodes } from '../../src/deidentify/rules.ts';

t.test('a compound action follows the Type of the attribute', async (t) => {
  const expected: Record<string, [type1: string, type2: string, type3: string, unknown: string]> = {
    D: ['D', 'D', 'D', 'D'],
    // Zero length is not allowed for Type 1; Z then means its dummy.
    Z: ['D', 'Z', 'Z', 'Z'],
    X: ['X', 'X', 'X', 'X'],
    K: ['K', 'K', 'K', 'K'],
    C: ['C', 'C', 'C', 'C'],
    U: ['U', 'U', 'U', 'U'],
    'Z/D': ['D', 'Z', 'Z', 'D'],
    'X/Z': ['D', 'Z', 'X', 'Z'],
    'X/D': ['D', 'D', 'X', 'D'],
    'X/Z/D': ['D', 'Z', 'X', 'D'],
    // References stay, with new UIDs, also where they might go.
    'X/Z/U*': ['U', 'U', 'U', 'U'],
  };
  t.strictSame(Object.keys(expected).sort(), [...actionCodes].sort());
  for (const code of actionCodes) {
    t.strictSame(
      [settleAction(code, 1), settleAction(code, 2), settleAction(code, 3), settleAction(code, undefined)],
      expected[code],
      code,
    );
  }
});

t.test('an unknown Type never leaves the value', async (t) => {
  for (const code of actionCodes) {
    if (code === 'K' || code === 'C') continue;
    t.notMatch(settleAction(code, undefined), /^[KC]$/, code);
  }
});
