import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { actionCodes, profileOptions } from '../src/deidentify/rules.ts';
import { contentValueTypes } from '../src/deidentify/structured/concept-row.ts';

/**
 * Makes src/deidentify/generated/*.ts from the fact tables beside the project (../shared/facts) and from
 * registered-uids.tsv: PS3.15 Tables E.1-1 and E.3.4-1, the attributes the first omits, UID roles, CID 7050, safe private attributes and the UIDs of PS3.6 Annex A.
 * Deterministic: the same inputs give the same bytes. Ends with an error when the facts are absent or hold a word that
 * is not understood, so that a new edition cannot lose a rule unseen.
 */

const facts = new URL('../../shared/facts/', import.meta.url);
const registry = new URL('./registered-uids.tsv', import.meta.url);
const output = new URL('../src/deidentify/generated/', import.meta.url);

/** Column names of the fact table, in the order of `profileOptions`. */
const optionColumns = [
  'retain_safe_private',
  'retain_uids',
  'retain_device_identity',
  'retain_institution_identity',
  'retain_patient_characteristics',
  'retain_long_full_dates',
  'retain_long_modified_dates',
  'clean_descriptors',
  'clean_structured_content',
  'clean_graphics',
];

type Row = Readonly<Record<string, string>>;

function readTable(url: URL): Row[] {
  const [head = '', ...lines] = readFileSync(url, 'utf8').replace(/\n$/, '').split('\n');
  const names = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(names.map((name, index) => [name, (cells[index] ?? '').trim()]));
  });
}

function cell(row: Row, name: string): string {
  const value = row[name];
  if (value === undefined) throw new Error(`the fact table has no column ${name}`);
  return value;
}

function tag(row: Row): string {
  const value = cell(row, 'tag');
  if (!/^([0-9A-F]{4}|[56]0xx|gggg),([0-9A-F]{4}|xxxx|eeee)$/.test(value)) throw new Error(`tag ${value}`);
  return value;
}

function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function options(pairs: readonly (readonly [string, string])[]): string {
  return pairs.length === 0 ? '{}' : `{ ${pairs.map(([name, code]) => `${name}: '${code}'`).join(', ')} }`;
}

function tableE11(): string {
  const rows = readTable(new URL('ps3.15-table-e1-1.tsv', facts)).map((row) => {
    const basic = cell(row, 'basic_profile');
    if (!(actionCodes as readonly string[]).includes(basic)) throw new Error(`${tag(row)}: action ${basic}`);
    const pairs = optionColumns.flatMap((column, index) => {
      const code = cell(row, column);
      if (code === '') return [];
      if (code !== 'K' && code !== 'C') throw new Error(`${tag(row)}: ${column} ${code}`);
      return [[profileOptions[index] ?? '', code] as const];
    });
    const iod = cell(row, 'in_standard_composite_IOD') === 'Y';
    return `  { tag: '${tag(row)}', keyword: '${cell(row, 'keyword')}', vr: '${cell(row, 'vr')}', inStandardIod: ${iod}, basic: '${basic}', options: ${options(pairs)} },`;
  });
  return module(
    "import type { TableRow } from '../rules.ts';",
    `/** Edition the rows below were taken from. */
export const tableEdition = 'PS3.15 2026d Table E.1-1';

/** PS3.15 Table E.1-1, every row with every option column, sorted by tag. */
export const tableE11: readonly TableRow[] = [
${rows.join('\n')}
];`,
  );
}

const conceptActions = ['X', 'D', 'X/D'];

/** Options that have a column in Table E.3.4-1. */
const conceptColumns = [
  'retain_uids',
  'retain_device_identity',
  'retain_institution_identity',
  'retain_patient_characteristics',
  'retain_long_full_dates',
  'retain_long_modified_dates',
  'clean_descriptors',
];

