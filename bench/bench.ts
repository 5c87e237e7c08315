import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** All benchmarks, one after another, as Markdown on standard output. Arguments choose: `npm run bench -- receive path`. */
const all = [
  'receive',
  'path',
  'stages',
  'deidentify',
  'memory',
  'spool',
  'render',
  'codecs',
  'mutation',
] as const;
const chosen = process.argv.slice(2);
const names = chosen.length === 0 ? all : chosen;
const [cpu] = cpus();
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpu?.model ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
);
for (const name of names) {
  console.log(`\n## ${name}`);
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
