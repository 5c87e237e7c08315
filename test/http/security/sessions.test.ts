import fc from 'fast-check';
import t from 'tap';
import { digestOf, equalDigests, equalSecrets } from '../../../src/http/security/constant-time.ts';
import {
  cookieOf,
  removedSessionCookie,
  sessionCookie,
  sessionCookieName,
} from '../../../src/http/security/cookies.ts';
import type { Proof } from '../../../src/http/security/proof.ts';
import { actorOfSession, type SessionEnd, Sessions } from '../../../src/http/security/sessions.ts';

const settings = { idleMs: 30 * 60_000, longestMs: 12 * 3_600_000 };

function proofOf(key: string, valid = { now: true }): Proof {
  return {
    actor: { kind: 'token', name: key, scopes: ['read'], via: 'header' },
    key,
    stillValid: () => valid.now,
  };
}

function sessionsOf() {
  const clock = { now: 1_000_000 };
  const ended: SessionEnd[] = [];
  return {
    clock,
    ended,
    sessions: new Sessions(
      settings,
      (_, why) => void ended.push(why),
      () => clock.now,
    ),
  };
}

t.test('a session lives while it is used, and not longer than it may', async (t) => {
  const { clock, ended, sessions } = sessionsOf();
  const { id, session } = sessions.open(proofOf('a'));
  t.match(id, /^[A-Za-z0-9_-]{43}$/);
  t.notOk(id.includes(session.publicId));
  for (let n = 0; n < 24; n += 1) {
    clock.now += 29 * 60_000;
    t.equal(sessions.use(id), session);
  }
  t.equal(sessions.endsAt(session), session.openedAt + settings.longestMs);
  clock.now = session.openedAt + settings.longestMs;
  t.equal(sessions.use(id), undefined);
  t.same(ended, ['too-old']);
  t.equal(sessions.use(id), undefined);
});

t.test('one not used ends by itself', async (t) => {
  const { clock, ended, sessions } = sessionsOf();
  const { id, session } = sessions.open(proofOf('a'));
  t.equal(sessions.endsAt(session), clock.now + settings.idleMs);
  clock.now += settings.idleMs;
  sessions.sweep();
  t.equal(sessions.size, 0);
  t.same(ended, ['idle']);
  t.equal(sessions.use(id), undefined);
});

t.test('it ends with the credential it was opened with', async (t) => {
  const { ended, sessions } = sessionsOf();
  const valid = { now: true };
  const { id, session } = sessions.open(proofOf('a', valid));
  t.same(actorOfSession(session), { kind: 'token', name: 'a', scopes: ['read'], via: 'session' });
  valid.now = false;
  t.equal(sessions.use(id), undefined);
  valid.now = true;
  t.equal(sessions.use(id), undefined, 'and does not come back');
  t.same(ended, ['credential-ended']);
});

t.test('sessions are bounded, per credential and in all', async (t) => {
  const { ended, sessions } = sessionsOf();
  const first = sessions.open(proofOf('a'));
  for (let n = 0; n < 20; n += 1) sessions.open(proofOf('a'));
  t.equal(sessions.size, 20);
  t.equal(sessions.use(first.id), undefined);
  for (let n = 0; n < 2000; n += 1) sessions.open(proofOf(`b${n}`));
  t.equal(sessions.size, 2000);
  t.equal(ended.filter((why) => why === 'made-room').length, 21);
});

t.test('every session has its own id and CSRF token, and signing out ends one', async (t) => {
  const { ended, sessions } = sessionsOf();
  const [one, two] = [sessions.open(proofOf('a')), sessions.open(proofOf('a'))];
  t.not(one.id, two.id);
  t.ok(sessions.isCsrfToken(sessions.csrfToken(one.id), one.id));
  t.notOk(sessions.isCsrfToken(sessions.csrfToken(two.id), one.id));
  t.notOk(sessions.isCsrfToken(undefined, one.id));
  t.notOk(sessions.isCsrfToken('', one.id));
  t.not(sessionsOf().sessions.csrfToken(one.id), sessions.csrfToken(one.id), 'of another start');
  t.ok(sessions.close(one.id));
  t.notOk(sessions.close(one.id));
  t.ok(sessions.use(two.id));
  t.same(ended, ['signed-out']);
});

t.test('no id but one handed out opens a session', async (t) => {
  const { sessions } = sessionsOf();
  const { id } = sessions.open(proofOf('a'));
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '__proto__', id.slice(1), `${id}=`)),
      (other) => other === id || sessions.use(other) === undefined,
    ),
  );
  t.ok(sessions.use(id));
});

t.test('the cookie is for this host alone, out of reach of scripts and other sites', async (t) => {
  t.equal(sessionCookie('abc', true), '__Host-sallyport=abc; Path=/; HttpOnly; SameSite=Strict; Secure');
  t.equal(sessionCookie('abc', false), 'sallyport=abc; Path=/; HttpOnly; SameSite=Strict');
  t.match(removedSessionCookie(true), /^__Host-sallyport=; .*Secure; Max-Age=0$/);
  t.equal(cookieOf('theme=dark; sallyport=abc;x=y', 'sallyport'), 'abc');
  t.equal(cookieOf('sallyport=abc; sallyport=def', 'sallyport'), undefined, 'one of them is planted');
  t.equal(cookieOf('xsallyport=abc', 'sallyport'), undefined);
  t.equal(cookieOf(`sallyport=abc; a=${'a'.repeat(8192)}`, 'sallyport'), undefined);
  t.equal(cookieOf(undefined, 'sallyport'), undefined);
});

t.test('a Cookie header, whatever it holds, yields one value or none', async () => {
  const name = sessionCookieName(true);
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((value) => `${name}=${value}`),
        ),
      ),
      (pairs) => {
        const value = cookieOf(pairs.join('; '), name);
        return value === undefined || (!value.includes(';') && pairs.join('; ').includes(`${name}=${value}`));
      },
    ),
  );
});

t.test('secrets are equal when they are equal, of whatever length', async (t) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => equalSecrets(a, b) === (a === b) && equalSecrets(a, a)),
  );
  t.ok(equalDigests(digestOf('a'), digestOf('a')));
  t.notOk(equalDigests(digestOf('a'), digestOf('b')));
  t.notOk(equalDigests(digestOf('a'), digestOf('a').subarray(1)));
});
