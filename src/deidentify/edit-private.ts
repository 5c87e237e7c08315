import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { element } from '../dicom/values.ts';
import type { Decision } from './decision.ts';
import type { EditContext } from './edit-context.ts';
import { faultOfText } from './kept-text.ts';
import type { PrivatePlace, PrivateVerdict } from './private/judge.ts';
import { PrivateBlocks } from './private/private-blocks.ts';
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
  uid: { action: 'U', rule: 'safe-private', option },
  recurse: { action: 'K', rule: 'safe-private', option },
  'clean-text': { action: 'clean', rule: 'safe-private', option, otherwise: 'X' },
} as const satisfies Record<Exclude<PrivateVerdict['action'], 'remove' | 'creator'>, Decision>;

/** Decides on the private elements of one data set or item (PS3.15 E.3.10): own rules first, then the table of safe ones. */
export class PrivateEditing {
  readonly #context: EditContext;
  readonly #dataSet: DataSet;
  readonly #place: PrivatePlace;
  readonly #blocks: PrivateBlocks;
  readonly #creators = new Map<number, DataElement | undefined>();

  constructor(context: EditContext, dataSet: DataSet) {
    this.#context = context;
    this.#dataSet = dataSet;
    this.#place = context.privates.within(dataSet);
    this.#blocks = new PrivateBlocks(dataSet);
  }

  /**
   * The creator as it may stay while an element of its block does; undefined where its name, which is text like any other,
   * may not.
   */
  creator(tag: number): DataElement | undefined {
    if (this.#creators.has(tag)) return this.#creators.get(tag);
    const sent = element(this.#dataSet, tag);
    const read: DataElement | undefined = sent === undefined ? undefined : { ...sent, vr: 'LO' };
    const owner = this.#blocks.ownerOf(tag);
    const fault =
      read === undefined || owner === undefined
        ? true
        : faultOfText(read, this.#dataSet, this.#context.subject.identifiers) !== undefined;
    const creator = fault ? undefined : read;
    this.#creators.set(tag, creator);
    return creator;
  }

  /** For elements of blocks, not for creators. */
  decide(found: DataElement): PrivateDecision {
    const { book, subject } = this.#context;
    const owner = this.#blocks.ownerOf(found.tag);
    if (owner === undefined) return { decision: removed, element: found };
    if (this.creator(owner.tag) === undefined) return { decision: removed, element: found };
    const own = book.decidePrivate(found.tag, found.vr, owner.name);
    if (own !== undefined) {
      // What is let through of a private block is let through against the standard.
      const weakens = own.action !== 'X' && own.action !== 'Z';
      return { decision: weakens ? { ...own, weakens } : own, element: found };
    }
    const verdict = this.#place.judge(found);
    if (verdict.action === 'remove' || verdict.action === 'creator')
      return { decision: removed, element: found };
    const read: DataElement = found.vr === verdict.vr ? found : { ...found, vr: verdict.vr };
    if (verdict.action === 'keep') {
      const fault = faultOfPrivate(found, verdict, this.#dataSet, subject.identifiers);
      if (fault !== undefined) return { decision: { action: 'X', rule: fault.rule }, element: found };
    }
    return { decision: safe[verdict.action], element: read };
  }
}
