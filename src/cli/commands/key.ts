import { createSecretFile, readSecretFile } from '../../config/secret-file.ts';
import { exitCodes } from '../../core/errors.ts';
import { createKeyRing } from '../../deidentify/key-ring.ts';
import type { CommandIo } from '../io.ts';

/**
 * `key new FILE` makes a random key in a file that only its owner can read, and never touches one that is there;
 * `key id FILE` prints the id under which profiles, reports and posts name the key. Neither prints the key.
 */
export async function keyCommand(args: string[], io: CommandIo): Promise<number> {
  const [verb, file, ...rest] = args;
  if ((verb !== 'new' && verb !== 'id') || file === undefined || file.startsWith('-') || rest.length > 0) {
    io.stderr.write('sallyport key: new FILE or id FILE\n');
    return exitCodes.usage;
  }
  if (verb === 'new' && !createSecretFile(file)) {
    io.stderr.write('sallyport key new: a file of this name exists; it was left as it is\n');
    return exitCodes.cannotCreate;
  }
  io.stdout.write(`${createKeyRing([readSecretFile(file)]).active.keyId}\n`);
  return exitCodes.ok;
}
