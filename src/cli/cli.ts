#!/usr/bin/env node
import { ConfigurationFaults } from '../config/load.ts';
import { asSallyportError, errorRow, exitCodes } from '../core/errors.ts';
import { productVersion } from '../core/version.ts';
import { ProfileFaults } from '../profiles/profile-files.ts';
import { commands } from './cli-commands.ts';
import type { CommandIo } from './io.ts';

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Sallyport, a DICOM gateway.\n\nUsage: sallyport COMMAND [arguments]\n\n${lines.join('\n')}\n\nsallyport COMMAND --help tells more of one command.\n`;
}

async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.stdout.write(usage());
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  if (name === '--version' || name === '-V') {
    io.stdout.write(`sallyport ${productVersion}\n`);
    return exitCodes.ok;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) {
    io.stderr.write(`sallyport: there is no command of this name\n\n${usage()}`);
    return exitCodes.usage;
  }
  if (entry.tellsHelp !== true && (args.includes('--help') || args.includes('-h'))) {
    io.stdout.write(`Usage: sallyport ${entry.usage}\n\n${entry.summary}\n`);
    return exitCodes.ok;
  }
  try {
    const command = await entry.load();
    return await command(args, io);
  } catch (error) {
    return report(error, io);
  }
}

const configurationCodes: ReadonlySet<string> = new Set([
  'CONFIGURATION_INVALID',
  'SECRET_UNUSABLE',
  'KEY_UNKNOWN',
  'CROSSWALK_UNUSABLE',
]);

/** Faults as sentences: what happened, what to do. Stacks only for what nobody foresaw. */
function report(error: unknown, io: CommandIo): number {
  if (error instanceof ConfigurationFaults || error instanceof ProfileFaults) {
    io.stderr.write(`sallyport: ${error.message}\n${error.faults.map((fault) => `  - ${fault}\n`).join('')}`);
    return exitCodes.configuration;
  }
  if (isUsageFault(error)) {
    io.stderr.write(`sallyport: ${error.message}\n`);
    return exitCodes.usage;
  }
  const { code, message, cause } = asSallyportError(error);
  io.stderr.write(`sallyport: ${code}: ${message}; ${errorRow(code).advice}\n`);
  if (code === 'UNEXPECTED' && cause instanceof Error) io.stderr.write(`${cause.stack ?? ''}\n`);
  if (configurationCodes.has(code)) return exitCodes.configuration;
  if (code === 'STORAGE_UNUSABLE') return exitCodes.cannotCreate;
  if (code === 'STORAGE_IN_USE' || code === 'ADDRESS_IN_USE') return exitCodes.unavailable;
  return code === 'UNEXPECTED' ? exitCodes.software : exitCodes.someRefused;
}

/** What `parseArgs` throws for arguments it does not know. */
function isUsageFault(error: unknown): error is Error {
  return (
    error instanceof TypeError && String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
  );
}

// A reader that has seen enough (`| head`) is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** What a library leaves open may not keep a finished command alive. */
const lingerMs = 2000;

process.exitCode = await main(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr });
setTimeout(() => process.exit(), lingerMs).unref();
