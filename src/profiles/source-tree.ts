import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { FaultList, SourcePlace } from './faults.ts';

/** A profile's text as a tree of texts, lists and maps, each with its place. Numbers and words are not told apart. */
export type SourceNode = SourceText | SourceList | SourceMap;
export interface SourceText extends SourcePlace {
  readonly kind: 'text';
  /** As written: `0010` stays four characters. */
  readonly text: string;
  readonly isQuoted: boolean;
}
export interface SourceList extends SourcePlace {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
}
export interface SourceMap extends SourcePlace {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: SourceText; readonly value: SourceNode }[];
}

/** Largest profile, characters. */
export const maxProfileLength = 256 * 1024;
/** Deepest nesting; a profile needs five levels. */
const maxDepth = 16;
const start: SourcePlace = { line: 1, column: 1 };

// Control characters (Cc) and marks of direction (Bidi_Control): somebody signs what they read.
const unprintable = /[\p{Cc}\p{Bidi_Control}\ufffd]/gu;
const printable: ReadonlySet<string> = new Set(['\t', '\n', '\r']);

/** What the text is, for messages. */
export interface SourceKind {
  readonly what: string;
  readonly beginning: string;
}
const profileSource: SourceKind = { what: 'a profile', beginning: 'profile: NAME' };

/**
 * Reads YAML 1.2, of which JSON is a part. Whatever could make a text mean more than it shows is a fault: tags, anchors,
 * aliases, directives, several documents, control characters, text that is too long or nested too deep. Undefined when
 * nothing can be made of the text; the faults then say why.
 */
export function readSourceTree(
  text: string,
  faults: FaultList,
  isJson: boolean,
  { what, beginning }: SourceKind = profileSource,
): SourceNode | undefined {
  if (text.length > maxProfileLength) {
    faults.add(start, `the file has more than ${maxProfileLength} characters: ${what} is much shorter`);
    return undefined;
  }
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  const placeAt = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (!isReadable(text, placeAt, faults)) return undefined;
  if (isJson && !isStrictJson(text, placeAt, faults)) return undefined;
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, { schema: 'failsafe', version: '1.2', prettyErrors: false });
  } catch {
    // A stack that overflows on brackets; the check above leaves hardly a way to it.
    faults.add(start, 'the file is not YAML that can be read');
    return undefined;
  }
  for (const { code, message, pos } of document.errors)
    faults.add(placeAt(pos[0]), wording(code, message, what));
  if (document.contents === null) {
    if (faults.isEmpty) faults.add(start, `the file is empty; ${what} begins with \`${beginning}\``);
    return undefined;
  }
  const tree = convert(document.contents, { placeAt, faults });
  return document.errors.some(({ code }) => code !== 'DUPLICATE_KEY') ? undefined : tree;
}

function isReadable(text: string, placeAt: (offset: number) => SourcePlace, faults: FaultList): boolean {
  for (const { index, 0: found } of text.matchAll(unprintable)) {
    if (printable.has(found)) continue;
    const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    faults.add(
      placeAt(index),
      found === '\ufffd'
        ? 'the text is not UTF-8 here; save the file as UTF-8'
        : `the character U+${code} cannot be seen and may not be used; remove it`,
    );
  }
  const directive = /^%\S*/m.exec(text);
  if (directive !== null)
    faults.add(placeAt(directive.index), 'directives (%) are not allowed; remove the line');
  // Nesting of brackets is looked at before anything recursive runs over it.
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth = Math.max(0, depth - 1);
    else if (char === '\n' && text[index + 1] !== ' ' && text[index + 1] !== ']' && text[index + 1] !== '}')
      depth = 0;
    if (depth > maxDepth) {
      faults.add(placeAt(index), `brackets are nested deeper than ${maxDepth} levels`);
      return false;
    }
  }
  return faults.isEmpty;
}

function isStrictJson(text: string, placeAt: (offset: number) => SourcePlace, faults: FaultList): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const offset = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    faults.add(
      offset === undefined ? placeAt(text.length) : placeAt(Number(offset)),
      'the file is named .json but is not valid JSON here; correct it, or name it .yaml',
    );
    return false;
  }
}

interface Conversion {
  readonly placeAt: (offset: number) => SourcePlace;
  readonly faults: FaultList;
}

function convert(node: Node, conversion: Conversion, depth = 0): SourceNode | undefined {
  const { placeAt, faults } = conversion;
  const place = placeAt(node.range?.[0] ?? 0);
  if (isAlias(node)) {
    faults.add(place, 'aliases (*) are not allowed; write the value again');
    return undefined;
  }
  if (node.anchor !== undefined) faults.add(place, 'anchors (&) are not allowed; remove it');
  if (node.tag !== undefined) faults.add(place, 'tags (!) are not allowed; remove it');
  if (depth > maxDepth) {
    faults.add(place, `the file is nested deeper than ${maxDepth} levels`);
    return undefined;
  }
  if (isScalar(node)) {
    const text = typeof node.value === 'string' ? node.value : '';
    return { kind: 'text', text, isQuoted: node.type !== 'PLAIN', ...place };
  }
  if (isSeq(node)) {
    const items = node.items.flatMap((item) => convert(item as Node, conversion, depth + 1) ?? []);
    return { kind: 'list', items, ...place };
  }
  if (!isMap(node)) return undefined;
  const entries: { key: SourceText; value: SourceNode }[] = [];
  for (const pair of node.items) {
    const key = convert(pair.key as Node, conversion, depth + 1);
    if (key === undefined) continue;
    if (key.kind !== 'text') faults.add(key, 'a key must be a word');
    else if (pair.value === null) entries.push({ key, value: { ...key, text: '', isQuoted: false } });
    else {
      const value = convert(pair.value as Node, conversion, depth + 1);
      if (value !== undefined) entries.push({ key, value });
    }
  }
  return { kind: 'map', entries, ...place };
}

/** The parser's words where they say enough, ours where they do not. */
function wording(code: string, message: string, what: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key stands here a second time; keep one of them';
    case 'MULTIPLE_DOCS':
      return `${what === profileSource.what ? 'a file holds one profile' : 'the file is one document'}; remove \`---\` and what follows`;
    case 'TAB_AS_INDENT':
      return 'indent with spaces, not with tabs';
    default:
      return `not valid YAML: ${message.split('\n')[0] ?? ''}`;
  }
}
