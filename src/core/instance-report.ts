/**
 * What is written down of one instance after de-identification: text for JSON lines, without an original value. The
 * instances of a series mostly share one report, which is written once per study and named by its fingerprint.
 */
export interface InstanceReport {
  /** New Study Instance UID; names the file. */
  readonly study: string;
  /** JSON of the instance's own line. */
  readonly line: string;
  /** The report the line refers to: 32 hexadecimal digits and its JSON line; null for an instance that was held. */
  readonly shared: { readonly fingerprint: string; readonly line: string } | null;
}
