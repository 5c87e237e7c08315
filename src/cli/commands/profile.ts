import { parseArgs } from 'node:util';
import { exitCodes } from '../../core/errors.ts';
import { formatTag } from '../../dicom/dictionary.ts';
import { allKeywords, attributeByKeyword, attributesOf } from '../../profiles/attributes.ts';
import { type AskedInstance, type Explanation, explainProfile } from '../../profiles/explain.ts';
import { quoted } from '../../profiles/faults.ts';
import { modalities } from '../../profiles/modalities.ts';
import { suggestion } from '../../profiles/nearest.ts';
import {
  loadProfileWithSource,
  ProfileFaults,
  placed,
  profileNames,
  readProfileFile,
} from '../../profiles/profile-files.ts';
import { countsOf, profilePage } from '../../profiles/profile-page.ts';
import { tagPattern } from '../../profiles/schema.ts';
import { sopClassKeywords, sopClassUidOf } from '../../profiles/sop-classes.ts';
import type { Command, CommandIo } from '../io.ts';

const options = {
  json: { type: 'boolean', default: false },
  modality: { type: 'string' },
  'sop-class': { type: 'string' },
  'calling-ae': { type: 'string' },
} as const;

/**
 * `profile check FILE…`: every fault of every file as `file:line:column: what`, exit code 78 where there is one.
 * `profile show NAME|FILE [TAG|KEYWORD…] [--json] [--modality M] [--sop-class X] [--calling-ae AE]`: what happens to every
 * attribute, or to those named, and why. `profile list`: the names that can be given in place of a file.
 */
export const profileCommand: Command = async (args, io) => {
  const [verb, ...rest] = args;
  switch (verb) {
    case 'check':
      return check(rest, io);
    case 'show':
      return show(rest, io);
    case 'list':
      return list(rest, io);
    default:
      return wrong(
        io,
        `${verb === undefined ? '' : `${quoted(verb)}: `}check FILE…, show NAME|FILE, or list`,
      );
  }
};

function check(args: string[], io: CommandIo): number {
  const { positionals: files } = parseArgs({ args, options: {}, allowPositionals: true });
  if (files.length === 0) return wrong(io, 'check needs a file: sallyport profile check FILE…');
  let faulty = 0;
  for (const file of files) {
    const { faults, notices, says } = checked(file);
    for (const fault of faults) io.stdout.write(`${fault}\n`);
    for (const notice of notices) io.stdout.write(`${notice}\n`);
    if (faults.length > 0) faulty += 1;
    io.stderr.write(`${file}: ${says}\n`);
  }
  return faulty === 0 ? exitCodes.ok : exitCodes.configuration;
}

interface Checked {
  readonly faults: readonly string[];
  readonly notices: readonly string[];
  readonly says: string;
}

