import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import t from 'tap';

/** The import table of the design. A folder may always import itself. `gateway` stands for src/gateway.ts. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  dicom: ['core'],
  deidentify: ['core', 'dicom'],
  profiles: ['core', 'dicom', 'deidentify'],
  render: ['core', 'dicom'],
  ocr: ['core'],
  redact: ['core', 'dicom', 'deidentify', 'render', 'ocr'],
  annotate: ['core', 'dicom', 'render', 'redact', 'synthetic'],
  config: ['core'],
  observe: ['core'],
  spool: ['core', 'observe'],
  // Proves the trail and tells it to others; the trail itself is the ledger's.
  audit: ['core', 'spool', 'observe'],
  crosswalk: ['core'],
  fhir: ['core'],
  receive: ['core', 'dicom', 'spool', 'observe'],
  // Beside DIMSE: the same store stream into the same spool, and no more of receive than that; see below.
  ingest: ['core', 'dicom', 'spool', 'observe'],
  send: ['core', 'dicom'],
  synthetic: ['core', 'dicom'],
  verify: ['core', 'dicom'],
  reports: ['core', 'dicom', 'deidentify', 'profiles'],
  // What is posted of a study is made of the ledger's rows.
  pipeline: ['core', 'spool', 'observe', 'fhir'],
  deliver: ['core', 'observe'],
  // Uploaded files and work on folders ask the worker threads by a port of their own.
  files: ['core', 'observe'],
  jobs: ['core', 'observe', 'files'],
  http: ['core', 'spool', 'observe', 'config', 'pipeline', 'files', 'jobs', 'ingest'],
  'example-backend': ['core'],
  // Runs in a browser: shapes of the contract, and words; see below.
  dashboard: ['core', 'reports', 'dicom'],
  gateway: [
    'core',
    'audit',
    'crosswalk',
    'dicom',
    'deidentify',
    'render',
    'config',
    'observe',
    'spool',
    'receive',
    'pipeline',
    'deliver',
    'http',
    'files',
    'jobs',
    'gateway-settings',
    'profiles',
    'reports',
    'fhir',
    'gateway-audit',
    'gateway-files',
    'gateway-followers',
    'gateway-http',
    'gateway-ingest',
    'gateway-lanes',
    'gateway-live',
  ],
  'gateway-lanes': [
    'core',
    'config',
    'crosswalk',
    'deliver',
    'gateway-settings',
    'observe',
    'pipeline',
    'reports',
    'spool',
  ],
  'gateway-live': ['core', 'config', 'deliver', 'observe', 'pipeline', 'receive', 'spool'],
  // Operations get what they do from here; http itself knows no profile, no report and no sender.
  'gateway-http': [
    'core',
    'config',
    'dicom',
    'fhir',
    'files',
    'gateway-explanations',
    'gateway-files',
    'gateway-live',
    'gateway-settings',
    'http',
    'observe',
    'pipeline',
    'reports',
    'send',
    'spool',
  ],
  'gateway-audit': ['config', 'core', 'deidentify', 'pipeline', 'spool'],
  'gateway-ingest': ['config', 'gateway-lanes', 'http', 'ingest', 'observe', 'spool'],
  'gateway-files': ['config', 'core', 'files', 'gateway-lanes', 'jobs', 'observe'],
  'gateway-followers': [
    'audit',
    'config',
    'deliver',
    'gateway-lanes',
    'gateway-settings',
    'observe',
    'pipeline',
    'spool',
  ],
  'gateway-explanations': ['config', 'http', 'pipeline', 'profiles'],
  'gateway-settings': [
    'audit',
    'core',
    'config',
    'deliver',
    'fhir',
    'http',
    'receive',
    'render',
    'deidentify',
    'profiles',
    'pipeline',
  ],
  cli: [
    'core',
    'audit',
    'annotate',
    'ocr',
    'redact',
    'crosswalk',
    'dicom',
    'deidentify',
    'render',
    'config',
    'observe',
    'spool',
    'send',
    'synthetic',
    'verify',
    'pipeline',
    'example-backend',
    'gateway',
    'gateway-settings',
    // The store of API tokens, for `sallyport token`.
    'http',
    // The page of a folder's names that both walks read.
    'files',
    'profiles',
    'reports',
  ],
};

/** Files that see more than their folder: the worker thread does the work of several stages. */
const alsoMayImport: Readonly<Record<string, readonly string[]>> = {
  'ingest/part10-intake.ts': ['receive'],
  'ingest/ingest.ts': ['receive'],
  'pipeline/worker.ts': ['dicom', 'deidentify', 'render', 'reports', 'redact', 'ocr'],
  // Which values the catalogue is told, and under which pseudonyms an instance that is held would leave.
  'pipeline/catalogue-entry.ts': ['dicom', 'deidentify'],
  'pipeline/endable-engine.ts': ['ocr'],
  // What threads cannot do for themselves: keep a native library from reporting to its maker.
  'pipeline/worker-pool.ts': ['ocr'],
  // What the worker threads of gateway and command line share.
  'pipeline/treat-instance.ts': ['dicom', 'deidentify', 'redact'],
  'pipeline/thread-profiles.ts': ['deidentify'],
  'pipeline/instance-file.ts': ['dicom'],
  // The thread's side of work on demand.
  'pipeline/on-demand/thread.ts': ['dicom', 'ocr'],
  'pipeline/on-demand/work.ts': ['dicom', 'ocr', 'render'],
  'pipeline/on-demand/treat-file.ts': ['dicom', 'deidentify', 'redact', 'reports'],
  'pipeline/on-demand/draw-picture.ts': ['deidentify', 'redact', 'render'],
  'pipeline/on-demand/inspect-instance.ts': ['dicom', 'deidentify'],
  'pipeline/on-demand/attributes.ts': ['dicom'],
  'pipeline/on-demand/report-page.ts': ['reports'],
  // Types of what is asked for and comes back, and the list of picture formats.
  'pipeline/on-demand/tasks.ts': ['render', 'reports'],
  'pipeline/on-demand/requests.ts': ['deidentify', 'render'],
  // The image it sends is made, not taken.
  'send/test-sender.ts': ['synthetic'],
  'pipeline/frame-order.ts': ['dicom'],
  'pipeline/frame-place.ts': ['dicom'],
  'pipeline/payload.ts': ['dicom'],
  'pipeline/image-extent.ts': ['dicom'],
  'pipeline/messages.ts': ['deidentify', 'render'],
  'pipeline/file-source.ts': ['dicom'],
};

