import type { InstanceReport } from './instance-report.ts';

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
  /** JSON object of the schema Study. */
  readonly study: Uint8Array;
  /** JSON object of the schema Series. */
  readonly series: Uint8Array;
  /** One JSON object of the schema Image per frame, in frame order. */
  readonly images: PreparedImages;
  /** Sum of the lengths of `images`, bytes. */
  readonly imagesBytes: number;
  /** What de-identification did; absent where it is not to be told. */
  readonly report?: InstanceReport;
}

/** Small outputs stay in memory; large ones (many frames) wait in a scratch file that is made again after a crash. */
export type PreparedImages =
  | { readonly kind: 'memory'; readonly parts: readonly Uint8Array[] }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly parts: readonly { readonly offset: number; readonly length: number }[];
    };
