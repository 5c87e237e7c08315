import { addressPatterns } from './address-patterns.ts';
import { findDates } from './dates.ts';
import { countDigits, type Finding, type Pattern } from './findings.ts';
import { plainText } from './plain-text.ts';
import { isImagingWord, isUnit } from './vocabulary.ts';

const topLevelDomains =
  'com|org|net|edu|gov|int|mil|info|biz|io|eu|de|at|ch|uk|ie|fr|be|nl|lu|it|es|pt|dk|se|no|fi|is|pl|cz|sk|hu|ro|bg|gr|tr|ru|ua|il|in|cn|jp|kr|tw|hk|sg|au|nz|za|br|mx|ar|cl|ca|us|local|lan|intern|intranet|internal|corp|home|hospital|health|clinic|med';

const phoneLabel =
  'telephone|telefon[oe]?|telefonnummer|telefax|phone|tel|fon|fax|mobile|mobil|movil|portable|handy|cell|pager|bleep|beeper|call|durchwahl|ext|dw|tlf|puhelin|tfno';
const numberLabel =
  'mrn|mr#|medical record(?: number| no| nr)?|patient[ -]?(?:id|nr|no|number|nummer|code)|(?:pat|pt)[. -]{0,2}(?:id|nr|no)|patid|patnr|pid|hosp(?:ital)?[. -]?(?:id|no|nr|number)|acc(?:ession)?[ .]?(?:#|no|nr|num|number|nummer)|accession|ssn|social security(?: number| no)?|nhs(?:[ -]?(?:no|number))?|chi|nino|npi|dni|nie|nif|cpf|rut|curp|bsn|ahv|avs|svnr|sv[ -]?nr|kvnr|versicherten(?:nr|nummer)|personnummer|cpr|fodselsnummer|codice fiscale|fall[ -]?(?:nr|nummer|id)|case(?:[ -]?(?:no|nr|number|id))?|fall|auftrag(?:s?[ -]?(?:nr|nummer))?|order[ -]?(?:no|nr|number|id)|visit[ -]?(?:no|nr|number|id)|encounter|enc[ -]?(?:no|id)|episode|dossier|ipp|nip|iep|historia(?: clinica)?|n[. ]?h[. ]?c|nhc|exp(?:ediente)|cartella|unit[ -]?no|passport|insurance|policy|account|acct|bsnr|lanr|study[ -]?(?:id|no)|subject(?:[ -]?(?:id|no))?|sample[ -]?(?:id|no)|serial[ -]?(?:no|nr|number)|s/n|user(?:id)?|login|id|ident|nummer|number|num|nr|no|#';
