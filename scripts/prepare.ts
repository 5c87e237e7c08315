import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs after `npm ci` in a checkout: builds the dashboard, so that the gateway serves it without a further command. Where
 * the tools for that were left out (`npm ci --omit=dev`) it says so, and the rest works.
 */
const root = join(import.meta.dirname, '..');
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
if (existsSync(vite)) {
  const sources = join(root, 'src', 'dashboard');
  const { status } = spawnSync(process.execPath, [vite, 'build', sources, '--logLevel', 'warn'], {
    stdio: 'inherit',
    cwd: root,
  });
  process.exitCode = status ?? 1;
} else {
  console.log(
    'The dashboard is not built: its tools are not installed. npm ci without --omit=dev brings them.',
  );
}
