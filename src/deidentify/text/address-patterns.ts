import { countDigits, type Pattern } from './findings.ts';
import { isImagingWord, isUnit } from './vocabulary.ts';

const streets =
  'street|str|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|terrace|highway|hwy|parkway|pkwy|crescent|close|court|square|plaza|way';
const plainStreet = /^(?:street|road|avenue|boulevard|blvd|terrace|highway|hwy|parkway|pkwy)\.?$/;
const statesOfAmerica =
  'al|ak|az|ar|ca|co|ct|de|fl|ga|hi|id|il|ia|ks|ky|la|me|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|ok|or|pa|ri|sc|sd|tn|tx|ut|vt|va|wa|wv|wi|wy|dc';
const britishAreas =
  'ab|al|b|ba|bb|bd|bh|bl|bn|br|bs|bt|ca|cb|cf|ch|cm|co|cr|ct|cv|cw|da|dd|de|dg|dh|dl|dn|dt|dy|e|ec|eh|en|ex|fk|fy|g|gl|gu|gy|ha|hd|hg|hp|hr|hs|hu|hx|ig|im|ip|iv|je|ka|kt|kw|ky|l|la|ld|le|ll|ln|ls|lu|m|me|mk|ml|n|ne|ng|nn|np|nr|nw|ol|ox|pa|pe|ph|pl|po|pr|rg|rh|rm|s|sa|se|sg|sk|sl|sm|sn|so|sp|sr|ss|st|sw|sy|ta|td|tf|tn|tq|tr|ts|tw|ub|w|wa|wc|wd|wf|wn|wr|ws|wv|yo|ze';

function isUpper(text: string): boolean {
  return text === text.toUpperCase() && text !== text.toLowerCase();
}

