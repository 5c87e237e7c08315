import type { ErrorCode } from '../../core/errors.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { isStorageSopClass, MEDIA_STORAGE_DIRECTORY } from '../../dicom/uids.ts';
import { firstNumber, has } from '../../dicom/values.ts';
import type { Profile } from '../profile.ts';
import { canonicalUid } from '../pseudonyms.ts';
import { textAt } from '../text.ts';
import { captureSign } from './capture-signs.ts';
import { isVideo } from './codestreams.ts';
import { type ImageFamily, type ObjectKind, objectKind, type StructuredContent } from './object-kinds.ts';

/** A reason to hold an instance before anything is done to it. `detail` is a word of this file, never a value. */
export interface Objection {
  readonly code: ErrorCode;
  readonly detail?: string;
}

const pixelTags = [0x7fe00010, 0x7fe00008, 0x7fe00009];
const directoryRecordSequence = 0x00041220;
const graphicAnnotationSequence = 0x00700001;
const sopClassTag = 0x00080016;
const modalityTag = 0x00080060;
const burnedInAnnotation = 0x00280301;
const recognizableVisualFeatures = 0x00280302;

/**
 * What stands against de-identifying this object under a profile, which cannot look at pixels: every objection, the
 * gravest first. Structured content passes where the profile cleans or replaces it, documents where it replaces them. An
 * empty list says that the rules for the header are enough. Whatever is not known to be harmless is objected to; a
 * sender's word that nothing is burned in (0028,0301 NO) is not believed.
 */
export function assessObject(dataSet: DataSet, transferSyntaxUid: string, profile: Profile): Objection[] {
  const sopClassUid = canonicalUid(textAt(dataSet, sopClassTag));
  if (sopClassUid === MEDIA_STORAGE_DIRECTORY || has(dataSet, directoryRecordSequence)) {
    return [{ code: 'MEDIA_DIRECTORY' }];
  }
  if (sopClassUid === '') return [{ code: 'REQUIRED_ATTRIBUTE_MISSING', detail: '0008,0016' }];
  if (!isStorageSopClass(sopClassUid)) return [{ code: 'PRIVATE_SOP_CLASS' }];
  const objections = objectionsByKind(objectKind(sopClassUid), dataSet, transferSyntaxUid, profile);
  const features = recognizableFeatures(sopClassUid, dataSet);
  // Text may be treated once a person has judged the features: it comes last.
  if (features === undefined) return objections;
  const text = objections.filter(({ code }) => code === 'BURNED_IN_TEXT_RISK');
  return [...objections.filter((objection) => !text.includes(objection)), features, ...text];
}

/** VL Photographic Image and Video Photographic Image Storage: people as a camera sees them. */
export const photographSopClasses: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.4.1.1.77.1.4',
  '1.2.840.10008.5.1.4.1.1.77.1.4.1',
]);

/**
 * Whether the pixels show what somebody may be recognised by, as the sender says (0028,0302) or as photographs of people do
 * (External-camera Photography). No treatment of text changes that. Not judged here: cross sections of a head, from whose
 * surface a face can be rendered, and the retina.
 */
function recognizableFeatures(sopClassUid: string, dataSet: DataSet): Objection | undefined {
  if (!pixelTags.some((tag) => has(dataSet, tag))) return undefined;
  const told = textAt(dataSet, recognizableVisualFeatures).toUpperCase();
  if (told !== '' && told !== 'NO')
    return { code: 'RECOGNIZABLE_FEATURES_RISK', detail: 'Recognizable Visual Features' };
  // A sender's NO about a photograph is not believed, no more than one about burned-in text.
  if (photographSopClasses.has(sopClassUid) || textAt(dataSet, modalityTag).toUpperCase() === 'XC')
    return { code: 'RECOGNIZABLE_FEATURES_RISK', detail: 'photograph' };
  return undefined;
}

function objectionsByKind(
  kind: ObjectKind | undefined,
  dataSet: DataSet,
  transferSyntaxUid: string,
  profile: Profile,
): Objection[] {
  const hasPixels = pixelTags.some((tag) => has(dataSet, tag));
  switch (kind?.kind) {
    case 'document':
      return profile.definition.encapsulatedDocuments === 'replace'
        ? []
        : [{ code: 'ENCAPSULATED_DOCUMENT' }];
    case 'structured':
      if (!handlesContent(kind.content, dataSet, profile)) return [{ code: 'STRUCTURED_CONTENT' }];
      return hasPixels ? [{ code: 'BURNED_IN_TEXT_RISK', detail: 'pixels where none belong' }] : [];
    case 'uncovered':
      return [{ code: 'OBJECT_NOT_COVERED' }];
    case 'header':
      // These have no pixels by their IOD; pixels in one are nothing anybody foresaw.
      return hasPixels ? [{ code: 'BURNED_IN_TEXT_RISK', detail: 'pixels where none belong' }] : [];
    case 'image': {
      if (!hasPixels) return [];
      const reason = burnedInReason(kind.family, dataSet, transferSyntaxUid);
      return reason === undefined ? [] : [{ code: 'BURNED_IN_TEXT_RISK', detail: reason }];
    }
    case undefined:
      return hasPixels
        ? [{ code: 'BURNED_IN_TEXT_RISK', detail: unjudgedKind(dataSet) }]
        : [{ code: 'OBJECT_NOT_COVERED' }];
    default:
      return unreachable(kind);
  }
}

