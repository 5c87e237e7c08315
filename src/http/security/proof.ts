import type { Actor, Refusal } from './actor.ts';

/** A credential that was found right. */
export interface Proof {
  readonly actor: Actor;
  /** Tells one credential from another, without being secret: what limits are kept by. */
  readonly key: string;
  /** Whether the credential holds at this moment: not revoked, not expired. Sessions ask before each request. */
  readonly stillValid: () => boolean;
}

/** One kind of bearer credential. */
export interface BearerCheck {
  /** What the text proves; why it is refused; undefined: it is of another kind. */
  check(text: string): Promise<Proof | Refusal | undefined>;
}

export function isProof(answer: Proof | Refusal | undefined): answer is Proof {
  return answer !== undefined && Object.hasOwn(answer, 'stillValid');
}
