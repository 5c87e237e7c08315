import t from 'tap';
import { Gate } from '../../src/deliver/gate.ts';
import type { PostOutcome } from '../../src/deliver/outcomes.ts';

const policy = {
  failures: 3,
  failing: { initialMs: 1000, maxMs: 8000 },
  unauthorized: { initialMs: 100, maxMs: 400 },
};
const delivered: PostOutcome = { kind: 'delivered', httpStatus: 201 };
const hold: PostOutcome = { kind: 'hold', code: 'BACKEND_REFUSED', httpStatus: 400 };
const unauthorized: PostOutcome = {
  kind: 'paused',
  code: 'BACKEND_UNAUTHORIZED',
  httpStatus: 401,
  by: 'backend',
};
function failed(afterMs?: number): PostOutcome {
  const outcome = { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 503 } as const;
  return afterMs === undefined ? outcome : { ...outcome, afterMs };
}
/** Just below 1: the longest jitter, so that times are round. */
const random = 1 - 1e-9;

/** One post from beginning to end at one time. */
function send(gate: Gate, outcome: PostOutcome, now: number): ReturnType<Gate['settle']> {
  return gate.settle(outcome, gate.begin(), now, random);
}

t.test('opens the circuit after failures in a row, not before', async (t) => {
  const gate = new Gate(policy);
  t.equal(send(gate, failed(), 0), undefined);
  t.equal(send(gate, failed(), 1), undefined);
  t.equal(send(gate, delivered, 2), undefined);
  t.equal(send(gate, failed(), 3), undefined);
  t.equal(send(gate, failed(), 4), undefined);
  t.equal(gate.admission(4).kind, 'open');
  t.strictSame(send(gate, failed(), 5), { kind: 'paused', code: 'BACKEND_UNAVAILABLE', probeInMs: 1000 });
  t.strictSame(gate.admission(6), { kind: 'wait', code: 'BACKEND_UNAVAILABLE', forMs: 999 });
});

t.test('lets exactly one probe go, and rests twice as long after each that fails', async (t) => {
  const gate = new Gate(policy);
  for (let i = 0; i < 3; i++) send(gate, failed(), 0);
  let now = 1000;
  for (const rest of [2000, 4000, 8000, 8000]) {
    t.equal(gate.admission(now - 1).kind, 'wait');
    t.equal(gate.admission(now).kind, 'probe');
    const probe = gate.begin();
    t.equal(probe, true);
    t.equal(gate.admission(now).kind, 'probing');
    t.equal(gate.settle(failed(), probe, now, random), undefined, 'no second alarm');
    now += rest;
  }
  t.equal(gate.admission(now).kind, 'probe');
  t.strictSame(send(gate, delivered, now), { kind: 'resumed', afterMs: now });
  t.equal(gate.admission(now).kind, 'open');
});

t.test('refused credentials pause at once and resume when a probe is accepted', async (t) => {
  const gate = new Gate(policy);
  t.strictSame(send(gate, unauthorized, 0), {
    kind: 'paused',
    code: 'BACKEND_UNAUTHORIZED',
    probeInMs: 100,
  });
  t.equal(send(gate, unauthorized, 100), undefined);
  t.equal(gate.admission(299).kind, 'wait');
  t.equal(gate.admission(300).kind, 'probe');
  t.strictSame(send(gate, delivered, 300), { kind: 'resumed', afterMs: 300 });
});

t.test('a refused probe post shows that the destination is well', async (t) => {
  const gate = new Gate(policy);
  send(gate, unauthorized, 0);
  t.match(send(gate, hold, 100), { kind: 'resumed' });
});

t.test('an alarm sounds again when the reason changes', async (t) => {
  const gate = new Gate(policy);
  for (let i = 0; i < 3; i++) send(gate, failed(), 0);
  t.match(send(gate, unauthorized, 1000), { kind: 'paused', code: 'BACKEND_UNAUTHORIZED', probeInMs: 100 });
  t.match(send(gate, failed(), 1100), { kind: 'paused', code: 'BACKEND_UNAVAILABLE', probeInMs: 1000 });
});

t.test('posts that were under way when it paused change nothing', async (t) => {
  const gate = new Gate(policy);
  const early = [gate.begin(), gate.begin(), gate.begin()];
  t.strictSame(early, [false, false, false]);
  t.match(gate.settle(unauthorized, false, 0, random), { kind: 'paused' });
  t.equal(gate.settle(delivered, false, 1, random), undefined);
  t.equal(gate.settle(unauthorized, false, 2, random), undefined);
  t.strictSame(gate.admission(3), { kind: 'wait', code: 'BACKEND_UNAUTHORIZED', forMs: 97 });
});

t.test('Retry-After holds back the whole destination, also before the circuit opens', async (t) => {
  const gate = new Gate(policy);
  t.equal(send(gate, failed(5000), 0), undefined);
  t.strictSame(gate.admission(1), { kind: 'wait', code: 'BACKEND_UNAVAILABLE', forMs: 4999 });
  t.equal(gate.admission(5000).kind, 'open');
});

t.test('Retry-After lengthens a rest and never shortens it', async (t) => {
  const gate = new Gate(policy);
  send(gate, failed(), 0);
  send(gate, failed(), 0);
  t.match(send(gate, failed(60_000), 0), { kind: 'paused', probeInMs: 60_000 });
  t.equal(gate.settle(failed(10), false, 1, random), undefined);
  t.equal(gate.admission(59_999).kind, 'wait');
  t.equal(gate.admission(60_000).kind, 'probe');
});

t.test('an aborted probe leaves room for the next', async (t) => {
  const gate = new Gate(policy);
  send(gate, unauthorized, 0);
  send(gate, { kind: 'aborted' }, 100);
  t.equal(gate.admission(100).kind, 'probe');
});

t.test(
  'its state for people: closed, resting with the time of the next try, half-open, and looking changes nothing',
  async (t) => {
    const gate = new Gate(policy);
    const closed = { state: 'closed', code: null, restingMs: null, retryInMs: null };
    t.strictSame(gate.state(0), closed);
    for (let i = 0; i < 3; i++) send(gate, failed(), 0);
    const code = 'BACKEND_UNAVAILABLE';
    t.strictSame(gate.state(400), { state: 'open', code, restingMs: 400, retryInMs: 600 });
    t.strictSame(gate.state(1000), { state: 'half-open', code, restingMs: 1000, retryInMs: null });
    t.equal(gate.admission(1000).kind, 'probe', 'it was only looked at');
    const probe = gate.begin();
    t.match(gate.state(1001), { state: 'half-open' });
    gate.settle(delivered, probe, 1002, random);
    t.strictSame(gate.state(1003), closed);
    const paused = new Gate(policy);
    send(paused, failed(5000), 0);
    t.strictSame(paused.state(1000), { state: 'open', code, restingMs: null, retryInMs: 4000 });
  },
);
