/** How images of one family are judged for burned-in text. */
export interface ImageFamily {
  /** Values of Modality that belong to the SOP Class; any other is a guess nobody should make. */
  readonly modalities: readonly string[];
  /** Whether colour is usual; elsewhere it is the mark of a screen capture. */
  readonly colour: boolean;
  /** Fewer bits are the mark of a screen capture. */
  readonly minBitsAllocated: number;
  /** Objection by the values of Image Type, in a word. */
  objection(imageType: readonly string[]): string | undefined;
  /** Attributes of which the device that makes such images writes at least one, and a word for their being absent. */
  readonly traces: { readonly tags: readonly number[]; readonly missing: string } | undefined;
}

/**
 * What is structured: a tree of content items (Clean Structured Content), annotations on images (Clean Graphics) or on
 * waveforms (Clean Structured Content), or trees of drafts of the standard and assessments, which no rule cleans.
 */
export type StructuredContent = 'tree' | 'graphics' | 'annotations' | 'other';

/** What a storage SOP Class holds, as far as de-identification is concerned. */
export type ObjectKind =
  /** Pixels of a modality that does not write on them. */
  | { readonly kind: 'image'; readonly family: ImageFamily }
  /** Attributes only, all of them covered by the rule tables. */
  | { readonly kind: 'header' }
  /** A content tree or annotations in free text: what is cleaned or replaced in it, if anything can be. */
  | { readonly kind: 'structured'; readonly content: StructuredContent }
  | { readonly kind: 'document' }
  /** Voices, faces, raw data, templates: nothing the tables speak of. */
  | { readonly kind: 'uncovered' };

function family(
  modalities: readonly string[],
  objection: (imageType: readonly string[]) => string | undefined,
  traits: { colour?: boolean; minBitsAllocated?: number; traces?: ImageFamily['traces'] } = {},
): ObjectKind {
  const { colour = false, minBitsAllocated = 1, traces } = traits;
  return { kind: 'image', family: { modalities, colour, minBitsAllocated, objection, traces } };
}

/** Position, thickness or location of a slice, or functional groups: pages of scanners that go as slices have none. */
const slices = {
  tags: [0x00180050, 0x00180088, 0x00200030, 0x00200032, 0x00201041, 0x52009229, 0x52009230],
  missing: 'no slice',
};
/**
 * How the detector is made or what it measured (PS3.3 C.8.11.4, C.8.1): of these Imager Pixel Spacing is Type 1 in every
 * digital X-ray. Films and pictures that were put into the class have none of them; exposures alone are copied along.
 */
const detector = {
  tags: [
    0x00181004, 0x00181164, 0x00181260, 0x00181261, 0x00181411, 0x00181412, 0x00186000, 0x00187004,
    0x00187005, 0x00187006, 0x0018700a, 0x0018700c, 0x0018701a, 0x00187020, 0x00187022, 0x00187030,
    0x52009229, 0x52009230,
  ],
  missing: 'no detector',
};
/** Exposure, positioner, intensifier, times of frames: XA Acquisition and XRF modules (PS3.3 C.8.7.2). */
const exposure = {
  tags: [
    0x00180060, 0x00180040, 0x00181063, 0x00181110, 0x00181150, 0x00181151, 0x00181154, 0x00181155,
    0x00181162, 0x00181164, 0x00181510, 0x00181511, 0x00189345, 0x52009229, 0x52009230,
  ],
  missing: 'no exposure',
};
/** Energy windows, radionuclides, detectors (PS3.3 C.8.4). */
const emission = {
  tags: [
    0x00540010, 0x00540011, 0x00540012, 0x00540016, 0x00540020, 0x00540021, 0x00540022, 0x00540400,
    0x00540410,
  ],
  missing: 'no emission',
};

const known = (imageType: readonly string[]): boolean =>
  (imageType[0] === 'ORIGINAL' || imageType[0] === 'DERIVED' || imageType[0] === 'MIXED') &&
  (imageType[1] === 'PRIMARY' || imageType[1] === 'SECONDARY');

/** Reconstructions are derived and secondary too; they carry no text. */
const crossSection = (imageType: readonly string[]): string | undefined =>
  known(imageType) ? undefined : 'Image Type';

/** Scanned projections of CT scanners are shown with lines and names burned in by some makers. */
const ct = (imageType: readonly string[]): string | undefined =>
  imageType.includes('LOCALIZER') ? 'CT localizer' : crossSection(imageType);

/** A projection that is derived and secondary was annotated, stitched or captured by somebody. */
const projection = (imageType: readonly string[]): string | undefined => {
  if (!known(imageType)) return 'Image Type';
  return imageType[0] === 'DERIVED' && imageType[1] === 'SECONDARY' ? 'derived projection' : undefined;
};

/** Consoles of radiography write into the picture, and no attribute tells; there are few such images among slices. */
const radiograph = (imageType: readonly string[]): string => projection(imageType) ?? 'radiograph';

/** Of angiography and fluoroscopy whatever is derived may be a photograph of the screen, with its annotations. */
const fluoroscopy = (imageType: readonly string[]): string | undefined => {
  if (!known(imageType)) return 'Image Type';
  return imageType[0] === 'ORIGINAL' ? undefined : 'derived projection';
};

