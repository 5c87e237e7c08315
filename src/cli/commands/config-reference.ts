import { renderReference } from '../../config/reference.ts';
import { exitCodes } from '../../core/errors.ts';
import type { Command } from '../io.ts';

export const configReferenceCommand: Command = async (_args, io) => {
  io.stdout.write(renderReference());
  return exitCodes.ok;
};
