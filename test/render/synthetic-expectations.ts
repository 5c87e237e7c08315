import type { PixelCase } from '../../src/synthetic/pixels/pixel-cases.ts';
import { samplesOf } from '../../src/synthetic/pixels/pixel-spec.ts';
import type { OracleRow } from '../support/oracles.ts';

/** What the other tools cannot do or do otherwise, told by the case; a rule that excuses nothing fails the test. */
export interface Rule {
  readonly step: OracleRow['step'];
  readonly oracle: string;
  readonly applies: (one: PixelCase, row: OracleRow) => boolean;
  readonly reason: string;
}

export const rules: readonly Rule[] = [
  {
    step: 'drawn',
    oracle: 'DCMTK',
    applies: ({ spec }) => spec.sampleKind !== 'integer',
    reason: 'DCMTK draws no float pixels',
  },
  {
    step: 'drawn',
    oracle: 'DCMTK',
    applies: ({ name }) => name.includes('segmented'),
    reason: 'DCMTK does not know segmented palettes (PS3.3 C.7.9.2)',
  },
  {
    step: 'drawn',
    oracle: 'DCMTK',
    applies: ({ spec }, { max = 3 }) => spec.photometric.startsWith('YBR') && max <= 2,
    reason: 'DCMTK cuts each product of the YCbCr formula to a whole number',
  },
  {
    step: 'drawn',
    oracle: 'DCMTK',
    applies: ({ spec }) => spec.photometric === 'MONOCHROME1',
    reason:
      'DCMTK lets Presentation LUT Shape IDENTITY win over MONOCHROME1; PS3.3 C.11.6 forbids the two together, and devices err in the shape',
  },
  {
    step: 'drawn',
    oracle: 'DCMTK',
    applies: ({ pipeline }) => pipeline === 'window-sigmoid',
    reason: 'DCMTK cuts a sigmoid over few values otherwise than PS3.3 C.11.2.1.3.1',
  },
  {
    step: 'drawn',
    oracle: 'DCMTK',
    applies: ({ spec }) => spec.bitsAllocated === 32,
    reason: 'DCMTK loses values of 32 bits in tables and windows; the formulas in numpy agree with us',
  },
  {
    step: 'drawn',
    oracle: 'DCMTK',
    applies: ({ spec }) => spec.syntax === 'rle' && spec.codec.noOperations === true,
    reason: 'DCMTK 3.6.7 loses its place at the control byte without operation of RLE (PS3.5 G.3.1)',
  },
  {
    step: 'drawn',
    oracle: 'DCMTK',
    applies: ({ spec }) => spec.syntax.startsWith('jpeg-') && samplesOf(spec) === 3,
    reason:
      'DCMTK goes by Photometric Interpretation where the JPEG stream says otherwise; PS3.5 8.2.1: the stream',
  },
  ...['numpy', 'DCMTK'].flatMap((oracle): Rule[] => [
    {
      step: 'drawn',
      oracle,
      applies: ({ name }) => name.includes('supplemental'),
      reason: 'neither tool draws supplemental palettes (PS3.3 C.7.6.19)',
    },
  ]),
  {
    step: 'window',
    oracle: 'numpy',
    applies: ({ name }) => name.includes('supplemental'),
    reason: 'values with a color of their own do not take part in the window',
  },
];
