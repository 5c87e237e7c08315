import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { asSallyportError } from '../../src/core/errors.ts';
import { deidentify } from '../../src/deidentify/deidentify.ts';
import { createKeyRing } from '../../src/deidentify/key-ring.ts';
import { defineProfile } from '../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../src/deidentify/profile-definition.ts';
import { recordPairs } from '../../src/deidentify/recording.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { encodePart10 } from '../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../src/dicom/file-meta.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { encodePart10 as encodeSynthetic } from '../../src/synthetic/dicom-writer.ts';
import { syntheticStudy } from '../../src/synthetic/study.ts';

/**
 * A node of its own: de-identifies a synthetic study and the files named, in an order of its own, and prints what came
 * out of each, and every pseudonym given.
 */
interface Job {
  readonly secret: string;
  readonly order: 'forward' | 'backward' | 'shuffled';
  readonly files: readonly string[];
}

const job = JSON.parse(readFileSync(0, 'utf8')) as Job;
const profile = defineProfile({
  ...emptyDefinition('determinism'),
  options: ['retainLongModifiedDates', 'cleanDescriptors', 'retainDeviceIdentity'],
});
const { active } = createKeyRing([Buffer.from(job.secret, 'hex')]);

const inputs: [name: string, bytes: () => Uint8Array][] = [
  ...[...syntheticStudy({ seed: 'determinism', images: 4, size: 64 })].map(
    (instance): [string, () => Uint8Array] => [instance.name, () => encodeSynthetic(instance)],
  ),
  ...job.files.map((file): [string, () => Uint8Array] => [file, () => readFileSync(file)]),
];
if (job.order === 'backward') inputs.reverse();
const rank = (name: string): string => createHash('sha256').update(name).digest('hex');
if (job.order === 'shuffled') inputs.sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));

const outcomes: Record<string, string> = {};
const pseudonyms = new Set<string>();
for (const [name, bytes] of inputs) {
  try {
    const recording = recordPairs(active);
    const result = deidentify(readPart10(memorySource(bytes())), {
      profile,
      pseudonyms: recording.pseudonyms,
      releasedCodes: ['BURNED_IN_TEXT_RISK'],
    });
    if (result.kind === 'held') {
      outcomes[name] = result.code;
      continue;
    }
    for (const { idNew } of recording.pairs()) pseudonyms.add(idNew);
    const hash = createHash('sha256');
    for (const chunk of encodePart10({ ...result.value, head: encodeFileMeta(result.value) }))
      hash.update(chunk);
    outcomes[name] = `written ${hash.digest('hex')}`;
  } catch (error) {
    outcomes[name] = asSallyportError(error).code;
  }
}
process.stdout.write(JSON.stringify({ outcomes, pseudonyms: [...pseudonyms] }));
