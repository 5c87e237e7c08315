/** A peer that may call. */
export interface CallingPeer {
  readonly aeTitle: string;
  /** Addresses or CIDR ranges this AE title may call from; absent or empty = any. */
  readonly addresses?: readonly string[];
}

/** What the listener needs to know; plain and frozen. All times in milliseconds, all sizes in bytes. */
export interface ListenerSettings {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly aeTitle: string;
  /** Refuse associations whose called AE title is not `aeTitle`. */
  readonly requireCalledAeTitle: boolean;
  /** Empty = anyone may call. */
  readonly callingPeers: readonly CallingPeer[];
  /** Addresses or CIDR ranges; empty = any. */
  readonly allowedAddresses: readonly string[];
  readonly maxAssociations: number;
  readonly maxAssociationsPerPeer: number;
  /** Maximum length of P-DATA-TF announced to the peer (PS3.8 D.1). */
  readonly maxPduBytes: number;
  /** Longest encoded data set. */
  readonly maxInstanceBytes: number;
  /** From the TCP connection (with TLS: the handshake too) to the whole A-ASSOCIATE-RQ. */
  readonly associationRequestTimeoutMs: number;
  /** Without a byte from the peer while this side waits for one. */
  readonly idleTimeoutMs: number;
  /** From a C-STORE command to its response; an association that takes longer is aborted. */
  readonly storeTimeoutMs?: number;
  readonly acceptUnknownSopClasses: boolean;
  readonly tls?: TlsSettings;
}

export interface TlsSettings {
  /** PEM. */
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** PEM of the authorities that may sign a peer's certificate. */
  readonly ca?: string | Buffer;
  /** Ask for and verify a certificate of the peer. */
  readonly requireClientCertificate: boolean;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** Connections beyond `maxAssociations` that may wait for their A-ASSOCIATE-RJ; more are cut at once. */
export const REJECTION_SLOTS = 64;
/** The same for one address beyond `maxAssociationsPerPeer`. */
export const REJECTION_SLOTS_PER_PEER = 8;
/** Longest A-ASSOCIATE-RQ: 128 contexts with every transfer syntax and a large user identity fit. */
export const MAX_ASSOCIATE_RQ_BYTES = 512 * 1024;
/** Longest command set; a real one has some 200 bytes. */
export const MAX_COMMAND_BYTES = 16 * 1024;
/** P-DATA-TF are streamed, so a peer that ignores the announced length does no harm up to here. */
export const TOLERATED_PDU_BYTES = 4 * 1024 * 1024;
/** After the last PDU of ours the peer has this long to close (ARTIM, PS3.8 9.1.5). */
export const ARTIM_MS = 5_000;
/** When `storeTimeoutMs` is not set. */
export const DEFAULT_STORE_TIMEOUT_MS = 30 * 60_000;
/** At stop, an association without a message in progress for this long is aborted. */
export const IDLE_AT_STOP_MS = 1_000;
/** Each association collects data-set bytes in two buffers of this size. */
export const WRITE_BUFFER_BYTES = 512 * 1024;
/** One buffer serves all plain sockets: it is emptied before the next read. */
export const READ_BUFFER_BYTES = 512 * 1024;
/** After so many PDVs a connection waits for one turn of the event loop: 32 MB of the smallest usual ones, or a flood of empty ones. */
export const PDVS_PER_TURN = 1024;
