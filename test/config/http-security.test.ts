import t from 'tap';
import { fingerprintOf, isSecureUrl } from '../../src/config/http-security-formats.ts';
import { ConfigurationFaults, loadConfig } from '../../src/config/load.ts';

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig({ environment, args: [] });
  } catch (error) {
    if (error instanceof ConfigurationFaults) return error.faults;
    throw error;
  }
  return [];
}

const tls = { SALLYPORT_HTTP_TLS_CERT_FILE: 'c.pem', SALLYPORT_HTTP_TLS_KEY_FILE: 'k.pem' };
const asking = { ...tls, SALLYPORT_HTTP_TLS_CA_FILE: 'ca.pem', SALLYPORT_HTTP_TLS_CLIENT_AUTH: 'request' };
const oidc = {
  SALLYPORT_HTTP_OIDC_ISSUER: 'https://issuer.example/realms/a',
  SALLYPORT_HTTP_OIDC_AUDIENCE: 'sallyport',
};
const signIn = {
  ...oidc,
  SALLYPORT_HTTP_OIDC_CLIENT_ID: 'gateway',
  SALLYPORT_HTTP_OIDC_PUBLIC_URL: 'https://gw.example',
  SALLYPORT_HTTP_TLS_TERMINATED_BY_PROXY: 'true',
};

t.test('by default nobody but the holder of a token gets in, and little at a time', async (t) => {
  const { http } = loadConfig({ environment: {}, args: [] }).config;
  t.match(http, {
    tls: { clientAuth: 'none', clients: [], terminatedByProxy: false },
    oidc: { issuer: '', scopeClaim: 'scope', nameClaim: 'sub', clockTolerance: 30_000 },
    session: { idle: 1_800_000, longest: 43_200_000 },
    attempts: { limit: 10, longestWait: 900_000 },
    rateLimit: 200,
    rateBurst: 1000,
    allowedHosts: [],
  });
  t.same(http.oidc.scopeMap[0], { value: 'sallyport:read', scopes: ['read'] });
});

t.test('lists come from the environment too', async (t) => {
  const { http } = loadConfig({
    environment: {
      ...asking,
      ...oidc,
      SALLYPORT_HTTP_TLS_CLIENTS: JSON.stringify([
        { fingerprint256: 'ab'.repeat(32), name: 'pacs', scopes: ['operate'], aeTitle: 'PACS1' },
        { subjectCommonName: 'pacs2', name: 'pacs2', scopes: ['read'] },
      ]),
      SALLYPORT_HTTP_OIDC_SCOPE_MAP: '[{"value":"radiology","scopes":["read","operate"]}]',
      SALLYPORT_HTTP_ALLOWED_HOSTS: 'gateway.example, gw.example',
    },
    args: [],
  }).config;
  t.equal(http.tls.clients.length, 2);
  t.same(http.oidc.scopeMap, [{ value: 'radiology', scopes: ['read', 'operate'] }]);
  t.same(http.allowedHosts, ['gateway.example', 'gw.example']);
});