/** A vendor package and the files that may import it. */
const vendorImporters: Readonly<Record<string, readonly string[]>> = {
  sharp: ['render/output/sharp.ts'],
  'onnxruntime-node': ['ocr/sessions.ts'],
  undici: ['deliver/http-requests.ts'],
  pino: ['observe/log.ts'],
  'prom-client': ['observe/metrics.ts'],
  piscina: ['pipeline/worker-pool.ts', 'pipeline/worker.ts', 'cli/deidentify/file-pool.ts'],
  fastify: [
    'http/server.ts',
    'http/access.ts',
    'http/body-type.ts',
    'http/form.ts',
    'http/dashboard-files.ts',
    'http/request-facts.ts',
    'http/send.ts',
  ],
  '@fastify/multipart': ['http/form.ts'],
  '@fastify/static': ['http/dashboard-files.ts'],
  uplot: ['dashboard/ui/chart.tsx'],
  vite: ['dashboard/vite.config.ts'],
  jose: ['http/security/oidc-claims.ts', 'http/security/oidc-id-token.ts', 'http/security/oidc-keys.ts'],
  convict: ['config/convict-formats.ts', 'config/schema.ts', 'config/load.ts'],
  yaml: [
    'config/load.ts',
    'http/contract/gateway-contract.ts',
    'example-backend/contract.ts',
    'profiles/source-tree.ts',
  ],
  'dcmjs-dimse': ['receive/association.ts', 'receive/dimse-library.ts'],
};