/** Postcodes, towns behind them, streets with their numbers, boxes. */
export const addressPatterns: readonly Pattern[] = [
  // Postcodes and addresses.
  {
    kind: 'address',
    needsDigit: true,
    expression: new RegExp(
      String.raw`(?<![\p{L}\d])(?:${britishAreas})\d[\da-z]?\s?\d[abd-hjlnp-uw-z]{2}(?![\p{L}\d])`,
      'gu',
    ),
    accept: (match, text) =>
      isUpper(match[0] === '' ? '' : text.slice(match.index, match.index + match[0].length)) &&
      !isUnit(match[0].slice(-2)) &&
      !/\d(?:dt|st|nd|rd|th|tr|te|se|ep)$/.test(match[0]),
  },
  {
    kind: 'address',
    needsDigit: true,
    expression: new RegExp(
      String.raw`(?<![\p{L}])(?:(?:\p{L}[\p{L}.'-]{0,40}[ ]){0,2}\p{L}{1,40},\s?)?(?:${statesOfAmerica})[\s,]{1,2}\d{5}(?:-\d{4})?(?![\d.])`,
      'gu',
    ),
    accept(match, text) {
      const state = match.index + match[0].search(/[a-z]{2}[\s,]{1,2}\d{5}(?:-\d{4})?$/);
      return isUpper(text.slice(state, state + 2));
    },
  },
  { kind: 'address', needs: '-', needsDigit: true, expression: /(?<![\d.-])\d{5}-\d{4}(?![\d.-])/g },
  {
    kind: 'address',
    needsDigit: true,
    expression: /(?<![\p{L}\d])[abceghj-nprstvxy]\d[abceghj-nprstv-z]\s\d[abceghj-nprstv-z]\d(?![\p{L}\d])/gu,
  },
  {
    kind: 'address',
    needsDigit: true,
    expression:
      /(?<![\p{L}\d.,-])(?:(?:d|a|ch|f|b|l|nl|dk|s|n|i|e|p|pl|cz|fin|us|gb)-)?\d{4,5}\s+(?<town>\p{L}{3,}(?:[\s-](?:am|an|der|im|bei|ob|sur|les?|la|de|del|upon|on)[\s-]\p{L}{2,}|-\p{L}{2,})?)/gu,
    accept(match, text) {
      const town = match.groups?.town ?? '';
      const [digits = ''] = /\d+/.exec(match[0]) ?? [];
      const written = text.slice(match.index + match[0].length - town.length, match.index + match[0].length);
      if (written.charAt(0) === written.charAt(0).toLowerCase()) return false;
      if (/^[a-z]+-/.test(match[0])) return true;
      return digits.length === 5 && !isUnit(town) && !isImagingWord(town.split(/[\s-]/)[0] ?? '');
    },
  },
  {
    kind: 'address',
    needsDigit: true,
    expression:
      /(?<![\p{L}\d])(?:plz|zip(?:\s?code)?|postcode|postal\s?code|cp|cap|postnr)[\s.:#]{1,3}[\da-z]{2,5}[\s-]?[\da-z]{0,4}(?![\p{L}\d])/gu,
    accept: (match) => countDigits(match[0]) >= 3,
  },
  {
    kind: 'address',
    needsDigit: true,
    expression:
      /(?<![\p{L}\d])[1-9]\d{3}\s?(?!hu|ms|mm|ml|ma|kv|ct|mr|pt|us|dx|te|tr|ti|fa|ap|pa|ax|px|wl|ww)[a-z]{2}(?=\s+\p{L}{3,})/gu,
    accept: (match, text) =>
      isUpper(text.slice(match.index, match.index + match[0].length)) &&
      isUpper(text.charAt(match.index + match[0].length + 1)) &&
      !isImagingWord(/^\s+(\p{L}+)/u.exec(match.input.slice(match.index + match[0].length))?.[1] ?? 'x') &&
      !isImagingWord(match[0].slice(-2)),
  },
  {
    kind: 'address',
    needsDigit: true,
    expression: new RegExp(
      String.raw`(?<![\p{L}\d.])\d{1,5}[a-z]?\s+(?:\p{L}[\p{L}.'-]*\s+){1,3}(?:${streets})(?![\p{L}\d])\.?`,
      'gu',
    ),
    accept: (match) => {
      const words = match[0].split(/\s+/).slice(1);
      // "2 way", "3 short axis close": words of imaging only, unless the last one means nothing but a street.
      return (
        plainStreet.test(words.at(-1) ?? '') || !words.every((word) => isImagingWord(word) || word === '')
      );
    },
  },
  {
    kind: 'address',
    needsDigit: true,
    expression:
      /(?<![\p{L}-])[\p{L}-]{2,60}(?:\s?str(?:a(?:ss|\u00df)e|\.)|gasse|gatan|gata|vagen|vej|gade|straat|laan|plein|allee|platz|damm|ufer|chaussee|steig|utca|katu|ulica|weg|ring)\s+\d{1,4}\s?[a-z]?(?![\p{L}\d.])/gu,
    accept: (match) => {
      const [first = ''] = match[0].split(/\s+/);
      return !isImagingWord(first);
    },
  },
  {
    kind: 'address',
    needsDigit: true,
    expression:
      /(?<![\p{L}])(?:(?:\d{1,4}[,\s]+)(?:bis\s+)?(?:rue|avenue|av|bd|boulevard|chemin|allee|impasse|quai|route)\s+(?:\p{L}[\p{L}.'-]*\s*){1,5}|(?:calle|c\/|avda|avenida|paseo|plaza|rua|travessa|via|viale|piazza|corso|vicolo|ul|ulica)\.?\s+(?:\p{L}[\p{L}.'-]*\s*){1,5}[,\s]+(?:n[.\u00ba\u00b0]?\s*)?\d{1,4})(?![\p{L}\d])/gu,
    accept: (match) => !match[0].split(/[\s,]+/).every((word) => /^\d*$/.test(word) || isImagingWord(word)),
  },
  {
    kind: 'address',
    needsDigit: true,
    expression:
      /(?<![\p{L}])(?:p\.?\s?o\.?\s?box|postfach|apartado|boite postale|casella postale|postbus)[\s.:#]*\d[\d\s]{0,8}/gu,
  },
];