t.test('what cannot go together is told', async (t) => {
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ SALLYPORT_HTTP_TLS_CERT_FILE: 'c.pem' }, /certFile and http\.tls\.keyFile must be set together/],
    [{ ...tls, SALLYPORT_HTTP_TLS_CLIENT_AUTH: 'require' }, /clientAuth needs .*caFile/],
    [{ ...tls, SALLYPORT_HTTP_TLS_CA_FILE: 'ca.pem' }, /caFile needs http\.tls\.clientAuth/],
    [
      { SALLYPORT_HTTP_TLS_CLIENTS: '[{"subjectCommonName":"a","name":"a","scopes":["read"]}]' },
      /clients needs http\.tls\.clientAuth/,
    ],
    [{ SALLYPORT_HTTP_OIDC_ISSUER: 'https://issuer.example' }, /issuer needs http\.oidc\.audience or/],
    [{ SALLYPORT_HTTP_OIDC_AUDIENCE: 'a' }, /need http\.oidc\.issuer/],
    [{ ...oidc, SALLYPORT_HTTP_OIDC_ISSUER: 'http://issuer.example' }, /issuer must be https/],
    [{ ...oidc, SALLYPORT_HTTP_OIDC_JWKS_URI: 'http://issuer.example/keys' }, /jwksUri must be https/],
    [{ ...oidc, SALLYPORT_HTTP_OIDC_CLOCK_TOLERANCE: '6m' }, /clockTolerance must not be above/],
    [{ SALLYPORT_HTTP_OIDC_CLIENT_ID: 'gateway' }, /clientId needs http\.oidc\.issuer/],
    [{ ...oidc, SALLYPORT_HTTP_OIDC_CLIENT_ID: 'gateway' }, /clientId needs http\.oidc\.publicUrl/],
    [{ ...oidc, SALLYPORT_HTTP_OIDC_CLIENT_SECRET: 'x' }, /need http\.oidc\.clientId/],
    [{ ...oidc, SALLYPORT_HTTP_OIDC_PUBLIC_URL: 'https://gw.example' }, /need http\.oidc\.clientId/],
    [{ ...signIn, SALLYPORT_HTTP_OIDC_CLIENT_ID: 'gätew' }, /clientId must be/],
    [
      { ...signIn, SALLYPORT_HTTP_OIDC_CLIENT_SECRET: 'x', SALLYPORT_HTTP_OIDC_CLIENT_SECRET_FILE: 'y' },
      /exclude each other/,
    ],
    [{ ...signIn, SALLYPORT_HTTP_OIDC_SIGN_IN_SCOPE: 'profile email' }, /openid among them/],
    [{ ...signIn, SALLYPORT_HTTP_OIDC_SIGN_IN_SCOPE: 'openid  email' }, /single blanks/],
    [{ ...signIn, SALLYPORT_HTTP_OIDC_PUBLIC_URL: 'http://gw.example' }, /publicUrl must be https, but/],
    [
      { ...signIn, SALLYPORT_HTTP_OIDC_PUBLIC_URL: 'https://gw.example/sallyport' },
      /a host and a port alone/,
    ],
    [{ ...signIn, SALLYPORT_HTTP_TLS_TERMINATED_BY_PROXY: 'false' }, /publicUrl must be https where/],
    [
      { ...signIn, SALLYPORT_HTTP_OIDC_PUBLIC_URL: 'http://localhost:8080' },
      /publicUrl must be https where .* and only there/,
    ],
    [{ ...signIn, SALLYPORT_HTTP_ALLOWED_HOSTS: 'other.example' }, /allowedHosts must hold the host/],
    [{ SALLYPORT_HTTP_SESSION_IDLE: '13h' }, /session\.longest must not be below/],
    [{ SALLYPORT_HTTP_SESSION_IDLE: '0s' }, /session\.idle/],
    [{ SALLYPORT_HTTP_ATTEMPTS_LONGEST_WAIT: '0s' }, /longestWait/],
  ];
  for (const [environment, fault] of cases) t.match(faultsOf(environment).join('\n'), fault);
  t.same(faultsOf(signIn), []);
  t.same(faultsOf({ ...signIn, SALLYPORT_HTTP_ALLOWED_HOSTS: 'gw.example' }), []);
  t.same(
    faultsOf({
      ...oidc,
      SALLYPORT_HTTP_OIDC_CLIENT_ID: 'gateway',
      SALLYPORT_HTTP_OIDC_PUBLIC_URL: 'http://127.0.0.1:8080/',
      SALLYPORT_HTTP_ALLOWED_HOSTS: 'gw.example',
    }),
    [],
    'on loopback for a try',
  );
  t.same(
    faultsOf({ ...oidc, SALLYPORT_HTTP_OIDC_ISSUER: 'http://127.0.0.1:9000' }),
    [],
    'loopback needs no TLS',
  );
});

t.test('entries that say too little, too much or nonsense are faults', async (t) => {
  const scopes = ['read'];
  for (const clients of [
    {},
    ['a'],
    [{ name: 'a', scopes }],
    [{ fingerprint256: 'ab'.repeat(32), subjectCommonName: 'a', name: 'a', scopes }],
    [{ fingerprint256: 'ab'.repeat(20), name: 'a', scopes }],
    [{ subjectCommonName: '', name: 'a', scopes }],
    [{ subjectCommonName: 'a', name: '', scopes }],
    [{ subjectCommonName: 'a', name: 'a', scopes: ['root'] }],
    [{ subjectCommonName: 'a', name: 'a', scopes: [] }],
    [{ subjectCommonName: 'a', name: 'a', scopes, aeTitle: 'A\\B' }],
    [{ subjectCommonName: 'a', name: 'a', scopes, aetitle: 'A' }],
    [
      { fingerprint256: 'ab'.repeat(32), name: 'a', scopes },
      { fingerprint256: Array(32).fill('AB').join(':'), name: 'b', scopes },
    ],
  ])
    t.match(
      faultsOf({ ...asking, SALLYPORT_HTTP_TLS_CLIENTS: JSON.stringify(clients) }).join(),
      'http.tls.clients',
      JSON.stringify(clients),
    );
  for (const map of [
    'x',
    '[{"value":"a"}]',
    '[{"value":"","scopes":["read"]}]',
    '[{"value":"a","scopes":["read"],"b":1}]',
    '[{"value":"a","scopes":["read"]},{"value":"a","scopes":["admin"]}]',
  ])
    t.match(faultsOf({ ...oidc, SALLYPORT_HTTP_OIDC_SCOPE_MAP: map }).join(), 'http.oidc.scopeMap', map);
  for (const hosts of ['Gateway.example', 'gateway.example:443', 'https://gateway.example', '*'])
    t.match(faultsOf({ SALLYPORT_HTTP_ALLOWED_HOSTS: hosts }).join(), 'http.allowedHosts', hosts);
});

t.test('fingerprints are read in either spelling, and loopback is told from the rest', async (t) => {
  t.equal(fingerprintOf('ab'.repeat(32)), Array(32).fill('AB').join(':'));
  t.equal(fingerprintOf(Array(32).fill('Ab').join(':')), Array(32).fill('AB').join(':'));
  for (const other of ['', 'ab', 'zz'.repeat(32), 'ab:'.repeat(32), undefined, 1])
    t.equal(fingerprintOf(other), undefined);
  for (const url of ['https://a.example', 'http://localhost:1', 'http://127.0.0.1', 'http://[::1]:80'])
    t.ok(isSecureUrl(url), url);
  for (const url of [
    'http://a.example',
    'http://localhost.evil.example',
    'ftp://localhost',
    '',
    'http://10.0.0.1',
  ])
    t.notOk(isSecureUrl(url), url);
});
