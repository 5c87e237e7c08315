import { peerProgram } from './peers.ts';
import { run } from './run.ts';

/** Errors of one file with how often each was found. */
export type IodErrors = ReadonlyMap<string, number>;

/**
 * Errors that `dciodvfy` finds in a Part 10 file, counted by message. Values, item numbers and UIDs are left out of the
 * messages, since they are what de-identification changes.
 */
export async function iodErrors(path: string): Promise<IodErrors> {
  const { output } = await run(peerProgram('dciodvfy'), [path], { timeoutMs: 120_000 });
  const counts = new Map<string, number>();
  for (const line of output.split('\n')) {
    if (!line.startsWith('Error')) continue;
    const message = normalised(line);
    counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  return counts;
}

/** Messages that `after` has more often than `before`, sorted; empty when no error was added. */
export function addedErrors(before: IodErrors, after: IodErrors): string[] {
  return [...after]
    .filter(([message, count]) => count > (before.get(message) ?? 0))
    .map(([message]) => message)
    .sort();
}

function normalised(line: string): string {
  return line.replace(/ - (value|is|got) .*/i, '').replace(/\[.*?\]|<2\.25\..*?>|<[\d.]+>/g, '');
}
