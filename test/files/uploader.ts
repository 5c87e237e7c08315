/** Puts files on a shelf until it is killed; tells of each id it was answered. */
import { FileShelf } from '../../src/files/file-shelf.ts';
import { ann, pieces, settings, upperCase } from './shelf.ts';

const [folder = ''] = process.argv.slice(2);
const shelf = new FileShelf(settings(folder, { maxFiles: 10_000, maxBytes: 2 ** 30 }), {
  work: { deidentifyFile: upperCase },
  audit: async () => undefined,
  emit: () => undefined,
  now: Date.now,
});
await shelf.start();
const { signal } = new AbortController();
for (let count = 0; ; count += 1) {
  const anonymize = count % 2 === 0;
  const file = await shelf.temporary.receive(pieces('doe^jane'.repeat(20_000)), { signal });
  const { id } = await shelf.add(file, { actor: ann, callingAeTitle: '', studyType: '' }, anonymize);
  process.stdout.write(`${id} ${anonymize}\n`);
}
