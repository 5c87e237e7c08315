import type { Finding } from './findings.ts';
import { plainText } from './plain-text.ts';
import { isImagingWord } from './vocabulary.ts';

/** A title before a name. */
interface Opening {
  readonly expression: RegExp;
  /**
   * `sure`: what follows is a name, whatever it means otherwise. `likely`: it is one unless it is a word of imaging ("MR",
   * "PT" and "DR" are modalities, "Patient" is not always followed by a name).
   */
  readonly certainty: 'sure' | 'likely';
  /** Most words that are taken for the name. */
  readonly words: number;
}

const before = String.raw`(?<![\p{L}\p{N}])`;
const after = String.raw`(?![\p{L}\p{N}])`;

const openings: readonly Opening[] = [
  // Titles with a full stop, or that mean nothing else.
  {
    certainty: 'sure',
    words: 4,
    expression: new RegExp(
      String.raw`${before}(?:(?:(?:dr|prof|dres|drs|doct|hr|fr|mr|mrs|ms|mme|mlle|sr|sra|srta|dott|sig|sig\.ra|dra|pd|priv|doz|univ|pan|ing|dipl|med|st\.?a|oa|ca|aa|mag)\.[\s-]*)+(?:(?:med|rer|nat|habil|h\.?c|dent|vet|phil)\.?[\s-]*)*(?:univ\.[\s-]*)?|(?:professor|professeur|profesor|professore|doctor|doktor|docteur|dottore|dottoressa|doctora|herrn?|frau|fraulein|mrs|miss|madame|monsieur|mademoiselle|mme|mlle|se[nñ]or|se[nñ]ora|se[nñ]orita|signora?|signorina|senhora?|dhr|mevr|mevrouw|oberarzt|oberarztin|chefarzt|chefarztin|assistenzarzt|frk|pani|privatdozent|gospodin|gospozha|д-р|доктор|г-н|г-жа)${after}[\s.:]*)`,
      'gu',
    ),
  },
  // Labels with a colon.
  {
    certainty: 'sure',
    words: 5,
    expression: new RegExp(
      String.raw`${before}(?:(?:patient(?:'?s|in|en)?[\s-]?name|pat(?:\.|ient)?[\s-]?name|last[\s-]?name|first[\s-]?name|family[\s-]?name|given[\s-]?name|sur[\s-]?name|maiden[\s-]?name|nachname|vorname|familienname|nom(?:\s+de\s+famille|\s+du\s+patient)?|prenom|nombre|apellidos?|nome|cognome|naam|navn|namn|name|imie|nazwisko|patient|patientin|paciente|paziente|pat|pt|fio|фио|пациент|имя|患者(?:氏名|名)?|氏名|姓名|환자명|성명)\s*[:=]|(?:operator|operateur|operador|operatore|technologist|technician|technologe|tech|mtra?|mta|mtr|rta|rtr|radiographer|manipulateur|tecnico|radiologist|radiologe|radiologue|radiologo|physician|attending|consultant|resident|fellow|surgeon|cardiologist|doctor|arzt|aerztin|arztin|medecin|medico|zuweiser|uberweiser|uberweisender\s+arzt|einsender|befunder|requester|requestor|requesting(?:\s+physician)?|referrer|referring(?:\s+(?:physician|doctor|dr))?|ref(?:\.|\s)?\s?(?:phys|dr|md)\.?|performing(?:\s+physician)?|reporting(?:\s+physician)?|reader|author|user|benutzer|contact|next\s+of\s+kin|mother|father|spouse|guardian|signed|signature|unterschrift|untersucher|bearbeiter|op|prescripteur|correspondant|prescriptor|refiere|richiedente)\s*[:=])\s*`,
      'gu',
    ),
  },
  // "read by", "referred by" and the like.
  {
    certainty: 'likely',
    words: 4,
    expression: new RegExp(
      String.raw`${before}(?:(?:read|reported|reviewed|referred|ref|ordered|requested|req|performed|perf|done|dictated|signed|verified|approved|interpreted|authori[sz]ed|scanned|acquired|transcribed|sedated|injected|examined|seen|checked|supervised|prescribed|entered|written|created|sent)\s+by|attn|c\/o|cc|uberwiesen\s+(?:von|durch)|zugewiesen\s+(?:von|durch)|angefordert\s+(?:von|durch)|befundet\s+(?:von|durch)|untersucht\s+(?:von|durch)|durchgefuhrt\s+(?:von|durch)|gez|i\.\s?a|adresse\s+par|demande\s+par|prescrit\s+par|realise\s+par|lu\s+par|solicitado\s+por|realizado\s+por|remitido\s+por|informado\s+por|richiesto\s+da|eseguito\s+da|refertato\s+da|operator|technologist|technician|radiographer|radiologist|physician|attending|surgeon|consultant|tech|mtra|mta|cardiologist|radiologe|radiologin|arzt|arztin|medecin|medico|zuweiser|prof|patient(?:in)?|paciente|paziente|pat|named?|namens|genannt|alias|aka|mother|father|wife|husband|son\s+of|daughter\s+of|baby\s+of|babyof|bb|b\/o|s\/o|d\/o|w\/o\s(?=[a-z]+\s[a-z]+\s\d))${after}[\s.:#-]*(?:(?:dr|prof|med|herrn?|frau|mr|mrs|ms|dipl|ing|priv|doz|pd)(?:\.\s*|\s+))*`,
      'gu',
    ),
  },
  // Titles that are modalities and sequences as well.
  {
    certainty: 'likely',
    words: 3,
    expression: new RegExp(
      String.raw`${before}(?:mr|ms|mx|dr|pt|sr|sra|hr|fr|mme|m|lady|sir|rev|dott|sig|drs|d\.?ra)${after}\.?\s+`,
      'gu',
    ),
  },
];

