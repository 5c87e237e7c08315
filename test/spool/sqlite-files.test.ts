import t from 'tap';
import { FileBlobStore } from '../../src/spool/blobs-files.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { type BackendPair, backendContract } from './backend-contract.ts';

async function open(dir: string, thread: boolean): Promise<BackendPair> {
  const ledger = await SqliteLedger.open(dir, { thread });
  const blobs = new FileBlobStore(dir);
  const close = async () => {
    await ledger.close();
    await blobs.close();
  };
  const reopen = async () => {
    await close();
    return await open(dir, thread);
  };
  return { ledger, blobs, reopen, close };
}

let folder = 0;
const root = t.testdir();
for (const thread of [true, false]) {
  t.test(`SQLite ${thread ? 'in its own thread' : 'in the calling thread'} and files`, (t) =>
    backendContract(t, () => open(`${root}/${folder++}`, thread)),
  );
}