function checked(file: string): Checked {
  try {
    const parsed = readProfileFile(file);
    if (parsed.kind === 'faulty') {
      const faults = parsed.faults.map((fault) => placed(file, fault));
      return { faults, notices: [], says: plural(faults.length, 'error') };
    }
    const { definition } = parsed;
    const notices = parsed.notices.map((notice) =>
      placed(file, { ...notice, message: `notice: ${notice.message}` }),
    );
    const says = `profile ${definition.name} is valid: ${plural(definition.options.length, 'option')}, ${plural(definition.rules.length, 'own rule')}, ${plural(notices.length, 'notice')}`;
    return { faults: [], notices, says };
  } catch (error) {
    if (!(error instanceof ProfileFaults)) throw error;
    return { faults: error.faults, notices: [], says: plural(error.faults.length, 'error') };
  }
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function show(args: string[], io: CommandIo): number {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [nameOrPath, ...wanted] = positionals;
  if (nameOrPath === undefined)
    return wrong(
      io,
      'show needs a profile: sallyport profile show NAME|FILE; `profile list` shows the names',
    );
  const asked = askedOf(values);
  if (typeof asked === 'string') return wrong(io, asked);
  const tags = wantedTags(wanted);
  if (typeof tags === 'string') return wrong(io, tags);
  const loaded = loadProfileWithSource(nameOrPath);
  const all = explainProfile(loaded.profile, loaded.ruleLines, asked);
  const explanations = tags === undefined ? all : all.filter(({ tag }) => tags.has(tag));
  if (values.json) {
    io.stdout.write(`${JSON.stringify(json(loaded, asked, explanations), null, 2)}\n`);
    return exitCodes.ok;
  }
  let text = '';
  for (const line of profilePage({ loaded, asked, explanations, isPart: tags !== undefined }))
    text += `${line.trimEnd()}\n`;
  io.stdout.write(text);
  return exitCodes.ok;
}

function json(
  { profile, file, ruleLines, notices }: ReturnType<typeof loadProfileWithSource>,
  asked: AskedInstance,
  explanations: readonly Explanation[],
): unknown {
  const { rules, ...definition } = profile.definition;
  return {
    ...definition,
    revision: profile.revision,
    file: file ?? null,
    rules: rules.map((rule, index) => ({ ...rule, line: ruleLines[index] ?? null })),
    notices,
    asked,
    counts: countsOf(explanations),
    attributes: explanations,
  };
}

/** The instance asked about, or what is wrong with the arguments. */
function askedOf(values: {
  readonly modality?: string | undefined;
  readonly 'sop-class'?: string | undefined;
  readonly 'calling-ae'?: string | undefined;
}): AskedInstance | string {
  const { modality, 'sop-class': sopClass, 'calling-ae': callingAe } = values;
  if (modality !== undefined && !modalities.includes(modality))
    return `unknown modality ${quoted(modality)}; ${suggestion(modality, modalities, modalities.length)}`;
  const sopClassUid = sopClass === undefined ? undefined : sopClassUidOf(sopClass);
  if (sopClass !== undefined && sopClassUid === undefined)
    return `unknown storage SOP class ${quoted(sopClass)}; ${suggestion(sopClass, sopClassKeywords)}`;
  return {
    ...(modality === undefined ? {} : { modality }),
    ...(sopClassUid === undefined ? {} : { sopClassUid }),
    ...(callingAe === undefined ? {} : { callingAeTitle: callingAe.trim() }),
  };
}

/** The tags named by tags, patterns and keywords; undefined for all; a text where one is unknown. */
function wantedTags(wanted: readonly string[]): ReadonlySet<string> | undefined | string {
  if (wanted.length === 0) return undefined;
  const tags = new Set<string>();
  for (const word of wanted) {
    const isTag = new RegExp(tagPattern).test(word);
    const pattern = word.replaceAll(/[(),]/g, '').toUpperCase().replaceAll('X', 'x');
    const attribute = attributeByKeyword(word);
    const found = isTag ? attributesOf(pattern) : attribute === undefined ? [] : [attribute];
    if (found.length === 0)
      return isTag
        ? `PS3.6 has no attribute ${word}: what it does not have is removed`
        : `${quoted(word)} is no tag and no keyword of PS3.6; ${suggestion(word, [...allKeywords()])}`;
    for (const { tag } of found) tags.add(formatTag(tag));
  }
  return tags;
}

function list(args: string[], io: CommandIo): number {
  parseArgs({ args, options: {} });
  const names = profileNames();
  const width = Math.max(...names.map(({ name }) => name.length));
  for (const { name, file } of names) {
    const loaded = loadProfileWithSource(name);
    io.stdout.write(
      `${name.padEnd(width)}  ${loaded.profile.definition.description}  [${file ?? 'built in'}]\n`,
    );
  }
  return exitCodes.ok;
}

function wrong(io: CommandIo, text: string): number {
  io.stderr.write(`sallyport profile: ${text}\n`);
  return exitCodes.usage;
}
