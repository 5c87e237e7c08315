import { type ErrorCode, errorRow } from '../core/errors.ts';
import type { AssociationTitles, ContextNews, NoAssociationKind } from './association-observer.ts';
import type { AssociationFacts, EndView } from './association-view.ts';
import type { AssociationRejection } from './events.ts';

/** What happened and what to do about it, for a PACS administrator who has not read the standard. */
export interface Advice {
  readonly what: string;
  readonly fix: string;
}

export function rejectionAdvice(
  reason: AssociationRejection,
  { callingAeTitle: calling, calledAeTitle: called }: AssociationTitles,
  address: string,
  facts: AssociationFacts,
): Advice {
  switch (reason) {
    case 'called-ae-not-recognized':
      return {
        what: `It calls us ${quoted(called)}; our AE title is ${quoted(facts.aeTitle)}.`,
        fix: `In the PACS, change the AE title of this destination to ${quoted(facts.aeTitle)} (case and blanks inside count). Or set dimse.aeTitle to what the PACS calls, or dimse.requireCalledAeTitle to false.`,
      };
    case 'calling-ae-not-recognized':
      return callingAdvice(calling, address, facts);
    case 'address-not-allowed':
      return {
        what: `The address ${address} is not on the list of those that may connect (dimse.allowedAddresses).`,
        fix: `If this is your PACS, add '${address}' to dimse.allowedAddresses and restart the gateway. If not, find out who calls.`,
      };
    case 'application-context':
      return {
        what: 'It does not ask for the DICOM application context.',
        fix: 'The sender is faulty, or no DICOM application. Look at its version and settings.',
      };
    case 'protocol-version':
      return {
        what: 'It does not speak version 1 of the DICOM upper layer protocol.',
        fix: 'The sender is faulty, or no DICOM application. Look at its version and settings.',
      };
    case 'too-many-associations':
      return {
        what: `There were as many associations as allowed: ${facts.maxAssociations} in all, ${facts.maxAssociationsPerPeer} from one address.`,
        fix: 'The PACS may try again later by itself. Lower its number of parallel associations, or raise dimse.maxAssociations and dimse.maxAssociationsPerPeer.',
      };
    case 'storage-low':
      return {
        what: 'The storage folder is below its reserve of free space.',
        fix: 'Free disk space, or lower storage.reserve. The PACS may then send again.',
      };
    case 'shutting-down':
      return {
        what: 'The gateway was shutting down.',
        fix: 'Nothing to correct: send again when it is back.',
      };
    default:
      return reason satisfies never;
  }
}

function callingAdvice(calling: string, address: string, facts: AssociationFacts): Advice {
  const known = facts.callingPeers.filter((peer) => peer.aeTitle.trim() === calling);
  if (known.length > 0) {
    return {
      what: `${quoted(calling)} may call, but not from the address ${address}.`,
      fix: `If this is your PACS, add '${address}' to the addresses of ${quoted(calling)} in dimse.callingPeers and restart the gateway. If not, somebody uses its name: find out who.`,
    };
  }
  const near = facts.callingPeers.find((peer) => peer.aeTitle.trim().toLowerCase() === calling.toLowerCase());
  const hint = near === undefined ? '' : ` The list has ${quoted(near.aeTitle.trim())}: case counts.`;
  return {
    what: `${quoted(calling)} is not on the list of those who may send (dimse.callingPeers).${hint}`,
    fix: `If this is your PACS, add { aeTitle: ${quoted(calling)}, addresses: ['${address}'] } to dimse.callingPeers and restart the gateway; or change the calling AE title in the PACS.`,
  };
}

/** What to do about a refused presentation context; null for an accepted one. */
export function contextFix(context: ContextNews): string | null {
  const name = context.abstractSyntaxName;
  if (context.result === 'accepted') return null;
  if (context.result === 'transfer-syntaxes-not-supported') {
    const offered = context.transferSyntaxNames.join(', ') || 'none';
    return `The sender offers ${name} only as: ${offered}. In the PACS, allow Explicit or Implicit VR Little Endian for this destination.`;
  }
  if (name === 'unknown') {
    return 'This version does not know the SOP Class. If it is a kind of image to receive, set dimse.acceptUnknownSopClasses to true; such instances are held for a person.';
  }
  return `The gateway receives instances and answers C-ECHO; it does not offer ${name}. Switch that service off for this destination in the PACS. Sending images does not depend on it.`;
}

const unlistedStatuses: Readonly<Record<number, Advice>> = {
  // 0x0117
  279: {
    what: 'The command names no valid SOP Instance UID.',
    fix: 'The sender is faulty; look at its version and settings.',
  },
  // 0x0122
  290: {
    what: 'The command names another SOP Class than its presentation context.',
    fix: 'The sender is faulty; look at its version and settings.',
  },
  // 0x0211
  529: {
    what: 'The sender asked for a service other than C-STORE and C-ECHO.',
    fix: 'Switch off query, retrieve and other services for this destination in the PACS; the gateway only receives.',
  },
  // 0xC000
  49152: {
    what: 'A C-STORE came without its data set.',
    fix: 'The sender is faulty; look at its version and settings.',
  },
};

