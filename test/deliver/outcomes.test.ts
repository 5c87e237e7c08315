import t from 'tap';
import {
  maxRetryAfterMs,
  outcomeOfFault,
  outcomeOfStatus,
  retryAfterMs,
} from '../../src/deliver/outcomes.ts';

const now = Date.parse('2026-11-21T12:00:00Z');

t.test('every status has the outcome of the contract', async (t) => {
  const kinds = new Map<number, string>();
  for (let status = 200; status < 600; status++) {
    kinds.set(status, outcomeOfStatus(status, undefined, now).kind);
  }
  const of = (kind: string): number[] => [...kinds].filter(([, k]) => k === kind).map(([status]) => status);
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  t.strictSame(of('delivered'), [...range(200, 300), 409]);
  t.strictSame(of('paused'), [401, 403]);
  t.strictSame(of('retry'), [408, 425, 429, ...range(500, 600)]);
  t.equal(of('hold').length, 400 - 101 - 2 - 103);
  t.strictSame(
    of('hold').filter((status) => status < 400),
    range(300, 400),
  );
});

t.test('the outcome carries the status and the code', async (t) => {
  t.strictSame(outcomeOfStatus(422, undefined, now), {
    kind: 'hold',
    code: 'BACKEND_REFUSED',
    httpStatus: 422,
  });
  t.strictSame(outcomeOfStatus(503, '7', now), {
    kind: 'retry',
    code: 'BACKEND_UNAVAILABLE',
    httpStatus: 503,
    afterMs: 7000,
  });
  t.strictSame(outcomeOfStatus(401, '7', now), {
    kind: 'paused',
    code: 'BACKEND_UNAUTHORIZED',
    httpStatus: 401,
    by: 'backend',
  });
});

t.test('Retry-After is seconds or any of the three HTTP dates, bounded, and nothing else', async (t) => {
  for (const [value, expected] of [
    ['0', 0],
    [' 12 ', 12_000],
    ['999999999999', maxRetryAfterMs],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 12:00:30 GMT', 30_000],
    ['Sat Nov 21 12:00:30 2026 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Sat, 21 Nov 2099 12:00:00 GMT', maxRetryAfterMs],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026', 2_026_000],
    ['2026-11-21', undefined],
    ['Sat, 99 Nov 2026 12:00:30 GMT', undefined],
    ['', undefined],
    [undefined, undefined],
  ] as const) {
    t.equal(retryAfterMs(value, now), expected, `${value}`);
  }
});

t.test('network faults retry, timeouts under their own code, with a registry word as detail', async (t) => {
  const fault = (code: string, cause?: unknown): Error => Object.assign(new Error('x', { cause }), { code });
  t.strictSame(outcomeOfFault(fault('ECONNREFUSED')), {
    kind: 'retry',
    code: 'BACKEND_UNREACHABLE',
    httpStatus: 0,
    detail: 'ECONNREFUSED',
  });
  t.match(outcomeOfFault(fault('UND_ERR_HEADERS_TIMEOUT')), { code: 'BACKEND_TIMEOUT' });
  t.match(outcomeOfFault(new Error('x', { cause: fault('ETIMEDOUT') })), { code: 'BACKEND_TIMEOUT' });
  t.match(outcomeOfFault(new AggregateError([fault('ECONNREFUSED')])), { detail: 'ECONNREFUSED' });
  t.strictSame(outcomeOfFault(fault('a host name with spaces')), {
    kind: 'retry',
    code: 'BACKEND_UNREACHABLE',
    httpStatus: 0,
  });
  t.match(outcomeOfFault('thrown text'), { kind: 'retry', code: 'BACKEND_UNREACHABLE' });
});
