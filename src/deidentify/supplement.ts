import type { ActionCode } from './rules.ts';

const removed: readonly number[] = [
  // What others encrypted, signed or keyed: a reader with the key gets the identity back.
  0x04000500, 0x04000510, 0x04000520, 0x04000120, 0x0008041b, 0x0008041c,
  // Identifiers of orders, organisations and documents.
  0x00400026, 0x00400027, 0x00400515, 0x0040a066, 0x0040a068, 0x0040a070, 0x0040a028, 0x0040a076, 0x0040a074,
  0x0040a089, 0x0072000e, 0x00080112, 0x00080114, 0x00380016, 0x00380102, 0x00540400,
  // Text that people type at the console or the planning station.
  0x00189423, 0x00189531, 0x00189433, 0x00189900, 0x00189916, 0x00189922, 0x00201020, 0x00286022, 0x0028702a,
  0x00400255, 0x0040a047, 0x0040a492, 0x00440008, 0x00603010, 0x00686540, 0x300a0184, 0x300a021c, 0x300a0236,
  0x40080103,
  // Retired identifications of images, devices and codes; labels typed at a console.
  0x00080041, 0x00080101, 0x00200070, 0x00203402, 0x00203404, 0x00205000, 0x00205002, 0x00280061, 0x00280062,
  0x00280063, 0x00182002, 0x00182006, 0x00182045, 0x00221029, 0x00221065, 0x00221066, 0x00221094, 0x00221097,
  0x00221273, 0x00287004, 0x00287005, 0x0028700c, 0x0028700d, 0x00741202, 0x0074140b, 0x00460012, 0x00209421,
  0x00209453, 0x00540018, 0x00102292, 0x7fe00020, 0x7fe00030, 0x7fe00040, 0x300a00f9, 0x300a0354, 0x300a0355,
  0x00281200,
  // Descriptions of surfaces and transfer functions, names of templates for segments.
  0x0066000b, 0x00701a09, 0x3010001e,
  // Animals: names of strains and breeds with registry numbers.
  0x00100212, 0x00100213, 0x00100214, 0x00100222, 0x00100223,
  // Length to End: stale as soon as anything changes.
  0x00080001,
  // What a sender says of its private elements: they are gone, or were judged here.
  0x00080300, 0x0008030c, 0x0008030d,
];

/**
 * Rules of our own for attributes that neither Table E.1-1 nor the list beside it names, found by reading the names of
 * PS3.6 one by one. PS3.15 E.1 calls its table a minimum. Removal is right for nearly all of these under the basic
 * profile: they are Type 3 or stand in objects that are not patients' images.
 */
export const supplement: ReadonlyMap<number, ActionCode> = new Map<number, ActionCode>([
  // Type 3 with a LUT, Type 1 with a real world value map: a dummy is right in both.
  [0x00283003, 'D'],
  // Type 1C of animals.
  [0x00102201, 'D'],
  // Type 1C: required with Pixel Spacing Calibration Type.
  [0x00280a04, 'D'],
  // Type 2 of fixation, shielding and setup devices.
  [0x300a0194, 'Z'],
  [0x300a01a4, 'Z'],
  [0x300a01b8, 'Z'],
  // Made for one patient and named by hand: bolus, material of a block, compensator. Stages and views of a stress test.
  [0x300a00dc, 'X/Z'],
  [0x300a00e1, 'X/Z'],
  [0x300a00e5, 'X/Z'],
  [0x00082120, 'X/Z'],
  [0x00082127, 'X/Z'],
  // Measures of the body that go with size and weight.
  [0x00101022, 'X'],
  [0x00101023, 'X'],
  [0x00101024, 'X'],
  ...removed.map((tag): [number, ActionCode] => [tag, 'X']),
]);

/** Measures of the body beside size and weight: Retain Patient Characteristics (PS3.15 E.3.7) keeps them as those. */
export const supplementCharacteristics: ReadonlySet<number> = new Set([0x00101022, 0x00101023, 0x00101024]);

/**
 * Those of the supplement that describe what is in the object, in words: Clean Descriptors (PS3.15 E.3.5) keeps them once
 * cleaned. A viewer shows them, or sorts frames by them.
 */
