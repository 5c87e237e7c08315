import { typesOf } from './iod/iod.ts';
import { activeRules, type InstanceTraits } from './own-rules.ts';
import type { Profile } from './profile.ts';
import { createRuleBook, type RuleBook } from './rule-book.ts';

/** Most books kept of one profile: one for each SOP Class met and each set of own rules that holds. */
const maxBooks = 128;

/** Rule books by profile: made once, they hold nothing of any instance. */
const books = new WeakMap<Profile, Map<string, RuleBook>>();

/** The rules of a profile for instances like this one. */
export function bookFor(profile: Profile, traits: InstanceTraits): RuleBook {
  const active = profile.definition.rules.length === 0 ? [] : activeRules(profile.definition.rules, traits);
  let ofProfile = books.get(profile);
  if (ofProfile === undefined) {
    ofProfile = new Map();
    books.set(profile, ofProfile);
  }
  const key = active.length === 0 ? traits.sopClassUid : `${traits.sopClassUid} ${active.join(' ')}`;
  const known = ofProfile.get(key);
  if (known !== undefined) return known;
  const book = createRuleBook(profile, active, typesOf(traits.sopClassUid));
  if (ofProfile.size >= maxBooks) ofProfile.clear();
  ofProfile.set(key, book);
  return book;
}
