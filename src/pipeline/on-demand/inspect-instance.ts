import { releasableCodes } from '../../core/errors.ts';
import { type DeidentifyInput, deidentify } from '../../deidentify/deidentify.ts';
import { isVideo } from '../../deidentify/pixels/codestreams.ts';
import { canonicalUid } from '../../deidentify/pseudonyms.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { bytesElement } from '../../dicom/edit.ts';
import { nativeTransferSyntaxOf } from '../../dicom/encodings.ts';
import type { Part10 } from '../../dicom/part10.ts';
import { storageSopClassTable } from '../../dicom/storage-sop-classes.ts';
import { tags } from '../../dicom/tags.ts';
import { firstNumber, firstText } from '../../dicom/values.ts';
import { attributesOf } from './attributes.ts';
import type { FrameInfo, Inspection, InspectTask } from './tasks.ts';
import type { InstanceWork } from './work.ts';

const pixelGroup = 0x7fe0;
const sopClassNames: ReadonlyMap<string, string> = new Map(
  storageSopClassTable.map(([uid, name]) => [uid, name]),
);
/** Defined terms: anything else is not told, it may be anything. */
const modalityTerm = /^[A-Z0-9]{2,8}$/;
const photometricTerms: ReadonlySet<string> = new Set([
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_PARTIAL_422',
  'YBR_PARTIAL_420',
  'YBR_ICT',
  'YBR_RCT',
  'XYB',
]);

/** What a file is, and what its header says, with or without identifiers. Pixels are not read. */
export function inspectInstance({ metadata, callingAeTitle }: InspectTask, work: InstanceWork): Inspection {
  const { part10, context, bytes } = work;
  const info = frameInfo(part10, bytes);
  const none = { ...info, metadata: null, metadataLeftOut: 0, heldCode: null };
  switch (metadata) {
    case 'none':
      return none;
    case 'identified':
      return { ...none, ...told(part10.dataSet) };
    case 'safe': {
      // A person who may release an instance changes nothing about its header, and the pixels are not shown here.
      const result = deidentify(withoutPixels(part10), {
        ...context,
        callingAeTitle,
        releasedCodes: releasableCodes,
      });
      if (result.kind === 'held') return { ...none, heldCode: result.code };
      return { ...none, ...told(result.value.dataSet) };
    }
    default:
      return metadata satisfies never;
  }
}

function told(dataSet: DataSet): Pick<Inspection, 'metadata' | 'metadataLeftOut'> {
  const { attributes, leftOut } = attributesOf(dataSet);
  return { metadata: attributes, metadataLeftOut: leftOut };
}

/** The same object with an empty element in place of its pixels: without any it would be no image, and held for that. */
function withoutPixels({ dataSet, transferSyntaxUid }: Part10): DeidentifyInput {
  const others = dataSet.elements.filter(({ tag }) => tag >>> 16 !== pixelGroup);
  const hadPixels = others.length < dataSet.elements.length;
  const empty = bytesElement(tags.PixelData, 'OW', new Uint8Array(0));
  return {
    dataSet: { ...dataSet, elements: hadPixels ? [...others, empty] : others },
    transferSyntaxUid: nativeTransferSyntaxOf(dataSet.encoding) ?? transferSyntaxUid,
  };
}

function frameInfo({ dataSet, transferSyntaxUid }: Part10, bytes: number): FrameInfo {
  const sopClassUid = canonicalUid(firstText(dataSet, tags.SOPClassUID) ?? '');
  const sopClassName = sopClassNames.get(sopClassUid) ?? null;
  const modality = (firstText(dataSet, tags.Modality) ?? '').trim();
  const photometric = (firstText(dataSet, tags.PhotometricInterpretation) ?? '').trim();
  const rows = firstNumber(dataSet, tags.Rows) ?? 0;
  const columns = firstNumber(dataSet, tags.Columns) ?? 0;
  const isImage = rows > 0 && columns > 0;
  const frames = firstNumber(dataSet, tags.NumberOfFrames) ?? 1;
  return {
    sopClassUid: sopClassName === null ? null : sopClassUid,
    sopClassName,
    transferSyntaxUid,
    modality: modalityTerm.test(modality) ? modality : null,
    rows: isImage ? rows : null,
    columns: isImage ? columns : null,
    frames: isImage ? Math.max(1, Math.trunc(frames)) : null,
    framesCounted: !isVideo(transferSyntaxUid),
    photometricInterpretation: photometricTerms.has(photometric) ? photometric : null,
    bytes,
  };
}
