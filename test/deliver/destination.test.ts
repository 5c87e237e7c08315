import t from 'tap';
import { Destination } from '../../src/deliver/destination.ts';
import type { PostOutcome } from '../../src/deliver/outcomes.ts';
import { type Post, planPosts } from '../../src/deliver/posts.ts';
import type { Emit, EventName } from '../../src/observe/events.ts';
import { never, samplePrepared, sampleSettings } from './samples.ts';

const delivered: PostOutcome = { kind: 'delivered', httpStatus: 201 };
const failed: PostOutcome = {
  kind: 'retry',
  code: 'BACKEND_UNREACHABLE',
  httpStatus: 0,
  detail: 'ECONNRESET',
};
const unauthorized: PostOutcome = {
  kind: 'paused',
  code: 'BACKEND_UNAUTHORIZED',
  httpStatus: 401,
  by: 'backend',
};

function samplePost(id = 'a'): Post {
  const [post] = planPosts([samplePrepared({ id })], { maxBodyBytes: 100_000, maxImagesPerPost: 1 });
  if (post === undefined) throw new Error('no post');
  return post;
}

/** A destination over a backend that answers what the test lists, with a clock that only the test moves. */
function stage(answers: (PostOutcome | (() => Promise<PostOutcome>))[], concurrency = 2) {
  const events: { readonly name: EventName; readonly fields: object }[] = [];
  const emit: Emit = (name, fields) => {
    events.push({ name, fields });
  };
  const clock = { now: 0, calls: 0, sleeps: [] as number[] };
  const destination = new Destination(
    sampleSettings('http://127.0.0.1:1', {
      concurrency,
      retry: { initialMs: 100, maxMs: 400 },
      breaker: { failures: 2, openMs: 1000 },
    }),
    {
      emit,
      random: () => 1 - 1e-9,
      steadyNow: () => clock.now,
      sleep: async (ms) => {
        clock.sleeps.push(ms);
        clock.now += ms;
      },
      client: {
        post: async () => {
          clock.calls += 1;
          const answer = answers.shift() ?? delivered;
          return typeof answer === 'function' ? answer() : answer;
        },
      },
    },
  );
  const named = (name: EventName): object[] =>
    events.filter((event) => event.name === name).map((event) => event.fields);
  return { destination, clock, named };
}

t.test('a delivered post advances and is told', async (t) => {
  const { destination, named } = stage([]);
  const post = samplePost();
  t.strictSame(await destination.deliver(post, never), { kind: 'advance', output: { httpStatus: 201 } });
  t.strictSame(named('delivery.posted'), [
    { postId: post.idempotencyKey, images: 1, bytes: post.sizeBytes, httpStatus: 201, durationMs: 0 },
  ]);
});

t.test('a refused post holds with the status', async (t) => {
  const { destination, named } = stage([{ kind: 'hold', code: 'BACKEND_REFUSED', httpStatus: 422 }]);
  t.strictSame(await destination.deliver(samplePost(), never), {
    kind: 'hold',
    code: 'BACKEND_REFUSED',
    detail: '422',
  });
  t.match(named('delivery.failed'), [{ code: 'BACKEND_REFUSED', httpStatus: 422 }]);
  t.equal(destination.ready(), true);
});

t.test('after failures in a row nothing is sent, and the answer says how long', async (t) => {
  const { destination, clock, named } = stage([failed, failed]);
  t.strictSame(await destination.deliver(samplePost(), never), {
    kind: 'retry',
    code: 'BACKEND_UNREACHABLE',
    detail: 'ECONNRESET',
  });
  t.strictSame(await destination.deliver(samplePost(), never), {
    kind: 'retry',
    code: 'BACKEND_UNREACHABLE',
    detail: 'ECONNRESET',
    afterMs: 1000,
  });
  t.equal(destination.ready(), false);
  t.strictSame(await destination.deliver(samplePost(), never), {
    kind: 'retry',
    code: 'BACKEND_UNREACHABLE',
    afterMs: 1000,
  });
  t.equal(clock.calls, 2);
  t.strictSame(named('destination.paused'), [{ code: 'BACKEND_UNREACHABLE', probeInMs: 1000 }]);
  await destination.whenReady(never);
  t.strictSame(clock.sleeps, [1000]);
  t.match(await destination.deliver(samplePost(), never), { kind: 'advance' });
  t.strictSame(named('destination.resumed'), [{ afterMs: 1000 }]);
});

