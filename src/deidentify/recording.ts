import type { IdentifierPair } from '../core/identifier-pair.ts';
import { canonicalIdentifier, canonicalUid, type Pseudonyms } from './pseudonyms.ts';

/** Pseudonyms of one instance that are noted for a crosswalk. */
export interface Recording {
  readonly pseudonyms: Pseudonyms;
  /** Every replacement made so far, each once. */
  pairs(): IdentifierPair[];
}

/**
 * The same pseudonyms, with every replacement of a UID, a Patient ID or an accession number noted. For one instance: what
 * is noted is forgotten with it. Tokens of studies without a Patient ID replace no id and are not noted.
 */
export function recordPairs(pseudonyms: Pseudonyms): Recording {
  // By the new value: it depends on the key, the kind and the old one.
  const noted = new Map<string, IdentifierPair>();
  const note = (pair: Omit<IdentifierPair, 'keyId'>): string => {
    if (pair.idOld !== '' && !noted.has(pair.idNew))
      noted.set(pair.idNew, { ...pair, keyId: pseudonyms.keyId });
    return pair.idNew;
  };
  return {
    pseudonyms: {
      ...pseudonyms,
      uid: (uid) => note({ kind: 'uid', issuer: '', idOld: canonicalUid(uid), idNew: pseudonyms.uid(uid) }),
      patientId: (issuer, patientId) =>
        note({
          kind: 'patient-id',
          issuer: canonicalIdentifier(issuer),
          idOld: canonicalIdentifier(patientId),
          idNew: pseudonyms.patientId(issuer, patientId),
        }),
      accessionNumber: (accessionNumber) =>
        note({
          kind: 'accession',
          issuer: '',
          idOld: canonicalIdentifier(accessionNumber),
          idNew: pseudonyms.accessionNumber(accessionNumber),
        }),
    },
    pairs: () => [...noted.values()],
  };
}
