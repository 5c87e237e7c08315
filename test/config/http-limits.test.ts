import t from 'tap';
import { ConfigurationFaults, loadConfig } from '../../src/config/load.ts';
import { ingestDefaults } from '../support/ingest-settings.ts';

function faultsOf(...args: string[]): string {
  try {
    loadConfig({ environment: {}, args });
  } catch (error) {
    if (error instanceof ConfigurationFaults) return error.faults.join('\n');
    throw error;
  }
  return '';
}

t.test('bodies over HTTP have limits that an administrator can move, within bounds', async (t) => {
  const { http } = loadConfig({ environment: {}, args: [] }).config;
  t.same(http.ingest, {
    maxRequests: ingestDefaults.maxRequests,
    instanceTimeout: ingestDefaults.maxInstanceMs,
    requestTimeout: ingestDefaults.maxRequestMs,
  });
  t.same(http.body, { idleTimeout: 30_000, leastRate: 32 * 1024 });
  t.equal(faultsOf('--http.ingest.maxRequests=1024', '--http.body.leastRate=1KiB'), '');
  t.equal(faultsOf('--http.ingest.requestTimeout=24h', '--http.body.idleTimeout=10m'), '');
  for (const [arg, fault] of [
    ['--http.ingest.maxRequests=1025', /^http\.ingest\.maxRequests must be 1 to 1024$/],
    ['--http.ingest.instanceTimeout=999ms', /^http\.ingest\.instanceTimeout must be 1s to 24h$/],
    ['--http.ingest.instanceTimeout=5h', /^http\.ingest\.requestTimeout must not be below/],
    ['--http.ingest.requestTimeout=25h', /^http\.ingest\.requestTimeout must be 1s to 24h$/],
    ['--http.body.idleTimeout=11m', /^http\.body\.idleTimeout must be 1s to 10m$/],
    ['--http.body.leastRate=1023B', /^http\.body\.leastRate must be 1KiB to 100MiB$/],
  ] as const)
    t.match(faultsOf(arg), fault, arg);
});
