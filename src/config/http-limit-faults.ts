import type { Config } from './config.ts';

/** Requests that bring instances each hold a mebibyte to collect bytes in. */
const mostIngests = 1024;
const second = 1000;
const day = 24 * 60 * 60 * second;

/** What is wrong with the limits of bodies, a line each. */
export function httpLimitFaults({ ingest, body }: Pick<Config['http'], 'ingest' | 'body'>): string[] {
  const faults: string[] = [];
  const within = (name: string, value: number, least: number, most: number, words: string): void => {
    if (value < least || value > most) faults.push(`${name} must be ${words}`);
  };
  within('http.ingest.maxRequests', ingest.maxRequests, 1, mostIngests, `1 to ${mostIngests}`);
  within('http.ingest.instanceTimeout', ingest.instanceTimeout, second, day, '1s to 24h');
  within('http.ingest.requestTimeout', ingest.requestTimeout, second, day, '1s to 24h');
  within('http.body.idleTimeout', body.idleTimeout, second, 600 * second, '1s to 10m');
  within('http.body.leastRate', body.leastRate, 1024, 100 * 1024 * 1024, '1KiB to 100MiB');
  if (ingest.requestTimeout < ingest.instanceTimeout)
    faults.push('http.ingest.requestTimeout must not be below http.ingest.instanceTimeout');
  return faults;
}
