import { readFileSync } from 'node:fs';
import { extname, isAbsolute } from 'node:path';
import convict from 'convict';
import { parse as parseYaml } from 'yaml';
import { SallyportError } from '../core/errors.ts';
import type { Config } from './config.ts';
import { registerFormats } from './convict-formats.ts';
import { isApiToken, parseDuration, parseSize } from './formats.ts';
import { httpLimitFaults } from './http-limit-faults.ts';
import { httpSecurityFaults } from './http-security-faults.ts';
import { convictSchema, environmentName, type Leaf, leaves } from './schema.ts';

export interface ConfigSources {
  /** JSON (.json) or YAML (.yaml, .yml). */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--dimse.port 104` or `--dimse.port=104`; nothing else may be among them. */
  readonly args: readonly string[];
}

export interface LoadedConfig {
  readonly config: Config;
  /** JSON of every option with its effective value, secrets masked. */
  readonly printable: string;
}

/** Thrown by `loadConfig`: all faults at once, in `faults`. Values of secrets are not among them. */
export class ConfigurationFaults extends SallyportError {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super('CONFIGURATION_INVALID', { detail: `${faults.length} fault${faults.length === 1 ? '' : 's'}` });
    this.faults = faults;
  }
}

/** Variables with our prefix that are no options. */
const otherVariables = ['SALLYPORT_CONFIG'];

/**
 * Defaults, then the file, then the environment, then the arguments; the later wins. Unknown keys, variables with our
 * prefix and arguments are faults, as are impossible combinations. Throws ConfigurationFaults.
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  registerFormats();
  const faults = [...unknownVariables(sources.environment), ...unknownArguments(sources.args)];
  const instance = convict(convictSchema(), {
    env: presentVariables(sources.environment),
    args: [...sources.args],
  });
  if (sources.file !== undefined) {
    const content = readConfigFile(sources.file, faults);
    if (content !== undefined) instance.load(content);
  }
  try {
    instance.validate({ allowed: 'strict' });
  } catch (error) {
    // The library quotes the value, and a URL may hold a password.
    const text = error instanceof Error ? error.message : 'not valid';
    faults.push(...text.replaceAll(/\/\/[^/@\s"]+@/g, '//***@').split('\n'));
  }
  // Combinations are looked at even when single values are wrong, so that one run shows everything there is to mend.
  const config = typed(instance.getProperties());
  faults.push(...impossibleCombinations(config));
  if (faults.length > 0) throw new ConfigurationFaults(faults);
  return { config, printable: instance.toString() };
}

function presentVariables(environment: ConfigSources['environment']): Record<string, string> {
  // An empty variable is how compose files say "not set".
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}

function unknownVariables(environment: ConfigSources['environment']): string[] {
  const known = new Set([...leaves().map(({ path }) => environmentName(path)), ...otherVariables]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('SALLYPORT_') && !known.has(name))
    .map((name) => `environment variable ${name} is not an option`);
}

function unknownArguments(args: readonly string[]): string[] {
  const known = new Map(leaves().map(({ path, leaf }) => [path, leaf]));
  const faults: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const match = /^--([A-Za-z0-9.]+)(=.*)?$/s.exec(args[index] ?? '');
    const leaf = match === null ? undefined : known.get(match[1] ?? '');
    if (match === null) faults.push(`argument ${index + 1} is not of the form --option value`);
    else if (leaf === undefined) faults.push(`--${match[1]} is not an option`);
    else if (leaf.sensitive === true)
      faults.push(`--${match[1]} is a secret: set it in the environment or a file`);
    if (match !== null && match[2] === undefined) index += 1;
  }
  return faults;
}

function readConfigFile(file: string, faults: string[]): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    faults.push(
      `configuration file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
    return undefined;
  }
  try {
    const content: unknown = extname(file) === '.json' ? JSON.parse(text) : parseYaml(text);
    if (content === null || content === undefined) return {};
    if (typeof content === 'object' && !Array.isArray(content)) return content;
    faults.push(`configuration file ${file} must hold an object`);
  } catch (error) {
    // The parsers quote the text around the fault, which may be a secret: only its place is passed on.
    const line = (error as { linePos?: { line: number }[] }).linePos?.[0]?.line;
    faults.push(
      `configuration file ${file} is not valid ${extname(file) === '.json' ? 'JSON' : 'YAML'}${line === undefined ? '' : ` at line ${line}`}`,
    );
  }
  return undefined;
}

/** Replaces durations and sizes by numbers, following the schema, and freezes all levels. */
function typed(properties: unknown): Config {
  const tree = structuredClone(properties) as Record<string, unknown>;
  for (const { path, leaf } of leaves()) {
    if (leaf.format !== 'duration' && leaf.format !== 'size') continue;
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let section = tree;
    for (const key of keys) section = section[key] as Record<string, unknown>;
    section[last] = (leaf.format === 'duration' ? parseDuration : parseSize)(valid(leaf, section[last]));
  }
  return deepFreeze(tree) as unknown as Config;
}

