import type { RedactionReason } from '../../core/redaction.ts';
import { plainText } from '../../deidentify/text/plain-text.ts';
import type { Span } from '../../deidentify/text/term-search.ts';

/** How surely a value follows a label. */
export type LabelKind =
  /** Whatever follows is the value. */
  | 'sure'
  /** A title: a name follows unless it is a word of imaging or a number ("DR 60", "MR Head"). */
  | 'title'
  /** Only numbers and strange words that follow are the value: "Exam: 1234", "Exam: Abdomen". */
  | 'weak';

/** Words before a value that names somebody; in small letters without diacritics. */
interface Label {
  readonly reason: RedactionReason;
  readonly kind: LabelKind;
  /** Needs a colon or its like behind it, since it is also written where no value follows. */
  readonly marked: boolean;
  readonly expression: RegExp;
}

const before = String.raw`(?<![\p{L}\p{N}])`;
const after = String.raw`(?![\p{L}\p{N}])`;

function label(
  reason: RedactionReason,
  kind: LabelKind,
  behind: 'marked' | 'unmarked',
  spellings: string,
): Label {
  const alternatives = spellings
    .trim()
    .split(/\s*\|\s*/)
    .join('|');
  return {
    reason,
    kind,
    marked: behind === 'marked',
    expression: new RegExp(`${before}(?:${alternatives})${after}`, 'gu'),
  };
}

const labels: readonly Label[] = [
  label(
    'name',
    'sure',
    'unmarked',
    String.raw`patient(?:'?s|in|en)?[ _-]?name|pat(?:ient)?\.?[ _-]?name|pt\.?[ _-]?name|(?:last|first|family|given|middle|maiden|full)[ _-]?name|sur[ _-]?name|nachname
    |vorname|familienname|geburtsname|nom(?: de famille| du patient)?|prenoms?|nombres?|apellidos?|cognome|nome|sobrenome|naam|achternaam|voornaam|navn|fornavn|etternavn|namn
    |efternamn|nimi|sukunimi|imie|nazwisko|jmeno|prijmeni|nume|prenume|isim|soyadi|\u0444\u0438\u043e|\u043f\u0430\u0446\u0438\u0435\u043d\u0442|\u0438\u043c\u044f|\u0444\u0430\u043c\u0438\u043b\u0438\u044f|\u60a3\u8005(?:\u6c0f\u540d|\u540d)?|\u6c0f\u540d|\u59d3\u540d|\ud658\uc790\uba85|\uc131\uba85|name`,
  ),
  label(
    'name',
    'title',
    'unmarked',
    String.raw`dr|drs|dott|doc|prof|professor|professeur|doctor|doktor|docteur|doctora|dottore|dottoressa|mr|mrs|miss|mme|mlle|herrn?|frau|senor|senora|senhor|senhora|sig|sig\.?ra
    |(?:ref(?:erring|er|erred)?|req(?:uesting)?|perf(?:orming)?|attending|reading|reporting|ordering|admitting)\.?[ _-]?(?:phys(?:ician)?|dr|doctor|md|by)|physician|sonographer|technologist|technician|radiographer|radiologist
    |cardiologist|operator|operateur|operador|operatore|untersucher|uberweiser|zuweiser|einsender|arzt|arztin|medecin|medico|manipulateur|mtra|mtr|mta|patient(?:in)?|paciente|paziente`,
  ),
  label(
    'name',
    'sure',
    'marked',
    `patient(?:in|en|e)?|paciente|paziente|pasient|potilas|pacjent|pacient|pat|pt|client|owner|besitzer|op|operator|oper|operateur|operador|operatore|tech|techn|tec|tecnico|technologist|technician|sonographer|user|benutzer|usr
    |physician|doctor|dr|ref|refer|interp|interpreter|by|(?:performed|read|scanned|acquired|printed|ref|reported) by|author|reader|staff|nurse|resident|fellow|surgeon|consultant|requester|requestor`,
  ),
  label(
    'number',
    'sure',
    'unmarked',
    String.raw`mrn|m\.r\.n|med(?:ical)?\.?[ _-]?rec(?:ord)?\.?(?: ?(?:no|nr|number|#))?|(?:patient|patienten|pat|pt|pid|hosp(?:ital)?|study|exam|acc(?:ession)?|visit|case|order|chart|fall|encounter|animal|client)\.?[ _-]?(?:id|nr|no|num|number|nummer)|patid|patientid|ssn|nhs|nino|npi|dni|nie|nif|cpf|curp|bsn|svnr|kvnr|personnummer|cpr|ipp|nhc|aufnahmenummer|auftragsnummer
    |\u60a3\u8005\u756a\u53f7|\u75c5\u5386\u53f7|\u68c0\u67e5\u53f7|\uc785\uc6d0\ud638`,
  ),
  label(
    'number',
    'sure',
    'marked',
    'id|id[12]|ident|pid|accession|accn|acc|accno|access|account|acct|chart|nip|rut|dossier|s/n|sn|dept|department|institution|facility|abt|abteilung|inst|site|location|station|stn|[a-z]{2,4}(?=#)',
  ),
  label(
    'number',
    'weak',
    'marked',
    'ref|no|nr|ex|exam|study|case|visit|order|req|encounter|room|ward|zimmer|unit|serial|fall|comments?|remarks?|notes?|history|diagnosis|indication|clinical(?: history| info)?|reason',
  ),
  label('number', 'weak', 'unmarked', 'accession|accn|chart|dossier|ex|exam'),
  label(
    'date',
    'sure',
    'marked',
    String.raw`dob|d\.o\.b\.?|birth[ _-]?(?:date|day|year)?|date of (?:birth|exam|study)|born|bd|bdate|geb(?:\.|oren|urtsdatum|dat)?(?: am)?|geburtstag|naiss(?:ance)?|date de naissance|ddn|nee?(?: le)?|nacido|nacimiento|fecha(?: de)?(?: nacimiento| nac)?|f\.?nac|data di nascita|nascita|nascimento|fodt|fodd|syntynyt|geboren|geboortedatum|urodzony|narozen|nar|szuletett`,
  ),
  label(
    'date',
    'weak',
    'unmarked',
    String.raw`dob|d\.o\.b\.?|birth[ _-]?(?:date|day|year)?|born|geb|geboren|geburtsdatum|naissance|nee?(?: le)|nacido|nascita|fodt|fodd|date|datum|fecha|data|pvm`,
  ),
  label(
    'identifier',
    'weak',
    'unmarked',
    String.raw`(?<!(?:gest|gestational|menstrual|fetal|foetal|bone|avg|mean|clinical|us|ultrasound|composite)\.? )(?:age|alter|edad|leeftijd|idade)`,
  ),
  label(
    'identifier',
    'sure',
    'marked',
    String.raw`(?<!(?:gest|gestational|menstrual|fetal|foetal|bone|avg|mean|clinical|us|ultrasound|composite)\.? )(?:age|alter|edad|eta|leeftijd|idade)|sex|gender|geschlecht|sexe|sexo|sesso|geslacht|kjonn|race|ethnicity|religion|occupation`,
  ),
  label(
    'contact',
    'sure',
    'marked',
    'address|adresse|direccion|indirizzo|endereco|anschrift|wohnort|strasse|street|phone|telephone|telefon|tel|fax|mobile|e-?mail',
  ),
  label('contact', 'weak', 'unmarked', 'phone|telephone|telefon|tel|fax|mobile'),
];

