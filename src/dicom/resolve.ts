import type { ByteSource } from './byte-source.ts';
import { u16 } from './cursor.ts';
import type { DataElement, DataSet } from './data-set.ts';
import { tags } from './tags.ts';

/**
 * The data set with VR "US or SS" settled by Pixel Representation (0028,0103): the one of the same item, else of the
 * nearest enclosing one, else unsigned. The walk reads such elements as US and asks for this pass when it met one.
 */
export function resolveAmbiguousVrs(
  dataSet: DataSet,
  source: ByteSource,
  ambiguous: ReadonlySet<DataElement>,
  inherited = false,
): DataSet {
  const own = dataSet.elements.find((element) => element.tag === tags.PixelRepresentation);
  let signed = inherited;
  if (own?.body.kind === 'source' && own.body.length >= 2) {
    signed = u16(source.read(own.body.offset, 2), 0, dataSet.encoding.littleEndian) === 1;
  }
  let changed = false;
  const elements = dataSet.elements.map((element): DataElement => {
    const resolved = resolveElement(element, source, ambiguous, signed);
    if (resolved !== element) changed = true;
    return resolved;
  });
  return changed ? { ...dataSet, elements } : dataSet;
}

function resolveElement(
  element: DataElement,
  source: ByteSource,
  ambiguous: ReadonlySet<DataElement>,
  signed: boolean,
): DataElement {
  const { body } = element;
  if (body.kind === 'items') {
    const items = body.items.map((item) => resolveAmbiguousVrs(item, source, ambiguous, signed));
    return items.some((item, i) => item !== body.items[i])
      ? { ...element, body: { kind: 'items', items } }
      : element;
  }
  return signed && ambiguous.has(element) ? { ...element, vr: 'SS' } : element;
}

/**
 * Hands Specific Character Set down again, for data sets that give it behind a sequence (directory records do, and
 * writers that break the order of tags). Works in place, on a tree nobody else has seen yet.
 */
export function inheritCharacterSets(dataSet: DataSet): void {
  for (const { body } of dataSet.elements) {
    if (body.kind !== 'items') continue;
    for (const item of body.items) {
      if (!item.elements.some((element) => element.tag === tags.SpecificCharacterSet)) {
        (item as { characterSets: readonly string[] }).characterSets = dataSet.characterSets;
      }
      inheritCharacterSets(item);
    }
  }
}
