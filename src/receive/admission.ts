import { BlockList, isIPv6 } from 'node:net';
import { APPLICATION_CONTEXT_NAME } from '../dicom/uids.ts';
import type { AssociationRejection } from '../observe/events.ts';
import type { AssociationRequest } from './association-request.ts';
import type { CallingPeer, ListenerSettings } from './settings.ts';

/** Fields of A-ASSOCIATE-RJ, PS3.8 9.3.4. */
export interface Rejection {
  readonly reason: AssociationRejection;
  /** 1 permanent, 2 transient. */
  readonly result: 1 | 2;
  /** 1 service user, 2 service provider (ACSE), 3 service provider (presentation). */
  readonly source: 1 | 2 | 3;
  /** Meaning depends on the source. */
  readonly code: number;
}

/** One row per reason: result, source and reason of PS3.8 table 9-21. */
const rejections: { readonly [R in AssociationRejection]: Rejection } = {
  'protocol-version': { reason: 'protocol-version', result: 1, source: 2, code: 2 },
  'application-context': { reason: 'application-context', result: 1, source: 1, code: 2 },
  'called-ae-not-recognized': { reason: 'called-ae-not-recognized', result: 1, source: 1, code: 7 },
  'calling-ae-not-recognized': { reason: 'calling-ae-not-recognized', result: 1, source: 1, code: 3 },
  // The standard has no word for an address: no reason given.
  'address-not-allowed': { reason: 'address-not-allowed', result: 1, source: 1, code: 1 },
  'shutting-down': { reason: 'shutting-down', result: 2, source: 3, code: 1 },
  'storage-low': { reason: 'storage-low', result: 2, source: 3, code: 1 },
  'too-many-associations': { reason: 'too-many-associations', result: 2, source: 3, code: 2 },
};

/** Rules compiled once from the settings. */
export interface AdmissionRules {
  readonly aeTitle: string;
  readonly requireCalledAeTitle: boolean;
  /** Null = anyone. */
  readonly peers: readonly { readonly aeTitle: string; readonly addresses: BlockList | null }[] | null;
  /** Null = any. */
  readonly addresses: BlockList | null;
  readonly maxAssociations: number;
  readonly maxAssociationsPerPeer: number;
}

/** What holds at the moment of the request. */
export interface AdmissionState {
  readonly associations: number;
  readonly associationsOfPeer: number;
  readonly hasRoom: boolean;
  readonly stopping: boolean;
}

export type Admission =
  | { readonly kind: 'accept'; readonly peer: string }
  | { readonly kind: 'reject'; readonly rejection: Rejection };

/** Throws RangeError or TypeError where an address or range is not valid; the configuration is checked before. */
export function compileRules(settings: ListenerSettings): AdmissionRules {
  return {
    aeTitle: settings.aeTitle.trim(),
    requireCalledAeTitle: settings.requireCalledAeTitle,
    peers: settings.callingPeers.length === 0 ? null : settings.callingPeers.map(compilePeer),
    addresses: addressList(settings.allowedAddresses),
    maxAssociations: settings.maxAssociations,
    maxAssociationsPerPeer: settings.maxAssociationsPerPeer,
  };
}

function compilePeer(peer: CallingPeer): { aeTitle: string; addresses: BlockList | null } {
  return { aeTitle: peer.aeTitle.trim(), addresses: addressList(peer.addresses ?? []) };
}

function addressList(entries: readonly string[]): BlockList | null {
  if (entries.length === 0) return null;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.trim().split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** An IPv4 peer on a dual-stack socket shows as ::ffff:a.b.c.d; BlockList holds such addresses against IPv4 rules. */
function contains(list: BlockList, address: string): boolean {
  // A link-local address comes with its interface ("fe80::1%eth0"), which matches nothing.
  const [plain = address] = address.split('%');
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/**
 * May this peer have an association now? One decision from the rules, the request, the peer's address and the state of
 * the gateway. What never changes by waiting is checked first, so that a peer that is not allowed learns nothing about
 * load. `peer` is the configured AE title, or the address where anyone may call.
 */
export function admit(
  rules: AdmissionRules,
  request: AssociationRequest,
  address: string,
  state: AdmissionState,
): Admission {
  const reject = (reason: AssociationRejection): Admission => ({
    kind: 'reject',
    rejection: rejections[reason],
  });
  if ((request.protocolVersion & 1) === 0) return reject('protocol-version');
  if (rules.addresses !== null && !contains(rules.addresses, address)) return reject('address-not-allowed');
  if (request.applicationContext !== APPLICATION_CONTEXT_NAME) return reject('application-context');
  if (rules.requireCalledAeTitle && request.calledAeTitle !== rules.aeTitle) {
    return reject('called-ae-not-recognized');
  }
  let peer = address;
  if (rules.peers !== null) {
    const known = rules.peers.filter((entry) => entry.aeTitle === request.callingAeTitle);
    const match = known.find((entry) => entry.addresses === null || contains(entry.addresses, address));
    if (match === undefined) return reject('calling-ae-not-recognized');
    peer = match.aeTitle;
  }
  if (state.stopping) return reject('shutting-down');
  if (!state.hasRoom) return reject('storage-low');
  if (
    state.associations >= rules.maxAssociations ||
    state.associationsOfPeer >= rules.maxAssociationsPerPeer
  ) {
    return reject('too-many-associations');
  }
  return { kind: 'accept', peer };
}
