import { mkdir, readdir, writeFile } from 'node:fs/promises';
import type { Test } from 'tap';
import { peerProgram } from './peers.ts';
import { type Daemon, freePort, type RunOptions, type RunResult, run, startDaemon, waitFor } from './run.ts';

export interface ScuOptions extends RunOptions {
  readonly port: number;
  readonly host?: string;
  readonly calledAeTitle?: string;
  readonly callingAeTitle?: string;
  /** Further arguments, before host and port. */
  readonly args?: readonly string[];
}

/** C-ECHO with DCMTK. */
export function echoscu(options: ScuOptions): Promise<RunResult> {
  return scu('echoscu', options, []);
}

/**
 * C-STORE with DCMTK storescu. It proposes every storage SOP class with uncompressed transfer syntaxes unless `args`
 * say otherwise; it sends only transfer syntaxes DCMTK knows.
 */
export function storescu(options: ScuOptions, files: readonly string[]): Promise<RunResult> {
  return scu('storescu', options, files);
}

/** C-STORE with DCMTK dcmsend, which proposes what it finds in the files and sends them as they are. */
export function dcmsend(options: ScuOptions, files: readonly string[]): Promise<RunResult> {
  return scu('dcmsend', options, files);
}

function scu(
  name: 'echoscu' | 'storescu' | 'dcmsend',
  options: ScuOptions,
  files: readonly string[],
): Promise<RunResult> {
  const { port, host = '127.0.0.1', calledAeTitle = 'SALLYPORT', callingAeTitle = 'DCMTK' } = options;
  const args = [
    '-aet',
    callingAeTitle,
    '-aec',
    calledAeTitle,
    ...(options.args ?? []),
    host,
    String(port),
    ...files,
  ];
  // Without it Nagle's algorithm and delayed acknowledgements cost 40 ms an instance.
  return run(peerProgram(name), args, { ...options, env: { TCP_NODELAY: '1', ...options.env } });
}

export interface StorescpOptions {
  /** Where the received files go; made if needed. */
  readonly directory: string;
  /** SOP classes and transfer syntaxes to accept, as pairs of lists. Left out: every one DCMTK knows. */
  readonly accept?: {
    readonly sopClassUids: readonly string[];
    readonly transferSyntaxUids: readonly string[];
  };
  readonly aeTitle?: string;
  readonly args?: readonly string[];
}

export interface Storescp extends Daemon {
  readonly port: number;
  readonly directory: string;
  /** Names of the files received so far. */
  received(): Promise<string[]>;
}

/** DCMTK's storescp on a free loopback port, writing data sets exactly as received; stopped when the test ends. */
export async function startStorescp(t: Test, options: StorescpOptions): Promise<Storescp> {
  await mkdir(options.directory, { recursive: true });
  const args = [
    '--aetitle',
    options.aeTitle ?? 'STORESCP',
    '--bit-preserving',
    // The corpus has several files under one SOP Instance UID.
    '--unique-filenames',
    '--output-directory',
    options.directory,
  ];
  if (options.accept === undefined) {
    args.push('--accept-all', '--promiscuous');
  } else {
    const profile = `${options.directory}.cfg`;
    await writeFile(
      profile,
      negotiationProfile(options.accept.sopClassUids, options.accept.transferSyntaxUids),
    );
    args.push('--config-file', profile, 'Default');
  }
  const port = await freePort();
  const daemon = startDaemon(t, peerProgram('storescp'), [...args, ...(options.args ?? []), String(port)]);
  await waitFor('storescp answers C-ECHO', async () => (await echoscu({ port })).exitCode === 0, daemon);
  return { ...daemon, port, directory: options.directory, received: () => readdir(options.directory) };
}

/** DCMTK's association negotiation profile (its asconfig.txt): C-ECHO and each SOP class with all the transfer syntaxes. */
function negotiationProfile(sopClassUids: readonly string[], transferSyntaxUids: readonly string[]): string {
  const verification = '1.2.840.10008.1.1';
  const contexts = [...new Set([verification, ...sopClassUids])];
  const verifiable = [...new Set(['1.2.840.10008.1.2', ...transferSyntaxUids])];
  return [
    '[[TransferSyntaxes]]',
    '[Syntaxes]',
    ...verifiable.map((uid, index) => `TransferSyntax${index + 1} = ${uid}`),
    '[[PresentationContexts]]',
    '[Contexts]',
    ...contexts.map((uid, index) => `PresentationContext${index + 1} = ${uid}\\Syntaxes`),
    '[[Profiles]]',
    '[Default]',
    'PresentationContexts = Contexts',
    '',
  ].join('\n');
}

/** The elements a program of DCMTK prints for a file; fails the caller's test by its exit code. */
export function dcmdump(path: string, ...args: readonly string[]): Promise<RunResult> {
  return run(peerProgram('dcmdump'), [...args, path]);
}

/** `dciodvfy` findings of one file that are errors, one line each. */
export async function dciodvfyErrors(path: string): Promise<string[]> {
  const { output } = await run(peerProgram('dciodvfy'), [path]);
  return output.split('\n').filter((line) => line.startsWith('Error'));
}
