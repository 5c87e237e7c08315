import { spawnSync } from 'node:child_process';
import t from 'tap';
import { storedCielabToRgb } from '../../../src/render/color/cielab.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';

type Words = [number, number, number];

/** L* from 0 to 100, a* and b* from -128 to 127 as DICOM stores them. */
const stored = (lightness: number, a: number, b: number): Words => [
  Math.round(lightness * 655.35),
  Math.round((a + 128) * 257),
  Math.round((b + 128) * 257),
];

t.test('black, grey and white have no hue', async (t) => {
  t.same(storedCielabToRgb(stored(0, 0, 0)), [0, 0, 0]);
  t.same(storedCielabToRgb(stored(53.585, 0, 0)), [128, 128, 128]);
  t.same(storedCielabToRgb(stored(100, 0, 0)), [255, 255, 255]);
});

t.test('colors are those of LittleCMS', async (t) => {
  if (!requirePeer(t, 'transicc')) return;
  const colors: [number, number, number][] = [];
  for (const lightness of [5, 30, 55, 80, 96])
    for (const a of [-90, -40, 0, 33, 80])
      for (const b of [-100, -20, 0, 60, 90]) colors.push([lightness, a, b]);
  const { status, stdout } = spawnSync(peerProgram('transicc'), ['-t1', '-n', '-i*Lab4', '-o*sRGB'], {
    input: `${colors.map((color) => color.join(' ')).join('\n')}\n`,
  });
  t.equal(status, 0);
  const rows = String(stdout)
    .split('\n')
    .flatMap((line) => {
      const numbers = line.trim().split(/\s+/).map(Number);
      return numbers.length === 3 && numbers.every(Number.isFinite) ? [numbers] : [];
    });
  t.equal(rows.length, colors.length);
  let most = 0;
  for (const [index, color] of colors.entries()) {
    const ours = storedCielabToRgb(stored(...color));
    for (const [at, theirs] of (rows[index] ?? []).entries())
      most = Math.max(most, Math.abs((ours[at] ?? 0) - Math.min(255, Math.max(0, theirs))));
  }
  t.ok(most <= 1, `largest difference ${most}`);
});
