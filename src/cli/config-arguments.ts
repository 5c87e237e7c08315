import { type LoadedConfig, loadConfig } from '../config/load.ts';

/** `--config FILE` out of the arguments, the rest are options of the configuration. */
export function loadConfigFrom(args: readonly string[]): LoadedConfig {
  const rest: string[] = [];
  let file = process.env.SALLYPORT_CONFIG;
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--config') {
      index += 1;
      file = args[index] ?? '';
    } else if (arg.startsWith('--config=')) file = arg.slice('--config='.length);
    else rest.push(arg);
  }
  return loadConfig({ file: file === '' ? undefined : file, environment: process.env, args: rest });
}
