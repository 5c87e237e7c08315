import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { renderConformanceStatement } from '../../scripts/conformance-statement.ts';
import { fillPixelFormats } from '../../scripts/pixel-formats.ts';
import { fillReadme } from '../../scripts/readme-sections.ts';
import { commands } from '../../src/cli/cli-commands.ts';
import { renderReference } from '../../src/config/reference.ts';
import { leaves } from '../../src/config/schema.ts';
import { errorRegistry } from '../../src/core/error-registry.ts';
import { exitCodes } from '../../src/core/errors.ts';
import { faultPoints } from '../../src/core/fault-points.ts';
import { transferSyntaxTable } from '../../src/dicom/transfer-syntaxes.ts';
import { eventLevels } from '../../src/observe/events.ts';
import { decoderOf } from '../../src/render/decode/decoder-table.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const pixelFormats = read('docs/pixel-formats.md');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => [path, read(join('src', path))] as const);

t.test(
  'config/README.md, the conformance statement and the tables of README and of the pixel formats are what the code makes',
  async (t) => {
    t.equal(read('docs/conformance-statement.md'), renderConformanceStatement());
    t.equal(read('config/README.md'), renderReference());
    t.equal(await fillReadme(readme), readme);
    t.equal(await fillPixelFormats(pixelFormats), pixelFormats);
  },
);

t.test('the pixel formats tell of every transfer syntax, rendered or held', async (t) => {
  const rows = new Map(
    [...pixelFormats.matchAll(/^\| ([^|]+) \| (1\.2\.[\d.]+) \| ([^|]*) \|/gm)].map(
      ([, name, uid, decoder]) => [uid, { name, decoder }],
    ),
  );
  for (const { uid, name, storable, renderable } of transferSyntaxTable) {
    if (!storable) {
      t.equal(rows.get(uid), undefined, `${name} never holds an image`);
      continue;
    }
    const row = rows.get(uid);
    t.equal(row?.name, name);
    t.equal(row?.decoder?.includes('held'), decoderOf(uid) === undefined, `${name}: ${row?.decoder}`);
    t.equal(renderable, decoderOf(uid) !== undefined, `${name} is called renderable where it has a decoder`);
  }
});

t.test('README lists every command and no other', async (t) => {
  const section = readme.slice(readme.indexOf('## Operate'), readme.indexOf('## Backend'));
  const listed = [...section.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].flatMap((match) =>
    [...(match[1] ?? '').matchAll(/`([a-z-]+)/g)].map((name) => name[1] ?? ''),
  );
  const own = listed.filter((name) => !name.startsWith('sallyport'));
  t.same([...new Set(own)].sort(), Object.keys(commands).sort());
});

t.test('README lists every exit code', async (t) => {
  const line = readme.slice(readme.indexOf('Exit codes:'), readme.indexOf('/healthz'));
  const listed = [...line.matchAll(/\b(\d+) /g)].map((match) => Number(match[1]));
  t.same(
    [...new Set(listed)].sort((a, b) => a - b),
    [...new Set(Object.values(exitCodes))].sort((a, b) => a - b),
  );
});

t.test('options that the documents name exist', async (t) => {
  const paths = new Set(leaves().map(({ path }) => path));
  const sections = new Set(leaves().map(({ path }) => path.split('.')[0] ?? ''));
  const texts = [
    readme,
    read('SECURITY.md'),
    ...Object.values(errorRegistry).map(({ advice, message }) => `${advice} ${message}`),
  ];
  const named = texts.flatMap((text) =>
    [...text.matchAll(/\b([a-z]+(?:\.[a-zA-Z0-9]+)+)\b/g)].map((match) => match[1] ?? ''),
  );
  const options = named.filter(
    (name) => sections.has(name.split('.')[0] ?? '') && !/\.(ts|md|json|yaml|yml|example|test)\b/.test(name),
  );
  t.ok(options.length > 5, `${options.length} options named`);
  t.same(
    options.filter((name) => !paths.has(name)),
    [],
  );
});

t.test('links to files in the documents lead somewhere', async (t) => {
  for (const document of ['README.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/pixel-formats.md']) {
    const targets = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1] ?? '');
    t.same(
      targets.filter((target) => !existsSync(join(root, dirname(document), target))),
      [],
      document,
    );
  }
});

t.test('every error code is used, and every code used is registered', async (t) => {
  const text = sources
    .filter(([path]) => path !== 'core/error-registry.ts')
    .map(([, content]) => content)
    .join('\n');
  const unused = Object.keys(errorRegistry).filter((code) => !text.includes(`'${code}'`));
  t.same(unused, []);
});

t.test('every event is emitted somewhere', async (t) => {
  const text = sources
    .filter(([path]) => path !== 'observe/events.ts')
    .map(([, content]) => content)
    .join('\n');
  t.same(
    Object.keys(eventLevels).filter((name) => !text.includes(`'${name}'`)),
    [],
  );
});

t.test('every fault point stands in the code', async (t) => {
  const text = sources
    .filter(([path]) => path !== 'core/fault-points.ts')
    .map(([, content]) => content)
    .join('\n');
  t.same(
    faultPoints.filter((point) => !text.includes(`faultPoint('${point}')`)),
    [],
  );
});

t.test(
  'the Dockerfile starts what the package offers, as an ordinary user, with a health check',
  async (t) => {
    const dockerfile = read('Dockerfile');
    const { bin } = JSON.parse(read('package.json')) as { bin: { sallyport: string } };
    t.match(dockerfile, `/app/${bin.sallyport}`);
    t.match(dockerfile, /^USER node$/m);
    t.match(dockerfile, /^HEALTHCHECK/m);
    const major = /node_modules\/node"|"node": "(\d+)/.exec(read('package.json'))?.[1];
    for (const image of [...dockerfile.matchAll(/^FROM node:(\d+)-slim/gm)])
      t.equal(image[1], major, 'the same runtime');
  },
);
