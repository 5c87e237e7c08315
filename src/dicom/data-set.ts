import type { ByteSource } from './byte-source.ts';

/** Value representations of PS3.5 6.2. */
export type Vr =
  | 'AE'
  | 'AS'
  | 'AT'
  | 'CS'
  | 'DA'
  | 'DS'
  | 'DT'
  | 'FD'
  | 'FL'
  | 'IS'
  | 'LO'
  | 'LT'
  | 'OB'
  | 'OD'
  | 'OF'
  | 'OL'
  | 'OV'
  | 'OW'
  | 'PN'
  | 'SH'
  | 'SL'
  | 'SQ'
  | 'SS'
  | 'ST'
  | 'SV'
  | 'TM'
  | 'UC'
  | 'UI'
  | 'UL'
  | 'UN'
  | 'UR'
  | 'US'
  | 'UT'
  | 'UV';

/** How the elements of one data set are encoded: PS3.5 7.1. Pixel data in native form follows it too. */
export interface Encoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

/** A value still where it was received: copied byte for byte when written. */
export interface SourceBody {
  readonly kind: 'source';
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}
/** A value this gateway made, already in the data set's byte order and of even length. */
export interface BytesBody {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
}
/**
 * A sequence; items in order. Items of a sequence received with VR UN keep their own encoding, implicit VR little endian.
 */
export interface ItemsBody {
  readonly kind: 'items';
  readonly items: readonly DataSet[];
}
/** Encapsulated pixel data (PS3.5 A.4): the Basic Offset Table item first, then the fragments, as ranges of the source. */
export interface FragmentsBody {
  readonly kind: 'fragments';
  readonly source: ByteSource;
  readonly offsetTable: { readonly offset: number; readonly length: number };
  readonly fragments: readonly { readonly offset: number; readonly length: number }[];
}
export type ElementBody = SourceBody | BytesBody | ItemsBody | FragmentsBody;

/** One data element. `tag` is 0xGGGGEEEE as an unsigned number; `vr` is SQ for every sequence, also one received as UN. */
export interface DataElement {
  readonly tag: number;
  readonly vr: Vr;
  readonly body: ElementBody;
}

/** A data set or an item of a sequence. Elements stand in the order they were received. */
export interface DataSet {
  readonly encoding: Encoding;
  readonly elements: readonly DataElement[];
  /** Value of Specific Character Set (0008,0005) that holds here: the own one, else the enclosing data set's; [] = default repertoire. */
  readonly characterSets: readonly string[];
}
