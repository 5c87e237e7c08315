import { type FaultList, quoted, type SourcePlace } from './faults.ts';
import { suggestion } from './nearest.ts';
import type { SourceMap, SourceNode, SourceText } from './source-tree.ts';

/** A map of known keys. What is unknown, given twice or without a value is a fault, and not among the values. */
export class Fields {
  readonly place: SourcePlace;
  readonly #values = new Map<string, { readonly key: SourceText; readonly value: SourceNode }>();

  constructor(map: SourceMap, what: string, keys: readonly string[], faults: FaultList) {
    this.place = map;
    for (const { key, value } of map.entries) {
      if (!keys.includes(key.text)) {
        faults.add(key, `unknown key ${quoted(key.text)} in ${what}; ${suggestion(key.text, keys)}`);
      } else if (value.kind === 'text' && value.text === '' && !value.isQuoted) {
        faults.add(key, `${key.text} has no value; give it one or remove it`);
        this.#present.add(key.text);
      } else if (!this.#values.has(key.text)) {
        this.#values.set(key.text, { key, value });
        this.#present.add(key.text);
      }
    }
  }

  readonly #present = new Set<string>();

  /** True also where the value is missing, which is a fault of its own already. */
  has(key: string): boolean {
    return this.#present.has(key);
  }

  get(key: string): SourceNode | undefined {
    return this.#values.get(key)?.value;
  }

  /** Where the key stands; the map's place where it does not. */
  placeOf(key: string): SourcePlace {
    return this.#values.get(key)?.key ?? this.place;
  }
}

export function asMap(node: SourceNode, what: string, faults: FaultList): SourceMap | undefined {
  if (node.kind === 'map') return node;
  faults.add(node, `${what} must be keys with values, such as "key: value" with a blank after the colon`);
  return undefined;
}

export function asText(
  node: SourceNode | undefined,
  what: string,
  faults: FaultList,
): SourceText | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'text') return node;
  faults.add(node, `${what} must be a text, not ${node.kind === 'list' ? 'a list' : 'keys with values'}`);
  return undefined;
}

/** The items of a list of texts; with `orOne` a single text is a list of one. A list says something: it is not empty. */
export function asTexts(
  node: SourceNode | undefined,
  what: string,
  faults: FaultList,
  { orOne = false, max = Number.POSITIVE_INFINITY }: { orOne?: boolean; max?: number } = {},
): SourceText[] {
  if (node === undefined) return [];
  if (node.kind === 'text' && orOne) return [node];
  if (node.kind !== 'list') {
    faults.add(node, `${what} must be a list, such as [${node.kind === 'text' ? node.text : 'a, b'}]`);
    return [];
  }
  if (node.items.length > max) faults.add(node, `${what} has more than ${max} entries`);
  const texts: SourceText[] = [];
  const seen = new Set<string>();
  for (const item of node.items.slice(0, max)) {
    const text = asText(item, `an entry of ${what}`, faults);
    if (text === undefined) continue;
    if (text.text === '') faults.add(text, `an entry of ${what} is empty; remove it`);
    else if (seen.has(text.text))
      faults.add(text, `${quoted(text.text)} stands twice in ${what}; remove one`);
    else texts.push(text);
    seen.add(text.text);
  }
  return texts;
}

/** All of them: the terms of Modality are the most. */
const maxWords = 120;

/** The text as one of the words, or undefined with a fault that names the nearest one. */
export function asWord<W extends string>(
  text: SourceText | undefined,
  what: string,
  words: readonly W[],
  faults: FaultList,
  synonyms: Readonly<Record<string, W>> = {},
): W | undefined {
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text.text);
  if (word === undefined) {
    const name = text.text.toLowerCase();
    const meant = Object.hasOwn(synonyms, name) ? synonyms[name] : undefined;
    const hint =
      meant === undefined ? suggestion(text.text, words, maxWords) : `did you mean ${quoted(meant)}?`;
    faults.add(text, `unknown ${what} ${quoted(text.text)}; ${hint}`);
  }
  return word;
}
