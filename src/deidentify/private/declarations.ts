import type { DataSet, Vr } from '../../dicom/data-set.ts';
import { items, numbers } from '../../dicom/values.ts';
import { vrOfBytes } from '../../dicom/vr.ts';
import { textAt } from '../text.ts';

const characteristicsSequence = 0x00080300;
/** Blocks described beyond these are not believed to be safe, and their warnings would not matter to anybody. */
const maxBlocks = 1024;

/** What the sender says of a private element (PS3.3 C.12.1.1.7). */
export interface Declared {
  /** Said to hold nothing that identifies. */
  readonly safe: boolean;
  /** Said to identify, or not said to be safe in a block of which parts identify. */
  readonly identifying: boolean;
  /** What the sender wants done: 'uid' to replace, 'remove' for every other action. */
  readonly action: 'uid' | 'remove' | undefined;
  readonly vr: Vr | undefined;
}

interface Block {
  readonly status: string;
  readonly safe: ReadonlySet<number>;
  readonly actions: ReadonlyMap<number, 'uid' | 'remove'>;
  readonly vrs: ReadonlyMap<number, Vr>;
}

/** The Private Data Element Characteristics Sequence of an object, which speaks of all its private elements at any depth. */
export class Declarations {
  readonly #blocks = new Map<string, Block>();

  constructor(root: DataSet) {
    for (const item of items(root, characteristicsSequence).slice(0, maxBlocks)) {
      const [group] = numbers(item, 0x00080301);
      if (group === undefined) continue;
      const key = blockKey(group, textAt(item, 0x00080302));
      const block = readBlock(item);
      const earlier = this.#blocks.get(key);
      this.#blocks.set(key, earlier === undefined ? block : joined(earlier, block));
    }
  }

  of(creator: string, tag: number): Declared | undefined {
    if (this.#blocks.size === 0) return undefined;
    const block = this.#blocks.get(blockKey(tag >>> 16, creator));
    if (block === undefined) return undefined;
    const low = tag & 0xff;
    const action = block.actions.get(low);
    const safe = block.status === 'SAFE' || (block.status === 'MIXED' && block.safe.has(low));
    return { safe: safe && action === undefined, identifying: !safe, action, vr: block.vrs.get(low) };
  }
}

function blockKey(group: number, creator: string): string {
  return `${group} ${creator}`;
}

function readBlock(item: DataSet): Block {
  const actions = new Map<number, 'uid' | 'remove'>();
  for (const advice of items(item, 0x00080305)) {
    const action = textAt(advice, 0x00080307) === 'U' ? 'uid' : 'remove';
    for (const low of numbers(advice, 0x00080306)) actions.set(low & 0xff, action);
  }
  const vrs = new Map<number, Vr>();
  for (const definition of items(item, 0x00080310)) {
    const [low] = numbers(definition, 0x00080308);
    const letters = textAt(definition, 0x0008030a);
    const traits = letters.length === 2 ? vrOfBytes(letters.charCodeAt(0), letters.charCodeAt(1)) : undefined;
    if (low !== undefined && traits !== undefined) vrs.set(low & 0xff, traits.vr);
  }
  const safe = new Set(numbers(item, 0x00080304).map((low) => low & 0xff));
  return { status: textAt(item, 0x00080303), safe, actions, vrs };
}

/** Two items about one block: the warnings of both hold, and what only one calls safe is not. */
function joined(a: Block, b: Block): Block {
  const status = a.status === b.status ? a.status : a.status === 'SAFE' ? b.status : a.status;
  const safe =
    a.status === 'SAFE'
      ? b.safe
      : b.status === 'SAFE'
        ? a.safe
        : [...a.safe].filter((low) => b.safe.has(low));
  const actions = new Map(a.actions);
  for (const [low, action] of b.actions) actions.set(low, actions.get(low) === 'remove' ? 'remove' : action);
  return { status, safe: new Set(safe), actions, vrs: new Map([...a.vrs, ...b.vrs]) };
}
