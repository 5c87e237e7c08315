import t from 'tap';
import { createIdentifiers } from '../../../src/deidentify/identifiers.ts';
import { cleanElement } from '../../../src/deidentify/text/clean-element.ts';
import { cleanContext } from '../../../src/deidentify/text/clean-text.ts';
import { parseCharacterSets } from '../../../src/dicom/character-set-names.ts';
import { encodeValue } from '../../../src/dicom/character-sets-encode.ts';
import type { Vr } from '../../../src/dicom/data-set.ts';
import { bytesElement } from '../../../src/dicom/edit.ts';
import { rawBytes } from '../../../src/dicom/values.ts';
import { around } from '../build.ts';

const rules = { vocabulary: 'any', words: [] } as const;
const identifiers = createIdentifiers({
  names: [
    'M\u00fcller^Anna',
    'Yamada^Tarou=\u5c71\u7530^\u592a\u90ce',
    '\u0418\u0432\u0430\u043d\u043e\u0432^\u041f\u0451\u0442\u0440',
    '\u6d2a^\u5409\u6d1e=\ud64d^\uae38\ub3d9',
    '\u5f20^\u5c0f\u4e1c',
    '\u0e2a\u0e21\u0e0a\u0e32\u0e22^\u0e43\u0e08\u0e14\u0e35',
    '\u0645\u062d\u0645\u062f^\u0639\u0644\u064a',
    '\u05d3\u05d5\u05d3^\u05db\u05d4\u05df',
    '\u03a0\u03b1\u03c0\u03ac\u03c2^\u039d\u03af\u03ba\u03bf\u03c2',
  ],
  ids: ['778899'],
  dates: ['19700305'],
});
const context = cleanContext(identifiers, rules);

interface Cleaned {
  readonly kind: string;
  readonly raw: Buffer;
  readonly findings: readonly string[];
}

/** Bytes of an element after cleaning, unpadded. */
function clean(value: string | Uint8Array, vr: Vr, sets = ''): Cleaned {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const dataSet = { ...around, characterSets: parseCharacterSets(Buffer.from(sets, 'latin1')) };
  const result = cleanElement(bytesElement(0x0008103e, vr, bytes), dataSet, context);
  const raw = result.kind === 'cleaned' ? Buffer.from(rawBytes(result.element)) : Buffer.alloc(0);
  const end = raw.length > 0 && raw.at(-1) === 0x20 ? raw.length - 1 : raw.length;
  return {
    kind: result.kind,
    raw: raw.subarray(0, end),
    findings: 'findings' in result ? result.findings : [],
  };
}

t.test('what is clean is not touched', async (t) => {
  for (const [value, vr, sets] of [
    ['CT Thorax ', 'LO', ''],
    ['', 'LO', ''],
    ['Sch\xe4del\\Knie', 'LO', 'ISO_IR 100'],
    ['\x1b$B6;It\x1b(B CT', 'LO', '\\ISO 2022 IR 87'],
    ['ORIGINAL\\PRIMARY\\AXIAL', 'CS', ''],
  ] as const) {
    t.equal(clean(value, vr, sets).kind, 'unchanged', value);
  }
});

t.test('only the values that hold something change', async (t) => {
  const { kind, raw, findings } = clean('Sch\xe4del \\M\xfcller Kopf\\ Fu\xdf', 'LO', 'ISO_IR 100');
  t.equal(kind, 'cleaned');
  t.equal(raw.toString('latin1'), 'Sch\xe4del \\Kopf\\ Fu\xdf');
  t.same(findings, ['identifier']);
  t.equal(clean('M\xfcller\\Anna', 'LO', 'ISO_IR 100').kind, 'nothing-left');
  t.equal(clean('M\xfcller', 'LO', 'ISO_IR 100').kind, 'nothing-left');
});

t.test('a name spread over two values is found', async (t) => {
  t.equal(clean('head M\xfcl\\ler', 'LO', 'ISO_IR 100').kind, 'nothing-left');
});