function tableE341(): string {
  const rows = readTable(new URL('ps3.15-table-e3-4-1-2026c.tsv', facts)).map((row) => {
    const [scheme, code, type] = [
      cell(row, 'coding_scheme'),
      cell(row, 'code_value'),
      cell(row, 'value_type'),
    ];
    const where = `E.3.4-1 ${scheme} ${code}`;
    if (!(contentValueTypes as readonly string[]).includes(type))
      throw new Error(`${where}: value type ${type}`);
    const basic = cell(row, 'basic_profile');
    if (!conceptActions.includes(basic)) throw new Error(`${where}: action ${basic}`);
    const pairs = conceptColumns.flatMap((column) => {
      const action = cell(row, column);
      if (action === '') return [];
      if (action !== 'K' && action !== 'C') throw new Error(`${where}: ${column} ${action}`);
      return [[profileOptions[optionColumns.indexOf(column)] ?? '', action] as const];
    });
    return `  { scheme: ${literal(scheme)}, code: ${literal(code)}, meaning: ${literal(cell(row, 'code_meaning'))}, valueType: '${type}', basic: '${basic}', options: ${options(pairs)} },`;
  });
  return module(
    "import type { ConceptRow } from '../structured/concept-row.ts';",
    `/** Edition the rows below were taken from. */
export const conceptTableEdition = 'PS3.15 2026c Table E.3.4-1';

/** PS3.15 Table E.3.4-1: concept names of content items, with what becomes of their values. */
export const tableE341: readonly ConceptRow[] = [
${rows.join('\n')}
];`,
  );
}

