import { errorRow, type SallyportError } from '../core/errors.ts';
import type { TestStepName } from './test-report.ts';

export interface FailureWords {
  readonly what: string;
  readonly advice: string;
}

/** What the test calls, as far as words need it. */
export interface TestedPeer {
  /** The gateway's own listener, or another application. */
  readonly own: boolean;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly tls: boolean;
}

/** System and TLS error codes of a connection that could not be made. */
const connectWords: readonly (readonly [RegExp, FailureWords])[] = [
  [
    /^ECONNREFUSED$/,
    {
      what: 'Nothing listens at this host and port.',
      advice: 'Look at the port number, and whether the receiving application is running.',
    },
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/,
    {
      what: 'The host name is not known here.',
      advice: 'Look at its spelling, or give the IP address instead.',
    },
  ],
  [
    /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN)$/,
    { what: 'There is no way to this host.', advice: 'Look at the network, routes and firewalls.' },
  ],
  [
    /^ECONNRESET$/,
    {
      what: 'The connection was cut while it was being made.',
      advice: 'Look at firewalls, and whether both sides use TLS or neither.',
    },
  ],
  [
    /^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/,
    { what: 'What answers there does not speak TLS.', advice: 'Test without TLS, or switch TLS on there.' },
  ],
  [/^CERT_HAS_EXPIRED$/, { what: 'The certificate shown there has expired.', advice: 'Renew it.' }],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    {
      what: 'The certificate shown there is for another host name.',
      advice: 'Call the host by the name in its certificate, or give it a certificate for this name.',
    },
  ],
  [
    /CERT|SIGNATURE|ISSUER/,
    {
      what: 'The certificate shown there is not signed by an authority that is trusted here.',
      advice: 'Give the gateway the authority that signed it.',
    },
  ],
  [
    /^ERR_SSL/,
    {
      what: 'The TLS handshake failed.',
      advice: 'Both sides must allow TLS 1.2 or later, and their certificates.',
    },
  ],
];

/** What a failed step means, in words of ours alone. */
export function failureWords(step: TestStepName, error: SallyportError, peer: TestedPeer): FailureWords {
  if (error.code === 'PEER_UNREACHABLE') {
    const code = codeOf(error.cause);
    const known = connectWords.find(([pattern]) => pattern.test(code));
    if (known !== undefined) return known[1];
  }
  if (step === 'connect' && error.code === 'PEER_TIMEOUT') {
    return {
      what: 'Nobody answered in time: most likely a firewall drops the connection.',
      advice: 'Look at host and port, and at the firewalls between here and there.',
    };
  }
  if (error.code === 'PEER_REJECTED') return rejectedWords(error.detail ?? '', peer);
  if (error.code === 'PEER_PROTOCOL_ERROR') {
    return {
      what: 'What answers there does not speak DICOM as it should.',
      advice: 'Look at the port: it may belong to another service, or want TLS.',
    };
  }
  if (step === 'associate' && (error.code === 'PEER_LOST' || error.code === 'PEER_TIMEOUT'))
    return silentWords(peer);
  const { message, advice } = errorRow(error.code);
  return { what: sentence(message), advice: sentence(advice) };
}

function rejectedWords(detail: string, { own, callingAeTitle, calledAeTitle }: TestedPeer): FailureWords {
  const what = 'The association was rejected';
  if (detail.endsWith('called AE title not recognized')) {
    return {
      what: `${what}: '${calledAeTitle}' is not its AE title.`,
      advice: own
        ? 'Use the AE title of dimse.aeTitle in the PACS.'
        : 'Look up the AE title of the PACS; case counts.',
    };
  }
  if (detail.endsWith('calling AE title not recognized')) {
    return {
      what: `${what}: '${callingAeTitle}' may not call, or not from this address.`,
      advice: own
        ? 'Test with an AE title of dimse.callingPeers that may call from this machine. If only its address is missing there, the PACS itself is not affected.'
        : `Make '${callingAeTitle}' known in the PACS, with the address of this machine.`,
    };
  }
  if (detail.startsWith('transient')) {
    return {
      what: `${what} for the time being: too busy, no room, or shutting down.`,
      advice: own ? 'Look at the alarms of the gateway.' : 'Try again; look at the log of the PACS.',
    };
  }
  return {
    what: `${what} without a reason.`,
    advice: own
      ? 'The associations page tells why; the address of this machine may be missing in dimse.allowedAddresses.'
      : 'Look at the log of the PACS; it may not know the address of this machine.',
  };
}

function silentWords({ own, tls }: TestedPeer): FailureWords {
  if (own && tls) {
    return {
      what: 'The listener ended the connection after the TLS handshake.',
      advice:
        'It asks for a client certificate (dimse.tls.caFile) and the test can only show the one of the gateway, which that authority did not sign. A PACS with a right certificate is not affected.',
    };
  }
  return {
    what: 'It took the connection and did not answer the request for an association.',
    advice: tls
      ? 'It may ask for a client certificate, or not be DICOM: look at its log.'
      : 'It may want TLS, or not be DICOM: look at the port and the log there.',
  };
}

function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  const code: unknown = Reflect.get(cause, 'code');
  if (typeof code === 'string') return code;
  // Several addresses were tried: the first failure stands for all.
  const errors: unknown = Reflect.get(cause, 'errors');
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : '';
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
