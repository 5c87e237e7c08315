import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SallyportError } from '../core/errors.ts';
import { builtInProfile, defineProfile, type Profile } from '../deidentify/profile.ts';
import { type ParsedDeviceRules, parseDeviceRules } from './device-rules.ts';
import type { ProfileFault } from './faults.ts';
import { nearestWord } from './nearest.ts';
import { type ParsedProfile, parseProfile } from './parse-profile.ts';
import type { DeviceRuleFile } from './pixels.ts';
import { maxProfileLength } from './source-tree.ts';

/** Thrown for a profile that cannot be used: all faults at once, each as a line `file:line:column: what`. */
export class ProfileFaults extends SallyportError {
  readonly faults: readonly string[];
  constructor(faults: readonly string[], options: { cause?: unknown } = {}) {
    super('CONFIGURATION_INVALID', {
      detail: `${faults.length} fault${faults.length === 1 ? '' : 's'} in de-identification profiles`,
      ...options,
    });
    this.faults = faults;
  }
}

/** A profile with what is known of its text. */
export interface LoadedProfile {
  readonly profile: Profile;
  /** Path of its file; undefined for a built-in one. */
  readonly file: string | undefined;
  /** Line of each own rule. */
  readonly ruleLines: readonly number[];
  readonly notices: readonly string[];
}

/** The profiles that come with the product; beside `src` in development and beside `dist` in the package. */
const shippedFolder = fileURLToPath(new URL('../../config/profiles/', import.meta.url));
const extensions: readonly string[] = ['.yaml', '.yml', '.json'];

/**
 * The profile of that name (built in, or shipped in config/profiles), or of that file when a path or a name ending in
 * .yaml, .yml or .json is given. Throws ProfileFaults with every fault of the file.
 */
export function loadProfileFile(nameOrPath: string): Profile {
  return loadProfileWithSource(nameOrPath).profile;
}

/** The same with what its text tells beside the definition. */
export function loadProfileWithSource(nameOrPath: string): LoadedProfile {
  const builtIn = builtInProfile(nameOrPath);
  if (builtIn !== undefined) return { profile: builtIn, file: undefined, ruleLines: [], notices: [] };
  const file = isPath(nameOrPath) ? nameOrPath : shippedFile(nameOrPath);
  if (file === undefined) throw new ProfileFaults([unknownName(nameOrPath)]);
  const parsed = readProfileFile(file);
  if (parsed.kind === 'faulty') throw new ProfileFaults(parsed.faults.map((fault) => placed(file, fault)));
  return {
    profile: defineProfile(parsed.definition),
    file,
    ruleLines: parsed.ruleLines,
    notices: parsed.notices.map((notice) => placed(file, notice)),
  };
}

/** Reads and checks one file, and the files of device rules that it names. Throws ProfileFaults where it cannot be read. */
export function readProfileFile(path: string): ParsedProfile {
  return parseProfile(readText(path), basename(path), (named) =>
    readNamedRules(isAbsolute(named) ? named : join(dirname(path), named)),
  );
}

/** A file of device rules; one that cannot be read has that as its fault. */
function readNamedRules(file: string): DeviceRuleFile {
  try {
    return { file, ...readDeviceRuleFile(file) };
  } catch (error) {
    if (!(error instanceof ProfileFaults)) throw error;
    const message = error.faults[0]?.replace(`${file}: `, '') ?? 'the file cannot be read';
    return { file, kind: 'faulty', faults: [{ line: 1, column: 1, message }] };
  }
}

/** Reads and checks one file of device rules. Throws ProfileFaults where it cannot be read. */
export function readDeviceRuleFile(path: string): ParsedDeviceRules {
  return parseDeviceRules(readText(path, 'the file of device rules'), basename(path));
}

/** Names that can be given in place of a path, built-in ones first, each with its file. */
export function profileNames(): { readonly name: string; readonly file: string | undefined }[] {
  return [{ name: 'basic', file: undefined }, ...shipped().filter(({ name }) => name !== 'basic')];
}

/** "file:line:column: message", the form that editors and terminals follow to the place; `file` unless the fault names one. */
export function placed(file: string, fault: ProfileFault): string {
  return `${fault.file ?? file}:${fault.line}:${fault.column}: ${fault.message}`;
}

function isPath(nameOrPath: string): boolean {
  return /[\\/]/.test(nameOrPath) || extensions.includes(extname(nameOrPath).toLowerCase());
}

function shipped(): { readonly name: string; readonly file: string }[] {
  try {
    return readdirSync(shippedFolder)
      .filter((entry) => extensions.includes(extname(entry)))
      .sort()
      .map((entry) => ({ name: basename(entry, extname(entry)), file: shown(join(shippedFolder, entry)) }));
  } catch {
    return [];
  }
}

/** Relative where that is shorter. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.length < path.length && !short.startsWith('..') ? short : path;
}

function shippedFile(name: string): string | undefined {
  return shipped().find((profile) => profile.name === name)?.file;
}

function unknownName(name: string): string {
  const names = profileNames().map((profile) => profile.name);
  const nearest = nearestWord(name, names);
  const hint = nearest === undefined ? `the names are ${names.join(', ')}` : `did you mean ${nearest}?`;
  return `there is no profile named ${JSON.stringify(name.slice(0, 80))}; ${hint} (a file is given by its path, such as ./my-profile.yaml)`;
}

/** Text of a file that is not far too large. Throws ProfileFaults. */
export function readText(path: string, what = 'the profile', maxLength = maxProfileLength): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const { size } = fstatSync(descriptor);
    // Four bytes are the most a character can take.
    if (size > 4 * maxLength)
      throw new ProfileFaults([
        `${path}:1:1: the file is far larger than ${what.replace(/^the /, 'a ')} can be`,
      ]);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(readFileSync(descriptor));
  } catch (error) {
    if (error instanceof ProfileFaults) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ProfileFaults([`${path}: ${what} cannot be read (${code})`], { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
