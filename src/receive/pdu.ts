/** PDU types, PS3.8 9.3.1. */
export const pduType = {
  associateRq: 0x01,
  associateAc: 0x02,
  associateRj: 0x03,
  dataTf: 0x04,
  releaseRq: 0x05,
  releaseRp: 0x06,
  abort: 0x07,
} as const;

export const PDU_HEADER_LENGTH = 6;
/** PDV item: 4 bytes length, presentation context ID, message control header (PS3.8 9.3.5.1). */
export const PDV_HEADER_LENGTH = 6;

/** Source of an A-ABORT, PS3.8 9.3.8. */
export const abortSource = { serviceUser: 0, serviceProvider: 2 } as const;

/** Reason of an A-ABORT by the service provider, PS3.8 9.3.8. */
export const abortReason = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unrecognizedParameter: 4,
  unexpectedParameter: 5,
  invalidParameter: 6,
} as const;
export type AbortReason = (typeof abortReason)[keyof typeof abortReason];

/** A breach of the protocol: the word for the event, the reason for the peer. */
export interface ProtocolFault {
  readonly fault:
    | 'unknown-pdu'
    | 'unexpected-pdu'
    | 'pdu-too-long'
    | 'pdu-length'
    | 'pdv-length'
    | 'associate-request'
    | 'context-not-accepted'
    | 'unexpected-fragment'
    | 'command-too-long'
    | 'command-set'
    | 'library'
    | 'unforeseen';
  readonly reason: AbortReason;
}

/** One PDU around a body. */
export function encodePdu(type: number, body: Uint8Array): Buffer {
  const pdu = Buffer.allocUnsafe(PDU_HEADER_LENGTH + body.length);
  pdu[0] = type;
  pdu[1] = 0;
  pdu.writeUInt32BE(body.length, 2);
  pdu.set(body, PDU_HEADER_LENGTH);
  return pdu;
}

/** A P-DATA-TF with one whole command set in one PDV. */
export function encodeCommandPdu(contextId: number, command: Uint8Array): Buffer {
  const pdu = Buffer.allocUnsafe(PDU_HEADER_LENGTH + PDV_HEADER_LENGTH + command.length);
  pdu[0] = pduType.dataTf;
  pdu[1] = 0;
  pdu.writeUInt32BE(PDV_HEADER_LENGTH + command.length, 2);
  pdu.writeUInt32BE(command.length + 2, PDU_HEADER_LENGTH);
  pdu[10] = contextId;
  pdu[11] = 0x03;
  pdu.set(command, PDU_HEADER_LENGTH + PDV_HEADER_LENGTH);
  return pdu;
}

export function encodeAbort(source: number, reason: number): Buffer {
  return encodePdu(pduType.abort, Uint8Array.of(0, 0, source, reason));
}
