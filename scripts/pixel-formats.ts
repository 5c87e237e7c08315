import { leaves } from '../src/config/schema.ts';
import { errorRegistry, errorRow, isErrorCode } from '../src/core/errors.ts';
import { decoderTableMarkdown } from '../src/render/decode/decoder-table.ts';
import { exceptions } from '../test/render/corpus-expectations.ts';
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
  deviations: () =>
    table(
      ['compared', 'tool', 'difference', 'reason'],
      exceptions
        .map(({ step, oracle, max, reason }) => [
          step === 'stored' ? 'stored values' : '8-bit image',
          oracle,
          max === undefined ? 'cannot read it' : max > 255 ? 'other values' : `up to ${max} levels`,
          reason,
        ])
        .filter((row, index, rows) => rows.findIndex((other) => other.join() === row.join()) === index),
    ),
};

/** docs/pixel-formats.md with each marked section made anew. */
export async function fillPixelFormats(text: string): Promise<string> {
  return fillSections('docs/pixel-formats.md', text, sections);
}
