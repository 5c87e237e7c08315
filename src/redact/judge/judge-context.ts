import { createIdentifiers, type Identifiers } from '../../deidentify/identifiers.ts';
import type { Profile } from '../../deidentify/profile.ts';
import { collectIdentifiers } from '../../deidentify/text/collect-identifiers.ts';
import { compacted } from '../../deidentify/text/fold.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { withHiddenIdentifiers } from './hidden-identifiers.ts';
import { skeleton } from './ocr-confusions.ts';
import { type OwnTerms, ownTerms } from './own-terms.ts';

/** What found text is compared with: whom one object is about, and what its profile takes for harmless. */
export interface JudgeContext {
  /** Finds identifiers as they are written. */
  readonly identifiers: Identifiers;
  /** The same with the errors of a recogniser, and short. */
  readonly own: OwnTerms;
  /** Skeletons of the parts of names, for words that are cut off. */
  readonly nameSkeletons: readonly string[];
  /** The profile's own harmless words, folded. */
  readonly harmless: ReadonlySet<string>;
}

/**
 * The identifiers of one object, from its header as it was received: names, numbers, dates and places of patient,
 * physicians, institution, order and study at every depth, and, as far as they can be told, of private elements and free
 * text. What the profile lets the header keep is an identifier here all the same: pixels are cleaned for good.
 */
export function judgeContext(dataSet: DataSet, profile: Pick<Profile, 'definition'>): JudgeContext {
  const source = withHiddenIdentifiers(
    dataSet,
    collectIdentifiers(dataSet, () => false),
  );
  const own = ownTerms(source);
  return {
    identifiers: createIdentifiers(source),
    own,
    nameSkeletons: [...new Set(own.nameParts.map(skeleton))],
    harmless: new Set(
      profile.definition.pixels.harmlessWords.flatMap((words) => words.split(/\s+/)).map(compacted),
    ),
  };
}
