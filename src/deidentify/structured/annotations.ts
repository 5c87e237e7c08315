import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { sequenceElement, withElements } from '../../dicom/edit.ts';
import { element, has, items, valueLength } from '../../dicom/values.ts';
import { withEncoding } from '../replacements.ts';
import type { ContentContext } from './content-context.ts';
import { isContentItem, withoutTags } from './content-item.ts';
import { cleanLooseItem } from './content-tree.ts';

const waveformAnnotationSequence = 0x0040b020;
const graphicAnnotationSequence = 0x00700001;
const textObjectSequence = 0x00700008;
const unformattedText = 0x00700006;
/** What an annotation shows: text objects, graphic objects, compound graphics. One of them has to be there (Type 1C). */
const shownTags = [textObjectSequence, 0x00700009, 0x00700209];
const textTags: ReadonlySet<number> = new Set([unformattedText]);

/**
 * Graphic Annotation Sequence (PS3.3 C.10.5) under Clean Graphics: graphics stay, text objects are cleaned, references to
 * images remapped with every other one. An annotation of which nothing is left to be seen goes; undefined where all go.
 */
export function cleanGraphicAnnotations<Place>(
  context: ContentContext<Place>,
  annotations: readonly DataSet[],
  around: DataSet,
  place: Place,
): DataElement | undefined {
  const within = context.within(place, graphicAnnotationSequence);
  const left = annotations.flatMap((annotation) => {
    const edited = context.editAttributes(annotation, within);
    if (shownTags.some((tag) => items(edited, tag).length > 0))
      return [withEncoding(edited, around.encoding)];
    context.report(within, textObjectSequence, 'removed', 'structured-content');
    return [];
  });
  return left.length === 0 ? undefined : sequenceElement(graphicAnnotationSequence, left);
}

/** Text Object Sequence under Clean Graphics: every text cleaned, objects without text left out; undefined where none is left. */
export function cleanTextObjects<Place>(
  context: ContentContext<Place>,
  objects: readonly DataSet[],
  around: DataSet,
  place: Place,
): DataElement | undefined {
  const within = context.within(place, textObjectSequence);
  const left = objects.flatMap((object) => {
    const edited = withCleanText(context, object, within, true);
    return edited === undefined ? [] : [withEncoding(edited, around.encoding)];
  });
  return left.length === 0 ? undefined : sequenceElement(textObjectSequence, left);
}

/**
 * Waveform Annotation Sequence (PS3.3 C.10.10) under Clean Structured Content: codes and measurements are content items,
 * text stays under Clean Descriptors only, cleaned. Undefined where no annotation is left.
 */
export function cleanAnnotations<Place>(
  context: ContentContext<Place>,
  annotations: readonly DataSet[],
  around: DataSet,
  place: Place,
): DataElement | undefined {
  const within = context.within(place, waveformAnnotationSequence);
  const left = annotations.flatMap((annotation) => {
    const edited = cleanAnnotation(context, annotation, within);
    return edited === undefined ? [] : [withEncoding(edited, around.encoding)];
  });
  return left.length === 0 ? undefined : sequenceElement(waveformAnnotationSequence, left);
}

function cleanAnnotation<Place>(
  context: ContentContext<Place>,
  annotation: DataSet,
  place: Place,
): DataSet | undefined {
  if (has(annotation, unformattedText))
    return withCleanText(context, annotation, place, context.options.has('cleanDescriptors'));
  if (isContentItem(annotation)) return cleanLooseItem(context, annotation, place, false);
  return context.editAttributes(annotation, place);
}

/** The item with its Unformatted Text Value cleaned; undefined where nothing of the text may stay. */
function withCleanText<Place>(
  context: ContentContext<Place>,
  item: DataSet,
  place: Place,
  mayStay: boolean,
): DataSet | undefined {
  const text = element(item, unformattedText);
  // An empty text shows nothing; the author's own rule decides for himself.
  if (text === undefined || valueLength(text) === 0 || context.isOwnRule(unformattedText, 'ST', place))
    return context.editAttributes(item, place);
  const cleaned = mayStay ? context.cleanText(text, item) : undefined;
  if (cleaned === undefined || valueLength(cleaned.element) === 0) {
    context.report(place, unformattedText, 'removed', 'structured-content');
    return undefined;
  }
  context.report(place, unformattedText, cleaned.action, 'structured-content');
  const edited = context.editAttributes(withoutTags(item, textTags), place);
  return withElements(edited, new Map([[unformattedText, cleaned.element]]));
}
