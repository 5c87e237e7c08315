/** Identifiers that get pseudonyms of their own and can be named by a crosswalk. */
export const identifierKinds = ['uid', 'patient-id', 'accession'] as const;
export type IdentifierKind = (typeof identifierKinds)[number];

/** What a crosswalk is made of. `idOld` and `issuer` are identifiers of a patient: they go nowhere else. */
export interface IdentifierPair {
  readonly kind: IdentifierKind;
  /** Key of the pseudonym. */
  readonly keyId: string;
  /** Issuer of Patient ID; '' where there is none and for other kinds. */
  readonly issuer: string;
  readonly idOld: string;
  readonly idNew: string;
}

/** Keeps pairs. Resolves when they are on stable storage; what they belong to may leave only then. */
export interface PairRecorder {
  record(pairs: readonly IdentifierPair[]): Promise<void>;
}
