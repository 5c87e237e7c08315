import type { DeviceRule } from '../../deidentify/pixels/pixel-policy.ts';

/** A message about a line of the text that was read. */
export interface ImportMessage {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** What an importer made of a text. Nothing is dropped in silence: what is in no rule is in a message. */
export interface ImportedRules {
  readonly rules: readonly DeviceRule[];
  /** What could not be translated. */
  readonly untranslated: readonly ImportMessage[];
  /** What behaves otherwise than in the tool it comes from, or is no matter of device rules. */
  readonly notes: readonly ImportMessage[];
}

/** Longest text that is read, characters. */
export const maxImportLength = 1024 * 1024;

/** Collects what an importer finds. */
export class ImportBuilder {
  readonly rules: DeviceRule[] = [];
  readonly #untranslated: ImportMessage[] = [];
  readonly #notes: ImportMessage[] = [];

  fail(line: number, message: string): void {
    this.#untranslated.push({ line, message });
  }

  note(line: number, message: string): void {
    this.#notes.push({ line, message });
  }

  result(): ImportedRules {
    const byLine = (a: ImportMessage, b: ImportMessage): number => a.line - b.line;
    return {
      rules: this.rules,
      untranslated: this.#untranslated.toSorted(byLine),
      notes: this.#notes.toSorted(byLine),
    };
  }
}

/** A name for a rule from the words that stand beside it, with the line it comes from, which makes it unique. */
export function ruleName(words: string, fallback: string, line: number): string {
  // Control characters have no place in a name.
  const plain = words
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\ufffd]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `${plain === '' ? fallback : plain.slice(0, 44).trim()}, line ${line}`;
}