/** A description with the name of somebody in the middle, in every character set that can write it. */
const inSets: readonly (readonly [sets: string, before: string, name: string, after: string])[] = [
  ['ISO_IR 100', 'Sch\u00e4del ', 'M\u00fcller', ' Fu\u00df'],
  [
    'ISO 2022 IR 100\\ISO 2022 IR 144',
    'Sch\u00e4del ',
    '\u0418\u0432\u0430\u043d\u043e\u0432',
    ' \u043c\u043e\u0437\u0433',
  ],
  ['ISO_IR 101', 'G\u0142owa ', 'M\u00fcller', ' \u015bwie\u017ca'],
  ['ISO_IR 109', 'kap ', 'M\u00fcller', ' \u0125oro'],
  ['ISO_IR 110', 'galva ', 'M\u00fcller', ' \u0101da'],
  [
    'ISO_IR 144',
    '\u0433\u043e\u043b\u043e\u0432\u0430 ',
    '\u0418\u0432\u0430\u043d\u043e\u0432',
    ' \u043c\u043e\u0437\u0433',
  ],
  ['ISO_IR 127', '\u0631\u0623\u0633 ', '\u0645\u062d\u0645\u062f', ' \u0635\u062f\u0631'],
  [
    'ISO_IR 126',
    '\u03ba\u03b5\u03c6\u03ac\u03bb\u03b9 ',
    '\u03a0\u03b1\u03c0\u03ac\u03c2',
    ' \u03b3\u03cc\u03bd\u03b1\u03c4\u03bf',
  ],
  ['ISO_IR 138', '\u05e8\u05d0\u05e9 ', '\u05db\u05d4\u05df', ' \u05d7\u05d6\u05d4'],
  ['ISO_IR 148', 'ba\u015f ', 'M\u00fcller', ' g\u00f6\u011f\u00fcs'],
  ['ISO_IR 203', 't\u00eate ', 'M\u00fcller', ' c\u0153ur'],
  ['ISO_IR 166', '\u0e28\u0e35\u0e23\u0e29\u0e30 ', '\u0e2a\u0e21\u0e0a\u0e32\u0e22', ' \u0e2d\u0e01'],
  ['ISO_IR 13', '\uff91\uff88 ', 'YAMADA', ' \uff71\uff80\uff8f'],
  ['\\ISO 2022 IR 87', '\u80f8\u90e8 ', '\u5c71\u7530', ' CT \u982d'],
  ['ISO 2022 IR 13\\ISO 2022 IR 87', '\uff91\uff88 ', '\u5c71\u7530', ' \u982d\u90e8'],
  ['\\ISO 2022 IR 87\\ISO 2022 IR 159', '\u80f8\u90e8 ', '\u5c71\u7530', ' \u4e02'],
  ['\\ISO 2022 IR 149', '\ud749\ubd80 ', '\ud64d\uae38\ub3d9', ' \u6d2a \ub450\ubd80'],
  ['\\ISO 2022 IR 58', '\u80f8\u90e8 ', '\u5f20\u5c0f\u4e1c', ' \u5934'],
  ['GB18030', '\u80f8\u90e8 ', '\u5f20\u5c0f\u4e1c', ' \u5934 \u00e9\u3400'],
  ['GBK', '\u80f8\u90e8 ', '\u5f20\u5c0f\u4e1c', ' \u5934'],
  ['ISO_IR 192', '\u80f8\u90e8 ', '\u5f20\u5c0f\u4e1c', ' t\u00eate \ud749\ubd80'],
];

t.test('text of every character set is cleaned and stays in its character set', async (t) => {
  for (const [terms, before, name, after] of inSets) {
    const sets = parseCharacterSets(Buffer.from(terms, 'latin1'));
    const bytes = encodeValue(before + name + after, sets, 'LO');
    const expected = encodeValue(`${before.trim()} ${after.trim()}`, sets, 'LO');
    if (bytes === undefined || expected === undefined) {
      t.fail(`${terms} cannot write its example`);
      continue;
    }
    const { kind, raw } = clean(bytes, 'LO', terms);
    t.equal(kind, 'cleaned', terms);
    t.same(raw, Buffer.from(expected), terms);
  }
});

t.test('what cannot be read surely does not stay', async (t) => {
  t.equal(clean('head M\xfcller x', 'LO').raw.toString('latin1'), 'head x', 'undeclared bytes');
  t.equal(clean('\x8eR\x93c head', 'LO').raw.toString('latin1'), 'head', 'undeclared Shift-JIS');
  t.equal(clean('head \xff\xfe', 'LO', 'ISO_IR 192').raw.toString('latin1'), 'head', 'no UTF-8');
  t.equal(clean('head \x1bzq', 'LO', 'ISO_IR 100').raw.toString('latin1'), 'head', 'no escape sequence');
  t.equal(clean('head\0Xy', 'LO').raw.toString('latin1'), 'head Xy');
  t.equal(clean('h\xe9t', 'CS').kind, 'nothing-left');
});

t.test('bytes that decode to something else are looked at as they are, too', async (t) => {
  // ISO 2022 makes ideographs of these letters.
  t.equal(clean('\x1b$BMULLER\x1b(B', 'LO', '\\ISO 2022 IR 87').kind, 'nothing-left');
  t.equal(clean('M\0u\0l\0l\0e\0r\0 head', 'LO').raw.toString('latin1'), 'head');
});

t.test('codes go whole', async (t) => {
  t.equal(clean('ORIGINAL\\MULLER_1\\AXIAL', 'CS').raw.toString('latin1'), 'ORIGINAL\\\\AXIAL');
  t.equal(clean('MULLER', 'CS').kind, 'nothing-left');
});

t.test('limits of the VR are kept', async (t) => {
  const note = clean(`Mrs. Muller ${'seen '.repeat(204)}`.slice(0, 1023), 'ST').raw.toString('latin1');
  t.ok(note.length <= 1024);
  t.ok(note.startsWith('[removed] seen'));
  const short = clean('Muller CT THORAX ABDOMEN PELVIS', 'SH').raw.toString('latin1');
  t.equal(short, 'CT THORAX');
});

t.test('other VRs and long values are not for it', async (t) => {
  t.equal(clean('Muller', 'PN').kind, 'nothing-left');
  t.equal(clean('12', 'DS').kind, 'nothing-left');
  t.equal(clean('a '.repeat(600_000), 'UT').kind, 'nothing-left');
});