t.test('refused credentials pause with one alarm and resume by themselves', async (t) => {
  const { destination, clock, named } = stage([unauthorized, unauthorized, unauthorized]);
  t.strictSame(await destination.deliver(samplePost(), never), {
    kind: 'retry',
    code: 'BACKEND_UNAUTHORIZED',
    detail: '401',
    afterMs: 100,
  });
  for (let attempt = 0; attempt < 3; attempt++) {
    await destination.whenReady(never);
    await destination.deliver(samplePost(), never);
  }
  t.strictSame(clock.sleeps, [100, 200, 400]);
  t.equal(named('destination.paused').length, 1);
  t.strictSame(named('destination.resumed'), [{ afterMs: 700 }]);
});

t.test('no more posts at one time than allowed; the next goes when one ends', async (t) => {
  const ends: (() => void)[] = [];
  const slow = (): Promise<PostOutcome> => new Promise((resolve) => ends.push(() => resolve(delivered)));
  const { destination, clock } = stage([slow, slow, slow, slow, slow]);
  const all = Promise.all([1, 2, 3, 4, 5].map(() => destination.deliver(samplePost(), never)));
  for (let sent = 2; sent <= 5; sent++) {
    await new Promise((resolve) => setImmediate(resolve));
    t.equal(clock.calls, sent);
    ends.shift()?.();
  }
  while (ends.length > 0) ends.shift()?.();
  t.equal((await all).filter(({ kind }) => kind === 'advance').length, 5);
});

t.test('one probe goes; posts that come meanwhile wait for its end', async (t) => {
  let endProbe: (outcome: PostOutcome) => void = () => undefined;
  const probe = (): Promise<PostOutcome> =>
    new Promise((resolve) => {
      endProbe = resolve;
    });
  const { destination, clock } = stage([unauthorized, probe, probe]);
  await destination.deliver(samplePost(), never);
  clock.now += 100;
  const first = destination.deliver(samplePost('a'), never);
  const second = destination.deliver(samplePost('b'), never);
  const ready = destination.whenReady(never);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(clock.calls, 2);
  endProbe(unauthorized);
  t.match(await first, { kind: 'retry', code: 'BACKEND_UNAUTHORIZED', afterMs: 200 });
  t.match(await second, { kind: 'retry', code: 'BACKEND_UNAUTHORIZED', afterMs: 200 });
  await ready;
  t.equal(clock.calls, 2);
  const third = destination.deliver(samplePost('c'), never);
  const fourth = destination.deliver(samplePost('d'), never);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(clock.calls, 3);
  endProbe(delivered);
  t.match(await Promise.all([third, fourth]), [{ kind: 'advance' }, { kind: 'advance' }]);
});

t.test('Retry-After of one post holds the others back, without an alarm', async (t) => {
  const { destination, clock, named } = stage([
    { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 429, afterMs: 30_000 },
  ]);
  t.match(await destination.deliver(samplePost(), never), { kind: 'retry', detail: '429', afterMs: 30_000 });
  t.equal(destination.ready(), false);
  t.match(await destination.deliver(samplePost(), never), { kind: 'retry', afterMs: 30_000 });
  t.equal(clock.calls, 1);
  t.same(named('destination.paused'), []);
  await destination.whenReady(never);
  t.match(await destination.deliver(samplePost(), never), { kind: 'advance' });
});