/** Whether nothing of the content leaves that no rule has looked at. */
function handlesContent(
  content: StructuredContent,
  dataSet: DataSet,
  { options, definition }: Profile,
): boolean {
  const replaced = definition.structuredContent === 'replace';
  switch (content) {
    case 'tree':
    case 'annotations':
      return replaced || options.has('cleanStructuredContent');
    case 'graphics':
      // A presentation state that draws nothing is a header like any other.
      return replaced || options.has('cleanGraphics') || !has(dataSet, graphicAnnotationSequence);
    case 'other':
      return false;
    default:
      return unreachable(content);
  }
}

/** How likely the pixels of an image carry text. `detail` is a word of this file. */
export type PixelRisk =
  | { readonly level: 'none' | 'low' }
  | { readonly level: 'high'; readonly detail: string };

/**
 * The risk of the pixels alone; `none` where there are none. High is what carries text often, what shows signs of having
 * been captured, converted or annotated, and what nobody has judged. Low is a picture straight from a detector or computed
 * from such pictures, with the traces that its device leaves.
 *
 * What no attribute tells: text that a console writes into an original picture, or lead letters beside the patient. So
 * radiographs (CR, DX) are always of high risk; a profile that cares about fluoroscopy, angiography and mammography sets
 * `lowRisk` to `identifying`. Overlay planes do not count: none of them leaves (60xx, and bits of the pixels
 * that hold one, are cleared).
 */
export function assessPixels(dataSet: DataSet, transferSyntaxUid: string): PixelRisk {
  if (!pixelTags.some((tag) => has(dataSet, tag))) return { level: 'none' };
  const kind = objectKind(canonicalUid(textAt(dataSet, sopClassTag)));
  if (kind?.kind !== 'image')
    return { level: 'high', detail: kind === undefined ? unjudgedKind(dataSet) : 'pixels where none belong' };
  const detail = burnedInReason(kind.family, dataSet, transferSyntaxUid);
  return detail === undefined ? { level: 'low' } : { level: 'high', detail };
}

/** Of a data set, which never changes: asked by what treats the pixels and by what claims that they were treated. */
const reasons = new WeakMap<
  DataSet,
  { readonly transferSyntaxUid: string; readonly reason: string | undefined }
>();

/** Why the pixels may carry text, in a word; undefined when this family of images is not known for it. */
function burnedInReason(
  family: ImageFamily,
  dataSet: DataSet,
  transferSyntaxUid: string,
): string | undefined {
  const known = reasons.get(dataSet);
  if (known?.transferSyntaxUid === transferSyntaxUid) return known.reason;
  const reason = sought(family, dataSet, transferSyntaxUid);
  reasons.set(dataSet, { transferSyntaxUid, reason });
  return reason;
}

function sought(family: ImageFamily, dataSet: DataSet, transferSyntaxUid: string): string | undefined {
  const burnedIn = textAt(dataSet, burnedInAnnotation).toUpperCase();
  if (burnedIn !== '' && burnedIn !== 'NO') return 'Burned In Annotation';
  if (isVideo(transferSyntaxUid)) return 'video';
  // Whoever looks at one of them has not seen the other.
  if (pixelTags.filter((tag) => has(dataSet, tag)).length > 1) return 'several elements of pixel data';
  if (!family.modalities.includes(textAt(dataSet, modalityTag).toUpperCase())) return 'Modality';
  const imageType = textAt(dataSet, 0x00080008)
    .toUpperCase()
    .split('\\')
    .map((value) => value.trim());
  const sign = captureSign(dataSet, imageType);
  if (sign !== undefined) return sign;
  if (!family.colour && !isGrayscale(dataSet)) return 'colour';
  const bits = firstNumber(dataSet, 0x00280100) ?? 0;
  if (family.minBitsAllocated > bits && !has(dataSet, 0x7fe00008) && !has(dataSet, 0x7fe00009))
    return 'Bits Allocated';
  return family.objection(imageType) ?? withoutTraces(family, dataSet);
}

/**
 * The device that makes such an image writes where the slice lies, how the detector is made, how it was exposed. A picture
 * that a converter put into the class has nothing of that.
 */
function withoutTraces({ traces }: ImageFamily, dataSet: DataSet): string | undefined {
  if (traces === undefined || traces.tags.some((tag) => has(dataSet, tag))) return undefined;
  return traces.missing;
}

/** Classes whose images are captured, photographed or written on as a rule, in a word; all others nobody has judged. */
function unjudgedKind(dataSet: DataSet): string {
  const [, root = ''] =
    /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(\d+)/.exec(canonicalUid(textAt(dataSet, sopClassTag))) ?? [];
  if (root === '3' || root === '6') return 'ultrasound';
  if (root === '7') return 'secondary capture';
  return root === '77' ? 'visible light' : 'kind of image';
}

function isGrayscale(dataSet: DataSet): boolean {
  const photometric = textAt(dataSet, 0x00280004);
  const samples = firstNumber(dataSet, 0x00280002) ?? 1;
  return (
    samples === 1 && (photometric === 'MONOCHROME1' || photometric === 'MONOCHROME2' || photometric === '')
  );
}

function unreachable(kind: never): never {
  throw new TypeError(`no such kind: ${String(kind)}`);
}
