import type { OptionActions } from '../rules.ts';

/** Value types of content items (PS3.3 C.17.3.2.1, Content Item macro 10-2). */
export const contentValueTypes = [
  'TEXT',
  'CODE',
  'NUM',
  'DATETIME',
  'DATE',
  'TIME',
  'UIDREF',
  'PNAME',
  'COMPOSITE',
  'IMAGE',
  'WAVEFORM',
  'SCOORD',
  'SCOORD3D',
  'TCOORD',
  'CONTAINER',
  'TABLE',
] as const;
export type ContentValueType = (typeof contentValueTypes)[number];

/** One row of Table E.3.4-1: what becomes of content items with this concept name and value type. */
export interface ConceptRow {
  readonly scheme: string;
  readonly code: string;
  readonly meaning: string;
  readonly valueType: ContentValueType;
  /** X/D: removed where the template lets it, else a dummy. */
  readonly basic: 'X' | 'D' | 'X/D';
  readonly options: OptionActions;
}
