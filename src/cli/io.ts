/** Where a command writes. `stdout` carries results, `stderr` progress and faults. */
export interface CommandIo {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

/** A command of the command line: arguments after its name in, exit code out. */
export type Command = (args: string[], io: CommandIo) => Promise<number>;

/** Resolves at the first SIGINT or SIGTERM. A second one ends the process at once with the shell's code. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.kill(process.pid, 'SIGKILL');
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
