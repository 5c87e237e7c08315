import type { Vr } from './data-set.ts';

/** How the bytes of a VR are to be handled. */
export interface VrTraits {
  readonly vr: Vr;
  /** Explicit VR header with a 32-bit length after two reserved bytes (PS3.5 table 7.1-1). */
  readonly longForm: boolean;
  /** Byte that pads an odd value (PS3.5 6.2). */
  readonly padding: 0x00 | 0x20;
  /** Bytes per number or tag half that change places in big endian; 1 where order does not matter. */
  readonly wordBytes: 1 | 2 | 4 | 8;
  readonly kind: 'text' | 'number' | 'binary' | 'sequence' | 'tag';
  /** Text in the character sets of Specific Character Set (PS3.5 6.1.2.2). */
  readonly localized: boolean;
  /** Text in which a backslash separates values. */
  readonly multiValued: boolean;
}

const longForms = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const localizedVrs = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
const singleTexts = new Set(['LT', 'ST', 'UT', 'UR']);
const wordSizes: Readonly<Record<string, 2 | 4 | 8>> = {
  AT: 2,
  OW: 2,
  SS: 2,
  US: 2,
  FL: 4,
  OF: 4,
  OL: 4,
  SL: 4,
  UL: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  SV: 8,
  UV: 8,
};
const numberVrs = new Set(['FD', 'FL', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);
const binaryVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

/** Every VR of PS3.5 6.2. */
export const vrs: readonly Vr[] = [
  ...(['AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT'] as const),
  ...(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'PN', 'SH', 'SL', 'SQ', 'SS', 'ST'] as const),
  ...(['SV', 'TM', 'UC', 'UI', 'UL', 'UN', 'UR', 'US', 'UT', 'UV'] as const),
];

const byVr = new Map<Vr, VrTraits>(vrs.map((vr) => [vr, makeTraits(vr)]));
const byLetters: (VrTraits | undefined)[] = new Array(26 * 26).fill(undefined);
for (const traits of byVr.values()) {
  byLetters[letterIndex(traits.vr.charCodeAt(0), traits.vr.charCodeAt(1))] = traits;
}

function makeTraits(vr: Vr): VrTraits {
  const kind = numberVrs.has(vr)
    ? 'number'
    : binaryVrs.has(vr)
      ? 'binary'
      : vr === 'SQ'
        ? 'sequence'
        : vr === 'AT'
          ? 'tag'
          : 'text';
  return {
    vr,
    longForm: longForms.has(vr),
    padding: kind === 'text' && vr !== 'UI' ? 0x20 : 0x00,
    wordBytes: wordSizes[vr] ?? 1,
    kind,
    localized: localizedVrs.has(vr),
    multiValued: kind === 'text' && !singleTexts.has(vr),
  };
}

function letterIndex(first: number, second: number): number {
  return (first - 65) * 26 + (second - 65);
}

/** True when both bytes are capital letters, as in every VR present and future (PS3.5 7.1.2). */
export function areCapitals(first: number, second: number): boolean {
  return first >= 65 && first <= 90 && second >= 65 && second <= 90;
}

/** The VR named by two bytes of an explicit VR header, or undefined. */
export function vrOfBytes(first: number, second: number): VrTraits | undefined {
  return areCapitals(first, second) ? byLetters[letterIndex(first, second)] : undefined;
}

export function traitsOf(vr: Vr): VrTraits {
  const traits = byVr.get(vr);
  // Vr is a closed union and the table holds all of it (test/dicom/vr.test.ts).
  return traits ?? makeTraits(vr);
}
