import { SallyportError } from '../core/errors.ts';
import type { KeyRing } from '../deidentify/key-ring.ts';
import type { PixelMode, PixelPolicy } from '../deidentify/pixels/pixel-policy.ts';
import { defineProfile, type Profile } from '../deidentify/profile.ts';
import type { ProfileDefinition } from '../deidentify/profile-definition.ts';
import type { Pseudonyms } from '../deidentify/pseudonyms.ts';
import type { ProfileChoice } from './messages.ts';

/** A profile with the pseudonyms it gives. */
export interface ProfileContext {
  readonly profile: Profile;
  readonly pseudonyms: Pseudonyms;
}

/** What one call asks of pixels beside the profile. It can only make a profile look for more text, never for less. */
export interface PixelWishes {
  readonly fill?: PixelPolicy['fill'];
  /** Added to each side of a box, pixels. */
  readonly padding?: number;
  /** Text is looked for whatever the profile thinks of the risk: a person asked for it. */
  readonly search?: boolean;
  /** False: text is not compared with the identifiers of the header, and all of it goes. */
  readonly useMetadata?: boolean;
}

/** Profiles with wishes that a thread keeps, with all that is made of them. */
const maxWished = 16;

/** The profiles of a thread: each is made once, because what is made of a profile is kept by it. */
export class ThreadProfiles {
  readonly #ring: KeyRing;
  readonly #contexts = new Map<ProfileDefinition, ProfileContext>();
  readonly #standard: ProfileContext;
  readonly #byCallingAeTitle: ReadonlyMap<string, ProfileContext>;
  readonly #wished = new Map<string, ProfileContext>();

  constructor(choice: ProfileChoice, ring: KeyRing) {
    this.#ring = ring;
    this.#standard = this.#contextOf(choice.standard);
    this.#byCallingAeTitle = new Map(
      choice.byCallingAeTitle.map(({ callingAeTitle, definition }) => [
        callingAeTitle,
        this.#contextOf(definition),
      ]),
    );
  }

  /** The profile of a calling AE title: its own, else the standard one. */
  of(callingAeTitle: string): ProfileContext {
    return this.#byCallingAeTitle.get(callingAeTitle.trim()) ?? this.#standard;
  }

  /** A profile of the configuration by its name. Throws REQUEST_INVALID: no caller brings a profile of its own. */
  named(name: string): ProfileContext {
    for (const context of this.#contexts.values()) if (context.profile.id === name) return context;
    throw new SallyportError('REQUEST_INVALID', { detail: 'profile: the name of one of the configuration' });
  }

  /** A profile changed for one call; its revision says so. */
  wished(context: ProfileContext, wishes: PixelWishes): ProfileContext {
    const { definition } = context.profile;
    const pixels = wishedPolicy(definition.pixels, wishes);
    const key = JSON.stringify([context.profile.revision, definition.name, pixels]);
    const known = this.#wished.get(key);
    if (known !== undefined) return known;
    const made = { ...context, profile: defineProfile({ ...definition, pixels }) };
    if (this.#wished.size >= maxWished) this.#wished.clear();
    this.#wished.set(key, made);
    return made;
  }

  #contextOf(definition: ProfileDefinition): ProfileContext {
    const known = this.#contexts.get(definition);
    if (known !== undefined) return known;
    const context = {
      profile: defineProfile(definition),
      pseudonyms: this.#ring.byId(definition.keyId),
    };
    this.#contexts.set(definition, context);
    return context;
  }
}

function wishedPolicy(policy: PixelPolicy, wishes: PixelWishes): PixelPolicy {
  const { fill = policy.fill, padding = policy.padding, search = false, useMetadata = true } = wishes;
  const searched: PixelMode = policy.highRisk === 'identifying' && useMetadata ? 'identifying' : 'all';
  const mode = (own: PixelMode): PixelMode => {
    if (search) return searched;
    return own === 'identifying' && !useMetadata ? 'all' : own;
  };
  return { ...policy, fill, padding, highRisk: mode(policy.highRisk), lowRisk: mode(policy.lowRisk) };
}
