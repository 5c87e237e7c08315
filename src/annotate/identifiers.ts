import { syntheticIdentity } from '../synthetic/identity.ts';
import { seededRandom } from '../synthetic/random.ts';

/** What a burned text is. All but `harmless` tell of a person, a visit or a place. */
export const textKinds = [
  'name',
  'id',
  'date',
  'accession',
  'physician',
  'institution',
  'contact',
  'harmless',
] as const;
export type TextKind = (typeof textKinds)[number];

export const languages = ['en', 'de', 'cs', 'pl', 'sv', 'es', 'tr', 'hu', 'el', 'ru'] as const;
export type Language = (typeof languages)[number];

export interface KindOfText {
  readonly text: string;
  readonly kind: TextKind;
}

/** An invented person and visit whose names are of one language. */
export interface BurnedIdentity {
  readonly family: string;
  readonly given: string;
  readonly patientId: string;
  /** YYYYMMDD. */
  readonly birthDate: string;
  readonly studyDate: string;
  readonly accessionNumber: string;
  readonly physicianFamily: string;
  readonly physicianGiven: string;
  readonly institution: string;
  readonly telephone: string;
  readonly address: string;
}

const names: Readonly<
  Record<Language, { readonly family: readonly string[]; readonly given: readonly string[] }>
> = {
  en: {
    family: ['Quillfeather', 'Oakhurst', 'Marlowe-Finch', "O'Branagh"],
    given: ['Ottoline', 'Barnaby', 'Perpetua'],
  },
  de: { family: ['Müßiggang', 'Löwenhäupt', 'Grünspecht'], given: ['Jürgen', 'Käthe', 'Björn'] },
  cs: { family: ['Dvořáčková', 'Žižkovský', 'Šťastný'], given: ['Jiří', 'Zdeňka', 'Matěj'] },
  pl: { family: ['Łukasiewicz', 'Wiśniewska', 'Źdźbło'], given: ['Stanisław', 'Małgorzata', 'Jędrzej'] },
  sv: { family: ['Ångström', 'Sjöhäll', 'Øverland'], given: ['Åsa', 'Göran', 'Märta'] },
  es: { family: ['Ibáñez', 'Muñoz', 'Echegaráy'], given: ['Begoña', 'José', 'Inés'] },
  tr: { family: ['Çağlayan', 'Öztürk', 'Yıldırım'], given: ['Şükrü', 'Gülşen', 'Uğur'] },
  hu: { family: ['Szőllősi', 'Gyűrűfi', 'Kéményes'], given: ['Győző', 'Hajnalka', 'Ödön'] },
  el: { family: ['Παπαδόπουλος', 'Αγγελίδης', 'Μυλωνά'], given: ['Ευτυχία', 'Γεώργιος', 'Θωμάς'] },
  ru: { family: ['Берёзкина', 'Щукин', 'Журавлёв'], given: ['Юрий', 'Евдокия', 'Фёдор'] },
};

const harmless: readonly string[] = [
  'L',
  'R',
  'AP',
  'PA',
  'LAT',
  'SUPINE',
  'ERECT',
  'PORTABLE',
  '120 kV',
  '5.0 MHz',
  'Gain 50%',
  'FR 43Hz',
  '10 cm',
  'MI 0.8',
  'TIs 0.3',
  'Zoom 1.2x',
  'W 400 L 40',
  '80 kVp 5 mAs',
  '2D 62% C 55',
  'Depth 12.0 cm',
];

/** Words beside an identifier that tell of nobody by themselves. */
const labels: ReadonlySet<string> = new Set('Name: ID: MRN Acc# DOB: Ref: Tel Dr. Prof.'.split(' '));

/** True for words such as "ID:", which may stay where what they announce goes. */
export function isLabel(word: string): boolean {
  return labels.has(word);
}

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

/** An invented identity that depends on seed and language alone. */
export function burnedIdentity(seed: string, language: Language): BurnedIdentity {
  const base = syntheticIdentity(seed);
  const random = seededRandom(`burned ${seed} ${language}`);
  const { family, given } = names[language];
  return {
    family: pick(random, family),
    given: pick(random, given),
    patientId: base.patientId,
    birthDate: base.birthDate,
    studyDate: base.studyDate,
    accessionNumber: base.accessionNumber,
    physicianFamily: pick(random, family),
    physicianGiven: pick(random, given),
    institution: base.institution,
    telephone: base.telephone,
    address: base.address,
  };
}

/** One of the ways in which devices write what is known of an identity, or a harmless annotation. */
export function textOf(kind: TextKind, who: BurnedIdentity, random: () => number): string {
  const { family, given } = who;
  switch (kind) {
    case 'name':
      return pick(random, [
        `${family.toUpperCase()}, ${given.toUpperCase()}`,
        `${family}, ${given}`,
        `${given} ${family}`,
        `${family.toUpperCase()}^${given.toUpperCase()}`,
        `Name: ${family} ${given}`,
        `${family.toUpperCase()} ${given.charAt(0)}.`,
        family.toUpperCase(),
      ]);
    case 'id':
      return pick(random, [
        who.patientId,
        `ID: ${who.patientId}`,
        `MRN ${who.patientId.replace('SYN-', '')}`,
      ]);
    case 'date':
      return pick(random, [who.birthDate, who.studyDate].flatMap(datesOf));
    case 'accession':
      return pick(random, [who.accessionNumber, `Acc# ${who.accessionNumber}`]);
    case 'physician':
      return pick(random, [
        `Dr. ${who.physicianFamily}`,
        `Ref: ${who.physicianGiven} ${who.physicianFamily}`,
        `Prof. ${who.physicianFamily.toUpperCase()}`,
      ]);
    case 'institution':
      return pick(random, [who.institution, who.institution.toUpperCase()]);
    case 'contact':
      return pick(random, [who.telephone, `Tel ${who.telephone}`, who.address]);
    case 'harmless':
      return pick(random, harmless);
    default:
      return kind satisfies never;
  }
}

/** The lines that devices put in a corner: who, number, born, where. */
export function identityLines(who: BurnedIdentity): readonly KindOfText[] {
  return [
    { text: `${who.family.toUpperCase()}, ${who.given.toUpperCase()}`, kind: 'name' },
    { text: `ID: ${who.patientId}`, kind: 'id' },
    { text: datesOf(who.birthDate)[0] ?? '', kind: 'date' },
    { text: who.institution, kind: 'institution' },
  ];
}

/** A date (YYYYMMDD) as countries and devices write it. */
function datesOf(date: string): string[] {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)];
  return [
    `${day}.${month}.${year}`,
    `${month}/${day}/${year}`,
    `${year}-${month}-${day}`,
    `${day} ${months[Number(month) - 1]} ${year}`,
    `DOB: ${day}/${month}/${year}`,
  ];
}

export function pick<T>(random: () => number, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new RangeError('nothing to choose from');
  return chosen;
}
