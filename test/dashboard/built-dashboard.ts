import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const root = join(import.meta.dirname, '..', '..');
const sources = join(root, 'src', 'dashboard');
const folder = join(root, 'dist', 'dashboard');
const lock = join(root, 'dist', '.dashboard-lock');

/** Folder of the built dashboard, where the gateway looks for it too; built anew where a source is younger. */
export async function builtDashboard(): Promise<string> {
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (let turn = 0; turn < 600; turn += 1) {
    if (isFresh()) return folder;
    try {
      mkdirSync(lock);
    } catch {
      // Another test builds; a lock of a killed one is taken away.
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 60_000) rmdirSync(lock);
      await pause(200);
      continue;
    }
    try {
      await build();
    } finally {
      rmdirSync(lock);
    }
  }
  throw new Error('the dashboard was not built in time');
}

function isFresh(): boolean {
  const built = join(folder, 'index.html');
  if (!existsSync(built) || existsSync(lock)) return false;
  const at = statSync(built).mtimeMs;
  return readdirSync(sources, { recursive: true, encoding: 'utf8' }).every(
    (file) => statSync(join(sources, file)).mtimeMs <= at,
  );
}

async function build(): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', sources, '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the dashboard does not build: ${told.slice(0, 2000)}`);
}