/** Folders of pure logic, and the few node modules that only compute. */
const pureFolders: Readonly<Record<string, readonly string[]>> = {
  core: [],
  fhir: [],
  verify: ['node:zlib', 'node:crypto'],
  dicom: ['node:zlib', 'node:module'],
  deidentify: ['node:crypto', 'node:zlib'],
  render: ['node:zlib', 'node:crypto', 'node:module', 'node:url', 'node:fs'],
  // Models are files of a package.
  ocr: ['node:module', 'node:fs', 'node:path', 'node:url', 'node:crypto'],
  redact: ['node:crypto', 'node:zlib'],
};

/** Files of these folders that reach further than their folder, and why. */
const furtherModules: Readonly<Record<string, readonly string[]>> = {
  // The environment of the process is not a thread's to change.
  'ocr/silent-runtime.ts': ['node:worker_threads'],
  // The decoder of videos is another program...
  'render/video/decoder-process.ts': ['node:child_process', 'node:stream'],
  // ...which reads its stream from a file without a name.
  'render/video/stream-file.ts': ['node:path'],
  'render/video/video-frames.ts': ['node:os'],
};

const root = join(import.meta.dirname, '..', 'src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

function importsOf(file: string): string[] {
  const text = texts.get(file) ?? '';
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s+['"]([^'"]+)['"]/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Files at the top of src stand for themselves. */
const folderOf = (file: string): string =>
  file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace('.ts', '');
const target = (file: string, specifier: string): string => normalize(join(dirname(file), specifier));

t.test('every folder imports only what the table of the design allows', async (t) => {
  for (const file of files) {
    const folder = folderOf(file);
    const allowed = [folder, ...(mayImport[folder] ?? []), ...(alsoMayImport[file] ?? [])];
    t.ok(mayImport[folder], `${folder} stands in the table`);
    const wrong = importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .filter((specifier) => !allowed.includes(folderOf(target(file, specifier))));
    t.same(wrong, [], `${file}`);
  }
});

t.test('verification shares nothing with what it verifies', async (t) => {
  const reached = new Set<string>();
  const reach = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const specifier of importsOf(file).filter((name) => name.startsWith('.')))
      reach(target(file, specifier));
  };
  for (const file of files.filter((name) => folderOf(name) === 'verify')) reach(file);
  t.ok(reached.has('verify/verify.ts'));
  t.same(
    [...reached].filter((file) => !['verify', 'core', 'dicom'].includes(folderOf(file))),
    [],
  );
});

t.test('relative imports name existing .ts files', async (t) => {
  for (const file of files) {
    const missing = importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .filter((specifier) =>
        specifier.endsWith('.css')
          ? !existsSync(join(root, target(file, specifier)))
          : !texts.has(target(file, specifier)),
      );
    t.same(missing, [], file);
  }
});

t.test('each vendor package has its one place', async (t) => {
  for (const [vendor, importers] of Object.entries(vendorImporters)) {
    const found = files.filter((file) =>
      importsOf(file).some((name) => name === vendor || name.startsWith(`${vendor}/`)),
    );
    t.same(
      found.filter((file) => !importers.includes(file)),
      [],
      vendor,
    );
  }
});

t.test('folders of pure logic do no input or output', async (t) => {
  for (const [folder, computing] of Object.entries(pureFolders)) {
    for (const file of files.filter((name) => folderOf(name) === folder)) {
      const allowed = [...computing, ...(furtherModules[file] ?? [])];
      const wrong = importsOf(file).filter((name) => name.startsWith('node:') && !allowed.includes(name));
      t.same(wrong, [], file);
    }
  }
});

