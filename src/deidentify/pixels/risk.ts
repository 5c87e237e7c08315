import type { ErrorCode } from '../../core/errors.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { isStorageSopClass, MEDIA_STORAGE_DIRECTORY } from '../../dicom/uids.ts';
import { firstNumber, has } from '../../dicom/values.ts';
import type { Profile } from '../profile.ts';
import { canonicalUid } from '../pseudonyms.ts';
import { textAt } from '../text.ts';
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

/**
 * What stands against de-identifying this object under a profile, which cannot look at pixels: every objection, the
 * gravest first. Structured content passes where the profile cleans or replaces it, documents where it replaces them. An
 * empty list says that the rules for the header are enough. Whatever is not known to be harmless is objected to; a
 * sender's word that nothing is burned in (0028,0301 NO) is not believed.
 */
export function assessObject(dataSet: DataSet, transferSyntaxUid: string, profile: Profile): Objection[] {
  const sopClassUid = canonicalUid(textAt(dataSet, 0x00080016));
  if (sopClassUid === MEDIA_STORAGE_DIRECTORY || has(dataSet, directoryRecordSequence)) {
    return [{ code: 'MEDIA_DIRECTORY' }];
  }
  if (sopClassUid === '') return [{ code: 'REQUIRED_ATTRIBUTE_MISSING', detail: '0008,0016' }];
  if (!isStorageSopClass(sopClassUid)) return [{ code: 'PRIVATE_SOP_CLASS' }];
  return objectionsByKind(objectKind(sopClassUid), dataSet, transferSyntaxUid, profile);
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
        ? [{ code: 'BURNED_IN_TEXT_RISK', detail: 'kind of image' }]
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

/** The risk of the pixels alone; `none` where there are none. */
export function assessPixels(dataSet: DataSet, transferSyntaxUid: string): PixelRisk {
  if (!pixelTags.some((tag) => has(dataSet, tag))) return { level: 'none' };
  const kind = objectKind(canonicalUid(textAt(dataSet, 0x00080016)));
  if (kind?.kind !== 'image')
    return { level: 'high', detail: kind === undefined ? 'kind of image' : 'pixels where none belong' };
  const detail = burnedInReason(kind.family, dataSet, transferSyntaxUid);
  return detail === undefined ? { level: 'low' } : { level: 'high', detail };
}

/** Words of Image Type that modalities give to pictures of their screens, dose pages and the like. */
const screenWords =
  /SCREEN|CAPTURE|SAVE|DOSE|SUMMARY|REPORT|TABLE|GRAPH|PASTED|PRINT|ANNOT|BURN|PATIENT|LABEL|OVERVIEW|THUMBNAIL|SCAN(NED|NER)|DIGITI[SZ]ED/i;
/** The same in Series Description; "low dose chest" is a scan, "dose report" a page. */
const screenSeries =
  /screen\s*(save|shot|cap)|snap\s*shot|dose\s*(report|info|record|summary|page|sheet)|patient\s*(protocol|info)|key\s*images?|print|report|summary/i;

/** Attributes of the SC Equipment module (PS3.3 C.8.6.1): the pixels came from a screen, film or another image. */
const captureTags = [
  0x00080064, 0x00181010, 0x00181012, 0x00181014, 0x00181016, 0x00181018, 0x00181019, 0x00181022,
];

/** Why the pixels may carry text, in a word; undefined when this family of images is not known for it. */
function burnedInReason(
  family: ImageFamily,
  dataSet: DataSet,
  transferSyntaxUid: string,
): string | undefined {
  const burnedIn = textAt(dataSet, 0x00280301).toUpperCase();
  if (burnedIn !== '' && burnedIn !== 'NO') return 'Burned In Annotation';
  if (isVideo(transferSyntaxUid)) return 'video';
  if (!family.modalities.includes(textAt(dataSet, 0x00080060).toUpperCase())) return 'Modality';
  if (captureTags.some((tag) => has(dataSet, tag) && textAt(dataSet, tag) !== '')) return 'captured';
  const imageType = textAt(dataSet, 0x00080008)
    .toUpperCase()
    .split('\\')
    .map((value) => value.trim());
  if (imageType.some((value) => screenWords.test(value))) return 'Image Type';
  if (screenSeries.test(textAt(dataSet, 0x0008103e))) return 'Series Description';
  if (!family.colour && !isGrayscale(dataSet)) return 'colour';
  const bits = firstNumber(dataSet, 0x00280100) ?? 0;
  if (family.minBitsAllocated > bits && !has(dataSet, 0x7fe00008) && !has(dataSet, 0x7fe00009))
    return 'Bits Allocated';
  return family.objection(imageType);
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
