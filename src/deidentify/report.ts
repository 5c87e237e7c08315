import { formatTag } from '../dicom/dictionary.ts';
import type { RuleName } from './rule-book.ts';
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

/** What de-identification did to one instance, without a single value of it. Plain data for JSON. */
export interface DeidentificationReport {
  readonly profile: string;
  readonly profileRevision: string;
  /** Names the secret behind the pseudonyms. */
  readonly keyId: string;
  readonly counts: { readonly [A in AppliedAction]: number };
  /** Every change, in order of first meeting; kept elements are only counted. */
  readonly elements: readonly ReportEntry[];
  /** True when more different paths were changed than are listed. */
  readonly truncated: boolean;
  readonly notes: readonly ReportNote[];
}

/** Most different paths a report lists. */
export const maxReportEntries = 10_000;

/** A place in the tree of sequences; the same for all items of a sequence. */
export interface ReportPlace {
  readonly tag: number;
  readonly parent: ReportPlace | undefined;
  readonly children: Map<number, ReportPlace>;
  /** What happened to each attribute here; at the top level every attribute occurs once, so nothing is looked up. */
  readonly entries: Entry[];
  readonly byTag: Map<number, Entry[]>;
}

interface Entry {
  readonly tag: number;
  readonly action: AppliedAction;
  readonly rule: ReportRule;
  count: number;
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
  #entries = 0;
  #truncated = false;

  /** The place of the items of a sequence. */
  within(place: ReportPlace, tag: number): ReportPlace {
    const known = place.children.get(tag);
    if (known !== undefined) return known;
    const child = newPlace(tag, place);
    place.children.set(tag, child);
    return child;
  }

  add(place: ReportPlace, tag: number, action: AppliedAction, rule: ReportRule): void {
    this.#counts[action] += 1;
    if (action === 'kept') return;
    if (place.parent === undefined) {
      this.#list(place, { tag, action, rule, count: 1 });
      return;
    }
    const known = place.byTag.get(tag);
    const same = known?.find((entry) => entry.action === action && entry.rule === rule);
    if (same !== undefined) {
      same.count += 1;
      return;
    }
    const entry = { tag, action, rule, count: 1 };
    if (known === undefined) place.byTag.set(tag, [entry]);
    else known.push(entry);
    this.#list(place, entry);
  }

  #list(place: ReportPlace, entry: Entry): void {
    if (this.#entries >= maxReportEntries) {
      this.#truncated = true;
      return;
    }
    this.#entries += 1;
    place.entries.push(entry);
  }

  note(note: ReportNote): void {
    this.#notes.add(note);
  }

  build(head: { profile: string; profileRevision: string; keyId: string }): DeidentificationReport {
    const elements: ReportEntry[] = [];
    const collect = (place: ReportPlace, path: string): void => {
      for (const { tag, action, rule, count } of place.entries) {
        elements.push({ path: `${path}${formatTag(tag)}`, action, rule, count });
      }
      for (const child of place.children.values()) collect(child, `${path}${formatTag(child.tag)}/`);
    };
    collect(this.root, '');
    return {
      ...head,
      counts: { ...this.#counts },
      elements,
      truncated: this.#truncated,
      notes: [...this.#notes],
    };
  }
}

function newPlace(tag: number, parent: ReportPlace | undefined): ReportPlace {
  return { tag, parent, children: new Map(), entries: [], byTag: new Map() };
}
