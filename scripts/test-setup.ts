import { spawnSync } from 'node:child_process';
import { missingPeers, peers, supportPackages } from '../test/support/peers.ts';

/**
 * Runs before the tests: the peers they talk to are installed where that is possible (Debian, root), else named, so that
 * nobody takes a skipped test for a passed one. With CI=true a missing peer ends the run.
 */
function installPeers(): number {
  if (missingPeers().length === 0) return 0;
  console.log(`test set-up: missing peers: ${missingPeers().join(', ')}`);
  const packages = [...new Set(missingPeers().map((name) => peers[name].package)), ...supportPackages];
  if (process.getuid?.() === 0 && hasApt()) {
    console.log(`test set-up: installing ${packages.join(' ')}`);
    apt(['update', '-q']);
    apt(['install', '-y', '-q', '--no-install-recommends', ...packages]);
  } else {
    console.log(`test set-up: not root or no apt; install by hand: apt-get install ${packages.join(' ')}`);
  }
  const missing = missingPeers();
  if (missing.length === 0) return 0;
  console.log(`test set-up: tests that need ${missing.join(', ')} will be skipped, each by name`);
  return process.env.CI === 'true' ? 1 : 0;
}

function hasApt(): boolean {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** A failed install is told by what is still missing afterwards. Services of the packages are not to be started. */
function apt(args: readonly string[]): void {
  const { status } = spawnSync('apt-get', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 15 * 60_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
  if (status !== 0) console.log(`test set-up: apt-get ${args[0]} ended with ${status}`);
}

process.exitCode = installPeers();
