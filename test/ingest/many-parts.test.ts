import t from 'tap';
import { Ingest } from '../../src/ingest/ingest.ts';
import { MultipartReader } from '../../src/ingest/multipart.ts';
import type { Intake } from '../../src/spool/intake.ts';
import { storeBody } from '../support/store-request.ts';

const nothing: Intake = {
  hasRoom: () => true,
  begin: () => Promise.reject(new Error('nothing of these parts is kept')),
};

t.test('parts that come to nothing let others have their turn', async (t) => {
  const ingest = new Ingest(
    {
      calledAeTitle: 'A',
      acceptUnknownSopClasses: false,
      maxInstanceBytes: 1000,
      maxInstanceMs: 60_000,
      maxRequests: 1,
      maxRequestMs: 60_000,
    },
    { intake: nothing, emit: () => undefined, now: () => performance.now() },
  );
  const parts = 3000;
  const pieces: Uint8Array[] = [
    storeBody(
      'b',
      Array.from({ length: parts }, () => new Uint8Array()),
    ),
  ];
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  const reader = new MultipartReader(async () => pieces.pop(), 'b');
  const results = await ingest.many(reader, {
    callingAeTitle: 'A',
    by: { kind: 'token', name: 'a', address: '127.0.0.1' },
  });
  over = true;
  t.equal(results.length, parts);
  t.ok(
    results.every(({ kind }) => kind === 'failed'),
    'each is told of',
  );
  t.ok(turns >= parts, `${turns} turns`);
});
