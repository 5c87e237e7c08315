import { parseArgs } from 'node:util';
import { exitCodes, SallyportError } from '../../core/errors.ts';
import { ExampleBackend } from '../../example-backend/example-backend.ts';
import { type Command, untilSignal } from '../io.ts';

/** Runs the example backend until a signal. Rejects with ADDRESS_IN_USE or STORAGE_UNUSABLE. */
export const exampleBackendCommand: Command = async (args, io) => {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '8090' },
      host: { type: 'string', default: '127.0.0.1' },
      output: { type: 'string', default: './received' },
    },
  });
  const port = Number(values.port);
  if (!/^[0-9]+$/.test(values.port) || port > 65535) {
    io.stderr.write('--port is a number from 0 to 65535\n');
    return exitCodes.usage;
  }
  const backend = openBackend(port, values.host, values.output);
  const { url } = await backend.start().catch((cause: unknown) => {
    throw new SallyportError('ADDRESS_IN_USE', { detail: `port ${port}`, cause });
  });
  io.stdout.write(`example backend: ${url}/v1/images/upload, storing under ${values.output}\n`);
  await untilSignal();
  await backend.stop();
  const { stored, images, repeated, refused } = backend.counts;
  io.stdout.write(`${stored} posts with ${images} images stored, ${repeated} repeated, ${refused} refused\n`);
  return exitCodes.ok;
};

function openBackend(port: number, host: string, outputDir: string): ExampleBackend {
  try {
    return new ExampleBackend({ port, host, outputDir });
  } catch (cause) {
    throw new SallyportError('STORAGE_UNUSABLE', { cause });
  }
}
