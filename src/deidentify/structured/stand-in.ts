import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { item, sequenceElement, textElement } from '../../dicom/edit.ts';
import { has } from '../../dicom/values.ts';
import { canonicalUid } from '../pseudonyms.ts';
import { textAt } from '../text.ts';
import type { ContentContext } from './content-context.ts';
import { conceptNameTag, removedCode } from './content-item.ts';
import { cleanContentTree, contentSequenceTag } from './content-tree.ts';

const keyObjectSelection = '1.2.840.10008.5.1.4.1.1.88.59';
const valueTypeTag = 0x0040a040;
const referenceTypes: ReadonlySet<string> = new Set(['IMAGE', 'COMPOSITE', 'WAVEFORM']);

/**
 * A minimal content tree in place of the one received (action D of Table E.1-1 on Content Sequence): one modifier of the
 * document title that says "Removed", which every SR IOD allows below its root. Title, continuity and the modules of the
 * document stay with the rules for attributes. Key objects keep the plain references that are all they are for (Type 1 by
 * their template); no text, name or date of theirs stays.
 *
 * Undefined where the data set is not the root of a document: an image needs no content.
 */
export function standInContent<Place>(
  context: ContentContext<Place>,
  content: readonly DataSet[],
  root: DataSet,
  place: Place,
): DataElement | undefined {
  if (textAt(root, valueTypeTag) !== 'CONTAINER') return undefined;
  if (canonicalUid(textAt(root, 0x00080016)) === keyObjectSelection) {
    const references = content.filter(
      (found) => referenceTypes.has(textAt(found, valueTypeTag)) && !has(found, contentSequenceTag),
    );
    const left = cleanContentTree(context, references, root, place);
    if (left !== undefined) return left;
  }
  return sequenceElement(contentSequenceTag, [
    item(root, [
      textElement(root, 0x0040a010, 'CS', 'HAS CONCEPT MOD'),
      textElement(root, valueTypeTag, 'CS', 'CODE'),
      sequenceElement(conceptNameTag, [
        item(root, [
          textElement(root, 0x00080100, 'SH', '113011'),
          textElement(root, 0x00080102, 'SH', 'DCM'),
          textElement(root, 0x00080104, 'LO', 'Document Title Modifier'),
        ]),
      ]),
      sequenceElement(0x0040a168, [removedCode(root)]),
    ]),
  ]);
}