/** Values 3 of nuclear medicine (PS3.3 C.8.4.9.1.1); pages of results have others, or none. */
const scintigrams: ReadonlySet<string> = new Set([
  'STATIC',
  'DYNAMIC',
  'GATED',
  'WHOLE BODY',
  'TOMO',
  'GATED TOMO',
  'RECON TOMO',
  'RECON GATED TOMO',
]);
const scintigram = (imageType: readonly string[]): string | undefined =>
  scintigrams.has(imageType[2] ?? '') ? projection(imageType) : 'Image Type';

/** Only tissue: labels and overviews of slides show what is written on the glass. */
const slide = (imageType: readonly string[]): string | undefined =>
  imageType[2] === 'VOLUME' ? undefined : 'not a volume';

const portal = (imageType: readonly string[]): string | undefined =>
  ['DRR', 'PORTAL', 'FLUENCE', 'BLANK'].includes(imageType[2] ?? '') ? undefined : 'simulator film';

/** Computed by software from other objects: no camera, no screen, no film. */
const computed = (): undefined => undefined;

const kinds = new Map<string, ObjectKind>();

/** Enters SOP Classes below 1.2.840.10008.5.1.4.1.1. */
function enter(kind: ObjectKind, ...classes: readonly string[]): void {
  for (const suffix of classes) kinds.set(`1.2.840.10008.5.1.4.1.1.${suffix}`, kind);
}

enter(family(['CT'], ct, { minBitsAllocated: 16, traces: slices }), '2', '2.1', '2.2');
enter(family(['MR'], crossSection, { minBitsAllocated: 16, traces: slices }), '4', '4.1', '4.4');
enter(family(['PT'], crossSection, { minBitsAllocated: 16, traces: slices }), '128', '128.1', '130');
enter(family(['NM', 'PT'], scintigram, { traces: emission }), '20');
enter(family(['CR', 'DX', 'MG', 'IO'], radiograph, { traces: detector }), '1');
enter(family(['DX', 'CR', 'MG'], radiograph, { traces: detector }), '1.1', '1.1.1');
enter(family(['MG'], projection, { traces: detector }), '1.2', '1.2.1', '13.1.3', '13.1.4', '13.1.5');
enter(family(['IO', 'DX'], projection, { traces: detector }), '1.3', '1.3.1');
enter(family(['XA', 'RF'], fluoroscopy, { traces: exposure }), '12.1', '12.1.1', '12.2', '12.2.1');
enter(family(['XA', 'DX', 'CT'], crossSection), '13.1.1', '13.1.2');
enter(family(['SM'], slide, { colour: true }), '77.1.6');
enter(family(['RTIMAGE'], portal), '481.1');
enter(family(['RTDOSE'], computed), '481.2');
enter(family(['SEG'], computed, { colour: true }), '66.4', '66.7', '66.8');
enter(family(['CT', 'MR', 'PT', 'NM', 'OT', 'US', 'OP', 'OPT', 'SM', 'MG', 'DX'], computed), '30');

enter(
  { kind: 'header' },
  // Waveforms but voices, spectroscopy, registration, real world values, surfaces of segments, tracts.
  ...['9.1.1', '9.1.2', '9.1.3', '9.1.4', '9.2.1', '9.3.1', '9.5.1', '9.6.1', '9.6.2'],
  ...[
    '9.7.1',
    '9.7.2',
    '9.7.3',
    '9.7.4',
    '9.8.1',
    '4.2',
    '66.1',
    '66.2',
    '66.3',
    '66.5',
    '66.6',
    '67',
    '77.1.5.3',
  ],
  // Radiotherapy: structures, plans, records, radiations.
  ...['481.3', '481.4', '481.5', '481.6', '481.7', '481.8', '481.9', '481.10', '481.11', '481.12', '481.13'],
  ...['481.14', '481.15', '481.16', '481.17', '481.18', '481.19', '481.20', '481.21', '481.22', '481.25'],
);
for (const suffix of ['34.1', '34.7', '34.10'])
  kinds.set(`1.2.840.10008.5.1.4.${suffix}`, { kind: 'header' });

const structured = (content: StructuredContent): ObjectKind => ({ kind: 'structured', content });

enter(
  structured('tree'),
  ...[
    '88.11',
    '88.22',
    '88.33',
    '88.34',
    '88.35',
    '88.40',
    '88.50',
    '88.59',
    '88.65',
    '88.67',
    '88.68',
    '88.69',
  ],
  ...['88.70', '88.71', '88.72', '88.73', '88.74', '88.75', '88.76', '88.77'],
);
enter(
  structured('graphics'),
  ...['11.1', '11.2', '11.3', '11.4', '11.5', '11.6', '11.7', '11.8', '11.9', '11.10', '11.11', '11.12'],
);
enter(structured('annotations'), '9.100.1', '9.100.2');
enter(structured('other'), '88.1', '88.2', '88.3', '88.4', '90.1');
// Annotations of slides: labels and descriptions are attributes of the tables, all else are coordinates and codes.
enter({ kind: 'header' }, '91.1');
enter({ kind: 'document' }, '104.1', '104.2', '104.3', '104.4', '104.5');
enter(
  { kind: 'uncovered' },
  ...['66', '9.4.1', '9.4.2', '68.1', '68.2', '131', '200.1', '200.2', '200.3', '200.7', '200.8', '201.1'],
);

/** The kind of a storage SOP Class, or undefined where nobody has judged it: then its pixels are a risk. */
export function objectKind(sopClassUid: string): ObjectKind | undefined {
  return kinds.get(sopClassUid);
}
