import { randomInt } from 'node:crypto';
import t from 'tap';
import { runMutants } from './mutation-run.ts';

/** MUTANTS raises the number of mutants for a longer run; `npm run bench -- mutation` makes twenty thousand. */
const mutants = Number(process.env.MUTANTS ?? 400);
/** One mutant may not take longer, on a busy machine too; the gateway would replace its worker far later. */
const watchdogMs = 60_000;
/** Of the whole process: Node, sharp, WebAssembly modules and one frame of at most four megapixels. */
const mostRssMiB = 1500;

t.test('mutants become pictures or a registered code, never a crash or a hang', async (t) => {
  // Half are the same each time. Should one of the others fail, its number makes it again.
  const other = 1_000_000 + randomInt(1_000_000_000);
  const numbers = Array.from({ length: mutants }, (_, i) => (i < mutants / 2 ? i : other + i));
  const { outcomes, faults, slowestMs, slowest, peakRssMiB } = await runMutants({ numbers, watchdogMs });
  t.comment(`0 and following, then ${other} and following: ${JSON.stringify(outcomes)}`);
  t.comment(`slowest ${slowestMs.toFixed(0)} ms (${slowest}), at most ${peakRssMiB.toFixed(0)} MiB`);
  t.same(faults, []);
  const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  t.equal(ended, mutants, 'every mutant came to an end');
  t.ok((outcomes.pictures ?? 0) > 0, 'some are drawn');
  t.ok((outcomes.PIXEL_DATA_INVALID ?? 0) > 0, 'some are refused');
  t.ok(peakRssMiB < mostRssMiB, `at most ${mostRssMiB} MiB`);
});