/** The value, or the default where the value was found wrong already. */
function valid(leaf: Leaf, value: unknown): unknown {
  try {
    (leaf.format === 'duration' ? parseDuration : parseSize)(value);
    return value;
  } catch {
    return leaf.default;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

function impossibleCombinations(config: Config): string[] {
  const faults: string[] = [];
  const { audit, backend, crosswalk, dimse, deidentify, fhir, http } = config;
  const both = (first: string, second: string, names: string): void => {
    if ((first === '') !== (second === '')) faults.push(`${names} must be set together`);
  };
  both(dimse.tls.certFile, dimse.tls.keyFile, 'dimse.tls.certFile and dimse.tls.keyFile');
  both(audit.syslog.certFile, audit.syslog.keyFile, 'audit.syslog.certFile and audit.syslog.keyFile');
  if (audit.syslog.transport === 'tcp' && audit.syslog.caFile + audit.syslog.certFile !== '')
    faults.push('audit.syslog.caFile and audit.syslog.certFile need audit.syslog.transport tls');
  both(backend.tls.certFile, backend.tls.keyFile, 'backend.tls.certFile and backend.tls.keyFile');
  if (dimse.tls.caFile !== '' && dimse.tls.certFile === '')
    faults.push('dimse.tls.caFile needs dimse.tls.certFile');
  if (deidentify.secret !== '' && deidentify.secretFile !== '')
    faults.push('deidentify.secret and deidentify.secretFile exclude each other');
  if (deidentify.secret !== '' && !/^([0-9a-fA-F]{2}){32,}$/.test(deidentify.secret))
    faults.push('deidentify.secret must be at least 64 hex digits');
  if (http.apiToken !== '' && http.apiTokenFile !== '')
    faults.push('http.apiToken and http.apiTokenFile exclude each other');
  if (http.apiToken !== '' && !isApiToken(http.apiToken))
    faults.push('http.apiToken must be at least 16 characters without blanks');
  faults.push(...httpSecurityFaults(http), ...httpLimitFaults(http));
  if (http.folderRoots.some((root) => !isAbsolute(root)))
    faults.push('http.folderRoots must be absolute paths, in the environment separated by commas');
  if (crosswalk.keyFile === '' && (crosswalk.dir !== '' || crosswalk.forgetAfter !== 0))
    faults.push('crosswalk.dir and crosswalk.forgetAfter need crosswalk.keyFile');
  faults.push(...authFaults('backend', backend.auth), ...authFaults('fhir', fhir.auth));
  both(fhir.tls.certFile, fhir.tls.keyFile, 'fhir.tls.certFile and fhir.tls.keyFile');
  if (fhir.retryMax < fhir.retryInitial) faults.push('fhir.retryMax must not be below fhir.retryInitial');
  for (const key of ['patientSystem', 'accessionSystem'] as const)
    if (fhir[key] !== '' && !/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(fhir[key]))
      faults.push(`fhir.${key} must be a URI`);
  if (backend.retryMax < backend.retryInitial)
    faults.push('backend.retryMax must not be below backend.retryInitial');
  if (dimse.maxPduBytes < 4096 || dimse.maxPduBytes > 16 * 2 ** 20)
    faults.push('dimse.maxPduBytes must be 4KiB to 16MiB');
  if (backend.maxBodyBytes < 65_536) faults.push('backend.maxBodyBytes must be at least 64KiB');
  return faults;
}

function authFaults(section: 'backend' | 'fhir', auth: Config['backend']['auth']): string[] {
  const faults: string[] = [];
  const key = `${section}.auth`;
  if (auth.token !== '' && auth.tokenFile !== '')
    faults.push(`${key}.token and ${key}.tokenFile exclude each other`);
  if ((auth.kind === 'bearer' || auth.kind === 'api-key') && auth.token === '' && auth.tokenFile === '') {
    faults.push(`${key}.kind ${auth.kind} needs ${key}.token or ${key}.tokenFile`);
  }
  if (auth.kind !== 'oauth2') return faults;
  if (auth.oauth2TokenUrl === '') faults.push(`${key}.kind oauth2 needs ${key}.oauth2TokenUrl`);
  if (auth.oauth2ClientId === '') faults.push(`${key}.kind oauth2 needs ${key}.oauth2ClientId`);
  if ((auth.oauth2ClientSecret === '') === (auth.oauth2ClientSecretFile === '')) {
    faults.push(
      `${key}.kind oauth2 needs one of ${key}.oauth2ClientSecret and ${key}.oauth2ClientSecretFile`,
    );
  }
  return faults;
}
