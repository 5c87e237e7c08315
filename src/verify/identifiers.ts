import { isEmptyWord, isTitle, type Kind } from './classify.ts';
import {
  compactSpellings,
  dateOf,
  datesIn,
  namedSpellings,
  type PlainDate,
  separatedSpellings,
} from './dates.ts';
import { encodedForms, utf16 } from './encodings.ts';
import { isAsciiText, isRamp, lettersAndDigits, plainLetters, transcribed } from './fold.ts';
import { type Border, Matcher, maxPatternBytes, type Pattern } from './matcher.ts';

import { isRegisteredUid, uuidOf } from './uids.ts';

/** What a pattern belongs to: what it is and where the originals have it. No value. */
export interface Owner {
  readonly kind: Kind;
  readonly path: string;
}

/** Most patterns of one search. A million take about half a gigabyte. */
export const maxPatterns = 2_000_000;

/** Shortest word or phrase that is looked for in other places than the one it came from, characters. */
const minWord = 3;
const minPhrase = 4;
/** From so many characters on a pattern also counts inside a longer word. */
const innerLength = 6;
const minDigits = 5;
const spacedLength = 7;

/** The patterns of the identifiers of some originals, in both views. */
export class Identifiers {
  readonly plain = new Matcher<Owner>();
  readonly compact = new Matcher<Owner>();
  /** Whole numbers that are identifiers: values of numeric attributes are compared with these. */
  readonly numbers = new Map<string, Owner>();
  readonly #owners = new Map<string, Owner>();
  readonly #seen = new Set<string>();
  #added = 0;

  get size(): number {
    return this.plain.size + this.compact.size;
  }

  get isFull(): boolean {
    return this.size >= maxPatterns;
  }

