import type { CatalogueEntry } from './catalogue.ts';
import type { InstanceReport } from './instance-report.ts';
import type { Outcome } from './stage.ts';

/**
 * What the prepare stage hands to delivery for one instance. Everything in it comes from the de-identified data set, as
 * JSON text in UTF-8, so that delivery only joins bytes.
 */
export interface PreparedInstance {
  /** Id of the ledger row. */
  readonly instanceId: string;
  /** New SOP Instance UID, Study and Series Instance UID: pseudonyms. */
  readonly imageInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Changes whenever the output for the same bytes could. Part of every idempotency key. */
  readonly profileRevision: string;
  /** Digest of the received data set, hex; see core/instance.ts. */
  readonly contentDigest: string;
  /**
   * The same as a keyed pseudonym, for what leaves: whoever holds an original could find its post by an unkeyed digest in
   * the idempotency key.
   */
  readonly contentKey: string;
  /** What the catalogue is told of it. */
  readonly catalogue: CatalogueEntry;
  /** JSON object of the schema Study. */
  readonly study: Uint8Array;
  /** JSON object of the schema Series. */
  readonly series: Uint8Array;
  /** One JSON object of the schema Image per frame, in frame order. */
  readonly images: PreparedImages;
  /** Sum of the lengths of `images`, bytes; 0 while they grow. */
  readonly imagesBytes: number;
  /** What de-identification did; absent where it is not to be told. */
  readonly report?: InstanceReport;
}

/** Where one image lies in a scratch file, bytes. */
export interface ImageRange {
  readonly offset: number;
  readonly length: number;
}

/** Small outputs stay in memory; large ones (many frames) wait in a scratch file that is made again after a crash. */
export type PreparedImages =
  | { readonly kind: 'memory'; readonly parts: readonly Uint8Array[] }
  | { readonly kind: 'file'; readonly path: string; readonly parts: readonly ImageRange[] }
  | {
      /** More than one post, and still being rendered: what is there may leave already. */
      readonly kind: 'growing';
      readonly path: string;
      /** Of the images that are in the file by now; more are added at the end. */
      readonly parts: readonly ImageRange[];
      /** Images there will be in all. */
      readonly count: number;
      readonly growth: Growth;
    };

/** Images there will be in the end. */
export function imageCount(images: PreparedImages): number {
  return images.kind === 'growing' ? images.count : images.parts.length;
}

/** The rendering behind images of the kind `growing`. */
export interface Growth {
  /** `whole`: all images are there. `failed`: no more will come. */
  readonly state: 'growing' | 'whole' | 'failed';
  /** Why it failed. */
  readonly failure: Exclude<Outcome<never>, { kind: 'advance' }> | undefined;
  /** Bytes in the file by now. */
  readonly bytes: number;
  /** Calls back once, after the next image or change of state. One listener at a time. */
  onChange(listener: () => void): void;
  /** Ends the rendering of what is not wanted any more. */
  abandon(): void;
}
