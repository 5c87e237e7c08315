import t from 'tap';
import { answerOf, specs, startReal } from './real-gateway.ts';

t.setTimeout(180_000);
const real = await startReal(t, { directory: t.testdir() });

t.test('beside the contract there is nothing', async (t) => {
  const paths = [...new Set(specs.map(({ path }) => path))].map((path) =>
    path.replaceAll(/\{(\w+)\}/g, (_all, name) => (name === 'frame' ? '1' : name === 'study' ? '1.2' : 'x')),
  );
  const known = new Map(
    paths.map((path) => [
      path,
      specs
        .filter((spec) => pattern(spec.path).test(path))
        .flatMap(({ method, head }): string[] => (head ? [method, 'HEAD'] : [method])),
    ]),
  );
  const ask = async (method: string, path: string): Promise<number> =>
    (
      await answerOf(
        await fetch(`${real.url}${path}`, {
          method,
          headers: { authorization: `Bearer ${real.tokens.everything}` },
        }),
      )
    ).status;
  for (const [path, methods] of known) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      if (methods.includes(method)) continue;
      const status = await ask(method, path);
      t.ok(status === 405 || status === 404, `${method} ${path}: ${status}`);
    }
    const [method = 'GET'] = methods;
    for (const other of [
      `${path}/`,
      `/${path}`,
      path.replace('/', '/%2f'),
      path.toUpperCase(),
      `${path}%2f`,
      `${path};x=1`,
      `${path}.json`,
      `/v1${path}`,
    ]) {
      // Of a path that ends with an id these are other ids.
      if (
        /\/(?:x|1|1\.2)$/.test(path) &&
        !/^\/(?:\/|%2f|v1)/i.test(other) &&
        !other.endsWith('/') &&
        other !== path.toUpperCase()
      )
        continue;
      if (
        /\/[^/]*(?:%2f|;x=1|\.json)$/i.test(other) &&
        specs.some((spec) => spec.method === method && pattern(spec.path).test(other))
      )
        continue;
      const status = await ask(method, other);
      // A parameter without characters is one that no operation takes.
      const isEmpty = other.endsWith('/') && specs.some((spec) => pattern(spec.path).test(`${other}1`));
      t.ok([404, 405, ...(isEmpty ? [400] : [])].includes(status), `${method} ${other}: ${status}`);
    }
  }
  for (const path of [
    '/metrics/',
    '/docs',
    '/documentation',
    '/swagger',
    '/swagger.json',
    '/openapi.yaml',
    '/api',
    '/api/',
    '/admin',
    '/debug/pprof',
    '/.env',
    '/.git/config',
    '/package.json',
    '/assets',
    '/assets/..%2f..%2fpackage.json',
    '/%2e%2e/package.json',
    '/..%5cpackage.json',
    '/fhir',
    '/fhir/metadata',
    '/dicom-web',
    '/dicom-web/studies/1.2/metadata',
    '/wado',
    '/graphql',
    '/server-status',
  ])
    t.equal(await ask('GET', path), 404, path);
});

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
