import { isPrivate, lookup } from '../dicom/dictionary.ts';

/** What a value of an original is to its patient, and so what becomes of the search for it. */
export type Kind =
  | 'name'
  | 'id'
  | 'birth-date'
  | 'contact'
  | 'date'
  | 'time'
  | 'uid'
  | 'institution'
  | 'device'
  | 'characteristic';

/** Kinds that an option of PS3.15 Annex E lets pass, by the code of CID 7050 that the output then carries. */
export const optionsOfKind: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  uid: ['113110'],
  institution: ['113112'],
  device: ['113109'],
  characteristic: ['113108'],
  date: ['113106'],
  time: ['113106', '113107'],
};

/** Patient's Birth Date and what repeats it. */
const birthDates: ReadonlySet<number> = new Set([0x00100030, 0x00100033, 0x00100034]);

/** UIDs that name a class, a coding or a program: they tell nothing of an instance. */
const definitionUids: ReadonlySet<number> = new Set([
  0x00020002, 0x00020010, 0x00020012, 0x00020100, 0x00080016, 0x0008001a, 0x0008001b, 0x00080062, 0x0008010c,
  0x00080117, 0x00080118, 0x00081150, 0x0008115a, 0x00083002, 0x0008040e, 0x00340003, 0x04000010, 0x04000510,
  0x30100052, 0x30100053, 0x00041510, 0x00041512,
]);

/** Patient Module and Patient Study Module attributes that describe, rather than name, a person (option 113108). */
const characteristics: ReadonlySet<number> = new Set([
  0x00100040, 0x00101010, 0x00101020, 0x00101021, 0x00101022, 0x00101023, 0x00101024, 0x00101030, 0x00102160,
  0x001021a0, 0x001021c0, 0x00102203, 0x00102000, 0x00102110, 0x00380050, 0x00380500, 0x00401201,
]);

/** Words in the keyword of PS3.6 that make a text attribute an identifier, by the first that fits. */
const keywordKinds: readonly (readonly [RegExp, Kind])[] = [
  [
    /^(?:Study|Series|Instance|Acquisition|Frame|Segment|Overlay|Referenced\w*)(?:Number|Description)/,
    'characteristic',
  ],
  [/Telephone|Telecom|Address|Email|Contact|PostalCode|Insurance|Residence|Country(?!OfP)/i, 'contact'],
  [
    /Institution|Department|Hospital|Organization|ClinicalTrialSite|ClinicalTrialSponsor|CoordinatingCenter|CurrentPatientLocation|PatientLocation/,
    'institution',
  ],
  [
    /Serial|Station|DeviceID|DetectorID|PlateID|CassetteID|GantryID|GridID|GeneratorID|DeviceUID|UDI|UniqueDevice|ScannerID|MachineName|DigitizerID|HardcopyDevice/,
    'device',
  ],
  [
    /Physician|Operator|Person|Reader|Reviewer|Creator|Observer|Author|Performer|Radiologist|Responsible/,
    'name',
  ],
  [/(?:^|[a-z])(?:ID|IDs|Identifier|Identification|Number|Accession\w*|Barcode\w*)$/, 'id'],
  [
    /^(?:PatientName|OtherPatientNames|PatientBirthName|PatientMotherBirthName|MilitaryRank|Occupation|BranchOfService)/,
    'name',
  ],
  [/^IssuerOf|Issuer$/, 'institution'],
];

/** Text attributes whose keyword looks like an identifier's and that say what the object is. */
const describing =
  /^(?:StackID|OpticalPathIdentifier|FrameLabel|Segmentation|Channel|ImageLaterality|View|Coding|URN|LongCode|CodeValue|CodingScheme|Context(?:Group)?|Mapping|Template|Private|Manufacturer|Software|Protocol|ImageComments|BlockIdentifyingInfo|DeidentificationMethod|ConcatenationUID|ReferencedFrameNumber|ContentLabel|Modality|TrackingID|Window|LUT|Overlay|Segment(?:Label|Number)|Material|Color|Quantity|TransferTubeNumber|PixelData|DICOM|Synchronization|Palette|Spatial|SoftwareVersions|EchoNumber|FilterMaterial|Lossy|ImageType)/;

