import { readFileSync } from 'node:fs';

/** Version of the package, for people: log, pages, file names of reports. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
