import { type AlarmRule, alarm, isRecent } from './alarm-rule.ts';

const anyone: AlarmRule = ({ concerns, gateway }) =>
  !concerns.anyoneMayCall || isLoopback(gateway.dimse.host)
    ? undefined
    : alarm(
        'anyone-may-call',
        'warning',
        'Anyone on the network may send',
        `The DICOM port listens on ${gateway.dimse.host} and takes associations of every AE title from every address.`,
        'List your PACS in dimse.callingPeers (with addresses), or set dimse.allowedAddresses, or ask for client certificates with dimse.tls.caFile.',
      );

const httpTls: AlarmRule = ({ concerns, gateway }) =>
  concerns.httpProtected || isLoopback(gateway.http.host)
    ? undefined
    : alarm(
        'http-without-tls',
        'critical',
        'These pages are reached without encryption',
        `The HTTP port listens on ${gateway.http.host} without TLS: tokens, sessions and images can be read on the way.`,
        'Give the HTTP server a certificate, or let it listen on 127.0.0.1 behind a proxy that speaks TLS.',
      );

const dimseTls: AlarmRule = ({ gateway }) =>
  gateway.dimse.tls || isLoopback(gateway.dimse.host)
    ? undefined
    : alarm(
        'dimse-without-tls',
        'info',
        'DICOM arrives without encryption',
        'Images with patient data can be read on the way from the PACS.',
        'Where PACS and network allow it, set dimse.tls.certFile and dimse.tls.keyFile; else keep both in a network of their own.',
      );

const secret: AlarmRule = ({ concerns }) =>
  concerns.secretOnlyInStorage
    ? alarm(
        'secret-only-in-storage',
        'info',
        'Keep a copy of the pseudonym secret',
        'The gateway made it itself, in the storage folder. Without it every patient gets a new pseudonym.',
        'Copy it to a safe place outside of this machine, or put it where deidentify.secretFile says; then this note goes away.',
      )
    : undefined;

const certificate: AlarmRule = (input) =>
  isRecent(input, 'certificate')
    ? alarm(
        'certificate-unusable',
        'critical',
        'The certificate of these pages needs attention',
        'It has expired, ends soon, or a new one could not be read.',
        'Renew the certificate of the HTTP server; it is taken up without a restart.',
      )
    : undefined;

const issuer: AlarmRule = (input) =>
  isRecent(input, 'issuer')
    ? alarm(
        'issuer-unavailable',
        'warning',
        'Sign-in by OpenID does not work',
        'The OpenID issuer cannot be asked, so its tokens and sign-ins are refused.',
        'Look in the log for http.issuerFailed, at the issuer and at the network to it; API tokens go on working.',
      )
    : undefined;

const contract: AlarmRule = (input) =>
  isRecent(input, 'contract')
    ? alarm(
        'contract-broken',
        'warning',
        'An answer of the HTTP API was not as documented',
        'The log names the operation (http.contractBroken).',
        'Report the line and the version to the developers.',
      )
    : undefined;

const observers: AlarmRule = ({ concerns }) =>
  concerns.observerFailures === 0
    ? undefined
    : alarm(
        'observers-failing',
        'info',
        'Log lines or counts were lost',
        `${concerns.observerFailures} lately. What the gateway does with instances is not touched by it.`,
        'See whether the log is read away in time and its disk has room.',
      );

const stopping: AlarmRule = ({ gateway }) =>
  gateway.stopping
    ? alarm(
        'stopping',
        'info',
        'The gateway is stopping',
        'New associations are rejected; running ones and posts come to their end.',
        'Nothing to do. What is cut off resumes at the next start.',
      )
    : undefined;

/** Alarms about how the gateway is set up, and about what stands beside its work. */
export const setUpRules: readonly AlarmRule[] = [
  anyone,
  httpTls,
  dimseTls,
  secret,
  certificate,
  issuer,
  contract,
  observers,
  stopping,
];

/** 127.0.0.0/8, ::1 and the name for both. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(host);
}
