import { CrosswalkStore } from '../../src/crosswalk/crosswalk-store.ts';
import { key, pair } from './pairs.ts';

/** Records three pairs a time without end, and names each number when it is on stable storage. */
const store = new CrosswalkStore(process.argv[2] ?? '', key, 'write');
for (let index = Number(process.argv[3] ?? 0); ; index += 3) {
  store.record([pair(index), pair(index + 1), pair(index + 2)], Date.now());
  process.stdout.write(`${index}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
