import type { WindowChoice } from '../../core/render-choices.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstItem, firstText, has, items, numbers, text } from '../../dicom/values.ts';
import { type LookupTable, readLookupTable } from './lookup-table.ts';

export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

export interface Window {
  readonly center: number;
  readonly width: number;
  readonly voiFunction: VoiFunction;
}

/** What an image says of itself about its values of interest: PS3.3 C.11.2. One of the two, or neither. */
export interface Voi {
  readonly window?: Window;
  readonly table?: LookupTable;
}

/** One of the views an image offers; its table is read, and found damaged, only where it is chosen. */
interface View {
  readonly explanation: string | undefined;
  readonly read: () => Voi;
}

const noVoi: Voi = {};

/**
 * Gives the chosen window or VOI LUT of each frame, counted from 0. The views of a frame are those of its own functional
 * group, else of the shared ones (PS3.3 C.7.6.16.2.10), else of the top level; windows count before tables, as the order
 * between the two is not defined. `nth` and `explanation` that lead nowhere give the first view; `automatic` gives none.
 * `signedInput` tells whether what goes into a table can be negative (C.11.2.1.1). Throws PIXEL_DATA_INVALID where the
 * chosen table is shorter than described.
 */
export function voiOfFrames(
  dataSet: DataSet,
  choice: WindowChoice,
  signedInput: boolean,
): (frame: number) => Voi {
  if (choice.kind === 'automatic') return () => noVoi;
  const perFrame = items(dataSet, tags.PerFrameFunctionalGroupsSequence);
  const shared = firstItem(dataSet, tags.SharedFunctionalGroupsSequence);
  const chosen = (item: DataSet | undefined): Voi | undefined => {
    const views = item === undefined ? [] : viewsOf(item, signedInput);
    return (choose(views, choice) ?? views[0])?.read();
  };
  const groupOf = (groups: DataSet | undefined): DataSet | undefined =>
    groups && firstItem(groups, tags.FrameVOILUTSequence);
  const common = chosen(groupOf(shared)) ?? chosen(dataSet) ?? noVoi;
  return (frame) => chosen(groupOf(perFrame[frame])) ?? common;
}

function choose(
  views: readonly View[],
  choice: Exclude<WindowChoice, { kind: 'automatic' }>,
): View | undefined {
  if (choice.kind === 'nth') return views[choice.n - 1];
  const wanted = choice.text.trim().toLowerCase();
  return views.find(({ explanation }) => explanation?.trim().toLowerCase() === wanted);
}

function viewsOf(dataSet: DataSet, signedInput: boolean): readonly View[] {
  const described = items(dataSet, tags.VOILUTSequence).filter((item) => has(item, tags.LUTDescriptor));
  const tables = described.map((item): View => {
    return {
      explanation: firstText(item, tags.LUTExplanation),
      read: () => {
        const table = readLookupTable(item, tags.LUTDescriptor, tags.LUTData, signedInput);
        return table === undefined ? noVoi : { table };
      },
    };
  });
  return [...windowsOf(dataSet), ...tables];
}

/** Windows in order; those whose width cannot be, or whose values are no numbers, do not count. */
function windowsOf(dataSet: DataSet): readonly View[] {
  const centers = numbers(dataSet, tags.WindowCenter);
  if (centers.length === 0) return [];
  const widths = numbers(dataSet, tags.WindowWidth);
  const explanations = text(dataSet, tags.WindowCenterWidthExplanation);
  const described = firstText(dataSet, tags.VOILUTFunction);
  return centers.flatMap((center, index): View[] => {
    const width = widths[index] ?? Number.NaN;
    if (!Number.isFinite(center) || !Number.isFinite(width) || width <= 0) return [];
    const window = { center, width, voiFunction: functionOf(described, width) };
    return [{ explanation: explanations[index], read: () => ({ window }) }];
  });
}

function functionOf(described: string | undefined, width: number): VoiFunction {
  if (described === 'SIGMOID' || described === 'LINEAR_EXACT') return described;
  // C.11.2.1.2.1: LINEAR needs a width of at least 1. Devices write smaller ones for values rescaled to fractions,
  // where only the exact function makes sense.
  return width < 1 ? 'LINEAR_EXACT' : 'LINEAR';
}
