import { exitCodes } from '../../core/errors.ts';
import { profileChoice } from '../../gateway-settings.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import type { Command } from '../io.ts';

/** Prints the effective configuration, secrets masked; profiles are read as well. All faults come at once, from the command line's report. */
export const checkCommand: Command = async (args, io) => {
  const { config, printable } = loadConfigFrom(args);
  profileChoice(config);
  io.stdout.write(`${printable}\n`);
  io.stderr.write('the configuration is valid\n');
  return exitCodes.ok;
};
