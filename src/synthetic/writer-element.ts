import type { Vr } from '../dicom/data-set.ts';

/** Arrays of numbers that are written in the byte order of the data set. A Uint8Array is written as it is. */
export type NumberArray =
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

/** A sequence. `undefinedLength` holds for the sequence and its items (PS3.5 7.5); false writes explicit lengths. */
export interface WriterItems {
  readonly items: readonly (readonly WriterElement[])[];
  readonly undefinedLength?: boolean;
}
/** Encapsulated pixel data (PS3.5 A.4). `offsetTable` is the Basic Offset Table in bytes; empty when left out. */
export interface WriterFragments {
  readonly fragments: readonly Uint8Array[];
  readonly offsetTable?: readonly number[];
}
/** Bytes as they are: not padded, and with a false length where a fault is wanted. */
export interface WriterRaw {
  readonly raw: Uint8Array;
  readonly declaredLength?: number;
}
export type WriterValue =
  | null
  | string
  | readonly string[]
  | number
  | readonly number[]
  | bigint
  | readonly bigint[]
  | Uint8Array
  | NumberArray
  | WriterItems
  | WriterFragments
  | WriterRaw;

/** One element to be written; `tag` is 0xGGGGEEEE. */
export interface WriterElement {
  readonly tag: number;
  readonly vr: Vr;
  readonly value: WriterValue;
}

/** Shorthand for one element; no value given means an empty one. */
export function element(tag: number, vr: Vr, value: WriterValue = null): WriterElement {
  return { tag, vr, value };
}