/** The researcher's advice in words, as an action. Words that are not understood end the run. */
function gapAction(advice: string): string {
  if (/^X\/Z\/D/.test(advice) || /else X\/Z\/D/.test(advice) || /^X or Z or D by Type/.test(advice))
    return 'X/Z/D';
  if (/^treat by VR like the listed dates/.test(advice)) return 'X/Z/D';
  if (/^remap by pseudonym/.test(advice)) return 'trackingId';
  if (/^check against the coding scheme/.test(advice)) return 'codeMeaning';
  if (/^keep or C/.test(advice)) return 'C';
  if (/^C or X/.test(advice) || /^C \(/.test(advice) || /^X\b/.test(advice)) return 'X';
  if (/^Z\b/.test(advice)) return 'Z';
  if (/^D\b/.test(advice)) return 'D';
  throw new Error(`not-in-table: advice "${advice}" is not understood`);
}

function gapOptions(advice: string): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  const retain = /K under (\w+)/.exec(advice)?.[1];
  if (retain !== undefined) {
    const name = profileOptions[optionColumns.indexOf(retain)];
    if (name === undefined) throw new Error(`not-in-table: option ${retain}`);
    pairs.push([name, 'K']);
  }
  if (/C under clean_descriptors|\bor C\b|^C or X|^C \(/.test(advice)) pairs.push(['cleanDescriptors', 'C']);
  return pairs;
}

function notInTable(): string {
  const rows = readTable(new URL('not-in-table-e1-1.tsv', facts)).map((row) => {
    const advice = cell(row, 'suggested_basic_handling');
    return `  { tag: '${tag(row)}', keyword: '${cell(row, 'keyword')}', vr: '${cell(row, 'vr')}', risk: '${cell(row, 'risk')}', basic: '${gapAction(advice)}', options: ${options(gapOptions(advice))} },`;
  });
  return module(
    "import type { GapRow } from '../rules.ts';",
    `/** Attributes of PS3.6 2026c that Table E.1-1 of 2026d omits although they can identify, with what becomes of them. */
export const notInTable: readonly GapRow[] = [
${rows.join('\n')}
];`,
  );
}

const roles = ['command', 'instance', 'definition', 'organisation', 'device', 'implementation', 'by-value'];

function uidRoles(): string {
  const rows = readTable(new URL('uid-roles.tsv', facts)).map((row) => {
    const role = cell(row, 'role');
    if (!roles.includes(role)) throw new Error(`uid-roles: role ${role}`);
    return `  { tag: '${tag(row)}', role: '${role}' },`;
  });
  return module(
    "import type { UidRoleRow } from '../rules.ts';",
    `/** Every UI attribute of PS3.6 2026c with what its values name. */
export const uidRoles: readonly UidRoleRow[] = [
${rows.join('\n')}
];`,
  );
}

/** CID 7050 code values in the order of the options of Table E.1-1, after the ones the table has no column for. */
const codeNames: Readonly<Record<string, string>> = {
  '113100': 'basic',
  '113101': 'cleanPixelData',
  '113102': 'cleanVisualFeatures',
  '113103': 'cleanGraphics',
  '113104': 'cleanStructuredContent',
  '113105': 'cleanDescriptors',
  '113106': 'retainLongFullDates',
  '113107': 'retainLongModifiedDates',
  '113108': 'retainPatientCharacteristics',
  '113109': 'retainDeviceIdentity',
  '113110': 'retainUids',
  '113111': 'retainSafePrivate',
  '113112': 'retainInstitutionIdentity',
};

function codes(): string {
  const rows = readTable(new URL('deid-codes.tsv', facts)).filter((row) => cell(row, 'kind') === 'cid7050');
  if (rows.length !== Object.keys(codeNames).length) throw new Error('deid-codes: CID 7050 has changed');
  const lines = rows.map((row) => {
    const id = cell(row, 'id');
    const name = codeNames[id];
    if (name === undefined) throw new Error(`deid-codes: code ${id}`);
    return `  ${name}: { code: '${id}', meaning: ${literal(cell(row, 'name'))} },`;
  });
  return module(
    "import type { MethodCode } from '../rules.ts';",
    `/** PS3.16 2026d CID 7050 De-identification Method; coding scheme DCM. */
export const methodCodes = {
${lines.join('\n')}
} as const satisfies Record<string, MethodCode>;`,
  );
}

function registered(): string {
  const rows = readTable(registry).map((row) => {
    const uid = cell(row, 'uid');
    if (!/^[0-9.]+$/.test(uid) || cell(row, 'kind') === '') throw new Error(`registered-uids: ${uid}`);
    return `${uid} ${cell(row, 'kind')}`;
  });
  return module(
    '',
    `/** UIDs of PS3.6 Annex A and of coding schemes in PS3.16 Table 8-1: one a line, then its kind. */
export const registeredUidRows = \`
${rows.sort().join('\n')}
\`;`,
  );
}

const safePrivateClasses = [
  'numeric-or-code',
  'remap-uid',
  'recurse',
  'text-check',
  'opaque-binary',
  'vr-not-published',
];

function safePrivate(): string {
  const rows = readTable(new URL('safe-private.tsv', facts)).map((row) => {
    const place = cell(row, 'tag');
    const handling = cell(row, 'handling_class');
    if (!/^[0-9A-F]{3}[13579BDF],xx[0-9A-F]{2}$/.test(place)) throw new Error(`safe-private: tag ${place}`);
    if (!safePrivateClasses.includes(handling)) throw new Error(`safe-private: class ${handling}`);
    if (!/^([A-Z]{2}( or [A-Z]{2})*)?$/.test(cell(row, 'vr')))
      throw new Error(`safe-private: VR of ${place}`);
    if (!/^\d+(-(\d+|n))?$/.test(cell(row, 'vm'))) throw new Error(`safe-private: VM of ${place}`);
    return `  { creator: ${literal(cell(row, 'private_creator'))}, tag: '${place}', vr: '${cell(row, 'vr')}', vm: '${cell(row, 'vm')}', handling: '${handling}' },`;
  });
  return module(
    "import type { SafePrivateRow } from '../rules.ts';",
    `/** PS3.15 2026d Table E.3.10-1 Safe Private Attributes; \`handling\` is our reading of what each can hold. */
export const safePrivateTable: readonly SafePrivateRow[] = [
${rows.join('\n')}
];`,
  );
}

function module(imports: string, body: string): string {
  const head = '// Generated by scripts/generate-deidentify-tables.ts; do not edit.\n';
  return `${head}${imports === '' ? '' : `${imports}\n`}\n${body}\n`;
}

/** Text of every generated module, by file name. Throws an Error that says so when the facts are absent. */
export function generateDeidentifyTables(): Readonly<Record<string, string>> {
  if (!existsSync(facts)) {
    throw new Error(
      'the facts are absent: ../shared/facts is needed beside the project to generate the tables',
    );
  }
  return {
    'table-e1-1.ts': tableE11(),
    'table-e3-4-1.ts': tableE341(),
    'not-in-table.ts': notInTable(),
    'uid-roles.ts': uidRoles(),
    'method-codes.ts': codes(),
    'registered-uids.ts': registered(),
    'safe-private.ts': safePrivate(),
  };
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(generateDeidentifyTables()))
    writeFileSync(new URL(name, output), text);
}
