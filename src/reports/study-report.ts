import type { RedactionReason, RedactionSource } from '../core/redaction.ts';
import type { AppliedAction, PixelFacts } from '../deidentify/report.ts';

/**
 * What de-identification did to the instances of a study, or of all studies: sums over their reports, without an original
 * value. config/deidentification-report.schema.json describes it as JSON.
 */
export interface StudyReport {
  readonly report: 'sallyport.deidentification';
  readonly version: 1;
  readonly product: { readonly name: 'Sallyport'; readonly version: string };
  /** New Study Instance UID; null for a report over several studies. */
  readonly studyInstanceUid: string | null;
  /** New SOP Instance UID where the report is about that instance alone. */
  readonly sopInstanceUid: string | null;
  readonly studies: number;
  readonly instances: {
    readonly deidentified: number;
    readonly held: number;
    /** Series that de-identified instances belong to. */
    readonly series: number;
  };
  readonly profiles: readonly {
    readonly profile: string;
    readonly profileRevision: string;
    readonly keyId: string;
    readonly description: string;
    readonly options: readonly string[];
    readonly instances: number;
  }[];
  /** Codes of CID 7050 in De-identification Method Code Sequence (0012,0064). */
  readonly methodCodes: readonly {
    readonly code: string;
    readonly meaning: string;
    readonly instances: number;
  }[];
  readonly objects: readonly {
    readonly sopClassUid: string | null;
    readonly sopClassName: string;
    readonly modality: string | null;
    readonly deidentified: number;
    readonly held: number;
  }[];
  readonly held: readonly CodeCount[];
  /** Reasons to hold an instance that a person has accepted. */
  readonly released: readonly CodeCount[];
  /** Elements by what became of them, over all instances. */
  readonly actions: { readonly [A in AppliedAction]: number };
  readonly attributes: readonly AttributeRow[];
  /** What was done about text in the pixels. */
  readonly pixels: {
    readonly treatments: readonly PixelTreatmentCount[];
    /** Regions that were blanked, over all de-identified instances. */
    readonly boxes: readonly {
      readonly source: RedactionSource;
      readonly reason: RedactionReason;
      readonly boxes: number;
      readonly instances: number;
    }[];
    /** Regions of instances with so many that they are counted in none of the rows. */
    readonly boxesLeftOut: number;
  };
  readonly notes: readonly {
    readonly note: string;
    readonly text: string;
    readonly instances: number;
  }[];
  /** True when more paths were met than are listed; the sums are whole. */
  readonly truncated: boolean;
  /** Lines that could not be read, and instances whose report is not there. */
  readonly incomplete: { readonly lines: number; readonly instances: number };
}

/** Instances that were thought and dealt with alike. */
export interface PixelTreatmentCount extends PixelFacts {
  readonly instances: number;
}

export interface CodeCount {
  readonly code: string;
  readonly reason: string;
  readonly instances: number;
}

/** One attribute, or one path of attributes through sequences, with one action by one rule. */
export interface AttributeRow {
  /** "(0008,1140)/(0008,1155)". */
  readonly path: string;
  /** Keywords of PS3.6 along the path, joined by " / ". */
  readonly keyword: string;
  readonly action: AppliedAction;
  readonly rule: string;
  /** Occurrences over all instances and items. */
  readonly elements: number;
  readonly instances: number;
}
