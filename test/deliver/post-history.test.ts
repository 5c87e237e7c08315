import t from 'tap';
import type { PostOutcome } from '../../src/deliver/outcomes.ts';
import { PostHistory } from '../../src/deliver/post-history.ts';

const delivered: PostOutcome = { kind: 'delivered', httpStatus: 200 };
const lost: PostOutcome = {
  kind: 'retry',
  code: 'BACKEND_UNREACHABLE',
  httpStatus: 0,
  detail: 'ECONNRESET',
};
const broken: PostOutcome = { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 500 };

t.test(
  'a post that fails while others pass is a suspect, and no longer held against the backend',
  async (t) => {
    const history = new PostHistory();
    t.strictSame(history.settle('bad', lost), { suspect: undefined, counts: true });
    history.settle('good', delivered);
    for (const _ of [2, 3]) t.strictSame(history.settle('bad', lost), { suspect: undefined, counts: true });
    t.strictSame(history.settle('bad', broken), { suspect: 'whole', counts: false });
    t.strictSame(history.settle('other', lost), { suspect: undefined, counts: true }, 'others count as ever');
  },
);

t.test('only a post that was answered each time can be divided', async (t) => {
  const history = new PostHistory();
  const slow: PostOutcome = { kind: 'retry', code: 'BACKEND_TIMEOUT', httpStatus: 0 };
  for (const key of ['broken', 'slow']) history.settle(key, broken);
  history.settle('good', delivered);
  history.settle('slow', slow);
  t.equal(history.wasCut('slow'), false, 'too slow is not cut');
  for (let failure = 1; failure <= 3; failure += 1)
    for (const key of ['broken', 'slow']) history.settle(key, broken);
  t.equal(history.settle('broken', broken).suspect, 'divisible');
  t.equal(history.settle('slow', broken).suspect, 'whole');
});

t.test('an answer for good ends the suspicion', async (t) => {
  const history = new PostHistory();
  history.settle('bad', lost);
  history.settle('good', delivered);
  for (let failure = 2; failure <= 4; failure += 1) history.settle('bad', lost);
  t.equal(history.wasCut('bad'), true);
  history.settle('bad', { kind: 'hold', code: 'BACKEND_REFUSED', httpStatus: 413 });
  t.equal(history.wasCut('bad'), false);
  t.strictSame(history.settle('bad', lost), { suspect: undefined, counts: true });
});

t.test('one post alone is not held against the backend for ever, several are', async (t) => {
  const alone = new PostHistory();
  for (let failure = 1; failure <= 3; failure += 1) t.equal(alone.settle('a', lost).counts, true);
  t.strictSame(alone.settle('a', lost), { suspect: undefined, counts: false });
  const several = new PostHistory();
  for (let round = 1; round <= 10; round += 1) {
    for (const key of ['a', 'b', 'c']) {
      t.strictSame(
        several.settle(key, broken),
        { suspect: undefined, counts: true },
        'an outage is an outage',
      );
    }
  }
});

t.test('what says nothing about the post always counts', async (t) => {
  const history = new PostHistory();
  const outcomes: PostOutcome[] = [
    { kind: 'retry', code: 'BACKEND_UNREACHABLE', httpStatus: 0, detail: 'ECONNREFUSED' },
    { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 429 },
    { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 503, afterMs: 1000 },
    { kind: 'paused', code: 'BACKEND_UNAUTHORIZED', httpStatus: 401, by: 'backend' },
  ];
  history.settle('a', lost);
  history.settle('good', delivered);
  for (const outcome of outcomes) {
    for (let failure = 1; failure <= 6; failure += 1) {
      t.strictSame(history.settle('a', outcome), { suspect: undefined, counts: true });
    }
  }
  t.strictSame(history.settle('a', { kind: 'aborted' }), { suspect: undefined, counts: false });
});

t.test('memory is bounded: of very many posts the oldest are forgotten', async (t) => {
  const history = new PostHistory();
  history.settle('first', lost);
  for (let index = 0; index < 4096; index += 1) history.settle(`p${index}`, lost);
  t.equal(history.wasCut('first'), false);
  t.equal(history.wasCut('p0'), true);
});