/**
 * Lists of words that the dashboard shows as the reports do; and which boxes cover what was found, so that the page never
 * thinks otherwise than the gateway.
 */
const sharedWords = [
  'core/audit.ts',
  'core/box-cover.ts',
  // Names of UIDs.
  'dicom/storage-sop-classes.ts',
  'dicom/transfer-syntaxes.ts',
  'reports/explanations.ts',
  'reports/pixel-texts.ts',
];

t.test('the dashboard takes shapes and words alone from the rest', async (t) => {
  for (const file of files.filter((name) => folderOf(name) === 'dashboard')) {
    const values = [...(texts.get(file) ?? '').matchAll(/^import (?!type )[^;]*?from '(\.[^']+)'/gm)]
      .map(([, specifier]) => target(file, specifier ?? ''))
      .filter((from) => folderOf(from) !== 'dashboard' && !sharedWords.includes(from));
    t.same(values, [], file);
    const modules = importsOf(file).filter((name) => !name.startsWith('.'));
    const wrong = modules.filter((name) => !/^(preact(\/hooks)?|uplot(\/.*)?|vite)$/.test(name));
    t.same(wrong, [], `${file} runs in a browser`);
    t.notMatch(
      texts.get(file) ?? '',
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/i,
      `${file} puts nothing in as HTML`,
    );
  }
  for (const file of sharedWords) {
    const values = [...(texts.get(file) ?? '').matchAll(/^import (?!type )[^;]*?from '([^']+)'/gm)];
    t.same(
      values.map(([, specifier]) => specifier),
      [],
      `${file} brings nothing with it`,
    );
  }
});

t.test('there are no import cycles', async (t) => {
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
      visit(target(file, specifier), [...path, file]);
    }
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  t.same(cycles, []);
});

t.test('only redact() makes a PixelTreatment', async (t) => {
  const casts = files.filter((file) =>
    /\bas (unknown as )?PixelTreatment\b|<PixelTreatment>/.test(texts.get(file) ?? ''),
  );
  t.same(casts, ['redact/redact.ts']);
});

t.test('only deidentify() makes a Deidentified', async (t) => {
  const casts = files.filter((file) =>
    /\bas (unknown as )?Deidentified\b|<Deidentified>/.test(texts.get(file) ?? ''),
  );
  t.same(casts, ['deidentify/deidentify.ts']);
});

/** Lists of words and numbers, not logic. */
const dataFiles: ReadonlySet<string> = new Set([
  'core/error-registry.ts',
  'deidentify/text/vocabulary-words.ts',
]);

t.test('files stay small, with named exports and no type escapes', async (t) => {
  for (const file of files.filter((name) => !name.includes('/generated/'))) {
    const text = texts.get(file) ?? '';
    if (!dataFiles.has(file)) t.ok(text.split('\n').length <= 401, `${file} has at most 400 lines`);
    // Vite wants its configuration so.
    if (file !== 'dashboard/vite.config.ts') t.notMatch(text, /^export default/m, file);
    t.notMatch(text, /@ts-ignore|@ts-expect-error/, file);
    t.notMatch(
      text,
      /\bprocess\.env\b/.test(text) && folderOf(file) !== 'cli' && file !== 'ocr/silent-runtime.ts'
        ? /process\.env/
        : /\0/,
      `${file} reads no environment`,
    );
    if (file !== 'cli/cli.ts') t.notMatch(text, /\bprocess\.exit\(/, file);
  }
});

t.test('tests mirror the sources', async (t) => {
  const testRoot = import.meta.dirname;
  const folders = readdirSync(testRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  for (const folder of folders) {
    t.ok(
      [...Object.keys(mayImport), 'support', 'end-to-end', 'crash', 'privacy', 'documents'].includes(folder),
      `test/${folder} mirrors a folder of src`,
    );
  }
  t.ok(relative(root, testRoot).startsWith('..'));
});
