import t from 'tap';
import { createIdentifiers } from '../../../src/deidentify/identifiers.ts';
import { cleanContext, cleanText } from '../../../src/deidentify/text/clean-text.ts';
import { descriptors, unlistedDescriptors } from './descriptors.ts';

const any = { vocabulary: 'any', words: [] } as const;
const listed = { vocabulary: 'listed', words: ['Glioprotokoll'] } as const;

const source = {
  names: [
    'M\u00fcller^Anna-Lena^^Dr',
    'Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=\u3084\u307e\u3060^\u305f\u308d\u3046',
    '\u0418\u0432\u0430\u043d\u043e\u0432^\u041f\u0451\u0442\u0440',
    "O'Brien^Se\u00e1n",
    'Koch^Bo',
    '\u674e^\u5a1c',
    'van der Meer^Ruth',
    '\u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0\u03bf\u03c5\u03bb\u03bf\u03c2^\u039d\u03af\u03ba\u03bf\u03c2',
    '\uae40^\ud76c\uc911',
  ],
  ids: ['MRN-778 899', '4711', '00123455', 'Ab9'],
  dates: ['19700305'],
  eventDates: ['20240213'],
  places: ['CTSCAN1', 'CT03'],
  phones: ['+49 30 7654321'],
  addresses: ['Charit\u00e9 Universit\u00e4tsklinikum Berlin', 'Lindenallee 7'],
};
const identifiers = createIdentifiers(source);
const context = cleanContext(identifiers, any);
const strict = cleanContext(identifiers, listed);
const nobody = cleanContext(createIdentifiers({ names: [], ids: [], dates: [] }), any);

t.test('descriptions of images stay as they are', async (t) => {
  t.ok(descriptors.length > 90);
  for (const text of descriptors) {
    t.same(cleanText(text, context), { text, changed: false, findings: [] }, text);
    t.same(cleanText(text, context, 'mark'), { text, changed: false, findings: [] }, text);
  }
});

t.test('with the vocabulary they stay, too', async (t) => {
  for (const text of descriptors)
    if (!unlistedDescriptors.has(text)) t.equal(cleanText(text, strict).text, text, text);
});

/** What is left of a text about this patient. */
const own: Readonly<Record<string, string>> = {
  'CT M\u00fcller': 'CT',
  'MUELLER anna': '',
  'Mu\u0308ller Thorax': 'Thorax',
  'M u l l e r Thorax': 'Thorax',
  'M\u00fcllers Scan': 'Scan',
  'M\u00fcllersche Probe': 'Probe',
  'Annalena Thorax': 'Thorax',
  'mueller,a. chest': 'chest',
  'M. Anna chest': 'chest',
  T1_MULLER_ANNA_sag: 'T1 sag',
  ThoraxMuellerAnna: '',
  'M\u00fcl\u00adler Kopf': 'Kopf',
  'M\u200buller Kopf': 'Kopf',
  '\uff2d\uff35\uff2c\uff2c\uff25\uff32 Kopf': 'Kopf',
  'Ivanov chest': 'chest',
  'Iwanow Brust': 'Brust',
  'KT \u0438\u0432\u0430\u043d\u043e\u0432\u0430': 'KT',
  'Petr Thorax': 'Thorax',
  'Papadopoulos knee': 'knee',
  'yamada t. head': 'head',
  'Taro Yamada': '',
  'Tarou head': 'head',
  '\u5c71\u7530\u69d8 CT': 'CT',
  '\uff94\uff8f\uff80\uff9e scan': 'scan',
  '\u30e4\u30de\u30c0 scan': 'scan',
  '\u674e\u5a1c MRI': 'MRI',
  '\uae40\ud76c\uc911 CT': 'CT',
  'OBRIEN S head': 'head',
  "o'brien head": 'head',
  'O Brien head': 'head',
  'Kochs Knie': 'Knie',
  'KOCH-knee': 'knee',
  'K.O.C.H knee': 'knee',
  'Bo head': 'head',
  'Koch-Huber head': 'head',
  'Huber, Ruth head': 'head',
  'HUBER^RUTH head': 'head',
  'Thorax-Koch': 'Thorax',
  'Vandermeer arm': 'arm',
  'arm v.d. Meer': 'arm',
  'MRN778899 head': 'head',
  'x/MRN-778 899/y head': 'x y head',
  'head 7.7.8-8 9 9': 'head',
  'room 4711 head': 'room head',
  '04711 head': 'head',
  '4 7 1 1 head': 'head',
  '123455 head': 'head',
  '12-34-55 head': 'head',
  '\u0661\u0662\u0663\u0664\u0665\u0665 head': 'head',
  'head 05.03.1970': 'head',
  'head 5/3/70': 'head',
  'head 050370': 'head',
  'head 700305': 'head',
  'head 13.02.2024': 'head',
  'head 20240213T1200': 'head',
  'head CTSCAN1': 'head',
  'head ct-scan 1': 'head',
  'head CT03': 'head',
  'head 030 765 4321': 'head',
  'head 7654321': 'head',
  'head in Berlin': 'head in',
  'Charit\u00e9 head': 'head',
  'CHARITE head': 'head',
  'Lindenallee head': 'head',
};

