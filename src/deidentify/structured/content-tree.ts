import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { numberElement, sequenceElement, withElements } from '../../dicom/edit.ts';
import { element, has, items, numbers } from '../../dicom/values.ts';
import { withEncoding } from '../replacements.ts';
import type { ContentContext } from './content-context.ts';
import { type ItemVerdict, judgeContentItem, withoutTags } from './content-item.ts';

export const contentSequenceTag = 0x0040a730;
/** Referenced Content Item Identifier: the item is a reference to another one of the same tree. */
const referenceTag = 0x0040db73;
/** Judged here, not by the rules for attributes. */
const treeTags: ReadonlySet<number> = new Set([contentSequenceTag, referenceTag]);

/** Content items inside content items. Reports of any template stay far below; deeper ones are dropped. */
export const maxContentDepth = 48;

/** One item of the tree with what was decided; positions are those of the output. */
interface Node {
  readonly item: DataSet;
  /** Undefined for a reference by identifier. */
  readonly verdict: Extract<ItemVerdict, { kind: 'keep' }> | undefined;
  /** Where a reference points to, as `path` writes it. */
  readonly target: string | undefined;
  /** Position in the tree received, from the root: "1.2.1". */
  readonly path: string;
  readonly children: Node[];
}

/**
 * A content tree (Content Sequence and all below it, PS3.3 C.17.3) after Clean Structured Content (PS3.15 E.3.4): every
 * item judged by its concept name and value type, all other attributes edited by the rules for attributes. Undefined where
 * no item is left.
 *
 * Items are really removed where nothing depends on them; references by identifier (0040,DB73) are numbered anew, and go
 * with what they pointed at, so that every one left is valid. `around` is the data set the sequence stands in, the root of
 * the tree; `place` is the place of that data set.
 */
export function cleanContentTree<Place>(
  context: ContentContext<Place>,
  content: readonly DataSet[],
  around: DataSet,
  place: Place,
): DataElement | undefined {
  const targets = new Set<string>();
  collectTargets(content, targets, 1);
  const paths = new Set<string>(['1']);
  const judged = judgeItems(
    context,
    content,
    '1',
    1,
    targets,
    context.within(place, contentSequenceTag),
    paths,
  );
  const kept = withoutDangling(context, judged, paths, context.within(place, contentSequenceTag));
  const positions = new Map<string, readonly number[]>([['1', [1]]]);
  number(kept, [1], positions);
  return build(context, kept, positions, around, place);
}

function targetOf(found: DataSet): string {
  return numbers(found, referenceTag).join('.');
}

function collectTargets(content: readonly DataSet[], targets: Set<string>, depth: number): void {
  if (depth > maxContentDepth) return;
  for (const found of content) {
    if (has(found, referenceTag)) targets.add(targetOf(found));
    else collectTargets(items(found, contentSequenceTag), targets, depth + 1);
  }
}

function judgeItems<Place>(
  context: ContentContext<Place>,
  content: readonly DataSet[],
  parent: string,
  depth: number,
  targets: ReadonlySet<string>,
  place: Place,
  paths: Set<string>,
): Node[] {
  const nodes: Node[] = [];
  if (depth > maxContentDepth) {
    if (content.length > 0) context.report(place, contentSequenceTag, 'removed', 'structured-content');
    return nodes;
  }
  content.forEach((found, index) => {
    const path = `${parent}.${index + 1}`;
    if (has(found, referenceTag)) {
      nodes.push({ item: found, verdict: undefined, target: targetOf(found), path, children: [] });
      return;
    }
    const below = items(found, contentSequenceTag);
    const verdict = judgeContentItem(context, found, place, below.length > 0 || targets.has(path));
    if (verdict.kind === 'drop') {
      context.report(place, verdict.tag, 'removed', verdict.rule);
      return;
    }
    context.report(place, verdict.tag, verdict.done, verdict.rule);
    paths.add(path);
    const inner = context.within(place, contentSequenceTag);
    const children = judgeItems(context, below, path, depth + 1, targets, inner, paths);
    nodes.push({ item: found, verdict, target: undefined, path, children });
  });
  return nodes;
}

/** Without references to items that are not there, no longer there, or references themselves. */
function withoutDangling<Place>(
  context: ContentContext<Place>,
  nodes: readonly Node[],
  paths: ReadonlySet<string>,
  place: Place,
): Node[] {
  return nodes.flatMap((node) => {
    if (node.target !== undefined && !paths.has(node.target)) {
      context.report(place, referenceTag, 'removed', 'structured-content');
      return [];
    }
    const inner = context.within(place, contentSequenceTag);
    return [{ ...node, children: withoutDangling(context, node.children, paths, inner) }];
  });
}

function number(
  nodes: readonly Node[],
  parent: readonly number[],
  positions: Map<string, readonly number[]>,
): void {
  nodes.forEach((node, index) => {
    const position = [...parent, index + 1];
    positions.set(node.path, position);
    number(node.children, position, positions);
  });
}

function build<Place>(
  context: ContentContext<Place>,
  nodes: readonly Node[],
  positions: ReadonlyMap<string, readonly number[]>,
  around: DataSet,
  place: Place,
): DataElement | undefined {
  if (nodes.length === 0) return undefined;
  const within = context.within(place, contentSequenceTag);
  const built = nodes.map((node) => {
    const attributes = node.verdict?.attributes ?? node.item;
    const edited = context.editAttributes(withoutTags(attributes, treeTags), within);
    const changes = new Map<number, DataElement | undefined>();
    if (node.verdict?.value !== undefined) changes.set(node.verdict.value.tag, node.verdict.value);
    if (node.target !== undefined)
      changes.set(referenceTag, numberElement(edited, referenceTag, 'UL', positions.get(node.target) ?? []));
    const below = build(context, node.children, positions, edited, within);
    if (below !== undefined) changes.set(contentSequenceTag, below);
    return withEncoding(changes.size === 0 ? edited : withElements(edited, changes), around.encoding);
  });
  return sequenceElement(contentSequenceTag, built);
}

/**
 * Content items outside a tree: Acquisition Context, Specimen Preparation Step Content Item, Protocol Context and their
 * modifiers. With `mustStay` values become dummies where items would be removed. Undefined where the item goes.
 */
export function cleanLooseItem<Place>(
  context: ContentContext<Place>,
  found: DataSet,
  place: Place,
  mustStay: boolean,
): DataSet | undefined {
  const verdict = judgeContentItem(context, found, place, mustStay);
  if (verdict.kind === 'drop') {
    context.report(place, verdict.tag, 'removed', verdict.rule);
    return undefined;
  }
  context.report(place, verdict.tag, verdict.done, verdict.rule);
  const edited = context.editAttributes(withoutTags(verdict.attributes, treeTags), place);
  if (verdict.value === undefined) return edited;
  return withElements(edited, new Map([[verdict.value.tag, verdict.value]]));
}

/** Whether a data set is the root of a content tree. */
export function hasContent(dataSet: DataSet): boolean {
  return element(dataSet, contentSequenceTag)?.body.kind === 'items';
}