/** The value behind a label, as a range of the text, and what it is. */
export interface LabelledValue {
  readonly reason: RedactionReason;
  readonly start: number;
  readonly end: number;
  readonly kind: LabelKind;
  /** A colon or its like stands between them. */
  readonly marked: boolean;
}

/** A label with nothing behind it: its value may stand below. */
export interface BareLabel {
  readonly reason: RedactionReason;
  readonly kind: LabelKind;
  readonly start: number;
}

/** What labels there are in a row. */
export interface Labelled {
  readonly values: readonly LabelledValue[];
  readonly bare: readonly BareLabel[];
  /** The labels themselves with their colons, as ranges of the text. */
  readonly spans: readonly Span[];
}

const mark = /^[ ]?(?:[:=#\uff1a;]|[.](?=\s|\p{L}|$))[\s:.#=]*/u;
const separator = /^[\s,_-]+/;
/** Words of a value with a colon before it, and without. */
const maxMarkedWords = 12;
const maxWords = 4;

/** Values behind labels such as "Name:", up to the next label with a colon, and labels behind which nothing stands. */
export function labelledValues(text: string): Labelled {
  const plain = plainText(text);
  const values: LabelledValue[] = [];
  const bare: BareLabel[] = [];
  const spans: Span[] = [];
  if (!/\p{L}/u.test(plain)) return { values, bare, spans };
  for (const { reason, kind, marked, expression } of labels) {
    for (const match of plain.matchAll(expression)) {
      const labelEnd = match.index + match[0].length;
      if (isCounter(plain.slice(0, match.index))) continue;
      const rest = plain.slice(labelEnd);
      const [opening = ''] = mark.exec(rest) ?? [];
      const isMarked = opening !== '' || /[.:#]$/.test(match[0]);
      if (!marked || isMarked) spans.push({ start: match.index, end: labelEnd + opening.length });
      if (rest.replace(/[\s:.#=]+/g, '') === '') {
        if (isMarked || match.index === 0) bare.push({ reason, kind, start: match.index });
        continue;
      }
      if (marked && !isMarked) continue;
      const start = labelEnd + (opening === '' ? (separator.exec(rest)?.[0] ?? '') : opening).length;
      const end = valueEnd(plain, start, isMarked ? maxMarkedWords : maxWords);
      if (end > start) values.push({ reason, kind, start, end, marked: isMarked });
    }
  }
  return { values, bare, spans };
}

/** "Im No: 12", "Slice Nr. 3", "Patient Position": numbers and places of images. */
function isCounter(before: string): boolean {
  return /(?:^|[^\p{L}])(?:im|ima|img|image|bild|se|ser|series|serie|sl|slice|schicht|fr|frame|acq|phase|echo|temp)[ .]*$/u.test(
    before,
  );
}

/** Where the value ends: before the next word with a colon behind it, or after so many words. */
function valueEnd(plain: string, start: number, most: number): number {
  let end = start;
  let count = 0;
  for (const match of plain.slice(start).matchAll(/\S+/g)) {
    const word = match[0];
    // "Depth:" begins something else, "12:30" does not.
    if (/\p{L}{2}[:=]/u.test(word) || /^\p{L}:$/u.test(word)) break;
    if (count > 0 && plain.slice(end, start + match.index).length >= 3 && count >= 2) break;
    end = start + match.index + word.length;
    count += 1;
    if (count >= most) break;
  }
  return end;
}
