import { createHash } from 'node:crypto';
import { formatTag } from '../dicom/dictionary.ts';
import type { RuleName } from './decision.ts';
import type { PixelTreatment } from './pixels/treatment.ts';
import type { ProfileOption } from './rules.ts';

/** What became of an element. */
export const appliedActions = [
  'removed',
  'emptied',
  'replaced',
  'uidReplaced',
  'pseudonymized',
  'inserted',
  'cleaned',
  'shifted',
  'kept',
] as const;
export type AppliedAction = (typeof appliedActions)[number];

/** What decided: a table, an option of PS3.15 E.3, or the profile's own rule of that number, from 1. */
export type ReportRule = RuleName | ProfileOption | `own-rule ${number}`;

/** Conditions a person should know of; none carries a value. */
export type ReportNote = 'patient-id-missing' | 'unused-bits-cleared' | 'codestream-metadata-removed';

/** One attribute (or one path of attributes through sequences, items not told apart) and what was done to it. */
export interface ReportEntry {
  /** "(0008,1140)/(0008,1155)". */
  readonly path: string;
  readonly action: AppliedAction;
  readonly rule: ReportRule;
  /** In how many items. */
  readonly count: number;
}

/** What was thought of the pixels and done to them; the regions themselves differ from image to image and stand elsewhere. */
export interface PixelFacts {
  /** How likely they carry text; null where there are none. */
  readonly risk: 'low' | 'high' | null;
  /** Why, a fixed word; null where the risk is not high. */
  readonly riskReason: string | null;
  /** How text was treated; null where it was not looked for. */
  readonly treatment: PixelTreatment['mode'] | null;
  /** Every frame was treated, and nothing identifying found in the result. */
  readonly complete: boolean;
  /** A pixel differs from what was received. */
  readonly changed: boolean;
}

/** What de-identification did to one instance, without a single value of it. Plain data for JSON. */
export interface DeidentificationReport {
  readonly profile: string;
  readonly profileRevision: string;
  /** Names the secret behind the pseudonyms. */
  readonly keyId: string;
  /** Codes of CID 7050 that were written for what was done here; none where no conformance is claimed. */
  readonly methodCodes: readonly string[];
  readonly pixels: PixelFacts;
  readonly counts: { readonly [A in AppliedAction]: number };
  /** Every change, in order of first meeting. */
  readonly elements: readonly ReportEntry[];
  /** What stayed, likewise. A sequence is not listed by itself: its items are, element by element. */
  readonly kept: readonly ReportEntry[];
  /** True when more different paths were changed, or kept, than are listed. */
  readonly truncated: boolean;
  readonly notes: readonly ReportNote[];
  /** 32 hexadecimal digits over all of the above: the instances of a series mostly have one report between them. */
  readonly fingerprint: string;
}

/** Most different paths a report lists: so many changed ones, and as many kept ones. */
export const maxReportEntries = 10_000;

/** A place in the tree of sequences; the same for all items of a sequence. */
export interface ReportPlace {
  readonly tag: number;
  readonly parent: ReportPlace | undefined;
  readonly children: Map<number, ReportPlace>;
  /** What happened to each attribute here, in order of first meeting. */
  readonly entries: Entry[];
  readonly byTag: Map<number, Entry[]>;
  /** Where the next element most likely is: items of a sequence are alike, and so they are met in the same order. */
  cursor: number;
}

interface Entry {
  readonly tag: number;
  readonly action: AppliedAction;
  readonly rule: ReportRule;
  count: number;
  /** Where it stands among the entries of its place. */
  readonly index: number;
}

