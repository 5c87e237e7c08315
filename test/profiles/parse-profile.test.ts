import fc from 'fast-check';
import t from 'tap';
import { emptyDefinition } from '../../src/deidentify/profile-definition.ts';
import { profileOptions } from '../../src/deidentify/rules.ts';
import { maxFaults } from '../../src/profiles/faults.ts';
import { type ParsedProfile, parseProfile } from '../../src/profiles/parse-profile.ts';

const faultsOf = (text: string, fileName?: string): string[] => {
  const parsed = parseProfile(text, fileName);
  return parsed.kind === 'faulty'
    ? parsed.faults.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
};
const ok = (text: string): Extract<ParsedProfile, { kind: 'ok' }> => {
  const parsed = parseProfile(text);
  if (parsed.kind === 'faulty') throw new Error(JSON.stringify(parsed.faults));
  return parsed;
};
const withRules = (...rules: string[]): string =>
  `profile: p\nrules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;

const whole = `
profile: research-1
description: |
  What it is for.
base: basic
options: [retainLongModifiedDates, retainSafePrivate, retainDeviceIdentity, cleanDescriptors]
descriptors: { vocabulary: listed, words: [thorax, 3d] }
safePrivate: [recurse, numeric-or-code]
structuredContent: replace
encapsulatedDocuments: replace
pixels:
  highRisk: identifying
  lowRisk: hold
  ultrasoundRegions: false
  starterRules: false
  deviceRules:
    - name: banner
      provenance: seen
      when: { keyword: Modality, equals: US }
      action: blank
      rectangles: [{ height: 40 }]
  fill: contrast
  padding: 0
  harmlessWords: [ABC, 007]
  encoding: jpegLs
trueDeviceDates: true
keyId: 00120034
rules:
  - keyword: [StudyDescription, SeriesDescription]
    action: remove
    when:
      modality: [CT, MR]
      sopClass: [CTImageStorage, 1.2.840.10008.5.1.4.1.1.4]
      callingAeTitle: PACS1
  - tag: "(0010,21b0)"
    action: replace
    value: 0007
  - tag: 0018,11xx
    action: empty
  - vr: [PN, UT]
    action: remove
  - privateCreator: " GEMS_PARM_01 "
    group: 0043
    element: xx1f
    action: keep