/**
 * The kind of an attribute's value, or undefined where it only describes ("kept text" when it goes out unchanged). By
 * the VR it was sent with and the keyword PS3.6 gives the tag: no list of the de-identifier's is used.
 */
export function kindOf(tag: number, vr: string): Kind | undefined {
  const known = lookup(tag);
  if (birthDates.has(tag)) return 'birth-date';
  if (characteristics.has(tag)) return 'characteristic';
  if (vr === 'PN' || known?.vr === 'PN') return 'name';
  if (vr === 'UI' || known?.vr === 'UI') return definitionUids.has(tag) ? undefined : 'uid';
  if (vr === 'DA' || known?.vr === 'DA' || vr === 'DT' || known?.vr === 'DT') return 'date';
  if (vr === 'TM' || known?.vr === 'TM') return 'time';
  if (vr === 'AS') return 'characteristic';
  if (vr === 'AE' || known?.vr === 'AE') return 'device';
  if (vr === 'CS' || vr === 'IS' || vr === 'DS' || known?.vr === 'CS') return undefined;
  if (isPrivate(tag) || known === undefined || describing.test(known.keyword)) return undefined;
  const kind = keywordKinds.find(([pattern]) => pattern.test(known.keyword))?.[1];
  return kind === 'characteristic' ? undefined : kind;
}

/** Text that names a product, a code or a part of the image: no place to pick telephone numbers and addresses from. */
export function isDescribing(tag: number): boolean {
  const keyword = lookup(tag)?.keyword;
  return keyword !== undefined && describing.test(keyword);
}

/** Free text that a privacy officer wants to hear of when it goes out as it came. */
export function isFreeText(vr: string): boolean {
  return ['LO', 'SH', 'LT', 'ST', 'UT', 'UC'].includes(vr);
}

/** Words that stand where a value was taken away before, or never was: no identifiers. */
const empties: ReadonlySet<string> = new Set(
  'anon anonymous anonymized anonymised anonym anonymus deidentified unidentified removed redacted none null nil unknown undefined unspecified nospec unnamed notknown notapplicable notavailable'.split(
    ' ',
  ),
);
const titles: ReadonlySet<string> = new Set(
  'prof phd mrs miss med the and von van der den del dos las los'.split(' '),
);

/** Whether letters and digits of a value, folded, mean "nothing". */
export function isEmptyWord(word: string): boolean {
  return empties.has(word) || /^[0x]*$/.test(word);
}

/** Whether a part of a name is no name. */
export function isTitle(word: string): boolean {
  return titles.has(word);
}

/**
 * Terms of Code String attributes (PS3.3, PS3.16) that may also be somebody's name or number. A whole value of VR CS
 * that is one of these is never a leak.
 */
const codeTerms: ReadonlySet<string> = new Set(
  `original derived primary secondary axial localizer volume other none normal mixed resampled reformatted average projection image
  yes no on off null true false unknown left right unpaired both head neck chest heart hand foot brain spine cspine tspine lspine
  sspine pelvis abdomen breast knee hip shoulder elbow wrist ankle leg arm finger toe skull jaw eye ear nose tooth rib
  sternum clavicle humerus femur thigh liver kidney lung bladder uterus prostate aorta wholebody extremity monochrome1
  monochrome2 rgb palette palettecolor paletteecolor text forpresentation forprocessing modified removed unmodified
  helical spiral standard processed raw real magnitude phase gray white black green brown daily static dynamic gated
  whole body emission transmission perfusion diffusion angio cardiac stroke flow time mean maximum minimum sum stereo
  surface isotropic point closedplanar openplanar photon electron proton physical effective plan beam fraction brachy
  patient male female human animal frontal lateral oblique supine prone grid stack slope manual automatic lossy`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

export function isCodeTerm(word: string): boolean {
  return codeTerms.has(word);
}