t.test('the signal ends every wait, and says nothing about the backend', async (t) => {
  const { destination } = stage([() => new Promise(() => undefined)], 1);
  const abort = new AbortController();
  const running = destination.deliver(samplePost(), never);
  const waiting = destination.deliver(samplePost(), abort.signal);
  abort.abort();
  t.strictSame(await waiting, { kind: 'retry', code: 'SHUTTING_DOWN' });
  t.strictSame(await destination.deliver(samplePost(), abort.signal), {
    kind: 'retry',
    code: 'SHUTTING_DOWN',
  });
  await t.rejects(destination.whenReady(abort.signal), { name: 'AbortError' });
  t.equal(destination.ready(), true);
  void running;
});

t.test('a fault of ours is thrown, and frees the connection', async (t) => {
  const { destination, clock } = stage([() => Promise.reject(new Error('ours'))], 1);
  await t.rejects(destination.deliver(samplePost(), never), { message: 'ours' });
  t.match(await destination.deliver(samplePost(), never), { kind: 'advance' });
  t.equal(clock.calls, 2);
});

t.test('works with real timers too', async (t) => {
  const answers: PostOutcome[] = [unauthorized];
  const destination = new Destination(
    sampleSettings('http://127.0.0.1:1', { retry: { initialMs: 30, maxMs: 60 } }),
    {
      emit: () => undefined,
      random: Math.random,
      client: { post: async () => answers.shift() ?? delivered },
    },
  );
  await destination.deliver(samplePost(), never);
  t.equal(destination.ready(), false);
  const abort = new AbortController();
  const given = destination.whenReady(abort.signal);
  abort.abort();
  await t.rejects(given, { name: 'AbortError' });
  await destination.whenReady(never);
  t.match(await destination.deliver(samplePost(), never), { kind: 'advance' });
});

t.test('one post that always fails does not close the way for others', async (t) => {
  let bad = 0;
  const { destination, named } = stage(Array.from({ length: 20 }, () => failed));
  for (; bad < 8; bad += 1) {
    await destination.whenReady(never);
    t.match(await destination.deliver(samplePost('bad'), never), {
      kind: 'retry',
      code: 'BACKEND_UNREACHABLE',
    });
  }
  t.equal(destination.ready(), true, 'alone it rests the destination for its first failures only');
  t.ok(named('destination.paused').length <= 1);
});

t.test('a post that fails while others are accepted is told to be a suspect', async (t) => {
  const { destination } = stage([failed, delivered, failed, delivered, failed, delivered, failed, delivered]);
  for (let round = 1; round <= 3; round += 1) {
    t.strictSame(await destination.deliver(samplePost('bad'), never), {
      kind: 'retry',
      code: 'BACKEND_UNREACHABLE',
      detail: 'ECONNRESET',
    });
    t.match(await destination.deliver(samplePost('good'), never), { kind: 'advance' });
  }
  t.match(await destination.deliver(samplePost('bad'), never), { kind: 'retry', suspect: 'whole' });
  t.equal(destination.ready(), true);
});

t.test('its state tells of the last post, with and without an answer', async (t) => {
  const { destination, clock } = stage([delivered, failed, unauthorized]);
  t.match(destination.state(), { state: 'closed', last: null });
  await destination.deliver(samplePost(), never);
  clock.now += 50;
  t.match(destination.state(), { state: 'closed', last: { code: null, httpStatus: 201, agoMs: 50 } });
  await destination.deliver(samplePost(), never);
  t.match(destination.state(), {
    state: 'closed',
    last: { code: 'BACKEND_UNREACHABLE', httpStatus: 0, agoMs: 0 },
  });
  await destination.deliver(samplePost(), never);
  t.match(destination.state(), {
    state: 'open',
    code: 'BACKEND_UNAUTHORIZED',
    last: { code: 'BACKEND_UNAUTHORIZED', httpStatus: 401 },
  });
});
