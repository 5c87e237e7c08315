/**
 * Takes the console away from this thread: decoders and other libraries print what they stumble over, values of data sets
 * among it, and nothing of that may reach our output.
 */
export function silenceConsole(): void {
  const quiet = (): void => undefined;
  for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const)
    globalThis.console[name] = quiet;
}
