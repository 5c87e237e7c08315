import { networkInterfaces } from 'node:os';
import type { Config } from './config/config.ts';
import { formatOf } from './config/reference.ts';
import { environmentName, leaves } from './config/schema.ts';
import type {
  AskedProfile,
  ConfiguredOption,
  ExplainedProfile,
  ExplanationSource,
  ProfileSummary,
} from './http/operations/explanations.ts';
import { isLoopback } from './http/security/hosts.ts';
import type { ProfileChoice } from './pipeline/messages.ts';
import { type AskedInstance, explainProfile } from './profiles/explain.ts';
import { type LoadedProfile, loadProfileWithSource } from './profiles/profile-files.ts';
import { beyondAttributes, profileHead } from './profiles/profile-page.ts';
import { optionDocs } from './profiles/schema.ts';

interface ExplanationParts {
  readonly profiles: ProfileChoice;
  readonly ports: () => { readonly dimse: number; readonly http: number };
  /** JSON of the configuration, secrets masked. */
  readonly printable: string;
}

/** What is configured, told to people: profiles attribute by attribute, options, what to type into a PACS. */
export function explanationSource(config: Config, { ports, printable }: ExplanationParts): ExplanationSource {
  const { deidentify } = config;
  // As they were when the gateway started: a file that changes meanwhile is not in force.
  const inForce = profilesInForce(deidentify);
  return {
    profiles: () => inForce.map(({ summary }) => summary),
    explain: (name, asked) => {
      const found = inForce.find(({ summary }) => summary.name === name);
      return found === undefined ? undefined : explained(found.loaded, asked);
    },
    options: () => configuredOptions(JSON.parse(printable) as unknown),
    setup: async () => setup(config, ports()),
  };
}

function profilesInForce({ profile, profileByCallingAe }: Config['deidentify']): readonly {
  readonly summary: ProfileSummary;
  readonly loaded: LoadedProfile;
}[] {
  const paths = [...new Set([profile, ...profileByCallingAe.map((entry) => entry.profile)])];
  return paths.map((path) => {
    const loaded = loadProfileWithSource(path);
    const { id, revision, definition } = loaded.profile;
    return {
      loaded,
      summary: {
        name: id,
        revision,
        description: definition.description,
        standard: path === profile,
        callingAeTitles: profileByCallingAe
          .filter((entry) => entry.profile === path)
          .map(({ callingAeTitle }) => callingAeTitle.trim()),
        options: definition.options.map((option) => optionDocs[option]),
      },
    };
  });
}

function explained(loaded: LoadedProfile, asked: AskedProfile): ExplainedProfile {
  const { id, revision, definition } = loaded.profile;
  const instance: AskedInstance = asked;
  return {
    name: id,
    revision,
    description: definition.description,
    lines: [...profileHead({ loaded, asked: instance })].filter((line) => line !== ''),
    beyond: [...beyondAttributes(loaded)].map((line) => line.trim()),
    attributes: explainProfile(loaded.profile, loaded.ruleLines, instance),
  };
}

function configuredOptions(values: unknown): readonly ConfiguredOption[] {
  return leaves().map(({ path, leaf }) => ({
    path,
    doc: leaf.doc,
    format: formatOf(leaf).replaceAll('`', ''),
    default: leaf.sensitive === true ? null : leaf.default,
    value: valueAt(values, path.split('.')),
    environment: environmentName(path),
    sensitive: leaf.sensitive === true,
  }));
}

function valueAt(values: unknown, path: readonly string[]): unknown {
  return (
    path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], values) ?? null
  );
}

/** What to type into a PACS, and what is not ready for it yet. */
function setup(
  { dimse, http, backend }: Config,
  ports: { readonly dimse: number; readonly http: number },
): object {
  const addresses = isLoopback(dimse.host) ? [dimse.host] : reachableAddresses(dimse.host);
  const secure = http.tls.certFile !== '' || http.tls.terminatedByProxy;
  const host = http.allowedHosts[0] ?? `${http.host}:${ports.http}`;
  return {
    aeTitle: dimse.aeTitle,
    host: dimse.host,
    addresses,
    port: ports.dimse,
    tls: dimse.tls.certFile !== '',
    httpUrl: `${secure ? 'https' : 'http'}://${host}/`,
    callingPeers: dimse.callingPeers.map(({ aeTitle }) => aeTitle),
    checks: [
      check('listening', !isLoopback(dimse.host), [
        'the DICOM port can be reached from other machines',
        'the DICOM port can be reached from this machine alone',
        'set dimse.host to 0.0.0.0, or to the address the PACS is to reach',
      ]),
      check('callers', dimse.callingPeers.length > 0, [
        `${dimse.callingPeers.length} AE titles may send`,
        'any AE title may send',
        'name the PACS in dimse.callingPeers, so that nobody else sends',
      ]),
      check('backend', backend.baseUrl !== '', [
        'a backend is configured',
        'no backend is configured: instances are kept and wait',
        'set backend.baseUrl',
      ]),
    ],
  };
}

function check(id: string, ok: boolean, [fine, wrong, todo]: readonly [string, string, string]): object {
  return { id, ok, what: ok ? fine : wrong, todo: ok ? null : todo };
}

function reachableAddresses(host: string): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
}
