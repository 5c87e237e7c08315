import { join } from 'node:path';
import { exitCodes } from '../../core/errors.ts';
import { Gateway } from '../../gateway.ts';
import type { Subscriber } from '../../observe/emitter.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import { type Command, untilSignal } from '../io.ts';

/** Runs the gateway until SIGINT or SIGTERM, then stops it in order. */
export const serveCommand: Command = async (args, io) => {
  const { config, printable } = loadConfigFrom(args);
  const signal = untilSignal();
  // Loud, and once: the log line alone would scroll away.
  const tellOfSecret: Subscriber = (name) => {
    if (name !== 'gateway.secretCreated') return;
    const file = join(config.storage.dir, 'pseudonym-secret');
    io.stderr.write(
      `\n*** A new pseudonym secret was made: ${file}\n*** Back it up where only the privacy officer can read it. With it every pseudonym can be recomputed;\n*** without it nobody gets the same pseudonyms again.\n\n`,
    );
  };
  const gateway = new Gateway(config, { subscribers: [tellOfSecret], printable });
  await gateway.start();
  await signal;
  await gateway.stop();
  return exitCodes.ok;
};
