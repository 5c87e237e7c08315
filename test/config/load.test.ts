import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ConfigurationFaults, loadConfig } from '../../src/config/load.ts';
import { renderReference } from '../../src/config/reference.ts';
import { environmentName, leaves } from '../../src/config/schema.ts';

const none = { environment: {}, args: [] };

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigurationFaults) return error.faults;
    throw error;
  }
  return [];
}

t.test('the defaults are valid, typed and frozen', async (t) => {
  const { config } = loadConfig(none);
  t.match(config.dimse, {
    host: '0.0.0.0',
    port: 11112,
    aeTitle: 'SALLYPORT',
    maxInstanceBytes: 4 * 2 ** 30,
    idleTimeout: 60_000,
  });
  t.match(config.http, { host: '127.0.0.1', port: 8080 });
  t.equal(config.storage.dir, './data');
  t.equal(config.deidentify.profile, 'basic');
  t.throws(() => Object.assign(config.dimse, { port: 1 }), TypeError);
});

t.test('arguments win over the environment, the environment over the file', async (t) => {
  const dir = t.testdir({
    'gateway.yaml': 'dimse:\n  port: 1001\n  aeTitle: FROMFILE\nhttp:\n  port: 1001\nworkers: 3\n',
  });
  const { config } = loadConfig({
    file: join(dir, 'gateway.yaml'),
    environment: { SALLYPORT_DIMSE_PORT: '1002', SALLYPORT_HTTP_PORT: '1002', SALLYPORT_LOG_LEVEL: '' },
    args: ['--http.port', '1003'],
  });
  t.equal(config.workers, 3);
  t.equal(config.dimse.aeTitle, 'FROMFILE');
  t.equal(config.dimse.port, 1002);
  t.equal(config.http.port, 1003);
  t.equal(config.log.level, 'info', 'an empty variable is not set');
});

t.test('JSON files work too, with lists and nested objects', async (t) => {
  const dir = t.testdir({
    'gateway.json': JSON.stringify({
      dimse: { callingPeers: [{ aeTitle: 'PACS1', addresses: ['10.0.0.0/8'] }], allowedAddresses: ['::1'] },
    }),
  });
  const { config } = loadConfig({ ...none, file: join(dir, 'gateway.json') });
  t.same(config.dimse.callingPeers, [{ aeTitle: 'PACS1', addresses: ['10.0.0.0/8'] }]);
  t.same(config.dimse.allowedAddresses, ['::1']);
});

t.test('all faults are told at once, whatever their source', async (t) => {
  const dir = t.testdir({
    'gateway.yaml':
      'dimse:\n  prot: 104\n  aeTitle: "A\\\\B"\nstorage:\n  reserve: 5\nbackend:\n  auth:\n    kind: bearer\n',
  });
  const faults = faultsOf(() =>
    loadConfig({
      file: join(dir, 'gateway.yaml'),
      environment: { SALLYPORT_DIMSE_PROT: '1', SALLYPORT_BACKEND_GZIP: 'yes' },
      args: ['--nothing=1'],
    }),
  );
  for (const expected of [
    /dimse\.prot.*not declared/,
    /dimse\.aeTitle: must be an AE title/,
    /storage\.reserve: must be a size/,
    /SALLYPORT_DIMSE_PROT is not an option/,
    /backend\.gzip: must be true or false/,
    /--nothing is not an option/,
    /bearer needs backend\.auth\.token/,
  ]) {
    t.ok(
      faults.some((fault) => expected.test(fault)),
      String(expected),
    );
  }
});

t.test('what cannot work for a server that is posted to is a fault, for each of them', async (t) => {
  for (const section of ['backend', 'fhir']) {
    const faults = (...args: string[]) => faultsOf(() => loadConfig({ ...none, args }));
    const key = `--${section}`;
    t.match(faults(`${key}.auth.kind=bearer`), [/bearer needs .*token or .*tokenFile/]);
    t.equal(faults(`${key}.auth.kind=oauth2`).length, 3);
    t.match(faults(`${key}.tls.certFile=a.pem`), [/certFile and .*keyFile must be set together/]);
    t.match(faults(`${key}.retryInitial=2h`), [/retryMax must not be below/]);
    t.strictSame(faults(`${key}.auth.kind=bearer`, `${key}.auth.tokenFile=token`), []);
  }
  t.match(
    faultsOf(() => loadConfig({ ...none, args: ['--fhir.patientSystem=not a uri'] })),
    ['fhir.patientSystem must be a URI'],
  );
});

t.test('secrets are refused as arguments, masked in print and absent from faults', async (t) => {
  const secret = 'ab'.repeat(32);
  const { printable, config } = loadConfig({
    environment: { SALLYPORT_DEIDENTIFY_SECRET: secret, SALLYPORT_BACKEND_AUTH_TOKEN: 'tok-123' },
    args: [],
  });
  t.equal(config.deidentify.secret, secret);
  t.notMatch(printable, secret);
  t.notMatch(printable, 'tok-123');
  t.match(
    faultsOf(() => loadConfig({ environment: {}, args: ['--backend.auth.token=x'] })),
    [/is a secret/],
  );
  const faults = faultsOf(() =>
    loadConfig({ environment: { SALLYPORT_DEIDENTIFY_SECRET: 'short-secret' }, args: [] }),
  );
  t.equal(faults.length, 1);
  t.notMatch(faults.join(), 'short-secret');
});

t.test('unreadable and broken files are faults that do not quote them', async (t) => {
  const dir = t.testdir({
    'bad.yaml': 'backend:\n  auth: {token: hush-hush\n',
    'bad.json': '{"token": hush-hush',
    'list.json': '[1]',
  });
  for (const name of ['bad.yaml', 'bad.json', 'list.json', 'absent.yaml']) {
    const faults = faultsOf(() => loadConfig({ ...none, file: join(dir, name) }));
    t.equal(faults.length, 1, name);
    t.notMatch(faults.join(), 'hush');
  }
  writeFileSync(join(dir, 'empty.yaml'), '');
  t.equal(loadConfig({ ...none, file: join(dir, 'empty.yaml') }).config.dimse.port, 11112);
});

t.test('every leaf has a doc, a format and a name of its own in the environment', async (t) => {
  const names = leaves().map(({ path }) => environmentName(path));
  t.equal(new Set(names).size, names.length);
  for (const { path, leaf } of leaves()) {
    t.ok(leaf.doc.length > 10, path);
    t.ok(leaf.format, path);
    if (/token$|secret$|Secret$/.test(path)) t.equal(leaf.sensitive, true, `${path} is sensitive`);
  }
  t.equal(environmentName('dimse.aeTitle'), 'SALLYPORT_DIMSE_AE_TITLE');
  t.equal(environmentName('backend.baseUrl'), 'SALLYPORT_BACKEND_BASE_URL');
  const reference = renderReference();
  for (const { path } of leaves()) t.ok(reference.includes(`| \`${path}\` |`), `${path} is in the reference`);
});