/** Collects what is done to one instance. Texts are made when the report is asked for, which most callers never do. */
export class ReportBuilder {
  readonly root: ReportPlace = newPlace(0, undefined);
  readonly #counts: Record<AppliedAction, number> = {
    removed: 0,
    emptied: 0,
    replaced: 0,
    uidReplaced: 0,
    pseudonymized: 0,
    inserted: 0,
    cleaned: 0,
    shifted: 0,
    kept: 0,
  };
  readonly #notes = new Set<ReportNote>();
  readonly #before = new Map<number, 'inserted' | 'replaced' | 'cleaned'>();
  #changed = 0;
  #kept = 0;
  #truncated = false;

  /** The place of the items of a sequence. */
  within(place: ReportPlace, tag: number): ReportPlace {
    const known = place.children.get(tag);
    if (known !== undefined) return known;
    const child = newPlace(tag, place);
    place.children.set(tag, child);
    return child;
  }

  /**
   * Notes what was done to an attribute of the top level before the rules meet it: one that they keep is listed as that, one
   * that was not there is not listed where it goes again.
   */
  before(tag: number, action: 'inserted' | 'replaced' | 'cleaned'): void {
    // What was not there when the object was received stays so whatever is done to it later.
    if (this.#before.get(tag) !== 'inserted') this.#before.set(tag, action);
  }

  add(place: ReportPlace, tag: number, action: AppliedAction, rule: ReportRule): void {
    const before = place.parent === undefined ? this.#before.get(tag) : undefined;
    if (before !== undefined) this.#before.delete(tag);
    if (before === undefined) this.#add(place, tag, action, rule);
    else if (action === 'kept') this.#add(place, tag, before, 'pixels');
    else if (before !== 'inserted') this.#add(place, tag, action, rule);
    else if (action !== 'removed') this.#add(place, tag, before, rule);
  }

  #add(place: ReportPlace, tag: number, action: AppliedAction, rule: ReportRule): void {
    this.#counts[action] += 1;
    // At the top level every attribute occurs once, so nothing is looked up.
    if (place.parent === undefined) {
      this.#list(place, { tag, action, rule, count: 1, index: place.entries.length });
      return;
    }
    const likely = place.entries[place.cursor];
    if (likely !== undefined && isSame(likely, tag, action, rule)) {
      likely.count += 1;
      place.cursor += 1;
      return;
    }
    const known = place.byTag.get(tag);
    const same = known?.find((entry) => isSame(entry, tag, action, rule));
    if (same !== undefined) {
      same.count += 1;
      place.cursor = same.index + 1;
      return;
    }
    const entry = { tag, action, rule, count: 1, index: place.entries.length };
    if (!this.#list(place, entry)) return;
    place.cursor = place.entries.length;
    if (known === undefined) place.byTag.set(tag, [entry]);
    else known.push(entry);
  }

  #list(place: ReportPlace, entry: Entry): boolean {
    const listed = entry.action === 'kept' ? this.#kept : this.#changed;
    if (listed >= maxReportEntries) {
      this.#truncated = true;
      return false;
    }
    if (entry.action === 'kept') this.#kept += 1;
    else this.#changed += 1;
    place.entries.push(entry);
    return true;
  }

  note(note: ReportNote): void {
    this.#notes.add(note);
  }

  /** The report. Its lists and its fingerprint are made when they are first looked at. */
  build(
    head: Pick<DeidentificationReport, 'profile' | 'profileRevision' | 'keyId' | 'methodCodes' | 'pixels'>,
  ): DeidentificationReport {
    // Sequences that stay are not met themselves.
    for (const [tag, action] of this.#before) this.#add(this.root, tag, action, 'pixels');
    this.#before.clear();
    const about = {
      ...head,
      counts: { ...this.#counts },
      truncated: this.#truncated,
      notes: [...this.#notes],
    };
    const { root } = this;
    let lists: { elements: ReportEntry[]; kept: ReportEntry[] } | undefined;
    const listed = (): { elements: ReportEntry[]; kept: ReportEntry[] } => {
      lists ??= listsOf(root);
      return lists;
    };
    let fingerprint: string | undefined;
    return {
      ...about,
      get elements() {
        return listed().elements;
      },
      get kept() {
        return listed().kept;
      },
      get fingerprint() {
        fingerprint ??= fingerprintOf(root, JSON.stringify(about));
        return fingerprint;
      },
    };
  }
}

function isSame(entry: Entry, tag: number, action: AppliedAction, rule: ReportRule): boolean {
  return entry.tag === tag && entry.action === action && entry.rule === rule;
}

function listsOf(root: ReportPlace): { elements: ReportEntry[]; kept: ReportEntry[] } {
  const elements: ReportEntry[] = [];
  const kept: ReportEntry[] = [];
  const collect = (place: ReportPlace, path: string): void => {
    for (const { tag, action, rule, count } of place.entries) {
      const list = action === 'kept' ? kept : elements;
      list.push({ path: `${path}${formatTag(tag)}`, action, rule, count });
    }
    for (const child of place.children.values()) collect(child, `${path}${formatTag(child.tag)}/`);
  };
  collect(root, '');
  return { elements, kept };
}

const actionNumbers: ReadonlyMap<AppliedAction, number> = new Map(
  appliedActions.map((action, index) => [action, index]),
);

/** Over numbers and rule names, which takes a tenth of the time that making the texts of a report takes. */
function fingerprintOf(root: ReportPlace, about: string): string {
  const rules = new Map<ReportRule, number>();
  const numbers: number[] = [];
  const collect = (place: ReportPlace): void => {
    numbers.push(place.tag, place.entries.length, place.children.size);
    for (const { tag, action, rule, count } of place.entries) {
      let number = rules.get(rule);
      if (number === undefined) {
        number = rules.size;
        rules.set(rule, number);
      }
      numbers.push(tag, number * 256 + (actionNumbers.get(action) ?? 255), count);
    }
    for (const child of place.children.values()) collect(child);
  };
  collect(root);
  return createHash('sha256')
    .update(`${about}\n${[...rules.keys()].join('\n')}\n`)
    .update(new Uint32Array(numbers))
    .digest('hex')
    .slice(0, 32);
}

function newPlace(tag: number, parent: ReportPlace | undefined): ReportPlace {
  return { tag, parent, children: new Map(), entries: [], byTag: new Map(), cursor: 0 };
}
