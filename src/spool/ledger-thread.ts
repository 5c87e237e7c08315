import { parentPort, workerData } from 'node:worker_threads';
import type { LedgerCall } from './ledger-operations.ts';
import { ledgerFault } from './sqlite-database.ts';
import { SqliteEngine } from './sqlite-engine.ts';

/** Entry of the ledger's thread: one message in (calls, or null to close), one message out. */
const port = parentPort;
if (port !== null && typeof workerData === 'object' && workerData !== null) {
  try {
    const engine = new SqliteEngine(String(workerData.file));
    port.on('message', (calls: readonly LedgerCall[] | null) => {
      if (calls !== null) {
        port.postMessage(engine.run(calls));
        return;
      }
      engine.close();
      port.postMessage([]);
      port.close();
    });
    port.postMessage([]);
  } catch (thrown) {
    port.postMessage([{ ok: false, ...ledgerFault(thrown) }]);
    port.close();
  }
}