`;

t.test('everything a profile can say becomes its definition', async (t) => {
  const when = {
    modalities: ['CT', 'MR'],
    sopClassUids: ['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.4'],
    callingAeTitles: ['PACS1'],
  };
  const { definition, ruleLines } = ok(whole);
  t.same(definition, {
    name: 'research-1',
    description: 'What it is for.',
    options: ['retainSafePrivate', 'retainDeviceIdentity', 'retainLongModifiedDates', 'cleanDescriptors'],
    descriptors: { vocabulary: 'listed', words: ['thorax', '3d'] },
    safePrivate: ['numeric-or-code', 'recurse'],
    structuredContent: 'replace',
    encapsulatedDocuments: 'replace',
    pixels: {
      highRisk: 'identifying',
      lowRisk: 'hold',
      ultrasoundRegions: false,
      starterRules: false,
      deviceRules: [
        {
          name: 'banner',
          provenance: 'seen',
          when: { tag: '00080060', is: 'equals', values: ['US'] },
          action: 'blank',
          rectangles: [{ left: 0, top: 0, width: 0, height: 40 }],
        },
      ],
      fill: 'contrast',
      padding: 0,
      harmlessWords: ['ABC', '007'],
      encoding: 'jpegLs',
    },
    trueDeviceDates: true,
    keyId: '00120034',
    rules: [
      { select: { kind: 'tag', pattern: '00081030' }, action: 'remove', when },
      { select: { kind: 'tag', pattern: '0008103E' }, action: 'remove', when },
      { select: { kind: 'tag', pattern: '001021B0' }, action: 'replace', value: '0007' },
      { select: { kind: 'tag', pattern: '001811xx' }, action: 'empty' },
      { select: { kind: 'vr', vr: 'PN' }, action: 'remove' },
      { select: { kind: 'vr', vr: 'UT' }, action: 'remove' },
      {
        select: { kind: 'privateCreator', creator: 'GEMS_PARM_01', group: 0x0043, element: 0x1f },
        action: 'keep',
      },
    ],
  });
  t.same(ruleLines, [29, 29, 35, 38, 40, 40, 42]);
});

t.test('what is left out is as the basic profile has it', async (t) => {
  t.same(ok('profile: mine').definition, emptyDefinition('mine'));
  t.same(ok('\ufeffprofile: mine\nbase: basic\n').definition, emptyDefinition('mine'));
});

t.test('JSON is read alike', async (t) => {
  const json = JSON.stringify({
    profile: 'j',
    options: ['retainUids'],
    rules: [{ keyword: 'StudyID', action: 'replace', value: 7, when: { modality: 'CT' } }],
  });
  const yaml =
    'profile: j\noptions: [retainUids]\nrules:\n  - {keyword: StudyID, action: replace, value: 7, when: {modality: CT}}\n';
  const parsed = parseProfile(json, 'j.json');
  t.equal(parsed.kind, 'ok');
  t.same(parsed.kind === 'ok' && parsed.definition, ok(yaml).definition);
  t.same(faultsOf('{"profile": "j",\n "options": [],}', 'j.json'), [
    '2:16 the file is named .json but is not valid JSON here; correct it, or name it .yaml',
  ]);
});

t.test('all faults come at once, each at its place, with the nearest word', async (t) => {
  const text = [
    'profile: Research Study',
    'bse: basic',
    'options: [retain-device-identity, cleanDescriptor, retainLongModifiedDates, retainLongFullDates]',
    'descriptors: { vocabulary: some, word: [x] }',
    'structuredContent: drop',
    'rules:',
    '  - keyword: StudyDescripton',
    '    action: delete',
    '  - tag: 00081030',
    '    acton: remove',
  ].join('\n');
  t.match(faultsOf(text), [
    /^1:10 the name "Research Study" must be small letters/,
    /^2:1 unknown key "bse" in the profile; did you mean "base"\?$/,
    /^3:11 unknown option "retain-device-identity"; did you mean "retainDeviceIdentity"\?$/,
    /^3:35 unknown option "cleanDescriptor"; did you mean "cleanDescriptors"\?$/,
    /^3:77 retainLongFullDates and retainLongModifiedDates exclude each other/,
    /^4:28 unknown vocabulary "some"; allowed: any, listed$/,
    /^4:34 unknown key "word" in descriptors; did you mean "words"\?$/,
    /^5:20 unknown word for structuredContent "drop"; allowed: hold, replace$/,
    /^7:14 unknown keyword "StudyDescripton"; did you mean "StudyDescription"\?$/,
    /^8:13 unknown action "delete"; did you mean "remove"\?$/,
    /^9:5 the rule has no action/,
    /^9:10 "00081030" is not a tag; write "0008,1030"$/,
    /^10:5 unknown key "acton" in a rule; did you mean "action"\?$/,
  ]);
  t.equal(faultsOf(text).length, 13);
});

t.test('options of PS3.15 that pixels take the place of are told as such', async (t) => {
  for (const option of ['cleanPixelData', 'Clean Pixel Data Option'])
    t.match(faultsOf(`profile: p\noptions: [${option}]`), [
      /^2:11 "[^"]+" is no option of a profile: Clean Pixel Data follows from `pixels`/,
    ]);
  t.match(faultsOf('profile: p\noptions: [cleanRecognizableVisualFeatures]'), [/^2:11 .* is not offered/]);
});

t.test('settings that exclude each other or have no effect are faults', async (t) => {
  const cases: [string, RegExp][] = [
    ['options: [retainLongFullDates, retainLongModifiedDates]', /2:32 .*exclude each other/],
    ['options: [retainUids, retainUids]', /2:23 "retainUids" stands twice/],
    ['safePrivate: [recurse]', /2:1 safePrivate has no effect without/],
    ['options: [retainSafePrivate]\nsafePrivate: []', /3:14 safePrivate is an empty list/],
    ['descriptors: { vocabulary: listed }', /2:1 descriptors has no effect/],
    ['options: [cleanDescriptors]\ndescriptors: { words: [a] }', /3:16 words have an effect with/],
    [
      'options: [cleanDescriptors]\ndescriptors: { vocabulary: listed, words: [two words] }',
      /3:44 .*single word/,
    ],
    ['trueDeviceDates: true', /2:1 trueDeviceDates has no effect/],
    ['trueDeviceDates: yes', /2:18 "yes" must be true or false/],
    ['keyId: xyz', /2:8 the key id "xyz" must be/],
    ['base: dicom', /2:7 unknown base "dicom"; allowed: basic/],
    ['description: [a]', /2:14 description must be a text, not a list/],
    ['options: retainUids', /2:10 options must be a list, such as \[retainUids\]/],
    ['options:', /2:1 options has no value/],
    ['rules: remove', /2:8 rules must be a list/],
    ['rules: [remove]', /2:9 a rule must be keys with values/],
    ['profile: again', /2:1 this key stands here a second time/],
    [
      'options: [retainLongFullDates]\nrules:\n  - {keyword: StudyDate, action: shift}',
      /4:15 a shifted date beside the full dates/,
    ],
  ];
  for (const [text, expected] of cases) t.match(faultsOf(`profile: p\n${text}`).join('\n'), expected, text);
});

t.test('the name of a built-in profile is not given to another', async (t) => {
  t.match(faultsOf('profile: basic\noptions: [retainUids]'), [/^1:10 the name "basic" belongs to/]);
  t.same(faultsOf('profile: basic\ndescription: in other words'), []);
});

t.test('every option can be written, and none but these', async (t) => {
  for (const option of profileOptions)
    t.same(ok(`profile: p\noptions: [${option}]`).definition.options, [option]);
});

t.test('rules on what the gateway owns are refused with a reason', async (t) => {
  for (const keyword of [
    'SOPClassUID',
    'SOPInstanceUID',
    'StudyInstanceUID',
    'SpecificCharacterSet',
    'TransferSyntaxUID',
    'DirectoryRecordSequence',
    'PatientIdentityRemoved',
    'DeidentificationMethod',
    'DeidentificationMethodCodeSequence',
    'LongitudinalTemporalInformationModified',
    'PixelData',
    'Rows',
    'OverlayData',
  ])
    t.match(
      faultsOf(withRules(`{keyword: ${keyword}, action: remove}`)),
      [/^3:15 no rule may change .*: .+/],
      keyword,
    );
  t.match(faultsOf(withRules('{tag: "0008,0000", action: remove}')), [/group lengths/]);
  t.match(faultsOf(withRules('{tag: "0002,xxxx", action: remove}')), [/no rule may change/]);
  // A wide pattern passes over them.
  t.equal(ok(withRules('{tag: "0008,00xx", action: remove}')).definition.rules.length, 1);
});

t.test('a rule that can never match is a fault', async (t) => {
  const cases: [string, RegExp][] = [
    ['{tag: "0008,00FF", action: remove}', /unknown tag/],
    ['{tag: "0018,FFxx", action: remove}', /can never match/],
    ['{tag: "0009,1001", action: remove}', /is private.*privateCreator/],
    ['{tag: "000g,1001", action: remove}', /is not a tag/],
    ['{tag: StudyDate, action: remove}', /a keyword is given with `keyword:`/],
    ['{keyword: "0008,1030", action: remove}', /a tag is given with `tag:`/],
    ['{vr: XX, action: remove}', /unknown VR "XX"/],
    ['{privateCreator: A, group: 0044, action: keep}', /odd group/],
    ['{privateCreator: A, group: 43, action: keep}', /four hexadecimal digits/],
    ['{privateCreator: A, element: 101F, action: keep}', /two hexadecimal digits/],
    ['{keyword: StudyDate, element: 1F, action: keep}', /goes with privateCreator only/],
    ['{privateCreator: "a\\\\b", action: keep}', /without backslash/],
    ['{keyword: StudyDate, tag: "0008,0021", action: remove}', /exclude each other; write two rules/],
    ['{keyword: [StudyDate, StudyDate], action: remove}', /stands twice in keyword/],
    ['{keyword: [], action: remove, when: {modality: []}}', /modality is an empty list/],
    ['{keyword: StudyDate, action: remove, when: {}}', /when has no condition/],
    [
      '{keyword: StudyDate, action: remove, when: {modality: MRI}}',
      /unknown modality "MRI"; did you mean "MR"/,
    ],
    [
      '{keyword: StudyDate, action: remove, when: {sopClass: CTImagStorage}}',
      /did you mean "CTImageStorage"/,
    ],
    ['{keyword: StudyDate, action: remove, when: {sopClass: 1.2.3}}', /can never match/],
    ['{keyword: StudyDate, action: remove, when: {callingAeTitle: SEVENTEEN-LETTERS}}', /can never match/],
    ['{keyword: StudyDate, action: remove, when: {station: A}}', /unknown key "station" in when/],
    ['{action: remove}', /names no attribute/],
  ];
  for (const [rule, expected] of cases) t.match(faultsOf(withRules(rule)).join('\n'), expected, rule);
});

t.test('a rule that a later one overrules in every case is a fault; a narrower one is not', async (t) => {
  t.match(faultsOf(withRules('{keyword: StudyID, action: hash}', '{tag: "0020,0010", action: remove}')), [
    /^3:15 this rule can never take effect: the one in line 4 says remove/,
  ]);
  t.match(faultsOf(withRules('{vr: PN, action: remove}', '{vr: PN, action: remove}')), [
    /line 4 says the same/,
  ]);
  const whenCt = 'when: {modality: CT}';
  t.match(faultsOf(withRules(`{vr: PN, action: remove, ${whenCt}}`, `{vr: PN, action: empty, ${whenCt}}`)), [
    /never take effect/,
  ]);
  t.same(faultsOf(withRules('{vr: PN, action: remove}', `{vr: PN, action: empty, ${whenCt}}`)), []);
});

t.test('actions are held against the VR', async (t) => {
  const cases: [string, RegExp][] = [
    [
      '{keyword: PatientSize, action: shift}',
      /3:36 PatientSize \(0010,1020\) has VR DS: shift works on dates/,
    ],
    ['{keyword: StudyTime, action: shift}', /whole weeks, so a time is not changed/],
    ['{keyword: StudyDate, action: clean}', /clean works on text/],
    ['{keyword: StudyDescription, action: uid}', /uid works on UIDs/],
    ['{keyword: PatientSex, action: hash}', /VR CS cannot hold/],
    ['{keyword: RequestAttributesSequence, action: pseudonym}', /VR SQ cannot hold/],
    ['{vr: US, action: replace, value: 1}', /VR US does not hold text/],
    ['{vr: UN, action: keep}', /nothing can be said of what is inside UN/],
    ['{tag: "0008,00xx", action: shift}', /has VR .*: shift works on dates/],
  ];
  for (const [rule, expected] of cases) t.match(faultsOf(withRules(rule)).join('\n'), expected, rule);
  for (const rule of [
    '{keyword: StudyDate, action: shift}',
    '{keyword: RequestAttributesSequence, action: clean}',
    '{keyword: FrameOfReferenceUID, action: uid}',
    '{keyword: StudyID, action: hash}',
  ])
    t.same(faultsOf(withRules(rule)), [], rule);
});

t.test('replace takes one value that is legal for the VR', async (t) => {
  const replace = (keyword: string, value: string): string =>
    faultsOf(withRules(`{keyword: ${keyword}, action: replace, value: ${value}}`)).join('\n');
  const illegal: [string, string, RegExp][] = [
    ['StudyDate', '2020-01-01', /a date as YYYYMMDD/],
    ['StudyDate', '20201301', /a date as YYYYMMDD/],
    ['StudyTime', '250000', /a time as HHMMSS/],
    ['PatientAge', '30', /030Y/],
    ['PatientSex', 'female', /capital letters/],
    ['PatientWeight', 'heavy', /a decimal number/],
    ['SeriesNumber', '1.5', /a whole number/],
    ['SeriesNumber', '99999999999', /32 bits/],
    ['StudyID', 'longer-than-sixteen', /has 19 characters; VR SH takes 16/],
    ['FrameOfReferenceUID', '1.02.3', /a UID/],
    ['StudyDescription', '"a\\\\b"', /single value/],
    ['StudyDescription', 'Röntgen', /ASCII/],
    ['StudyDescription', '""', /must not be blank/],
    ['PatientName', 'a^b^c^d^e^f', /at most five parts/],
    ['ImagePositionPatient', '0', /takes 3 values and a rule writes one/],
  ];
  for (const [keyword, value, expected] of illegal)
    t.match(replace(keyword, value), expected, `${keyword} ${value}`);
  for (const [keyword, value] of [
    ['StudyDate', '20200229'],
    ['StudyTime', '0930'],
    ['PatientAge', '030Y'],
    ['PatientSex', 'O'],
    ['PatientWeight', '-1.5e3'],
    ['FrameOfReferenceUID', '2.25.1'],
    ['PatientName', 'ANON^ANON'],
  ] as const)
    t.equal(replace(keyword, value), '', `${keyword} ${value}`);
  t.match(faultsOf(withRules('{keyword: StudyDate, action: replace}')), [/3:34 replace needs `value`/]);
  t.match(faultsOf(withRules('{keyword: StudyDate, action: remove, value: 1}')), [
    /value goes with replace only/,
  ]);
});

t.test('text that could mean more than it shows is refused', async (t) => {
  const bomb = `a: &a [x,x]\n${'bcdefgh'
    .split('')
    .map((name, index) => `${name}: &${name} [*${'abcdefg'[index]},*${'abcdefg'[index]}]\n`)
    .join('')}`;
  const cases: [string, RegExp][] = [
    ['profile: !!js/function "function () {}"', /1:24 tags \(!\) are not allowed/],
    ['profile: !!str p', /tags \(!\) are not allowed/],
    ['profile: &a p\ndescription: *a', /1:\d+ anchors \(&\).*\n2:14 aliases \(\*\)/],
    [`profile: p\n${bomb}`, /aliases \(\*\) are not allowed/],
    ['profile: p\n<<: {base: basic}', /unknown key "<<"/],
    ['%YAML 1.1\n---\nprofile: p', /1:1 directives/],
    ['profile: p\n---\nprofile: q', /a file holds one profile/],
    ['profile: p\n? [a]\n: b', /a key must be a word/],
    ['profile: p\n\tbase: basic', /2:1 .*tabs/],
    ['profile: p\u0000', /1:11 the character U\+0000/],
    ['profile: p # \u202e', /the character U\+202E/],
    ['profile: \ufffd', /not UTF-8/],
    ['profile: [p', /not valid YAML/],
    ['', /1:1 the file is empty/],
    ['# only a comment\n', /the file is empty/],
    ['- profile: p', /1:1 a profile must be keys with values/],
    ['profile', /a profile must be keys with values/],
    ['['.repeat(100_000), /nested deeper than 16/],
    [`profile: p\n${'- '.repeat(50_000)}`, /./],
    [`profile: p\ndescription: "${'x'.repeat(300_000)}"`, /more than 262144 characters/],
  ];
  for (const [text, expected] of cases) t.match(faultsOf(text).join('\n'), expected, text.slice(0, 60));
});

t.test('the list of faults is bounded', async (t) => {
  t.equal(
    faultsOf(withRules(...Array.from({ length: 1500 }, (_, i) => `{keyword: No${i}, action: remove}`)))
      .length,
    maxFaults,
  );
  t.match(
    faultsOf(withRules(...Array.from({ length: 2001 }, () => '{vr: PN, action: remove}'))).join('\n'),
    /more than 2000 rules/,
  );
});

t.test('a rule that lets through what PS3.15 does not is told, and only that', async (t) => {
  const noticesOf = (rule: string, options = ''): string[] =>
    ok(`${options}\n${withRules(rule)}`.trim()).notices.map(({ line, message }) => `${line} ${message}`);
  t.match(noticesOf('{keyword: PatientName, action: keep}'), [
    /^3 keeps PatientName \(0010,0010\), which PS3.15 does not allow/,
  ]);
  t.match(noticesOf('{privateCreator: X, action: keep}'), [/private elements that nobody has judged/]);
  t.match(noticesOf('{vr: PN, action: keep}'), [/and \d+ more/]);
  t.match(noticesOf('{keyword: StudyDate, action: shift}'), [/keeps, shifted, StudyDate/]);
  t.same(noticesOf('{keyword: Modality, action: keep}'), []);
  t.same(noticesOf('{keyword: PatientName, action: remove}'), []);
  t.same(noticesOf('{keyword: StudyDate, action: keep}', 'options: [retainLongFullDates]'), []);
});

t.test('no text makes the check throw, and every fault stands inside the text', async () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      'profile: p\n',
      'rules:\n',
      '  - ',
      'keyword: ',
      'tag: "',
      '{',
      '}',
      '[',
      ']',
      '\n',
      ': ',
      '*a',
      '&a',
      '!!x ',
      'when:',
      '"',
    ),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.nat({ max: 600 }),
      fc.nat({ max: 30 }),
      (pieces, at, cut) => {
        const inserted = pieces.join('');
        for (const text of [inserted, whole.slice(0, at) + inserted + whole.slice(at + cut)]) {
          const parsed = parseProfile(text);
          if (parsed.kind === 'ok') continue;
          const lines = text.split('\n');
          if (parsed.faults.length === 0) return false;
          for (const { line, column } of parsed.faults) {
            const length = lines[line - 1]?.length ?? -1;
            // One past the end is where something is missing.
            if (length < 0 || column < 1 || column > length + 1) throw new Error(`${line}:${column}`);
          }
        }
        return true;
      },
    ),
    { numRuns: 400 },
  );
});
