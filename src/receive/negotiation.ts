import {
  IMPLICIT_VR_LITTLE_ENDIAN,
  isStorageSopClass,
  mayBeStorageSopClass,
  preferredTransferSyntax,
  transferSyntax,
  VERIFICATION_SOP_CLASS,
} from '../dicom/uids.ts';
import type { ProposedContext } from './association-request.ts';

/** Result of a presentation context, PS3.8 9.3.3.2. */
export const contextResult = {
  accepted: 0,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const;

export interface NegotiatedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  /** The accepted one; of a refused context the first proposed, which has no meaning (PS3.8 9.3.3.2). */
  readonly transferSyntax: string;
  readonly result: (typeof contextResult)[keyof typeof contextResult];
}

/**
 * Decides each proposed context by itself: Verification with a native transfer syntax, storage SOP Classes with the
 * preferred transfer syntax that can be stored, unknown SOP Classes only where the configuration says so.
 */
export function negotiate(
  contexts: readonly ProposedContext[],
  acceptUnknownSopClasses: boolean,
): readonly NegotiatedContext[] {
  return contexts.map((context) => {
    const { id, abstractSyntax, transferSyntaxes } = context;
    const refused = transferSyntaxes[0] ?? IMPLICIT_VR_LITTLE_ENDIAN;
    const isVerification = abstractSyntax === VERIFICATION_SOP_CLASS;
    const isStorage =
      isStorageSopClass(abstractSyntax) || (acceptUnknownSopClasses && mayBeStorageSopClass(abstractSyntax));
    if (!isVerification && !isStorage) {
      return {
        id,
        abstractSyntax,
        transferSyntax: refused,
        result: contextResult.abstractSyntaxNotSupported,
      };
    }
    const usable = isVerification ? transferSyntaxes.filter(isNative) : transferSyntaxes;
    const chosen = preferredTransferSyntax(usable);
    if (chosen === undefined) {
      return {
        id,
        abstractSyntax,
        transferSyntax: refused,
        result: contextResult.transferSyntaxesNotSupported,
      };
    }
    return { id, abstractSyntax, transferSyntax: chosen, result: contextResult.accepted };
  });
}

function isNative(uid: string): boolean {
  const syntax = transferSyntax(uid);
  return syntax?.storable === true && !syntax.encapsulated && !syntax.deflated;
}
