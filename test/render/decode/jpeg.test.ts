import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { requirePeer } from '../../support/peers.ts';
import {
  decodeFile,
  largestDifference,
  type Picture,
  part10Of,
  picture,
  runTool,
  storedValues,
  valuesOf,
} from './pictures.ts';

/** Encodes with dcmcjpeg; gives our stored values and those of dcmdjpeg. */
function throughDcmtk(
  t: Test,
  of: Picture,
  ...options: string[]
): { readonly ours: number[]; readonly theirs: number[] } {
  const folder = t.testdir();
  const [native = '', encoded = '', back = ''] = ['native', 'encoded', 'back'].map((name) =>
    join(folder, `${name}.dcm`),
  );
  writeFileSync(native, part10Of(of));
  runTool('dcmcjpeg', ...options, native, encoded);
  runTool('dcmdjpeg', '+cn', encoded, back);
  return {
    ours: storedValues(decodeFile(encoded), of.bits),
    theirs: storedValues(decodeFile(back), of.bits),
  };
}

t.test('lossless JPEG of process 14: every selection value, depth and sign is exact', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  for (const bits of [8, 10, 12, 16]) {
    for (let selection = 1; selection <= 7; selection++) {
      const of = picture({ bits });
      const { ours } = throughDcmtk(t, of, '+el', '+sv', String(selection));
      t.equal(largestDifference(ours, valuesOf(of)), 0, `${bits} bits, SV${selection}`);
    }
  }
  for (const bits of [12, 16]) {
    const of = picture({ bits, signed: true });
    const { ours } = throughDcmtk(t, of, '+e1');
    t.equal(largestDifference(ours, valuesOf(of)), 0, `${bits} bits, signed`);
  }
  const color = picture({ samples: 3 });
  const { ours } = throughDcmtk(t, color, '+e1');
  t.equal(largestDifference(ours, [...color.values]), 0, 'RGB');
});

t.test('lossless JPEG with a point transform gives the samples DCMTK finds', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  for (const bits of [8, 12, 16]) {
    for (const transform of [1, 2, 3]) {
      const of = picture({ bits });
      const { ours, theirs } = throughDcmtk(t, of, '+el', '+sv', '4', '+pt', String(transform));
      t.equal(largestDifference(ours, theirs), 0, `${bits} bits, point transform ${transform}`);
    }
  }
});

t.test('lossy JPEG gives the samples DCMTK finds', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const cases: readonly (readonly [string, Picture, readonly string[]])[] = [
    ['baseline grey', picture(), ['+eb']],
    ['baseline YBR 4:4:4', picture({ samples: 3 }), ['+eb', '+s4']],
    ['extended, 8 bits', picture(), ['+ee']],
    ['extended, 12 bits', picture({ bits: 12 }), ['+ee']],
    ['spectral selection, 8 bits', picture(), ['+es']],
    ['spectral selection, 12 bits', picture({ bits: 12 }), ['+es']],
    ['progressive, 8 bits', picture(), ['+ep']],
    ['progressive, 12 bits', picture({ bits: 12 }), ['+ep']],
    ['progressive YBR', picture({ samples: 3 }), ['+ep', '+s4']],
  ];
  for (const [name, of, options] of cases) {
    const { ours, theirs } = throughDcmtk(t, of, ...options);
    t.ok(largestDifference(ours, theirs) <= 1, name);
  }
});
