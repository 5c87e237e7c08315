import { abortReason, PDU_HEADER_LENGTH, PDV_HEADER_LENGTH, type ProtocolFault, pduType } from './pdu.ts';
import { MAX_ASSOCIATE_RQ_BYTES, TOLERATED_PDU_BYTES } from './settings.ts';

/** Takes what the framer finds. Every method but `fault` says how far it can go on now. */
export interface PduSink {
  /** A whole PDU other than P-DATA-TF; the body is valid during the call. False = hold what follows. */
  controlPdu(type: number, body: Uint8Array): boolean;
  /** A PDV begins. */
  pdvStart(contextId: number, isCommand: boolean, isLast: boolean): boolean;
  /** Bytes of its value, valid during the call. Returns how many were taken; fewer = hold the rest. */
  pdvData(bytes: Uint8Array): number;
  /** The PDV is complete. */
  pdvEnd(): boolean;
  /** The stream breaks PS3.8; the framer takes nothing any more. */
  fault(fault: ProtocolFault): void;
}

const CONTROL_BODY_LENGTH = 4;

/**
 * Cuts a byte stream into PDUs and PDVs (PS3.8 9.3) without joining it: data-set fragments reach the sink as views of the
 * read buffer, only headers that straddle two chunks and PDUs other than P-DATA-TF are copied. Lengths from the wire are
 * never trusted for an allocation.
 */
export class PduFramer {
  readonly #sink: PduSink;
  readonly #maxDataPdu: number;
  readonly #header = Buffer.alloc(PDU_HEADER_LENGTH);
  #headerFill = 0;
  #phase: 'pdu-header' | 'control' | 'pdv-header' | 'pdv' | 'dead' = 'pdu-header';
  #type = 0;
  /** Bytes of the current PDU still to come. */
  #pduLeft = 0;
  /** Bytes of the current PDV value still to come. */
  #pdvLeft = 0;
  #body: Buffer = Buffer.alloc(0);
  #bodyFill = 0;

  constructor(sink: PduSink, announcedMaxPdu: number) {
    this.#sink = sink;
    this.#maxDataPdu = Math.max(announcedMaxPdu, TOLERATED_PDU_BYTES);
  }

  /** True between two PDUs: nothing of a next one has arrived. */
  get atBoundary(): boolean {
    return this.#phase === 'pdu-header' && this.#headerFill === 0;
  }

  /** Feeds bytes; returns how many were consumed. The rest is to be fed again when the sink can go on. */
  push(chunk: Uint8Array): number {
    let position = 0;
    while (position < chunk.length) {
      switch (this.#phase) {
        case 'dead':
          return chunk.length;
        case 'pdu-header': {
          position += this.#fillHeader(chunk, position);
          if (this.#headerFill === PDU_HEADER_LENGTH) this.#startPdu();
          break;
        }
        case 'control': {
          position += this.#fillBody(chunk, position);
          if (this.#bodyFill < this.#pduLeft) break;
          const body = this.#body.subarray(0, this.#bodyFill);
          this.#body = Buffer.alloc(0);
          this.#nextPdu();
          if (!this.#sink.controlPdu(this.#type, body)) return position;
          break;
        }
        case 'pdv-header': {
          position += this.#fillHeader(chunk, position);
          if (this.#headerFill === PDV_HEADER_LENGTH && !this.#startPdv()) return position;
          break;
        }
        case 'pdv': {
          const wanted = Math.min(this.#pdvLeft, chunk.length - position);
          const taken = this.#sink.pdvData(chunk.subarray(position, position + wanted));
          position += taken;
          this.#pdvLeft -= taken;
          if (taken < wanted) return position;
          if (this.#pdvLeft === 0 && !this.#endPdv()) return position;
          break;
        }
      }
    }
    return position;
  }

  /** The stream ended for this side: swallow whatever still comes. */
  kill(): void {
    this.#phase = 'dead';
    this.#body = Buffer.alloc(0);
  }

  #fillHeader(chunk: Uint8Array, position: number): number {
    const count = Math.min(PDU_HEADER_LENGTH - this.#headerFill, chunk.length - position);
    this.#header.set(chunk.subarray(position, position + count), this.#headerFill);
    this.#headerFill += count;
    return count;
  }

  /** Grows with what arrives, not with what the header promises. */
  #fillBody(chunk: Uint8Array, position: number): number {
    const count = Math.min(this.#pduLeft - this.#bodyFill, chunk.length - position);
    const needed = this.#bodyFill + count;
    if (needed > this.#body.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#pduLeft, Math.max(needed, this.#body.length * 2)));
      this.#body.copy(grown, 0, 0, this.#bodyFill);
      this.#body = grown;
    }
    this.#body.set(chunk.subarray(position, position + count), this.#bodyFill);
    this.#bodyFill = needed;
    return count;
  }

  #startPdu(): void {
    this.#headerFill = 0;
    this.#type = this.#header[0] ?? 0;
    const length = this.#header.readUInt32BE(2);
    this.#pduLeft = length;
    this.#bodyFill = 0;
    if (this.#type < pduType.associateRq || this.#type > pduType.abort) {
      this.#die({ fault: 'unknown-pdu', reason: abortReason.unrecognizedPdu });
    } else if (this.#type === pduType.dataTf) {
      if (length > this.#maxDataPdu) {
        this.#die({ fault: 'pdu-too-long', reason: abortReason.invalidParameter });
      } else if (length < PDV_HEADER_LENGTH) {
        this.#die({ fault: 'pdu-length', reason: abortReason.invalidParameter });
      } else {
        this.#phase = 'pdv-header';
      }
    } else if (this.#type === pduType.associateRq) {
      if (length > MAX_ASSOCIATE_RQ_BYTES || length === 0) {
        this.#die({ fault: 'pdu-too-long', reason: abortReason.invalidParameter });
      } else {
        this.#phase = 'control';
      }
    } else if (this.#type === pduType.associateAc || this.#type === pduType.associateRj) {
      // Never sent by a requestor; no need to read its body.
      this.#die({ fault: 'unexpected-pdu', reason: abortReason.unexpectedPdu });
    } else if (length !== CONTROL_BODY_LENGTH) {
      this.#die({ fault: 'pdu-length', reason: abortReason.invalidParameter });
    } else {
      this.#phase = 'control';
    }
  }

  #startPdv(): boolean {
    this.#headerFill = 0;
    const length = this.#header.readUInt32BE(0);
    this.#pduLeft -= PDV_HEADER_LENGTH;
    // The length counts context ID and control header too.
    if (length < 2 || length - 2 > this.#pduLeft) {
      this.#die({ fault: 'pdv-length', reason: abortReason.invalidParameter });
      return false;
    }
    this.#pdvLeft = length - 2;
    this.#pduLeft -= this.#pdvLeft;
    this.#phase = 'pdv';
    const control = this.#header[5] ?? 0;
    if (!this.#sink.pdvStart(this.#header[4] ?? 0, (control & 1) !== 0, (control & 2) !== 0)) return false;
    return this.#pdvLeft > 0 || this.#endPdv();
  }

  #endPdv(): boolean {
    if (this.#pduLeft === 0) this.#nextPdu();
    else if (this.#pduLeft < PDV_HEADER_LENGTH) {
      this.#die({ fault: 'pdv-length', reason: abortReason.invalidParameter });
      return false;
    } else this.#phase = 'pdv-header';
    return this.#sink.pdvEnd();
  }

  #nextPdu(): void {
    this.#phase = 'pdu-header';
    this.#headerFill = 0;
  }

  #die(fault: ProtocolFault): void {
    this.kill();
    this.#sink.fault(fault);
  }
}
