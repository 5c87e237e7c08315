const plainFor: Readonly<Record<string, string>> = {
  '\u3002': '.',
  '\u3001': ',',
  '\u00b7': '.',
  '\u2022': '.',
  '\u00ba': '\u00b0',
  '\u02da': '\u00b0',
  '\u2018': "'",
  '\u2019': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u2010': '-',
  '\u2011': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '\u2215': '/',
  '\u2236': ':',
  '\u2103': '\u00b0',
  '\u300c': '[',
  '\u300d': ']',
  '\u3010': '[',
  '\u3011': ']',
};

/**
 * The text with the signs of other scripts as the ASCII ones they look like, which a recogniser of Chinese gives for any
 * text: full-width letters, digits and signs, ideographic stops, dashes, quotation marks. Unit for unit: an index into one is
 * an index into the other.
 */
export function withPlainSigns(text: string): string {
  return text.replace(/[^ -~\p{L}\p{N}]|[\u00ba\uff01-\uff5e]/gu, (sign) => {
    const code = sign.charCodeAt(0);
    if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
    return plainFor[sign] ?? sign;
  });
}
