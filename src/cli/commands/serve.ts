import { exitCodes } from '../../core/errors.ts';
import { Gateway } from '../../gateway.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import { type Command, untilSignal } from '../io.ts';

/** Runs the gateway until SIGINT or SIGTERM, then stops it in order. */
export const serveCommand: Command = async (args) => {
  const { config } = loadConfigFrom(args);
  const signal = untilSignal();
  const gateway = new Gateway(config);
  await gateway.start();
  await signal;
  await gateway.stop();
  return exitCodes.ok;
};
