import type { Vr } from '../../../src/dicom/data-set.ts';
import { lookup, tagOf } from '../../../src/dicom/dictionary.ts';
import { element, type NumberArray, type WriterElement } from '../../../src/synthetic/writer-element.ts';

/** Attributes by keyword of PS3.6; a list of such is a sequence, null an empty value. */
export type Attributes = { readonly [keyword: string]: AttributeValue };
export type AttributeValue =
  | null
  | string
  | number
  | readonly string[]
  | readonly number[]
  | Uint8Array
  | NumberArray
  | readonly Attributes[];

/** The elements of these attributes, with the VR of the dictionary. */
export function elementsOf(attributes: Attributes): WriterElement[] {
  return Object.entries(attributes).map(([keyword, value]) => {
    const tag = tagOf(keyword);
    const vr = tag === undefined ? undefined : lookup(tag)?.vr;
    if (tag === undefined || vr === undefined) throw new Error(`no attribute ${keyword}`);
    return element(tag, concreteVr(keyword, vr), writerValue(vr, value));
  });
}

const numberVrs: ReadonlySet<string> = new Set(['FD', 'FL', 'SL', 'SS', 'UL', 'US']);

function concreteVr(keyword: string, vr: string): Vr {
  if (keyword === 'WaveformData') return 'OW';
  if (vr === 'OB or OW') return 'OW';
  if (vr.includes(' or ')) return 'US';
  return vr as Vr;
}

function writerValue(vr: string, value: AttributeValue): WriterElement['value'] {
  if (numberVrs.has(vr) && typeof value === 'string') return Number(value);
  if (numberVrs.has(vr) && Array.isArray(value)) return value.map(Number);
  if (vr !== 'SQ') return value as WriterElement['value'];
  const items = (value ?? []) as readonly Attributes[];
  return { items: items.map(elementsOf) };
}

/** A code item. */
export function code(value: string, scheme: string, meaning: string): Attributes {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}
