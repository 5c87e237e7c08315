import {
  type PixelFill,
  type PixelMode,
  type RedactedEncoding,
  standardPixelPolicy,
} from '../deidentify/pixels/pixel-policy.ts';
import { deviceRuleLimits, deviceRuleSchema } from './device-rule-schema.ts';
import { documented, flag, numberToo, type Schema, text } from './schema-parts.ts';

export const pixelLimits = { padding: 64, words: 5000, wordLength: 64, fileName: 500 } as const;

export const pixelModeDocs: { readonly [M in PixelMode]: string } = {
  all: 'all text found is blanked',
  identifying:
    'text is blanked that repeats an identifier, looks like one, or is no known harmless annotation',
  none: 'no text is looked for: beside regions and device rules nothing is blanked',
  hold: 'a person decides',
};
export const pixelFillDocs: { readonly [F in PixelFill]: string } = {
  background: 'as the surroundings are, so that the eye finds nothing',
  contrast: 'against the surroundings, so that everybody sees what was blanked',
};
export const redactedEncodingDocs: { readonly [E in RedactedEncoding]: string } = {
  same: 'as received where that was uncompressed, lossless, or JPEG of 8 bits, of which whole blocks of 8 by 8 samples are blanked and all others stay as they are; else the lossless form nearest to it',
  lossless: 'as `same`, but JPEG leaves in the lossless form nearest to it: larger, and blanked to the pixel',
  native: 'uncompressed',
  rle: 'RLE Lossless',
  jpegLs: 'JPEG-LS Lossless',
  jpeg2000: 'JPEG 2000 Lossless',
};

const { highRisk, lowRisk, fill, padding, encoding } = standardPixelPolicy;

export const pixelProperties = {
  highRisk: documented(pixelModeDocs, `images that are likely to carry text; left out: ${highRisk}`),
  lowRisk: documented(pixelModeDocs, `all other images; left out: ${lowRisk}`),
  ultrasoundRegions: flag(
    'blank what lies outside the Sequence of Ultrasound Regions, where there is one; left out: true',
  ),
  starterRules: flag('use the device rules that come with the product; left out: true'),
  deviceRules: {
    description:
      'rules about devices: files, by path relative to this one, or rules written here. They hold beside the text search, which goes on',
    type: 'array',
    minItems: 1,
    maxItems: deviceRuleLimits.rules,
    items: {
      anyOf: [
        text('path of a file of device rules', { minLength: 1, maxLength: pixelLimits.fileName }),
        deviceRuleSchema(true),
      ],
    },
  },
  fill: documented(pixelFillDocs, `what a blanked box looks like; left out: ${fill}`),
  padding: {
    type: 'integer',
    minimum: 0,
    maximum: pixelLimits.padding,
    description: `added to each side of a box, pixels; left out: ${padding}`,
  },
  harmlessWords: {
    description:
      'further words that may stay with `identifying`, beside the built-in list; single words, in any case',
    type: 'array',
    minItems: 1,
    maxItems: pixelLimits.words,
    uniqueItems: true,
    items: { ...numberToo },
  },
  encoding: documented(
    redactedEncodingDocs,
    `form of blanked pixels in a data set that leaves; left out: ${encoding}`,
  ),
} as const satisfies Readonly<Record<string, Schema>>;