/** Labels that also stand before small numbers of series, scans and teeth. */
const weakLabels =
  /^(?:no|nr|#|num|number|nummer|id|ident|episode|accession|chi|ipp|nip|rut|npi|user|subject|account|enc(?:ounter)?|dossier|case|fall)$/;

function validHour(hours: string, minutes: string): boolean {
  return Number(hours) < 24 && Number(minutes) < 60;
}

/** Numbers with units, sizes and ranges: "0.5x0.5x1.25", "10000hu", "400-1500". */
function isMeasure(text: string): boolean {
  return text.split(/[x*,;/\\\u00d7]/).every((part) => {
    const [, digits = '', unit = ''] = /^([\d.]+)\s*([a-z%\u00b5\u00b0]*)$/.exec(part) ?? [];
    return digits !== '' && countDigits(digits) <= 5 && (unit === '' || isUnit(unit));
  });
}

const patterns: readonly Pattern[] = [
  { kind: 'uid', needs: '.', needsDigit: true, expression: /(?<![\d.])[012](?:\.\d+){4,}/g },
  {
    kind: 'uid',
    needs: '-',
    expression: /(?<![\da-f])[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\da-f])/g,
  },
  { kind: 'e-mail', needs: '@', expression: /[^\s@<>()[\],;:"]{1,64}\s?@\s?[^\s@<>()[\],;"]{1,255}/g },
  {
    kind: 'e-mail',
    expression:
      /[\w.+-]{1,64}\s{0,2}[([{]\s?at\s?[)\]}]\s{0,2}[\w-]{1,63}(?:\s{0,2}(?:\.|[([{]\s?(?:dot|punkt)\s?[)\]}])\s{0,2}[\w-]{1,63}){1,4}/g,
    accept: (match) => /[([{]\s*at/.test(match[0]),
  },
  { kind: 'location', needs: '://', expression: /[a-z][a-z0-9+.-]{1,15}:\/\/\S+/g },
  {
    kind: 'location',
    needs: '.',
    expression: /(?<![\w.])(?:www\d?|ftp|pacs|ris)\.[\w-]+(?:\.[\w-]+)*(?:[:/]\S*)?/g,
  },
  {
    kind: 'location',
    needs: '.',
    expression: new RegExp(
      String.raw`(?<![\w.@-])[a-z][\w-]{1,62}(?:\.[a-z0-9][\w-]{0,62}){0,5}\.(?:${topLevelDomains})(?![\w-])(?::\d+)?(?:/\S*)?`,
      'g',
    ),
    // "thorax.med", "abd.in": words with a full stop between them and no space.
    accept: (match) => !/^[a-z]+\.[a-z]+$/.test(match[0]) || !match[0].split('.').every(isImagingWord),
  },
  { kind: 'location', needs: '\\', expression: /(?:\\\\|[a-z]:\\)[^\s"<>|]+/g },
  { kind: 'location', needs: '/', expression: /(?<![\w./])~?\/[\w.@-]+\/[\w./@-]+/g },
  { kind: 'location', needs: '../', expression: /(?<![\w.])(?:\.\.\/)+[\w./@-]*/g },
  { kind: 'location', needs: '/', expression: /(?<![\w])[a-z]:\/[\w./@-]+/g },
  {
    kind: 'location',
    needs: '.',
    expression:
      /[\w-]+\.(?:dcm|dicom|ima|jpe?g|png|tiff?|bmp|pdf|docx?|xlsx?|txt|csv|xml|html?|zip|nii|mp4|avi)(?!\w)/g,
  },
  {
    kind: 'location',
    needs: '.',
    needsDigit: true,
    expression: /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?![\d.])/g,
  },
  {
    kind: 'location',
    needs: ':',
    expression:
      /(?<![\w:])(?:[\da-f]{1,4}:){4,7}[\da-f]{1,4}(?![\w:])|(?<![\w:])[\da-f:]{0,38}::[\da-f:]{0,38}[\da-f](?![\w:])/g,
    accept: (match) => /[\da-f]/.test(match[0]) && match[0].length > 4,
  },
  { kind: 'location', expression: /(?<![\da-f])(?:[\da-f]{2}[:-]){5}[\da-f]{2}(?![\da-f])/g },
  // Phones: with a label, with a country or an area code, as in North America.
  {
    kind: 'phone',
    needsDigit: true,
    expression: new RegExp(
      String.raw`(?<![\p{L}])(?:${phoneLabel})(?![\p{L}])[\s.:#=-]*\+?\d[\d\s().\/-]{1,24}\d`,
      'gu',
    ),
    accept: (match) => countDigits(match[0]) >= 3,
  },
  {
    kind: 'phone',
    needs: '+',
    needsDigit: true,
    expression: /\+\s?\d(?:[\s()./-]{0,3}\d){6,16}/g,
  },
  {
    kind: 'phone',
    needsDigit: true,
    expression: /(?<![\d.,])\(?0\d{1,5}\)?(?:[\s/.-]{1,3}\(?\d{1,8}\)?){1,6}(?![\d])/g,
    accept: (match) => countDigits(match[0]) >= 8 && !/^\d+\.\d+(?:\s|$)/.test(match[0]),
  },
  {
    kind: 'phone',
    needsDigit: true,
    expression: /(?<![\d.])(?:1[\s.-])?\(?[2-9]\d{2}\)?[\s.-]{1,2}\d{3}[\s.-]{1,2}\d{4}(?![\d.])/g,
  },
  {
    kind: 'phone',
    needs: '-',
    needsDigit: true,
    expression: /(?<![\d.\w-])[2-9]\d{2}-\d{4}(?![\d.\w-])(?!\s?(?:ms|mm|hu|kv|ma|s|ml))/g,
    accept: (match) =>
      !/(?:\b(?:b|te|tr|ti|hu|wl|ww|window|level|range|fov)[ =:]*)$/.test(
        match.input.slice(Math.max(0, match.index - 12), match.index),
      ),
  },
  // Numbers that name somebody.
  {
    kind: 'number',
    needsDigit: true,
    expression: new RegExp(
      String.raw`(?<![\p{L}\d])(?:${numberLabel})(?![\p{L}])[\s.:#=\u00b0\u00ba]{0,5}(?<value>[\p{L}\d]*\d(?:[\p{L}\d]|[./_-](?=[\p{L}\d])| (?=\d{2,}))*)`,
      'gu',
    ),
    accept(match) {
      const value = match.groups?.value ?? '';
      const label = match[0]
        .slice(0, match[0].length - value.length)
        .replace(/[\s.:=\u00b0\u00ba]+$/, '')
        .trim();
      return !weakLabels.test(label) || (countDigits(value) >= 4 && !isMeasure(value));
    },
  },
  { kind: 'number', needs: '-', needsDigit: true, expression: /(?<![\d.-])\d{3}-\d{2}-\d{4}(?![\d.-])/g },
  {
    kind: 'number',
    needsDigit: true,
    expression:
      /(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)|(?<![\d.])756\.\d{4}\.\d{4}\.\d{2}(?!\d)|(?<!\d)\d{6,8}[-+]\d{4}(?!\d)|(?<!\d)\d{6}[-+a]\d{3}[\da-z](?![\da-z])/g,
  },
  {
    kind: 'number',
    needsDigit: true,
    expression: /(?<![\p{L}\d])[a-z]{6}\d{2}[a-z]\d{2}[a-z]\d{3}[a-z](?![\p{L}\d])/gu,
  },
  {
    // "123 456 789", "12 34 56 78": groups that make a long number together, none of them with a decimal point.
    kind: 'number',
    needsDigit: true,
    expression: /(?<![\d.,])\d{2,4}(?:[\s-]\d{2,4}){2,6}(?![\d]|[.,]\d)/g,
    accept: (match) => {
      const groups = match[0].split(/[\s-]/);
      const sizes = new Set(groups.map(({ length }) => length));
      return (
        countDigits(match[0]) >= 9 &&
        (sizes.size === 1 || groups.length >= 3) &&
        !groups.every((group) => /0$/.test(group))
      );
    },
  },
  {
    // Six digits in a row, or a long mixture of letters, digits and signs.
    kind: 'number',
    needsDigit: true,
    expression: /(?<![\p{L}\d])(?:\p{L}{1,8}[_-])?[\p{L}\d]*\d(?:[\p{L}\d]|[_-](?=[\p{L}\d]))*/gu,
    accept: (match) => isIdLike(match[0]),
  },
  // Times of day.
  {
    kind: 'time',
    needs: ':',
    needsDigit: true,
    expression:
      /(?:(?<=\d)t|(?<![\d.:])t?)(\d{1,2}):(\d{2})(?::\d{2}(?:[.,]\d{1,6})?)?(\s?(?:[ap]\.?m\.?(?![\p{L}])|uhr|h(?![\p{L}])|z(?![\p{L}])))?(?:\s?(?:[+-]\d{2}:?\d{2}|utc|gmt|cest|cet|e[sd]t|p[sd]t))?(?![\d:])/gu,
    accept: ([whole, hours = '', minutes = '', suffix]) =>
      validHour(hours, minutes) &&
      (hours.length === 2 || suffix !== undefined || whole.split(':').length > 2),
  },
  {
    kind: 'time',
    needsDigit: true,
    expression: /(?<![\d.:])(\d{1,2})(?:h(\d{2})(?!\d)|[.:]?(\d{2})?\s?(?:uhr|[ap]\.m\.|o'clock))/g,
    accept: ([, hours = '', one, two]) => validHour(hours, one ?? two ?? '00'),
  },
  ...addressPatterns,
  // Ages that are rare enough to name somebody (45 CFR 164.514: above 89), and years of birth.
  {
    kind: 'age',
    needsDigit: true,
    expression:
      /(?<![\d.])(?:9\d|1[0-2]\d)[\s-]?(?:y\/?o|yo|yrs?[\s-]?old|years?[\s-]old|years of age|jahre?(?:\s+alt)?|j(?:a|\u00e4)hrig\p{L}*|ans|anos|anni|jaar)(?![\p{L}])/gu,
  },
  // 11.II.1963
  {
    kind: 'date',
    needsDigit: true,
    expression:
      /(?<![\p{L}\d])\d{1,2}[./-]\s?(?:i{1,3}|iv|vi{0,3}|ix|xi{0,2})[./-]\s?(?:\d{4}|\d{2})(?!\d)/gu,
  },
  {
    kind: 'date',
    needsDigit: true,
    expression:
      /(?:(?<![\p{L}\d])(?:dob|d\.o\.b\.?|born(?:\s+(?:in|on))?|birth\s?(?:date|year|day)?|date of birth|geb(?:oren|urtsdatum|urtsjahr)?\.?(?:\s+am)?|jahrgang|jg|nee?(?:\s+le|\s+en)?|naiss(?:ance)?|nacid[oa](?:\s+el|\s+en)?|f\.?\s?nac|fecha de nacimiento|nat[oa](?:\s+il|\s+nel)?|nascid[oa]|nascita|fodt|fodd|geboren)|\*)[\s.:]*(?:[\d][\d\s./-]{0,10}\d)/gu,
    accept: (match) =>
      countDigits(match[0]) >= 2 && (!match[0].startsWith('*') || /(?:19|20)\d{2}$|\d[./-]\d/.test(match[0])),
  },
  {
    kind: 'date',
    needsDigit: true,
    expression:
      /(?<![\p{L}])(?:am|vom|seit|bis|on|since|until|dated|le|du|depuis|el|desde|dal)\s+\d{1,2}\s?[./]\s?\d{1,2}\.?(?![\d.,/])(?!\s?(?:mm|cm|ml|%))/gu,
    accept: (match) => isDayAndMonth(match[0]),
  },
  {
    kind: 'date',
    needs: '.',
    needsDigit: true,
    expression: /(?<![\d.])\d{1,2}\.\s?\d{1,2}\.(?!\d)/g,
    accept: (match) => isDayAndMonth(match[0]),
  },
];

function isDayAndMonth(text: string): boolean {
  const [first = 0, second = 0] = (text.match(/\d+/g) ?? []).map(Number);
  return first >= 1 && first <= 31 && second >= 1 && second <= 31 && (first <= 12 || second <= 12);
}

/** Six digits in a row, or five beside letters that are no unit: numbers of people, orders, devices. */
function isIdLike(token: string): boolean {
  if (isMeasure(token)) return false;
  for (const run of token.match(/\d+/g) ?? []) if (run.length >= 6) return true;
  if (/^\d+$/.test(token)) return false;
  const parts = token.split(/[_-]/);
  for (const part of parts) {
    const [digits = ''] = /\d{5,}/.exec(part) ?? [];
    if (digits !== '' && part !== digits && !isMeasure(part)) return true;
  }
  // "123-45-678", "12_345_67"
  const numbers = parts.filter((part) => /^\d+$/.test(part));
  if (numbers.length > 2 && numbers.length >= parts.length - 1 && countDigits(token) >= 7) return true;
  // Hexadecimal and random tokens.
  return (
    token.length >= 10 &&
    parts.some((part) => part.length >= 10 && countDigits(part) >= 3 && /[a-z]/.test(part))
  );
}

/** What stands in the text that patterns tell, whoever the object is about. */
export function findPatterns(text: string): Finding[] {
  const plain = plainText(text);
  const hasDigit = /\d/.test(plain);
  const found: Finding[] = [];
  for (const { kind, expression, needs, needsDigit, accept } of patterns) {
    if ((needsDigit === true && !hasDigit) || (needs !== undefined && !plain.includes(needs))) continue;
    for (const match of plain.matchAll(expression)) {
      if (accept !== undefined && !accept(match, text)) continue;
      found.push({ kind, start: match.index, end: match.index + match[0].length });
    }
  }
  for (const { start, end } of findDates(plain)) found.push({ kind: 'date', start, end });
  return found;
}
