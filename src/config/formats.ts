/** Units of the configuration: a number without a unit is not accepted, because nobody remembers which one was meant. */
const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const sizeUnits: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** "500ms", "30s", "5m", "12h", "30d" as milliseconds. Throws a plain Error that convict joins to its list. */
export function parseDuration(text: unknown): number {
  return parseWithUnit(text, durationUnits, 'a duration such as "30s" (ms, s, m, h, d)');
}

/** "512B", "64KiB", "16MiB", "2GiB" as bytes. */
export function parseSize(text: unknown): number {
  return parseWithUnit(text, sizeUnits, 'a size such as "2GiB" (B, KiB, MiB, GiB, TiB)');
}

function parseWithUnit(text: unknown, units: Readonly<Record<string, number>>, expected: string): number {
  const match = typeof text === 'string' ? /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim()) : null;
  const factor = match === null ? undefined : units[match[2] ?? ''];
  if (match === null || factor === undefined) throw new Error(`must be ${expected}`);
  return Math.round(Number(match[1]) * factor);
}

/** An AE title: PS3.5 6.2, VR AE: 1 to 16 characters of the default repertoire, no backslash, no control characters. */
export function assertAeTitle(text: unknown): void {
  if (typeof text !== 'string' || !/^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text) || text.trim() === '') {
    throw new Error('must be an AE title: 1 to 16 printable ASCII characters without backslash');
  }
}

/** An IPv4/IPv6 address or CIDR block, checked in form only. */
export function assertAddress(text: unknown): void {
  if (typeof text !== 'string' || !/^[0-9a-fA-F.:]+(\/\d{1,3})?$/.test(text)) {
    throw new Error('must be an IP address or a block such as "10.1.0.0/16"');
  }
}

export interface CallingPeer {
  readonly aeTitle: string;
  readonly addresses?: readonly string[];
}

/** A list of `{ "aeTitle": "PACS1", "addresses": ["10.1.2.3"] }`. */
export function assertCallingPeers(value: unknown): void {
  if (!Array.isArray(value)) throw new Error('must be a list of { aeTitle, addresses }');
  for (const entry of value as unknown[]) {
    if (typeof entry !== 'object' || entry === null)
      throw new Error('each entry must be { aeTitle, addresses }');
    const { aeTitle, addresses, ...others } = entry as Record<string, unknown>;
    assertAeTitle(aeTitle);
    if (Object.keys(others).length > 0)
      throw new Error(`unknown key ${Object.keys(others).join(', ')} in an entry`);
    if (addresses !== undefined) assertAddressList(addresses);
  }
}

/** Which profile holds for what an AE title sends. */
export interface CallingAeProfile {
  readonly callingAeTitle: string;
  /** Name or path of a profile. */
  readonly profile: string;
}

/** A list of `{ "callingAeTitle": "PACS1", "profile": "./research.yaml" }`, each AE title once. */
export function assertCallingAeProfiles(value: unknown): void {
  const form = '{ callingAeTitle, profile }';
  if (!Array.isArray(value)) throw new Error(`must be a list of ${form}`);
  const titles = new Set<string>();
  for (const entry of value as unknown[]) {
    if (typeof entry !== 'object' || entry === null) throw new Error(`each entry must be ${form}`);
    const { callingAeTitle, profile, ...others } = entry as Record<string, unknown>;
    assertAeTitle(callingAeTitle);
    if (Object.keys(others).length > 0)
      throw new Error(`unknown key ${Object.keys(others).join(', ')} in an entry; it must be ${form}`);
    if (typeof profile !== 'string' || profile.trim() === '' || profile.length > 4096)
      throw new Error('the profile of an entry must be the name or path of a profile');
    const title = String(callingAeTitle).trim();
    if (titles.has(title)) throw new Error(`has the AE title ${title} twice`);
    titles.add(title);
  }
}

/** A list of addresses; from an environment variable: comma separated. */
export function assertAddressList(value: unknown): void {
  if (!Array.isArray(value)) throw new Error('must be a list of IP addresses or blocks');
  for (const entry of value as unknown[]) assertAddress(entry);
}

/** A list of paths; from an environment variable: comma separated. */
export function assertPathList(value: unknown): void {
  if (!Array.isArray(value)) throw new Error('must be a list of paths');
  for (const entry of value as unknown[]) {
    if (typeof entry !== 'string' || entry === '' || entry.length > 4096)
      throw new Error('must be a list of paths');
  }
}

export function assertBaseUrl(value: unknown): void {
  if (value === '') return;
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username !== '' ||
    url.search !== ''
  ) {
    throw new Error('must be an http(s) URL without user name and query');
  }
}

/** Whether a text can be the token of the API: long enough not to be guessed, and sendable in a header. */
export function isApiToken(text: string): boolean {
  return /^[\x21-\x7e]{16,1024}$/.test(text);
}
