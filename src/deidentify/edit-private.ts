import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { isPrivateCreator } from '../dicom/dictionary.ts';
import type { Decision } from './decision.ts';
import type { EditContext } from './edit-context.ts';
import { faultOfText } from './kept-text.ts';
import type { PrivatePlace, PrivateVerdict } from './private/judge.ts';
import { creatorTagOf, PrivateBlocks, withoutUnusedCreators } from './private/private-blocks.ts';
import { faultOfPrivate } from './private/private-values.ts';

/** What is to be done with a private element, and the element with the VR by which it is to be read. */
export interface PrivateDecision {
  readonly decision: Decision;
  readonly element: DataElement;
}

const removed: Decision = { action: 'X', rule: 'private' };
const option = 'retainSafePrivate' as const;
const safe = {
  keep: { action: 'ownKeep', rule: 'safe-private', option },
  // Claims nothing: whether an element of its block stays is seen later.
  creator: { action: 'ownKeep', rule: 'safe-private' },
  uid: { action: 'U', rule: 'safe-private', option },
  recurse: { action: 'K', rule: 'safe-private', option },
  'clean-text': { action: 'clean', rule: 'safe-private', option, otherwise: 'X' },
} as const satisfies Record<Exclude<PrivateVerdict['action'], 'remove'>, Decision>;

/** Decides on the private elements of one data set or item (PS3.15 E.3.10): own rules first, then the table of safe ones. */
export class PrivateEditing {
  readonly #context: EditContext;
  readonly #dataSet: DataSet;
  readonly #place: PrivatePlace;
  readonly #blocks: PrivateBlocks;

  constructor(context: EditContext, dataSet: DataSet) {
    this.#context = context;
    this.#dataSet = dataSet;
    this.#place = context.privates.within(dataSet);
    this.#blocks = new PrivateBlocks(dataSet);
  }

  decide(element: DataElement): PrivateDecision {
    const { book, subject } = this.#context;
    const owner = this.#blocks.ownerOf(element.tag);
    if (owner === undefined) return { decision: removed, element };
    if (isPrivateCreator(element.tag)) {
      // A creator stays for now; it goes again when nothing of its block is left. Its name is text like any other.
      const fault = faultOfText({ ...element, vr: 'LO' }, this.#dataSet, subject.identifiers);
      return { decision: fault === undefined ? safe.creator : removed, element: { ...element, vr: 'LO' } };
    }
    const own = book.decidePrivate(element.tag, element.vr, owner.name);
    if (own !== undefined) {
      // What is let through of a private block is let through against the standard.
      const weakens = own.action !== 'X' && own.action !== 'Z';
      return { decision: weakens ? { ...own, weakens } : own, element };
    }
    const verdict = this.#place.judge(element);
    if (verdict.action === 'remove') return { decision: removed, element };
    const read: DataElement = element.vr === verdict.vr ? element : { ...element, vr: verdict.vr };
    if (verdict.action === 'keep') {
      const fault = faultOfPrivate(element, verdict, this.#dataSet, subject.identifiers);
      if (fault !== undefined) return { decision: { action: 'X', rule: fault.rule }, element };
    }
    return { decision: safe[verdict.action], element: read };
  }
}

/** Without creators whose block holds nothing any more, and without elements whose creator did not stay. */
export function settledBlocks(elements: readonly DataElement[]): readonly DataElement[] {
  const creators = new Set(elements.map(({ tag }) => tag).filter(isPrivateCreator));
  const owned = elements.filter(({ tag }) => {
    const creator = creatorTagOf(tag);
    return creator === undefined || isPrivateCreator(tag) || creators.has(creator);
  });
  return withoutUnusedCreators(owned);
}
