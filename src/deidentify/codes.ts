import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { isCodeOf, tellsOfSomebody } from './code-meanings.ts';
import type { Identifiers } from './identifiers.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { isImagingWord } from './text/vocabulary.ts';
import { decodedText, textAt } from './text.ts';

/** What becomes of one part of a code (PS3.3 8.8). */
export type CodeVerdict =
  | { readonly kind: 'keep' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'replace'; readonly text: string };

const codeValue = 0x00080100;
const designator = 0x00080102;
const schemeVersion = 0x00080103;
const codeMeaning = 0x00080104;
const extendedMeaning = 0x00080108;
const longCodeValue = 0x00080119;
const mappingResource = 0x00080105;
const mappingResourceName = 0x00080122;
const contextIdentifier = 0x0008010f;
const templateIdentifier = 0x0040db00;
const graphicLayer = 0x00700002;
const contentLabel = 0x00700080;

const parts: ReadonlySet<number> = new Set([
  codeValue,
  designator,
  schemeVersion,
  codeMeaning,
  extendedMeaning,
  longCodeValue,
  mappingResource,
  mappingResourceName,
  contextIdentifier,
  templateIdentifier,
  graphicLayer,
  contentLabel,
]);

/** Mapping resources (PS3.16 Table 8-2), by name in data sets; templates and context groups of theirs have numbers. */
const publicResources: ReadonlySet<string> = new Set(['DCMR', 'SDM', 'UCUM']);
const groupNumber = /^\d{1,6}$/;

/** Coding schemes whose codes and meanings are public (PS3.16 Table 8-1). Those that number people or places are absent. */
const publicSchemes: ReadonlySet<string> = new Set(
  `DCM SCT SRT SNM3 99SDM LN UCUM RADLEX FMA NCIt I10 I10P I9 I9C ICD10 ICD11 ICDO3 UMLS RXNORM NDC MDC IBSI NEU BI BARI ACR
  MSH CD8 HL7 ISO3166_1 ISO639_1 ISO639_2 RFC3066 RFC4646 RFC5646 CPT4 CPT5 HCPCS C4 C5 CVX CTCAE PATHLEX POS UBERON ITIS_TSN
  SCPECG UNS NDFRT RADELEMENT ISO_3950-2010 PUBCHEM_CID SNOMED-CT LOINC`
    .split(/\s+/)
    .concat(['NCDR [2.0b]']),
);

/** A code as coding schemes form them: no blanks, hence no words of a sentence. */
const codeForm = /^[!-~]{1,64}$/;

/** Code Value and Code Meaning are Type 1 in many places: a dummy is legal everywhere. */
const removed = 'REMOVED';

/** Whether the attribute stands only inside items: at the top of an object it is nobody's. */
export function isOnlyInside(tag: number): boolean {
  return tag !== contentLabel;
}

/** Whether the attribute is a part of a code, or a label that is judged like one. */
export function isCodePart(tag: number): boolean {
  return parts.has(tag);
}

/**
 * Judges a part of the code in this item. A code without a scheme is text of unknown meaning. Of a scheme that
 * is not public nobody outside knows what its codes say, but its name can name the institution and its codes can be words:
 * scheme and code become pseudonyms, so that equal codes stay equal, and the meaning goes. The same is done where the code
 * is none of the public scheme it claims. A meaning is what the sender wrote: it stays where it tells of nobody.
 */
export function judgeCode(
  element: DataElement,
  item: DataSet,
  pseudonyms: Pseudonyms,
  identifiers: Identifiers,
): CodeVerdict {
  const text = decodedText(element, item) ?? '';
  if (text === '') return keep;
  switch (element.tag) {
    case mappingResource:
      return publicResources.has(text) ? keep : replaced(pseudonyms.token('mapping resource', text));
    case mappingResourceName:
    case extendedMeaning:
      return { kind: 'remove' };
    case contextIdentifier:
    case templateIdentifier:
      return groupNumber.test(text) ? keep : replaced(pseudonyms.token('template', text));
    // Layers are referred to by name: one name, one token.
    case graphicLayer:
      return isLabel(text) ? keep : replaced(pseudonyms.token('graphic layer', text));
    case contentLabel:
      return isLabel(text) ? keep : replaced(removed);
    default:
  }
  const scheme = textAt(item, designator);
  const code = textAt(item, codeValue) || textAt(item, longCodeValue);
  const isPublic = publicSchemes.has(scheme) && codeForm.test(code) && isCodeOf(scheme, code);
  switch (element.tag) {
    case designator:
      return isPublic ? keep : replaced(`99${pseudonyms.token('scheme', scheme).slice(0, 12)}`);
    case codeValue:
    case longCodeValue:
      return isPublic && (text === code || (codeForm.test(text) && isCodeOf(scheme, text)))
        ? keep
        : replaced(scheme === '' ? removed : pseudonyms.token(`code ${scheme}`, text));
    case schemeVersion:
      return isPublic ? keep : { kind: 'remove' };
    default:
      return isPublic && !tellsOfSomebody(text, identifiers) ? keep : replaced(removed);
  }
}

/** Terms of viewers that are no words of imaging. */
const labelWords: ReadonlySet<string> = new Set(
  'aim arrow arrows clut drawing drawings gsps lut pmap pstate removed suv suvbw unnamed voi'.split(' '),
);

/** Whether a label that people can type says what is shown, not who: words of imaging, numbers, one or two letters. */
function isLabel(text: string): boolean {
  return (text.match(/[\p{L}\p{M}]+/gu) ?? []).every(
    (word) => word.length <= 2 || labelWords.has(word.toLowerCase()) || isImagingWord(word),
  );
}

const keep: CodeVerdict = { kind: 'keep' };

function replaced(text: string): CodeVerdict {
  return { kind: 'replace', text };
}
