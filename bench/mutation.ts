import { runMutants } from '../test/render/mutation-run.ts';
import { printTable } from './measure.ts';

/**
 * Renders mutated objects in a child process and counts how they come out: MUTANTS of them (20,000 where left out), from
 * number FROM on. Ends with exit code 1 where one was neither pictures nor a registered code.
 */
const count = Number(process.env.MUTANTS ?? 20_000);
const from = Number(process.env.FROM ?? 0);
const started = performance.now();
const { outcomes, faults, slowestMs, slowest, peakRssMiB } = await runMutants({
  numbers: Array.from({ length: count }, (_, index) => from + index),
  watchdogMs: 60_000,
  onProgress: (done, so) => {
    if (done % 500 === 0) console.error(`${done} of ${count}: ${JSON.stringify(so)}`);
  },
  onFault: (fault) => console.error(`FAULT ${fault}`),
});
printTable(
  `${count} mutants from number ${from}`,
  ['outcome', 'mutants'],
  Object.entries(outcomes).sort(([, a], [, b]) => b - a),
);
const seconds = (performance.now() - started) / 1000;
console.log(
  `\nSlowest: ${slowestMs.toFixed(0)} ms (${slowest}). Highest resident memory: ${peakRssMiB.toFixed(0)} MiB. In all: ${seconds.toFixed(0)} s.`,
);
if (faults.length > 0) process.exitCode = 1;
