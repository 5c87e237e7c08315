import { formatTag } from '../dicom/dictionary.ts';
import type { RuleName } from './rule-book.ts';

/** What became of an element. */
export const appliedActions = [
  'removed',
  'emptied',
  'replaced',
  'uidReplaced',
  'pseudonymized',
  'inserted',
  'cleaned',
  'kept',
] as const;
export type AppliedAction = (typeof appliedActions)[number];

/** Conditions a person should know of; none carries a value. */
export type ReportNote = 'patient-id-missing' | 'unused-bits-cleared' | 'codestream-metadata-removed';

/** One attribute (or one path of attributes through sequences, items not told apart) and what was done to it. */
export interface ReportEntry {
  /** "(0008,1140)/(0008,1155)". */
  readonly path: string;
  readonly action: AppliedAction;
  readonly rule: RuleName;
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
  readonly path: string;
  readonly children: Map<number, ReportPlace>;
  readonly entries: Map<string, { action: AppliedAction; rule: RuleName; tag: number; count: number }>;
}

/** Collects what is done to one instance. */
export class ReportBuilder {
  readonly root: ReportPlace = { path: '', children: new Map(), entries: new Map() };
  readonly #counts: Record<AppliedAction, number> = {
    removed: 0,
    emptied: 0,
    replaced: 0,
    uidReplaced: 0,
    pseudonymized: 0,
    inserted: 0,
    cleaned: 0,
    kept: 0,
  };
  readonly #notes = new Set<ReportNote>();
  #entries = 0;
  #truncated = false;

  /** The place of the items of a sequence. */
  within(place: ReportPlace, tag: number): ReportPlace {
    const known = place.children.get(tag);
    if (known !== undefined) return known;
    const child = { path: `${place.path}${formatTag(tag)}/`, children: new Map(), entries: new Map() };
    place.children.set(tag, child);
    return child;
  }

  add(place: ReportPlace, tag: number, action: AppliedAction, rule: RuleName): void {
    this.#counts[action] += 1;
    if (action === 'kept') return;
    const key = `${tag}${action}${rule}`;
    const known = place.entries.get(key);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    if (this.#entries >= maxReportEntries) {
      this.#truncated = true;
      return;
    }
    this.#entries += 1;
    place.entries.set(key, { action, rule, tag, count: 1 });
  }

  note(note: ReportNote): void {
    this.#notes.add(note);
  }

  build(head: { profile: string; profileRevision: string; keyId: string }): DeidentificationReport {
    const elements: ReportEntry[] = [];
    const collect = (place: ReportPlace): void => {
      for (const { action, rule, tag, count } of place.entries.values()) {
        elements.push({ path: `${place.path}${formatTag(tag)}`, action, rule, count });
      }
      for (const child of place.children.values()) collect(child);
    };
    collect(this.root);
    return {
      ...head,
      counts: { ...this.#counts },
      elements,
      truncated: this.#truncated,
      notes: [...this.#notes],
    };
  }
}
