import { environmentName, type Leaf, leaves } from './schema.ts';

const formatWords: Readonly<Record<string, string>> = {
  'tcp-port': 'port',
  count: 'whole number from 1',
  'count-or-zero': 'whole number from 0 to 1024',
  'pixels-or-zero': 'whole number from 0 to 65500',
  'frame-selection': 'all, first, middle, every:N, at-most:N',
  'window-choice': '1 to 99, automatic, explanation:TEXT',
  percent: '1 to 100',
  'true-or-false': 'true, false',
  text: 'text',
  duration: 'duration: ms, s, m, h, d',
  size: 'size: B, KiB, MiB, GiB, TiB',
  'ae-title': 'AE title',
  'calling-peers': 'list of { aeTitle, addresses }',
  profile: 'name or path',
  'calling-ae-profiles': 'list of { callingAeTitle, profile }',
  'address-list': 'list of addresses or blocks',
  'path-list': 'list of paths',
  'base-url': 'http(s) URL',
  'header-name': 'header name',
  'host-list': 'list of host names',
  'tls-clients': 'list of { fingerprint256 or subjectCommonName, name, scopes, aeTitle }',
  'claim-scopes': 'list of { value, scopes }',
};

/** The configuration reference in Markdown, made from the schema alone. */
export function renderReference(): string {
  const lines = [
    '# Configuration',
    '',
    '<!-- Made by `npm run generate` from src/config/schema.ts. Do not edit. -->',
    '',
    'A value is taken from the arguments (`--dimse.port 104`), else the environment (`SALLYPORT_DIMSE_PORT=104`), else the file',
    'given with `--config FILE` or `SALLYPORT_CONFIG` (JSON or YAML), else its default. Unknown keys, variables and arguments',
    'are errors; `sallyport check` lists all of them at once. Durations and sizes carry their unit. Secrets cannot be given as',
    'arguments and are masked whenever the configuration is printed.',
  ];
  let section: string | undefined;
  const sectionOf = (path: string): string =>
    path.includes('.') ? path.slice(0, path.indexOf('.')) : 'Other';
  // What belongs to no group comes last, under one heading.
  const inOrder = [...leaves()].sort(
    (a, b) => Number(sectionOf(a.path) === 'Other') - Number(sectionOf(b.path) === 'Other'),
  );
  for (const { path, leaf } of inOrder) {
    const next = sectionOf(path);
    if (next !== section) {
      lines.push(
        '',
        `## ${next}`,
        '',
        '| option | format | default | environment | meaning |',
        '| --- | --- | --- | --- | --- |',
      );
      section = next;
    }
    lines.push(
      `| \`${path}\` | ${formatOf(leaf)} | ${defaultOf(leaf)} | \`${environmentName(path)}\` | ${leaf.doc.replaceAll('|', '\\|')}${leaf.sensitive === true ? ' **Secret.**' : ''} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}

export function formatOf(leaf: Leaf): string {
  if (typeof leaf.format !== 'string') return leaf.format.map((word) => `\`${word}\``).join(', ');
  return formatWords[leaf.format] ?? leaf.format;
}

function defaultOf(leaf: Leaf): string {
  if (leaf.default === '') return 'not set';
  return `\`${typeof leaf.default === 'string' ? leaf.default : JSON.stringify(leaf.default)}\``;
}