  /**
   * Adds the spellings of one value. What is too short or too common for that is looked for only in its own attribute:
   * `has` is false for it.
   */
  add(value: string, kind: Kind, path: string): void {
    const key = `${kind} ${value}`;
    if (this.#seen.has(key)) return;
    const before = this.#added;
    const owner = this.#ownerOf(kind, path);
    switch (kind) {
      case 'name':
        this.#addName(value, owner);
        break;
      case 'uid':
        this.#addUid(value, owner);
        break;
      case 'birth-date':
      case 'date':
        this.#addDate(dateOf(value), owner);
        this.#addTime(value.replace(/^\s*\d{8}/, ''), this.#ownerOf('time', path));
        break;
      case 'time':
        this.#addTime(value, owner);
        break;
      case 'characteristic':
        break;
      default:
        this.#addPhrase(value, owner);
    }
    if (this.#added > before || (kind === 'uid' && isRegisteredUid(value))) this.#seen.add(key);
  }

  /** Whether a value is looked for everywhere. */
  has(value: string, kind: Kind): boolean {
    return this.#seen.has(`${kind} ${value}`);
  }

  /** What may be picked out of text that only describes: dates, e-mail addresses, telephone and other long numbers. */
  addFromText(text: string, path: string): void {
    for (const date of datesIn(text)) this.#addDate(date, this.#ownerOf('date', path));
    for (const [email] of text.matchAll(/(?<![/\w.+@-])[\w.+-]+@[\w-]+\.[\w.-]+/g))
      this.#addPhrase(email, this.#ownerOf('contact', path));
    for (const [number] of text.matchAll(/(?<![\w.])\+?\d[\d ()/-]{5,40}\d(?![\w.])/g)) {
      const digits = number.replace(/\D/g, '');
      if (digits.length >= spacedLength && dateOf(digits) === undefined && !isRamp(digits))
        this.#addDigits(digits, this.#ownerOf('id', path));
    }
  }

  #ownerOf(kind: Kind, path: string): Owner {
    const key = `${kind} ${path}`;
    const known = this.#owners.get(key);
    if (known !== undefined) return known;
    const owner = { kind, path };
    this.#owners.set(key, owner);
    return owner;
  }

  #addName(value: string, owner: Owner): void {
    for (const group of value.split('=')) {
      for (const folded of new Set([plainLetters(group), transcribed(group)])) {
        const parts = folded
          .split('^')
          .map((part) => part.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''));
        for (const word of parts.flat()) this.#addWord(word, owner);
        this.#addWhole(parts[0] ?? [], parts[1] ?? [], owner);
      }
      // As it stands in the bytes where no reader decodes them.
      for (const word of group.split(/[^\p{L}\p{N}\p{M}]+/u)) this.#addEncoded(word, owner);
    }
  }

  #addWord(word: string, owner: Owner): void {
    if (isTitle(word) || isEmptyWord(word)) return;
    if (/^\d+$/.test(word)) {
      if (word.length >= minDigits) this.#addDigits(word, owner);
      return;
    }
    const latin = /^[\p{Script=Latin}\p{N}]+$/u.test(word);
    if (word.length < (latin ? minWord : 2)) return;
    const border = latin && word.length < innerLength ? 'word' : 'none';
    this.#plain(word, border, owner);
    if (latin && word.length >= spacedLength) this.#compact(word, 'none', owner);
    this.#wide(word, owner);
  }

  /** Two-byte text: the compact view has it without its NULs when it is long enough, this finds the short ones. */
  #wide(word: string, owner: Owner): void {
    if (!isAsciiText(word) || word.length < minPhrase || word.length >= spacedLength) return;
    for (const littleEndian of [true, false]) {
      const bytes = Buffer.from(utf16(word, littleEndian)).toString('latin1');
      const pattern = {
        view: 'plain',
        bytes,
        border: 'none',
        characters: word.length,
        digits: false,
      } as const;
      this.#pattern({ ...pattern, textOnly: true }, owner);
    }
  }

  /** Family and given name together, in either order. */
  #addWhole(family: readonly string[], given: readonly string[], owner: Owner): void {
    const [first, second] = [family.join(''), given.join('')];
    if (first === '' || second === '' || isEmptyWord(first) || isEmptyWord(second)) return;
    const orders = [`${first}${second}`, `${second}${first}`];
    if (first.length + second.length >= innerLength) {
      for (const order of orders) this.#compact(order, 'none', owner, true);
      return;
    }
    if (!/^\p{L}+$/u.test(orders[0] ?? '')) return;
    for (const gap of ['^', ' ', ', ', ',', '_', '-', '.', '']) {
      this.#plain(`${first}${gap}${second}`, 'word', owner, true);
      this.#plain(`${second}${gap}${first}`, 'word', owner, true);
    }
  }

  #addEncoded(word: string, owner: Owner): void {
    if (isAsciiText(word) || isTitle(plainLetters(word)) || [...word].length < 2) return;
    for (const spelling of new Set([word, word.toLowerCase(), word.toUpperCase()])) {
      for (const bytes of encodedForms(spelling)) {
        const text = smallAscii(Buffer.from(bytes).toString('latin1'));
        const characters = Math.max([...word].length, Math.floor(bytes.length / 2) + 1);
        this.#pattern(
          {
            view: 'plain',
            bytes: text,
            border: 'none',
            characters,
            digits: false,
            textOnly: bytes.length < 6,
          },
          owner,
        );
      }
    }
  }

  #addUid(value: string, owner: Owner): void {
    if (!/^[0-9.]+$/.test(value) || isRegisteredUid(value)) return;
    if (value.length < 12) {
      if (value.length >= 7) this.#plain(value, 'uid', owner, true);
      return;
    }
    // The beginning of a long one is enough, but not the part that all UIDs of a device share.
    const whole = value.length <= maxPatternBytes;
    this.#plain(value, value.length >= 24 && whole ? 'left-digit' : 'uid', owner);
    const digits = value.replaceAll('.', '');
    if (digits.length >= 14 && !isRamp(digits)) this.#compact(digits, 'left-digit', owner);
    const uuid = uuidOf(value);
    if (uuid === undefined) return;
    this.#compact(uuid, 'none', owner);
    const bytes = smallAscii(Buffer.from(uuid, 'hex').toString('latin1'));
    this.#pattern(
      { view: 'plain', bytes, border: 'none', characters: 16, digits: false, textOnly: false },
      owner,
    );
  }

  #addDate(date: PlainDate | undefined, owner: Owner): void {
    if (date === undefined) return;
    const birth = owner.kind === 'birth-date';
    const [digits] = compactSpellings(date);
    for (const text of compactSpellings(date))
      this.#plain(text, text === digits ? 'left-digit' : 'digit', owner, true, true);
    for (const text of separatedSpellings(date, birth)) this.#plain(text, 'digit', owner, true);
    for (const text of namedSpellings(date)) this.#compact(text, 'left-digit', owner, true);
    if (digits !== undefined) this.numbers.set(digits, owner);
  }

  #addTime(value: string, owner: Owner): void {
    const [, hours = '', minutes = '', seconds = '', fraction = ''] =
      /^\s*(\d\d):?(\d\d):?(\d\d)\.(\d{1,6})/.exec(value) ?? [];
    const telling = fraction.replace(/0+$/, '');
    if (telling.length < 2) return;
    this.#plain(`${hours}${minutes}${seconds}.${telling}`, 'none', owner, true, true);
    this.#plain(`${hours}:${minutes}:${seconds}.${telling}`, 'none', owner, true);
  }

  /** Identifiers, addresses, names of places and machines: letters and digits in this order, whatever is between. */
  #addPhrase(value: string, owner: Owner): void {
    for (const folded of new Set([plainLetters(value), transcribed(value)])) {
      const phrase = lettersAndDigits(folded);
      if (phrase.length < minPhrase || isEmptyWord(phrase)) continue;
      if (/^\d+$/.test(phrase)) {
        this.#addDigits(phrase, owner);
        if (phrase !== folded) this.#plain(folded.trim(), 'digit', owner, true);
        continue;
      }
      if (phrase.length >= innerLength) this.#compact(phrase, 'none', owner, true);
      this.#plain(folded.trim(), phrase.length < innerLength ? 'word' : 'none', owner);
      if (phrase.length < innerLength) this.#plain(phrase, 'word', owner);
      this.#wide(phrase, owner);
      for (const run of phrase.match(/\d+/g) ?? [])
        if (run.length >= 6 && owner.kind !== 'institution') this.#addDigits(run, owner);
    }
    this.#addEncoded(value.trim(), owner);
  }

  #addDigits(digits: string, owner: Owner): void {
    for (const form of new Set([digits, digits.replace(/^0+/, '')])) {
      if (form.length < minDigits || /^(\d)\1*$/.test(form)) continue;
      this.#plain(form, 'digit', owner, true, true);
      if (form.length >= spacedLength) this.#compact(form, 'digit', owner, true, true);
      this.numbers.set(form, owner);
    }
    if (digits.length < spacedLength) return;
    for (const littleEndian of [true, false]) {
      const bytes = Buffer.from(utf16(digits, littleEndian)).toString('latin1');
      this.#pattern(
        { view: 'plain', bytes, border: 'none', characters: digits.length, digits: true, textOnly: true },
        owner,
      );
    }
  }

  #pattern(pattern: Omit<Pattern<Owner>, 'owners'>, owner: Owner): void {
    this.#added += 1;
    (pattern.view === 'plain' ? this.plain : this.compact).add(pattern, owner);
  }

  #plain(text: string, border: Border, owner: Owner, textOnly = false, digits = /^\d+$/.test(text)): void {
    const bytes = Buffer.from(text, 'utf8').toString('latin1');
    const isShort = text.length < spacedLength || isRamp(text);
    this.#pattern(
      { view: 'plain', bytes, border, characters: text.length, digits, textOnly: textOnly || isShort },
      owner,
    );
  }

  #compact(text: string, border: Border, owner: Owner, textOnly = false, digits = /^\d+$/.test(text)): void {
    const bytes = Buffer.from(text, 'utf8').toString('latin1');
    const isShort = text.length < spacedLength || isRamp(text);
    this.#pattern(
      {
        view: 'compact',
        bytes,
        border,
        characters: text.length,
        digits,
        textOnly: (textOnly && text.length < 10) || isShort,
      },
      owner,
    );
  }
}

function smallAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
