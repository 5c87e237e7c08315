import { isUid, storageSopClass, transferSyntax, VERIFICATION_SOP_CLASS } from '../dicom/uids.ts';
import { type ContextNews, maxOffered } from '../observe/association-observer.ts';
import type { ProposedContext } from './association-request.ts';
import { contextResult, type NegotiatedContext } from './negotiation.ts';

/** Services of PS3.6 table A-1 that senders propose beside storage, so that a refusal can name them. */
const serviceNames: Readonly<Record<string, string>> = {
  [VERIFICATION_SOP_CLASS]: 'Verification',
  '1.2.840.10008.1.20.1': 'Storage Commitment Push Model',
  '1.2.840.10008.1.3.10': 'Media Storage Directory Storage',
  '1.2.840.10008.3.1.2.3.3': 'Modality Performed Procedure Step',
  '1.2.840.10008.5.1.1.9': 'Basic Grayscale Print Management Meta',
  '1.2.840.10008.5.1.1.18': 'Basic Color Print Management Meta',
  '1.2.840.10008.5.1.4.1.2.1.1': 'Patient Root Query/Retrieve - FIND',
  '1.2.840.10008.5.1.4.1.2.1.2': 'Patient Root Query/Retrieve - MOVE',
  '1.2.840.10008.5.1.4.1.2.1.3': 'Patient Root Query/Retrieve - GET',
  '1.2.840.10008.5.1.4.1.2.2.1': 'Study Root Query/Retrieve - FIND',
  '1.2.840.10008.5.1.4.1.2.2.2': 'Study Root Query/Retrieve - MOVE',
  '1.2.840.10008.5.1.4.1.2.2.3': 'Study Root Query/Retrieve - GET',
  '1.2.840.10008.5.1.4.31': 'Modality Worklist - FIND',
  '1.2.840.10008.5.1.4.33': 'Instance Availability Notification',
};

const results = {
  [contextResult.accepted]: 'accepted',
  [contextResult.abstractSyntaxNotSupported]: 'abstract-syntax-not-supported',
  [contextResult.transferSyntaxesNotSupported]: 'transfer-syntaxes-not-supported',
} as const;

/** What an operator is told of the negotiation: names of the standard, UIDs only where they are UIDs. */
export function contextNews(
  proposed: readonly ProposedContext[],
  negotiated: readonly NegotiatedContext[],
): readonly ContextNews[] {
  return negotiated.map((context, index) => {
    const uid = isUid(context.abstractSyntax) ? context.abstractSyntax : '';
    const offered = proposed[index]?.transferSyntaxes ?? [];
    const told = context.result === contextResult.accepted ? [context.transferSyntax] : offered;
    return {
      abstractSyntaxUid: uid,
      abstractSyntaxName: storageSopClass(uid)?.name ?? serviceNames[uid] ?? 'unknown',
      result: results[context.result],
      transferSyntaxNames: told.slice(0, maxOffered).map(syntaxName),
    };
  });
}

function syntaxName(uid: string): string {
  const name = transferSyntax(uid)?.name;
  if (name !== undefined) return name;
  return isUid(uid) ? `unknown (${uid})` : 'unknown';
}