/** Words that belong to a name and are no part of it. */
const particles: ReadonlySet<string> = new Set(
  'van von der den de del della di da do dos das du la le les el al bin ibn ben bint abu ten ter zu zum zur und y e e. mc mac st san santa af av'.split(
    ' ',
  ),
);

const nameWord = /^(?:\p{L}\.|\p{L}[\p{L}\p{M}'\u2019.\u00b7-]*)/u;
/** Behind a name: "MD", "et al". */
const behind =
  /^[\s,]*(?:m\.?d\.?|ph\.?d\.?|rt|r\.t\.|frcr|mbbs|do|rn|np|pa-c|facr|jr\.?|sr\.?|iii|ii|et al\.?|u\.\s?a\.)(?![\p{L}])/iu;

/** Names that follow a title or a label, and names before "MD" or "et al". */
export function findTitledNames(text: string): Finding[] {
  const plain = plainText(text);
  const found: Finding[] = [];
  for (const { expression, certainty, words } of openings) {
    for (const match of plain.matchAll(expression)) {
      const start = match.index + match[0].length;
      // Titlecase with a full stop or a colon is no modality.
      const end = nameEnd(text, start, certainty, words, text.slice(match.index, start));
      if (end > start) found.push({ kind: 'name', start: match.index, end });
    }
  }
  for (const match of text.matchAll(credentials)) {
    const words = (match[1] ?? '').trim();
    if (words.split(/[\s,]+/).every((word) => isImagingWord(word) || word.length < 2)) continue;
    found.push({ kind: 'name', start: match.index, end: match.index + match[0].length });
  }
  for (const match of text.matchAll(surnameAndInitial)) {
    if (isImagingWord(match[1] ?? '')) continue;
    found.push({ kind: 'name', start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** "Anna Smith, MD", "Smith et al." */
const credentials =
  /(?<![\p{L}\p{N}])((?:\p{Lu}[\p{L}'\u2019.-]*\s+){0,2}\p{Lu}[\p{L}'\u2019-]+),?\s+(?:M\.?D\.?|Ph\.?D\.?|FRCR|MBBS|FACR|R\.T\.|et al\.?)(?![\p{L}])/gu;
/** "J. Smith", "Smith, J." */
const surnameAndInitial =
  /(?<![\p{L}\p{N}.])(?:\p{Lu}\.\s?){1,3}(\p{Lu}\p{Ll}[\p{L}'\u2019-]+)|(?<![\p{L}\p{N}])(\p{Lu}\p{Ll}[\p{L}'\u2019-]+),\s?\p{Lu}\.(?![\p{L}\p{N}])/gu;

/** Where the name that begins at `start` ends; `start` itself where none begins. */
function nameEnd(
  text: string,
  start: number,
  certainty: 'sure' | 'likely',
  most: number,
  opening: string,
): number {
  let end = start;
  let index = start;
  let words = 0;
  const colon = /[:=]\s*$/.test(opening);
  while (words < most) {
    const rest = text.slice(index);
    const [word = ''] = nameWord.exec(rest) ?? [];
    if (word === '') break;
    const bare = word.replace(/[.'\u2019-]+$/, '');
    const particle = particles.has(bare.toLowerCase());
    const initial = /^\p{Lu}\.?$/u.test(word);
    const known = isImagingWord(bare) && !initial;
    const capital = bare.charAt(0) !== bare.charAt(0).toLowerCase() || !/\p{Ll}/u.test(bare);
    const first = end === start;
    if (!particle) {
      const accepted = first
        ? (certainty === 'sure' && (capital || colon)) ||
          (!known && (capital || colon || certainty === 'sure'))
        : !known && (capital || colon);
      if (!accepted) break;
      // A letter by itself is a plane or a tooth, unless a name goes on.
      if (initial && first && certainty === 'likely' && !colon && !/^\p{Lu}\.?[\s.]+\p{Lu}\p{L}/u.test(rest))
        break;
      end = index + (word.endsWith('.') && !initial ? bare.length : word.length);
    }
    words += 1;
    index += particle || !word.endsWith('.') || initial ? word.length : bare.length;
    const [space = ''] = /^(?:[ \t]*,[ \t]*(?=\p{Lu})|[ \t^_-]+|(?<=\.))/u.exec(text.slice(index)) ?? [];
    if (space === '' && !/\.$/.test(word)) break;
    index += space.length;
  }
  if (end === start) return start;
  return end + (behind.exec(text.slice(end))?.[0].length ?? 0);
}
