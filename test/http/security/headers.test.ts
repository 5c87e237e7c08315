import fc from 'fast-check';
import t from 'tap';
import { apiHeaders, pageHeaders } from '../../../src/http/security/headers.ts';
import { isLoopback, isSafeMethod, isSameOrigin, refuseHost } from '../../../src/http/security/hosts.ts';

t.test('answers of the API can be neither kept, framed, sniffed nor run', async (t) => {
  const headers = apiHeaders({ secure: false });
  t.match(headers, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  });
  t.match(headers['content-security-policy'], /^default-src 'none'; frame-ancestors 'none'/);
  t.notOk(Object.hasOwn(headers, 'strict-transport-security'));
  t.match(apiHeaders({ secure: true })['strict-transport-security'], /^max-age=\d{7,}$/);
});

t.test('pages load nothing from elsewhere and run nothing written into them', async (t) => {
  const policy = pageHeaders({ secure: true })['content-security-policy'] ?? '';
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
    t.ok(policy.split('; ').includes(part), part);
  t.notMatch(policy, /unsafe|https?:|\*/);
  t.equal(pageHeaders({ secure: true })['cache-control'], 'no-store');
  t.match(pageHeaders({ secure: true }, 'built-file')['cache-control'], /private.*immutable/);
});

t.test('every value is one that a header can have', async (t) => {
  for (const headers of [apiHeaders({ secure: true }), pageHeaders({ secure: true })])
    for (const [name, value] of Object.entries(headers))
      t.match(`${name}: ${value}`, /^[a-z-]+: [\x20-\x7e]+$/);
});

t.test('on loopback a name of the internet is refused, localhost and addresses are not', async (t) => {
  const settings = { allowedHosts: [], loopback: true };
  for (const host of [
    'localhost',
    'localhost:8080',
    'LOCALHOST.',
    '127.0.0.1:80',
    '[::1]:8080',
    'a.localhost',
    '10.1.2.3',
  ])
    t.equal(refuseHost(host, settings), undefined, host);
  for (const host of [
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'localhost@evil.example',
    'localhost:8080:1',
    '127.0.0.1.evil.example',
    'evil.example:127',
    'a b',
    'localhost/',
    '[::1',
  ])
    t.match(refuseHost(host, settings), { refused: 'HOST_NOT_ALLOWED', httpStatus: 421 }, String(host));
});

t.test('names that are listed are right; without a list others are refused on loopback only', async (t) => {
  const listed = { allowedHosts: ['gateway.hospital.example'], loopback: false };
  t.equal(refuseHost('Gateway.Hospital.example:443', listed), undefined);
  t.equal(refuseHost('10.0.0.5', listed), undefined);
  t.match(refuseHost('localhost', listed), { refused: 'HOST_NOT_ALLOWED' });
  t.match(refuseHost('evil.example', listed), { refused: 'HOST_NOT_ALLOWED' });
  t.equal(refuseHost('anything.example', { allowedHosts: [], loopback: false }), undefined);
  t.equal(refuseHost('gateway.hospital.example', { ...listed, loopback: true }), undefined, 'behind a proxy');
});

t.test('no Host but addresses, localhost and those listed passes, whatever it holds', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.webAuthority()), (host) => {
      const passed = refuseHost(host, { allowedHosts: [], loopback: true }) === undefined;
      return !passed || /^(\[[0-9a-f:.]+\]|[0-9.]+|([a-z0-9_.-]+\.)?localhost\.?)(:\d+)?$/i.test(host);
    }),
  );
});

t.test('only pages of this gateway are of its origin', async (t) => {
  const host = 'gateway.example:8443';
  const same = (origin?: string, fetchSite?: string) => isSameOrigin({ origin, fetchSite, host }, []);
  t.ok(same('https://gateway.example:8443', 'same-origin'));
  t.ok(same('https://gateway.example:8443'), 'an old browser');
  t.ok(same(undefined, 'same-origin'));
  t.notOk(same(), 'who says nothing is no page');
  t.ok(isSameOrigin({ host }, [], 'or-silent'));
  for (const site of ['cross-site', 'same-site', 'none', ''])
    t.notOk(same('https://gateway.example:8443', site), site);
  for (const origin of [
    'https://evil.example',
    'null',
    '',
    'https://gateway.example',
    'https://gateway.example:8443.evil.example',
    'file://gateway.example:8443',
    'https://gateway.example:8443@evil.example',
  ]) {
    t.notOk(same(origin), origin);
    t.notOk(same(origin, 'same-origin'), origin);
    t.notOk(isSameOrigin({ origin, host }, [], 'or-silent'), origin);
  }
  t.ok(
    isSameOrigin({ origin: 'https://gw.example', host: '10.0.0.1:80' }, ['gw.example']),
    'a proxy changed the Host',
  );
  t.notOk(isSameOrigin({ origin: 'https://gw.example' }, []), 'without Host');
});

t.test('loopback and safe methods are known', async (t) => {
  for (const host of ['127.0.0.1', '127.8.0.1', '::1', 'localhost']) t.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '', '10.0.0.1', '127.0.0.1.evil.example'])
    t.notOk(isLoopback(host), host);
  t.ok(['GET', 'HEAD', 'OPTIONS'].every(isSafeMethod));
  t.notOk(['POST', 'PUT', 'PATCH', 'DELETE', 'get', 'TRACE', ''].some(isSafeMethod));
});
