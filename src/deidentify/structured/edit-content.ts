import type { DataElement, DataSet, ItemsBody } from '../../dicom/data-set.ts';
import { emptyElement, sequenceElement, uidElement } from '../../dicom/edit.ts';
import { type EditContext, type EditPlace, placeWithin } from '../edit-context.ts';
import { faultOfText } from '../kept-text.ts';
import { replaceUids, withEncoding } from '../replacements.ts';
import { latin1, valueBytes } from '../text.ts';
import { cleanedText, keptTemporal, keptUids, shifted } from '../valued-actions.ts';
import { cleanAnnotations, cleanGraphicAnnotations, cleanTextObjects } from './annotations.ts';
import type { ContentContext } from './content-context.ts';
import { isContentItem } from './content-item.ts';
import { cleanContentTree, cleanLooseItem, contentSequenceTag } from './content-tree.ts';
import { standInContent } from './stand-in.ts';

const acquisitionContext = 0x00400555;
const specimenPreparationStepContent = 0x00400612;
const waveformAnnotations = 0x0040b020;
const graphicAnnotations = 0x00700001;
const textObjects = 0x00700008;

/** Edits the attributes of a data set or item by the rules: `editDataSet`. */
export type AttributeEditing = (context: EditContext, dataSet: DataSet, place: EditPlace) => DataSet;

/** A sequence whose items are judged as content; undefined where it goes. */
export interface EditedContent {
  readonly element: DataElement | undefined;
}

/**
 * Edits a sequence that the rules keep where Clean Structured Content or Clean Graphics (PS3.15 E.3.3, E.3.4) have a say in
 * its items: the content tree, content items elsewhere, annotations of waveforms and of presentation states. Undefined
 * where they have none: then its items are edited like those of any other sequence.
 */
export function editContent(
  context: EditContext,
  element: DataElement,
  body: ItemsBody,
  dataSet: DataSet,
  place: EditPlace,
  edit: AttributeEditing,
): EditedContent | undefined {
  const { options } = context.profile;
  const { tag } = element;
  if (options.has('cleanGraphics')) {
    if (tag === graphicAnnotations)
      return { element: cleanGraphicAnnotations(contentContext(context, edit), body.items, dataSet, place) };
    if (tag === textObjects)
      return { element: cleanTextObjects(contentContext(context, edit), body.items, dataSet, place) };
  }
  if (!options.has('cleanStructuredContent')) return undefined;
  if (tag === contentSequenceTag)
    return { element: cleanContentTree(contentContext(context, edit), body.items, dataSet, place) };
  if (tag === waveformAnnotations)
    return { element: cleanAnnotations(contentContext(context, edit), body.items, dataSet, place) };
  if (!body.items.some(isContentItem)) return undefined;
  return { element: editLooseItems(context, tag, body.items, dataSet, place, edit) };
}

function editLooseItems(
  context: EditContext,
  tag: number,
  items: readonly DataSet[],
  dataSet: DataSet,
  place: EditPlace,
  edit: AttributeEditing,
): DataElement | undefined {
  context.claims.options.add('cleanStructuredContent');
  const content = contentContext(context, edit);
  const within = placeWithin(context, place, tag);
  // Type 1 in every preparation step: an item is emptied rather than removed.
  const mustStay = tag === specimenPreparationStepContent;
  const left = items.flatMap((found) => {
    const edited = isContentItem(found)
      ? cleanLooseItem(content, found, within, mustStay)
      : edit(context, found, within);
    return edited === undefined ? [] : [withEncoding(edited, dataSet.encoding)];
  });
  if (left.length > 0) return sequenceElement(tag, left);
  return tag === acquisitionContext ? emptyElement(tag, 'SQ') : undefined;
}

/**
 * What takes the place of content that the profile replaces: a minimal tree at the root of a document; nothing for
 * annotations, whose sequences no object needs. Undefined for any other sequence, which is dummied as usual.
 */
export function replaceContent(
  context: EditContext,
  element: DataElement,
  dataSet: DataSet,
  place: EditPlace,
  edit: AttributeEditing,
): EditedContent | undefined {
  const { tag, body } = element;
  if (tag === graphicAnnotations || tag === waveformAnnotations) return { element: undefined };
  if (tag !== contentSequenceTag) return undefined;
  const content = body.kind === 'items' ? body.items : [];
  const isRoot = place.depth === 0;
  return {
    element: isRoot ? standInContent(contentContext(context, edit), content, dataSet, place) : undefined,
  };
}

function contentContext(context: EditContext, edit: AttributeEditing): ContentContext<EditPlace> {
  const { profile, pseudonyms, subject, report, claims, secrets } = context;
  // No option keeps or shifts a date of birth, whatever the concept is called under which a report repeats it.
  const isBirth = (element: DataElement): boolean => {
    const { births } = subject.identifiers;
    return births.size > 0 && datesOf(element).some((date) => births.has(date));
  };
  return {
    options: profile.options,
    trueDeviceDates: profile.definition.trueDeviceDates,
    cleanText: (element, item) => cleanedText(element, item, context.text),
    shiftDate: (element) => (isBirth(element) ? undefined : shifted(element, subject.dateShiftDays())),
    wellFormed: (element) =>
      element.vr === 'UI'
        ? keptUids(element, secrets, pseudonyms)?.element
        : isBirth(element)
          ? undefined
          : keptTemporal(element, secrets)?.element,
    checked(element, item) {
      const fault = faultOfText(element, item, subject.identifiers);
      return fault === undefined ? element : fault.replacement;
    },
    remapUids(element) {
      const bytes = valueBytes(element);
      if (bytes === undefined) return undefined;
      const { uids, changed } = replaceUids(pseudonyms, latin1(bytes), false);
      return changed ? uidElement(element.tag, uids) : keptUids(element, secrets, pseudonyms)?.element;
    },
    token: (kind, value) => pseudonyms.token(kind, value),
    editAttributes: (item, place) => edit(context, item, place),
    isOwnRule: (tag, vr, place) => place.rules.decide(tag, vr).ownRule !== undefined,
    within: (place, tag) => placeWithin(context, place, tag),
    report: (place, tag, action, rule) => report.add(place.report, tag, action, rule),
    claim: (option) => claims.options.add(option),
  };
}

/** The dates of DA and DT values, YYYYMMDD. */
function datesOf(element: DataElement): string[] {
  const bytes = valueBytes(element, maxDateBytes);
  if (bytes === undefined) return [];
  return latin1(bytes)
    .split('\\')
    .map((value) =>
      value
        .trim()
        .replace(/^(\d{4})\.(\d\d)\.(\d\d)/, '$1$2$3')
        .slice(0, 8),
    );
}

const maxDateBytes = 4096;
