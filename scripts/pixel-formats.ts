import { leaves } from '../src/config/schema.ts';
import { errorRegistry } from '../src/core/error-registry.ts';
import { errorRow, isErrorCode } from '../src/core/errors.ts';
import { decoderTableMarkdown } from '../src/render/decode/decoder-table.ts';
import { exceptions } from '../test/render/corpus-expectations.ts';
import { rules } from '../test/render/synthetic-expectations.ts';
import { fillSections, type Sections, table } from './marked-sections.ts';

const codes = /PIXEL|VIDEO|SEGMENTATION|RENDER/;

/** The tables of docs/pixel-formats.md that are made from the code and from what the tests expect. */
const sections: Sections = {
  decoders: () => decoderTableMarkdown().trimEnd(),
  'pixel-codes': () =>
    table(
      ['code', 'what happened', 'what to do'],
      Object.keys(errorRegistry)
        .filter(isErrorCode)
        .filter((code) => codes.test(code))
        .map((code) => [`\`${code}\``, errorRow(code).message, errorRow(code).advice]),
    ),
  'render-options': () =>
    table(
      ['option', 'default', 'meaning'],
      leaves()
        .filter(({ path }) => path.startsWith('render.'))
        .map(({ path, leaf }) => [`\`${path}\``, `\`${String(leaf.default)}\``, leaf.doc]),
    ),
  deviations: () => {
    const ofCorpus = exceptions.map(({ step, oracle, max, reason }) => [
      compared(step),
      oracle,
      max === undefined ? 'cannot read it' : max > 255 ? 'other values' : `up to ${max} levels`,
      reason,
    ]);
    const ofMade = rules.map(({ step, oracle, reason }) => [compared(step), oracle, 'made objects', reason]);
    const rows = [...ofCorpus, ...ofMade];
    const once = rows.filter(
      (row, index) => rows.findIndex((other) => other.join() === row.join()) === index,
    );
    return table(['compared', 'tool', 'difference', 'reason'], once);
  },
};

function compared(step: (typeof exceptions)[number]['step']): string {
  if (step === 'stored') return 'stored values';
  return step === 'drawn' ? '8-bit image' : step;
}

/** docs/pixel-formats.md with each marked section made anew. */
export async function fillPixelFormats(text: string): Promise<string> {
  return fillSections('docs/pixel-formats.md', text, sections);
}