/** A DIMSE status in plain words. */
export function statusAdvice(
  status: number,
  code: ErrorCode | null,
): { readonly what: string; readonly fix: string | null } {
  if (status === 0) return { what: 'Success: the instance is safe on disk, or was here already.', fix: null };
  if (code !== null) {
    const { message, advice } = errorRow(code);
    return { what: sentence(message), fix: sentence(advice) };
  }
  return unlistedStatuses[status] ?? { what: 'The command was refused.', fix: 'Look at the sender.' };
}

/** How an association ended. */
export function endAdvice(
  how: EndView['how'],
  instances: number,
  acceptedContexts: number,
  facts: AssociationFacts,
): { readonly what: string; readonly fix: string | null } {
  const kept =
    'What was answered with Success is safe; the PACS sends the rest again, or does so when told to.';
  switch (how) {
    case 'released':
      if (acceptedContexts > 0) return { what: 'The sender released it in order.', fix: null };
      return {
        what: 'Nothing the sender proposed could be accepted, so it went away.',
        fix: 'Look at the refused presentation contexts: each says what to change.',
      };
    case 'aborted':
      return {
        what: 'It was aborted, by the sender or because the gateway was stopping.',
        fix: `Look at the log of the PACS for its reason. ${kept}`,
      };
    case 'lost':
      return {
        what: 'The connection ended without a release.',
        fix:
          instances > 0
            ? `Look at the network between the PACS and the gateway. ${kept}`
            : 'Look at the network and at the log of the PACS; some senders end a C-ECHO this way.',
      };
    case 'timeout':
      return {
        what: `The sender was silent for ${Math.round(facts.idleTimeoutMs / 1000)} s, or one instance took too long.`,
        fix: `Raise dimse.idleTimeout if the PACS pauses that long; else look at the network. ${kept}`,
      };
    case 'fault':
      return {
        what: 'The sender broke the rules of the DICOM protocol, so the gateway aborted the association.',
        fix: `Look at the version of the sender; give the word of the fault to its manufacturer. ${kept}`,
      };
    default:
      return how satisfies never;
  }
}

/** What a connection without association means. */
export const connectionAdvice: { readonly [K in NoAssociationKind]: Advice } = {
  'closed-at-once': {
    what: 'Something connected and went away without a word.',
    fix: 'The port is reachable. A ping of a network monitor or a port test does this; a PACS should go on with a C-ECHO.',
  },
  silent: {
    what: 'Something connected and said nothing until dimse.associationRequestTimeout was over.',
    fix: 'The port is reachable. If it is the PACS, it may wait for TLS or for another protocol: look at its settings.',
  },
  'speaks-tls': {
    what: 'The sender speaks TLS; this port speaks plain DICOM.',
    fix: 'Switch TLS off for this destination in the PACS, or set dimse.tls.certFile and dimse.tls.keyFile and restart the gateway.',
  },
  'speaks-plain': {
    what: 'The sender speaks without TLS; this port wants TLS.',
    fix: 'Switch TLS on for this destination in the PACS, or take dimse.tls.certFile away and restart the gateway.',
  },
  'tls-no-certificate': {
    what: 'The sender showed no certificate, and dimse.tls.caFile asks for one.',
    fix: 'Give the PACS a client certificate signed by an authority in dimse.tls.caFile; or leave dimse.tls.caFile empty if AE titles and addresses are protection enough.',
  },
  'tls-certificate-refused': {
    what: 'The certificate of the sender is not signed by an authority in dimse.tls.caFile, or has expired.',
    fix: 'Add the authority that signed it to dimse.tls.caFile, or give the PACS another certificate.',
  },
  'our-certificate-refused': {
    what: 'The sender broke off the TLS handshake, most likely because it does not trust our certificate.',
    fix: 'Import the certificate of dimse.tls.certFile, or the authority that signed it, in the PACS; its name must be the host the PACS calls.',
  },
  'tls-handshake': {
    what: 'The TLS handshake failed: versions or cipher suites do not match.',
    fix: 'The gateway wants TLS 1.2 or later. Allow that in the PACS.',
  },
  'not-dicom': {
    what: 'What came is not DICOM.',
    fix: 'Something else calls this port (a browser, a scanner of ports, HL7). If it is the PACS, it has the wrong port.',
  },
  'unfinished-request': {
    what: 'The sender began a request for an association and did not finish it.',
    fix: 'Look at the network (packet size, firewall that inspects DICOM) and at the log of the PACS.',
  },
  'malformed-request': {
    what: 'The request for an association breaks the rules of the DICOM protocol.',
    fix: 'The sender is faulty, or no DICOM application. Look at its version and settings.',
  },
  'too-many': {
    what: 'So many connections came that this one was cut at once.',
    fix: 'Lower the number of parallel associations in the PACS, or raise dimse.maxAssociations; a flood from a stranger belongs to the firewall.',
  },
};

function quoted(title: string): string {
  return `'${title}'`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