export const supplementDescriptors: ReadonlySet<number> = new Set([
  0x00189423, 0x00189531, 0x00189433, 0x00189900, 0x00201020, 0x00286022, 0x00400255, 0x00603010, 0x300a0184,
  0x300a021c, 0x300a0236, 0x300a0194, 0x300a01a4, 0x300a01b8, 0x00182002, 0x00182006, 0x00182045, 0x00280a04,
  0x00283003, 0x00209421, 0x00209453, 0x00540018, 0x00221065, 0x00221066, 0x0066000b, 0x00701a09, 0x3010001e,
  0x300a00dc, 0x300a00e1, 0x300a00e5, 0x00082120, 0x00082127,
]);

/**
 * Binary attributes of VR OB that may stay: bulk data whose meaning PS3.3 fixes. Every other OB is removed, because
 * nothing can be said of what is inside.
 */
export const keptBinary: ReadonlySet<number> = new Set([
  0x7fe00010, 0x00282000, 0x54000110, 0x54000112, 0x5400100a, 0x54001010, 0x00700256, 0x00701808, 0x00281200,
  0x00281201, 0x00281202, 0x00281203, 0x00281204, 0x00283006,
]);

/** Long text that may stay although nothing lists it: a code, not a description. */
export const keptLongText: ReadonlySet<number> = new Set([0x00080119]);

/**
 * Groups that belong to objects other than patients' images (PS3.6: DICONDE 0014, DICOS 4010, implants and their
 * assemblies 0068 0076 0078, hanging protocols 0072, assessments 0082, authorization 0100, compression by zones 1000 1010,
 * print 2000 to 2040 and 2100 to 2130, media 2200). Elements of theirs that Table E.1-1 does not list are removed.
 */
export const foreignGroups: ReadonlySet<number> = new Set([
  0x0014, 0x0068, 0x0072, 0x0076, 0x0078, 0x0082, 0x0100, 0x1000, 0x1010, 0x2000, 0x2010, 0x2020, 0x2030,
  0x2040, 0x2100, 0x2110, 0x2120, 0x2130, 0x2200, 0x4010,
]);

/** Retired ranges: Source Image IDs (0020,31xx) and the tables of early compression (0028,04xx to 0028,08xx). */
export function isRetiredRange(tag: number): boolean {
  return tag >>> 8 === 0x002031 || (tag >= 0x00280400 && tag <= 0x002808ff);
}

/** Defined Terms of Rescale Type and Modality LUT Type (PS3.3 C.11.1.1.2), and units that devices give in their place. */
const rescaleTerms: ReadonlySet<string> = new Set(
  `OD HU US MGML Z_EFF ED EDW HU_MOD PCT normalized NORMALIZED CNTS NONE CM2 CM2ML PCNT CPS BQML MGMINML UMOLMINML MLMING MLG
  1CM UMOLML PROPCNTS PROPCPS MLMINML MLML GML STDDEV SUV GY UNSPECIFIED`.split(/\s+/),
);

const terms = (text: string): ReadonlySet<string> => new Set(text.split('|'));

/** Text and codes of closed vocabulary (Enumerated Values of PS3.3), with the term that means none of the others: anything else may be anything. */
export const closedTerms: ReadonlyMap<
  number,
  { readonly terms: ReadonlySet<string>; readonly otherwise: string }
> = new Map([
  [0x00281054, { terms: rescaleTerms, otherwise: 'US' }],
  [0x00283004, { terms: rescaleTerms, otherwise: 'US' }],
  // Relationship Type, Continuity of Content, Temporal Range Type, Graphic Type: every item of a content tree has some.
  [
    0x0040a010,
    {
      terms: terms(
        'CONTAINS|HAS PROPERTIES|HAS OBS CONTEXT|HAS ACQ CONTEXT|INFERRED FROM|SELECTED FROM|HAS CONCEPT MOD',
      ),
      otherwise: 'CONTAINS',
    },
  ],
  [0x0040a050, { terms: terms('SEPARATE|CONTINUOUS'), otherwise: 'SEPARATE' }],
  [0x0040a130, { terms: terms('POINT|MULTIPOINT|SEGMENT|MULTISEGMENT|BEGIN|END'), otherwise: 'MULTIPOINT' }],
  [
    0x00700023,
    {
      terms: terms('POINT|MULTIPOINT|POLYLINE|INTERPOLATED|CIRCLE|ELLIPSE|POLYGON|ELLIPSOID|RECTANGLE'),
      otherwise: 'POLYLINE',
    },
  ],
  // Channel Status.
  [
    0x003a0205,
    {
      terms: terms('OK|TEST DATA|DISCONNECTED|QUESTIONABLE|INVALID|UNCALIBRATED|UNZEROED'),
      otherwise: 'QUESTIONABLE',
    },
  ],
]);
