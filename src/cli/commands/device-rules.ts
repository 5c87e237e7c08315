import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes } from '../../core/errors.ts';
import { parseDeviceRules } from '../../profiles/device-rules.ts';
import { quoted } from '../../profiles/faults.ts';
import { importCtpScript } from '../../profiles/import/ctp-script.ts';
import { importDeidRecipe } from '../../profiles/import/deid-recipe.ts';
import { type ImportedRules, maxImportLength } from '../../profiles/import/imported.ts';
import { writeDeviceRules } from '../../profiles/import/write-device-rules.ts';
import { ProfileFaults, placed, readDeviceRuleFile, readText } from '../../profiles/profile-files.ts';
import type { Command, CommandIo } from '../io.ts';

const dialects = {
  ctp: { read: importCtpScript, words: 'a script of the CTP DicomPixelAnonymizer' },
  deid: { read: importDeidRecipe, words: 'a recipe of pydicom/deid' },
} as const;

const importOptions = {
  from: { type: 'string' },
  output: { type: 'string' },
  partial: { type: 'boolean', default: false },
} as const;

/**
 * `device-rules check FILE…`: every fault of every file as `file:line:column: what`, exit code 78 where there is one.
 * `device-rules import FILE --from ctp|deid [--output FILE] [--partial]`: rules of another tool as a file of device rules,
 * on standard output or in a new file. What has no translation is told by line, with exit code 1; nothing is then written
 * unless `--partial` asks for the rest.
 */
export const deviceRulesCommand: Command = async (args, io) => {
  const [verb, ...rest] = args;
  switch (verb) {
    case 'check':
      return check(rest, io);
    case 'import':
      return importRules(rest, io);
    default:
      return wrong(
        io,
        `${verb === undefined ? '' : `${quoted(verb)}: `}check FILE…, or import FILE --from ctp|deid`,
      );
  }
};

function check(args: string[], io: CommandIo): number {
  const { positionals: files } = parseArgs({ args, options: {}, allowPositionals: true });
  if (files.length === 0) return wrong(io, 'check needs a file: sallyport device-rules check FILE…');
  let faulty = 0;
  for (const file of files) {
    const { faults, says } = checked(file);
    for (const fault of faults) io.stdout.write(`${fault}\n`);
    if (faults.length > 0) faulty += 1;
    io.stderr.write(`${file}: ${says}\n`);
  }
  return faulty === 0 ? exitCodes.ok : exitCodes.configuration;
}

function checked(file: string): { readonly faults: readonly string[]; readonly says: string } {
  try {
    const parsed = readDeviceRuleFile(file);
    if (parsed.kind === 'ok')
      return { faults: [], says: `${plural(parsed.rules.length, 'device rule')}, valid` };
    const faults = parsed.faults.map((fault) => placed(file, fault));
    return { faults, says: plural(faults.length, 'error') };
  } catch (error) {
    if (!(error instanceof ProfileFaults)) throw error;
    return { faults: error.faults, says: plural(error.faults.length, 'error') };
  }
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function importRules(args: string[], io: CommandIo): number {
  const { values, positionals } = parseArgs({ args, options: importOptions, allowPositionals: true });
  const [file, second] = positionals;
  if (file === undefined || second !== undefined) return wrong(io, 'import needs one file');
  const { from, output, partial } = values;
  if (from !== 'ctp' && from !== 'deid')
    return wrong(
      io,
      'import needs --from ctp (a script of the CTP DicomPixelAnonymizer) or --from deid (a recipe of pydicom/deid)',
    );
  const dialect = dialects[from];
  let text: string;
  try {
    text = readText(file, 'the file', maxImportLength);
  } catch (error) {
    if (!(error instanceof ProfileFaults)) throw error;
    for (const fault of error.faults) io.stderr.write(`${fault}\n`);
    return exitCodes.noInput;
  }
  const imported = dialect.read(text, `imported from ${basename(file)}, ${dialect.words}`);
  const written = writeDeviceRules(imported.rules, [
    `Device rules imported from ${basename(file)}, ${dialect.words}.`,
    'Check them: `sallyport device-rules check FILE`; a profile names the file below pixels, deviceRules.',
  ]);
  const { complete, usable } = report(file, imported, written, io);
  if (imported.rules.length === 0) return refused(io, 'no rule was made; nothing is written');
  if (!usable) return refused(io, 'the rules made are not valid; nothing is written');
  if (!complete && !partial)
    return refused(
      io,
      'not everything was translated; nothing is written, unless --partial asks for the rest',
    );
  const failed = output === undefined ? undefined : write(output, written, io);
  if (output === undefined) io.stdout.write(written);
  if (failed !== undefined) return failed;
  return complete ? exitCodes.ok : exitCodes.someRefused;
}

/** Tells what became of the text: whether all of it was translated, and whether what was made can be used. */
function report(
  file: string,
  imported: ImportedRules,
  written: string,
  io: CommandIo,
): { readonly complete: boolean; readonly usable: boolean } {
  const { rules, untranslated, notes } = imported;
  for (const { line, message } of untranslated) io.stderr.write(`${file}:${line}: ${message}\n`);
  for (const { line, message } of notes) io.stderr.write(`${file}:${line}: note: ${message}\n`);
  // The reader of rule files has the last word on what is a rule.
  const parsed = rules.length === 0 ? undefined : parseDeviceRules(written);
  const faults = parsed?.kind === 'faulty' ? parsed.faults : [];
  for (const fault of faults) io.stderr.write(`${placed('(rules made)', fault)}\n`);
  const left = untranslated.length + faults.length;
  io.stderr.write(`${file}: ${plural(rules.length, 'device rule')}, ${left} not translated\n`);
  return { complete: left === 0, usable: faults.length === 0 };
}

/** A new file; undefined when it was written. */
function write(output: string, text: string, io: CommandIo): number | undefined {
  try {
    writeFileSync(output, text, { flag: 'wx' });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    io.stderr.write(`sallyport device-rules: ${output} cannot be written (${code})\n`);
    return exitCodes.cannotCreate;
  }
}

function refused(io: CommandIo, text: string): number {
  io.stderr.write(`sallyport device-rules: ${text}\n`);
  return exitCodes.someRefused;
}

function wrong(io: CommandIo, text: string): number {
  io.stderr.write(`sallyport device-rules: ${text}\n`);
  return exitCodes.usage;
}
