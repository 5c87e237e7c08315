import { FhirClient } from '../../src/deliver/fhir-client.ts';
import { FhirLane } from '../../src/pipeline/fhir-lane.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { delivered } from '../spool/catalogue-contract.ts';

/** A lane in a process of its own, to be killed: delivers one study to the ledger and begins to put it. */
const [dir = '', url = ''] = process.argv.slice(2);
const ledger = await SqliteLedger.open(dir, { thread: false });
await delivered(ledger, { study: '2.25.1' });
const client = new FhirClient(
  { baseUrl: url, timeoutMs: 60_000, connectTimeoutMs: 5000, concurrency: 1, auth: { kind: 'none' } },
  Date.now,
);
const lane = new FhirLane({
  catalogue: ledger.catalogue,
  put: (type, id, body, signal) => client.put(type, id, body, signal),
  resource: { patientSystem: '', accessionSystem: '' },
  idleMs: 0,
  concurrency: 1,
  retry: { initialMs: 20, maxMs: 60 },
  emit: () => undefined,
  now: Date.now,
  random: Math.random,
  pollMs: 20,
});
lane.start(new AbortController().signal);
