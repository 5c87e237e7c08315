#!/usr/bin/env node
import { ConfigurationFaults } from '../config/load.ts';
import { asSallyportError, errorRow, exitCodes } from '../core/errors.ts';
import type { Command, CommandIo } from './io.ts';

interface CommandEntry {
  readonly usage: string;
  readonly summary: string;
  /** Loaded when called: `send` needs no database and `list` no decoder. */
  readonly load: () => Promise<Command>;
}

/** The public surface of the command line; README and a test hold it. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  serve: {
    usage: 'serve [--config FILE] [--OPTION VALUE …]',
    summary: 'run the gateway',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  check: {
    usage: 'check [--config FILE] [--OPTION VALUE …]',
    summary: 'validate the configuration and print it with secrets masked',
    load: async () => (await import('./commands/check.ts')).checkCommand,
  },
  'config-reference': {
    usage: 'config-reference',
    summary: 'print every option as Markdown',
    load: async () => (await import('./commands/config-reference.ts')).configReferenceCommand,
  },
  send: {
    usage: 'send PATH… --to AE@host:port [--from AE]',
    summary: 'send files and folders by C-STORE',
    load: async () => (await import('./commands/send.ts')).sendCommand,
  },
  deidentify: {
    usage: 'deidentify PATH… --output DIR [--manifest FILE] [--profile NAME] [--secret-file FILE]',
    summary: 'de-identify files offline, with the code of the gateway',
    load: async () => (await import('./commands/deidentify.ts')).deidentifyCommand,
  },
  render: {
    usage: 'render PATH… --output DIR [--manifest FILE]',
    summary: 'render files to JPEG, as they are',
    load: async () => (await import('./commands/render.ts')).renderCommand,
  },
  list: {
    usage: 'list [--state STATE] [--code CODE] [--json] [--config FILE]',
    summary: 'list the instances in the storage folder',
    load: async () => (await import('./commands/instances.ts')).listCommand,
  },
  show: {
    usage: 'show ID [--json] [--config FILE]',
    summary: 'show one instance: state, reason, what to do',
    load: async () => (await import('./commands/instances.ts')).showCommand,
  },
  retry: {
    usage: 'retry ID… | --all [--code CODE] [--config FILE]',
    summary: 'process held or failed instances again',
    load: async () => (await import('./commands/instances.ts')).retryCommand,
  },
  release: {
    usage: 'release ID… [--config FILE]',
    summary: 'accept a held instance in spite of its reason',
    load: async () => (await import('./commands/instances.ts')).releaseCommand,
  },
  discard: {
    usage: 'discard ID… [--config FILE]',
    summary: 'remove a held or failed instance for good',
    load: async () => (await import('./commands/instances.ts')).discardCommand,
  },
  'example-backend': {
    usage: 'example-backend [--port N] [--host ADDRESS] [--output DIR]',
    summary: 'run a backend that implements openapi/backend.yaml',
    load: async () => (await import('./commands/example-backend.ts')).exampleBackendCommand,
  },
  demo: {
    usage: 'demo [--once]',
    summary: 'gateway, example backend and a synthetic study, end to end',
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
};

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
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) {
    io.stderr.write(`sallyport: there is no command of this name\n\n${usage()}`);
    return exitCodes.usage;
  }
  if (args.includes('--help') || args.includes('-h')) {
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

/** Faults as sentences: what happened, what to do. Stacks only for what nobody foresaw. */
function report(error: unknown, io: CommandIo): number {
  if (error instanceof ConfigurationFaults) {
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
  if (code === 'CONFIGURATION_INVALID' || code === 'SECRET_UNUSABLE') return exitCodes.configuration;
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

/** What a library leaves open may not keep a finished command alive. */
const lingerMs = 2000;

process.exitCode = await main(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr });
setTimeout(() => process.exit(), lingerMs).unref();
