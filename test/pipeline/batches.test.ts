import t from 'tap';
import { type Batch, Batches, newBatch } from '../../src/pipeline/batches.ts';

function batch(postId: string, fields: Partial<Batch<string>> = {}): Batch<string> {
  return { ...newBatch<string>([], postId, true), ...fields };
}

const none = (): undefined => undefined;

t.test('what failed once or twice goes before what is new, when it is due', async (t) => {
  const batches = new Batches<string>(4);
  batches.add(batch('later', { attempts: 1, dueAt: 100 }));
  batches.add(batch('due', { attempts: 2, dueAt: 10 }));
  const fresh = (): Batch<string> => batch('new');
  t.equal(batches.next(10, fresh)?.postId, 'due');
  t.equal(batches.next(10, fresh)?.postId, 'new');
  t.equal(batches.nextDueMs(10), 90);
  t.equal(batches.next(10, none), undefined);
});

t.test('what fails for ever comes after what is new, but has its turn', async (t) => {
  const batches = new Batches<string>(4);
  const order: (string | undefined)[] = [];
  batches.add(batch('old', { attempts: 9 }));
  for (let choice = 0; choice < 8; choice += 1) order.push(batches.next(0, () => batch('new'))?.postId);
  t.equal(order.filter((name) => name === 'old').length, 1);
  t.equal(order[0], 'new');
});

t.test('suspects take at most half of the places, and none waits without end for nothing', async (t) => {
  const batches = new Batches<string>(4);
  for (const name of ['a', 'b', 'c']) batches.add(batch(name, { attempts: 5, suspect: true }));
  t.equal(batches.next(0, none)?.postId, 'a');
  t.equal(batches.next(0, none)?.postId, 'b');
  t.equal(batches.next(0, none), undefined);
  t.equal(batches.nextDueMs(0), undefined, 'no busy waiting for a place');
  t.equal(batches.next(0, () => batch('new'))?.postId, 'new');
  batches.ended(true);
  t.equal(batches.nextDueMs(0), 0);
  t.equal(batches.next(0, none)?.postId, 'c');
});

t.test('a single place is enough for a suspect to get on', async (t) => {
  const batches = new Batches<string>(1);
  batches.add(batch('a', { attempts: 5, suspect: true }));
  t.equal(batches.next(0, none)?.postId, 'a');
});