t.test("the object's own identifiers go, however they are written", async (t) => {
  for (const [text, left] of Object.entries(own)) {
    const cleaned = cleanText(text, context);
    t.equal(cleaned.text, left, text);
    t.ok(cleaned.changed);
    t.ok(cleaned.findings.length > 0);
  }
});

/** What is left of a text about anybody. */
const patterns: Readonly<Record<string, string>> = {
  'Dr. Smith reviewed head': 'reviewed head',
  'Dr Smith head': 'head',
  'Dr. Head knee': 'knee',
  'referred by Dr. med. Hans Wurst chest': 'chest',
  'Operator: jsm Head': 'Head',
  'read by Jones chest': 'chest',
  'Technologist AB scan': 'scan',
  'Patient: John Q Public supine': 'supine',
  'Patient Smith supine': 'supine',
  'Pt. Smith supine': 'supine',
  'Name: DOE JANE': '',
  'Patientin: Schulze-Meyer Knie': 'Knie',
  'Frau Schulze Knie': 'Knie',
  'Herr Dr. Meier Kopf': 'Kopf',
  'Sra. Garc\u00eda t\u00f3rax': 't\u00f3rax',
  'Mme Dupont genou': 'genou',
  'Sig.ra Rossi ginocchio': 'ginocchio',
  'Mevr. de Vries knie': 'knie',
  'Prof. van der Berg head': 'head',
  'Mr Jones chest': 'chest',
  'MR Jones chest': 'chest',
  'MRS JONES CHEST': 'CHEST',
  '\u0434-\u0440 \u041f\u0435\u0442\u0440\u043e\u0432 CT': 'CT',
  '\u60a3\u8005\u540d: \u4f50\u85e4\u82b1\u5b50 CT': 'CT',
  'Smith et al. protocol': 'protocol',
  'Jane Smith, MD thorax': 'thorax',
  'W. Meier head': 'head',
  'Meier, W. head': 'head',
  'DOB 01/02/1963 head': 'head',
  'born 1963 head': 'head',
  'geb. 1.2.63 Kopf': 'Kopf',
  '*01.02.1963 MRT': 'MRT',
  'scan 11.II.1963': 'scan',
  'born in 1963 scan': 'scan',
  'mother: Joan Doe head': 'head',
  'Pt ID 77 scan': 'scan',
  'Mar 2024 scan': 'scan',
  'scan 5. M\u00e4rz 2024': 'scan',
  'scan 5-MAR-70': 'scan',
  'scan March 5th, 1970': 'scan',
  'scan 5 de marzo de 1970': 'scan',
  'scan 1er juin 2020': 'scan',
  'scan 3 \u043c\u0430\u0440\u0442\u0430 2020': 'scan',
  'scan 1970\u5e743\u67085\u65e5': 'scan',
  'scan \u662d\u548c45\u5e743\u67085\u65e5': 'scan',
  'scan 2023-07-01': 'scan',
  'scan 2023.07.01': 'scan',
  'scan 07/2023': 'scan',
  'scan 20230701': 'scan',
  'scan 12:34:56': 'scan',
  'scan 2023-07-01T12:34:56.123+01:00': 'scan',
  'scan 14:05 Uhr': 'scan',
  'scan 3:15 pm': 'scan',
  'Tel. 030/99887766': '',
  'call 555-1234 now': 'now',
  'scan +1 (617) 555-1234': 'scan',
  'scan 617-555-1234': 'scan',
  'scan 01 23 45 67 89': 'scan',
  'Fax: 0221 478-0 scan': 'scan',
  'a.b@c.de scan': 'scan',
  'j.smith (at) mail (dot) com scan': 'scan',
  'scan https://pacs.local/x?y': 'scan',
  'scan pacs01.hospital.local': 'scan',
  'scan \\\\srv\\share\\x': 'scan',
  'scan C:\\data\\smith.dcm': 'scan',
  'scan /data/x/y.dcm': 'scan',
  'scan 10.1.2.3': 'scan',
  'scan fe80::1ff:fe23:4567': 'scan',
  'scan 00:1A:2B:3C:4D:5E': 'scan',
  'MRN: 55512 scan': 'scan',
  'Pat-ID 12A34 scan': 'scan',
  'Acc# 9981 scan': 'scan',
  'SSN 123-45-6789 scan': 'scan',
  'NHS 943 476 5919 scan': 'scan',
  'Fallnr. 2233 scan': 'scan',
  '123456789 head': 'head',
  'A1234567 head': 'head',
  'AB-123-45-678 head': 'head',
  'P00123_45 head': 'head',
  'RSSMRA70C05H501Z head': 'head',
  '123.456.789-09 head': 'head',
  'head 1.2.840.113619.2.55': 'head',
  'head 550e8400-e29b-41d4-a716-446655440000': 'head',
  'SW1A 1AA head': 'head',
  '20148 Hamburg Kopf': 'Kopf',
  'Boston, MA 02115 head': 'head',
  '1012 AB Amsterdam': 'Amsterdam',
  '12 Main Street head': 'head',
  '221b Baker Street head': 'head',
  'Hauptstra\u00dfe 7 Kopf': 'Kopf',
  '12 rue de la Paix': '',
  'Calle Mayor 12 rodilla': 'rodilla',
  'PO Box 1234 head': 'head',
  '95 y/o fall': 'fall',
};

