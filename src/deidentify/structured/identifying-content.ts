import type { DataSet } from '../../dicom/data-set.ts';
import { textAt } from '../text.ts';
import { presentCode } from './concept-rules.ts';
import { conceptOf } from './content-item.ts';

/** What the value of a content item says of somebody: to be looked for in every other text of the object. */
export type IdentifyingContent = 'ids' | 'names' | 'dates';

const valueTypeTag = 0x0040a040;

/**
 * Concepts of TEXT and DATE (PS3.16) that no option of PS3.15 lets stay: numbers of subjects, people, orders and specimens,
 * people named in text, dates of birth. Names with value type PNAME are found by their VR.
 */
const kinds: ReadonlyMap<string, IdentifyingContent> = new Map<string, IdentifyingContent>([
  ...['121030', '121020', '121021', '121022', '113871', '128774', '128775', '121041', '111700', '111705'].map(
    (code) => [code, 'ids'] as const,
  ),
  ...['113516', '125010'].map((code) => [code, 'ids'] as const),
  ['121435', 'names'],
  ['113724', 'names'],
  ['121031', 'dates'],
]);

/** The attributes in which such values stand: Text Value, DateTime, Date. */
export const identifyingContentTags: ReadonlySet<number> = new Set([0x0040a160, 0x0040a120, 0x0040a121]);

/** What the text or date of this content item tells of somebody; undefined where it is content like any other. */
export function identifyingContent(item: DataSet): IdentifyingContent | undefined {
  const named = conceptOf(item);
  if (named === undefined) return undefined;
  const { scheme, code } = presentCode(named);
  if (scheme !== 'DCM') return undefined;
  const kind = kinds.get(code);
  const isDate = textAt(item, valueTypeTag).startsWith('DATE');
  return isDate === (kind === 'dates') ? kind : undefined;
}
