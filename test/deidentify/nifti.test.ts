import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { basicProfile, type Profile } from '../../src/deidentify/profile.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { writeCtSeries } from '../../src/synthetic/bulk.ts';
import { peerProgram, requirePeer } from '../support/peers.ts';
import { run as runProgram } from '../support/run.ts';
import { mustPass, profileWith, run, written } from './build.ts';

/** The one volume dcm2niix makes of a folder. */
async function converted(input: string, output: string): Promise<Buffer> {
  mkdirSync(output);
  const result = await runProgram(
    peerProgram('dcm2niix'),
    ['-b', 'n', '-z', 'n', '-f', 'volume', '-o', output, input],
    {
      timeoutMs: 60_000,
    },
  );
  const volumes = readdirSync(output).filter((name) => name.endsWith('.nii'));
  t.equal(volumes.length, 1, result.output);
  return readFileSync(join(output, volumes[0] ?? ''));
}

/** Dimensions, spacing, rotation and position of a NIfTI-1 header, and what stands behind it. */
function geometryOf(volume: Buffer): { header: string; voxels: Buffer } {
  const header = Buffer.concat([volume.subarray(40, 148), volume.subarray(252, 328)]);
  return { header: header.toString('hex'), voxels: volume.subarray(352) };
}

t.test('dcm2niix makes the same volume of a series before and after', { timeout: 120_000 }, async (t) => {
  if (!requirePeer(t, 'dcm2niix')) return;
  const folder = t.testdir({ before: {} });
  const before = join(folder, 'before');
  await writeCtSeries({ directory: before, count: 6 });
  const original = geometryOf(await converted(before, join(folder, 'original')));
  t.ok(original.voxels.length >= 6 * 512 * 512 * 2);
  const profiles: readonly Profile[] = [
    basicProfile,
    profileWith({ name: 'shifted', options: ['retainLongModifiedDates', 'cleanDescriptors'] }),
  ];
  for (const profile of profiles) {
    const after = join(folder, profile.id);
    mkdirSync(after);
    for (const name of readdirSync(before, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.dcm')) continue;
      const part10 = readPart10(memorySource(readFileSync(join(before, name))));
      const { value } = mustPass(run(part10, { profile }));
      writeFileSync(join(after, `${value.sopInstanceUid}.dcm`), written(value));
    }
    const left = geometryOf(await converted(after, join(folder, `${profile.id}-volume`)));
    t.equal(left.header, original.header, `${profile.id}: geometry`);
    t.ok(left.voxels.equals(original.voxels), `${profile.id}: voxels`);
  }
});