t.test('what patterns tell goes, whoever the object is about', async (t) => {
  for (const [text, left] of Object.entries(patterns)) t.equal(cleanText(text, nobody).text, left, text);
});

t.test('under the vocabulary nothing else is left', async (t) => {
  const texts: Readonly<Record<string, string>> = {
    'CT Thorax Schmidt': 'CT Thorax',
    'Knie Oberwiesenthal rechts': 'Knie rechts',
    'Glioprotokoll 3': 'Glioprotokoll 3',
    'H E L G A head': 'head',
    'head 1987': 'head',
    'TR 1987 ms': 'TR 1987 ms',
    'head XJ77Q2': 'head',
    '\u80f8\u90e8 CT': 'CT',
    Schulzeknie: '',
  };
  for (const [text, left] of Object.entries(texts)) t.equal(cleanText(text, strict).text, left, text);
});

t.test('in sentences a mark shows where something was', async (t) => {
  const text = 'Mrs. M\u00fcller was seen by Dr. Smith on 05.03.2020.\nNo fracture. Tel. 030/99887766.';
  t.equal(
    cleanText(text, context, 'mark').text,
    '[removed] was [removed] on [removed].\nNo fracture. [removed].',
  );
  const odd = cleanContext(createIdentifiers({ names: ['Removed^Anna'], ids: [], dates: [] }), any);
  t.equal(odd.mark, '');
  t.equal(cleanText('seen Anna today', odd, 'mark').text, 'seen today');
});

t.test('halves that come together are found', async (t) => {
  t.equal(cleanText('head Mul 12.03.2020 ler', context).text, 'head');
});

t.test('hostile text costs a bounded time', async (t) => {
  const started = process.cpuUsage();
  for (const text of [
    '-'.repeat(120_000),
    'a'.repeat(120_000),
    '1'.repeat(120_000),
    '1 '.repeat(60_000),
    'a.'.repeat(60_000),
    'dr. '.repeat(30_000),
    'M\u00fcller '.repeat(16_000),
    `read${' '.repeat(120_000)}by`,
    'A '.repeat(60_000),
    '@'.repeat(120_000),
    ':'.repeat(120_000),
    'Ab, '.repeat(30_000),
    '\u0308'.repeat(120_000),
  ]) {
    const before = process.cpuUsage();
    cleanText(text, context);
    const { user } = process.cpuUsage(before);
    t.ok(user < 5_000_000, `${text.slice(0, 6)} ${Math.round(user / 1000)} ms`);
  }
  t.comment(`${Math.round(process.cpuUsage(started).user / 1000)} ms`);
  t.equal(cleanText('a'.repeat(200_000), context).text, '', 'what is longer is not kept');
});
