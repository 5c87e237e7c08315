import { isAsciiText } from './fold.ts';

/** Character sets of one byte a character that files are written in, declared or not. */
const singleByteLabels = [
  'windows-1252',
  ...[2, 3, 4, 5, 6, 7, 8, 15].map((part) => `iso-8859-${part}`),
  'windows-1254',
  'windows-1251',
  'koi8-r',
  'windows-874',
];
/** Character sets of one or two bytes a character. */
const doubleByteLabels = ['euc-jp', 'shift_jis', 'euc-kr', 'gb18030', 'big5'];

type Encoder = ReadonlyMap<string, readonly number[]>;
const encoders = new Map<string, Encoder>();

/** Made by decoding every character there is: the platform decodes these character sets, but encodes UTF-8 alone. */
function encoderOf(label: string): Encoder {
  const known = encoders.get(label);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(label);
  const made = new Map<string, readonly number[]>();
  const learn = (bytes: readonly number[]): void => {
    const character = decoder.decode(Uint8Array.from(bytes));
    if (
      character !== '' &&
      [...character].length === 1 &&
      !character.includes('\ufffd') &&
      !made.has(character)
    )
      made.set(character, bytes);
  };
  for (let byte = 0; byte < 256; byte += 1) learn([byte]);
  if (doubleByteLabels.includes(label)) {
    for (let lead = 0x81; lead < 0xff; lead += 1)
      for (let trail = 0x40; trail < 0xff; trail += 1) learn([lead, trail]);
  }
  // JIS X 0212: accented Latin letters among others.
  if (label === 'euc-jp') {
    for (let lead = 0xa1; lead < 0xff; lead += 1)
      for (let trail = 0xa1; trail < 0xff; trail += 1) learn([0x8f, lead, trail]);
  }
  encoders.set(label, made);
  return made;
}

function encode(text: string, label: string): Uint8Array | undefined {
  const encoder = encoderOf(label);
  const bytes: number[] = [];
  for (const character of text) {
    const encoded = encoder.get(character);
    if (encoded === undefined) return undefined;
    bytes.push(...encoded);
  }
  return Uint8Array.from(bytes);
}

export function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = Buffer.from(text, 'utf16le');
  return littleEndian ? bytes : bytes.swap16();
}

/**
 * The bytes a text that is not ASCII may stand in: UTF-8 composed and decomposed, UTF-16 in both orders, and every
 * character set above that has all its characters; Japanese also in the seven bits of ISO 2022 behind its escape
 * sequence. No form twice.
 */
export function encodedForms(text: string): Uint8Array[] {
  if (isAsciiText(text)) return [];
  const composed = text.normalize('NFC');
  const forms = new Map<string, Uint8Array>();
  const add = (bytes: Uint8Array | undefined): void => {
    if (bytes !== undefined && bytes.length >= 3) forms.set(Buffer.from(bytes).toString('latin1'), bytes);
  };
  add(Buffer.from(composed, 'utf8'));
  add(Buffer.from(text.normalize('NFD'), 'utf8'));
  add(utf16(composed, true));
  add(utf16(composed, false));
  for (const label of [...singleByteLabels, ...doubleByteLabels]) add(encode(composed, label));
  const euc = encode(composed, 'euc-jp');
  if (euc?.length === composed.length * 2 && euc.every((byte) => byte >= 0xa1))
    for (const final of [0x42, 0x40])
      add(Uint8Array.from([0x1b, 0x24, final, ...euc.map((byte) => byte & 0x7f)]));
  return [...forms.values()];
}
