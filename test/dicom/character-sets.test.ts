import { execFileSync } from 'node:child_process';
import t from 'tap';
import { parseCharacterSets } from '../../src/dicom/character-set-names.ts';
import { decodeText, encodeText } from '../../src/dicom/character-sets.ts';
import { peerProgram, requirePeer } from '../support/peers.ts';
import { bytes } from './bytes.ts';

const upper = Uint8Array.from({ length: 0x60 }, (_, i) => 0xa0 + i);
const esc = '\x1b';

/** PS3.5 annexes H to K: the worked examples of the standard, with what a reader must see. */
const examples: readonly { readonly sets: string; readonly value: string; readonly shown: string }[] = [
  {
    // H.3.1
    sets: '\\ISO 2022 IR 87',
    value: `Yamada^Tarou=${esc}$B;3ED${esc}(B^${esc}$BB@O:${esc}(B=${esc}$B$d$^$@${esc}(B^${esc}$B$?$m$&${esc}(B`,
    shown: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
  },
  {
    // H.3.2
    sets: 'ISO 2022 IR 13\\ISO 2022 IR 87',
    value: `\xd4\xcf\xc0\xde^\xc0\xdb\xb3=${esc}$B;3ED${esc}(J^${esc}$BB@O:${esc}(J=${esc}$B$d$^$@${esc}(J^${esc}$B$?$m$&${esc}(J`,
    shown: 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
  },
  {
    // I.2
    sets: '\\ISO 2022 IR 149',
    value: `Hong^Gildong=${esc}$)C\xfb\xf3^${esc}$)C\xd1\xce\xd4\xd7=${esc}$)C\xc8\xab^${esc}$)C\xb1\xe6\xb5\xbf`,
    shown: 'Hong^Gildong=洪^吉洞=홍^길동',
  },
  {
    // J.1
    sets: 'ISO_IR 192',
    value: Buffer.from('Wang^XiaoDong=王^小東').toString('latin1'),
    shown: 'Wang^XiaoDong=王^小東',
  },
  {
    // J.2
    sets: 'GB18030',
    value: 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab',
    shown: 'Wang^XiaoDong=王^小东',
  },
  {
    // K.2
    sets: '\\ISO 2022 IR 58',
    value: `Zhang^XiaoDong=${esc}$)A\xd5\xc5^${esc}$)A\xd0\xa1\xb6\xab=`,
    shown: 'Zhang^XiaoDong=张^小东=',
  },
  {
    sets: 'ISO 2022 IR 100\\ISO 2022 IR 144',
    value: `Dionysios is \xe4 and ${esc}-L\xbb\xee\xda`,
    shown: 'Dionysios is ä and Люк',
  },
  { sets: '\\ISO 2022 IR 159', value: `${esc}$(D0!${esc}(B`, shown: '丂' },
];

t.test('the examples of the standard read as it shows them', async (t) => {
  for (const { sets, value, shown } of examples) {
    t.same(decodeText(bytes(value), parseCharacterSets(bytes(sets)), 'PN'), [shown], sets);
  }
});

const singleByte: Readonly<Record<string, string>> = {
  '100': 'latin_1',
  '101': 'iso8859_2',
  '109': 'iso8859_3',
  '110': 'iso8859_4',
  '144': 'iso8859_5',
  '127': 'iso8859_6',
  '126': 'iso8859_7',
  '138': 'iso8859_8',
  '148': 'iso8859_9',
  '203': 'iso8859_15',
  '166': 'iso8859_11',
  '13': 'shift_jis',
};

t.test("single-byte sets agree with Python's on every assigned character", async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const program = `
import json, sys
print(json.dumps({n: [bytes([b]).decode(c, 'replace') for b in range(0xa0, 0x100)] for n, c in json.loads(sys.argv[1]).items()}))
`;
  const output = execFileSync(peerProgram('pydicom'), ['-c', program, JSON.stringify(singleByte)], {
    encoding: 'utf8',
  });
  const theirs: Record<string, string[]> = JSON.parse(output);
  for (const number of Object.keys(singleByte)) {
    for (const term of [`ISO_IR ${number}`, `ISO 2022 IR ${number}`]) {
      const wrong = [...upper].filter((byte, i) => {
        const expected = theirs[number]?.[i];
        const [ours] = decodeText(Uint8Array.of(byte), [term], 'LT');
        return expected !== '\ufffd' && ours !== expected;
      });
      t.same(wrong, [], term);
    }
  }
});

t.test('escape sequences of every set are followed, with and without a first value', async (t) => {
  for (const [number, sequence] of Object.entries({
    '100': '-A',
    '101': '-B',
    '109': '-C',
    '110': '-D',
    '144': '-L',
    '127': '-G',
    '126': '-F',
    '138': '-H',
    '148': '-M',
    '203': '-b',
    '166': '-T',
    '13': ')I',
  })) {
    const [expected] = decodeText(bytes('\xc6\xd1'), [`ISO_IR ${number}`], 'LO');
    const [behind] = decodeText(bytes(`a${esc}${sequence}\xc6\xd1b`), ['', `ISO 2022 IR ${number}`], 'LO');
    t.equal(behind, `a${expected}b`, number);
    const [left] = decodeText(bytes('a\xc6\xd1b'), ['', `ISO 2022 IR ${number}`], 'LO');
    t.equal(left, `a${expected}b`, `${number} without its escape sequence`);
  }
});

t.test('at delimiters the first value holds again', async (t) => {
  const sets = ['ISO 2022 IR 100', 'ISO 2022 IR 144'];
  const cyrillic = `${esc}-L\xbb`;
  t.same(decodeText(bytes(`${cyrillic}\\\xbb`), sets, 'LO'), ['Л', '»']);
  t.same(decodeText(bytes(`${cyrillic}^\xbb=\xbb`), sets, 'PN'), ['Л^»=»']);
  t.same(decodeText(bytes(`${cyrillic}^\xbb`), sets, 'LO'), ['Л^Л'], 'a caret is no delimiter outside names');
  t.same(decodeText(bytes(`${cyrillic}\r\n\xbb`), sets, 'LT'), ['Л\r\n»']);
  t.same(decodeText(bytes(`${cyrillic}\\\xbb`), sets, 'LT'), ['Л\\Л'], 'nor a backslash in long text');
});

t.test('a backslash inside a character separates nothing', async (t) => {
  // The second byte of this character is a backslash.
  t.same(decodeText(bytes('\x81\x5ca\\b'), ['GBK'], 'LO'), ['乗a', 'b']);
  t.same(decodeText(bytes('\x81\x5ca\\b'), ['GB18030'], 'LO'), ['乗a', 'b']);
  const kanji = `${esc}$B!\\${esc}(B\\x`;
  t.equal(decodeText(bytes(kanji), ['', 'ISO 2022 IR 87'], 'LO').length, 2);
});

t.test('what is not declared, unknown or wrong loses nothing', async (t) => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (const sets of [[], ['NO SUCH SET'], ['ISO_IR 6'], ['']]) {
    const [shown = ''] = decodeText(all, sets, 'LT');
    t.equal(new Set(shown).size, 256, `${sets}`);
  }
  t.same(decodeText(bytes('M\xfcller'), [], 'PN'), ['Müller']);
  t.same(decodeText(bytes('M\xfcller'), ['ISO_IR 192'], 'PN'), ['Müller'], 'not UTF-8');
  t.same(decodeText(bytes('M\xfcller'), ['ISO_IR 192'], 'CS'), ['Müller'], 'a VR without character sets');
  t.same(decodeText(bytes(`a${esc}zb`), ['', 'ISO 2022 IR 87'], 'LO'), [`a${esc}zb`], 'no escape sequence');
  t.same(decodeText(bytes(''), [], 'LO'), ['']);
});

t.test('terms are trimmed, and an empty value is the default repertoire', async (t) => {
  t.same(parseCharacterSets(bytes('ISO_IR 100 ')), ['ISO_IR 100']);
  t.same(parseCharacterSets(bytes('\\ISO 2022 IR 87\0')), ['', 'ISO 2022 IR 87']);
  t.same(parseCharacterSets(bytes('  ')), []);
});

t.test('text is written in the character set, or with question marks', async (t) => {
  const shown = (text: string, ...sets: string[]) => Buffer.from(encodeText(text, sets)).toString('latin1');
  t.equal(shown('ANON^1', 'ISO 2022 IR 13', 'ISO 2022 IR 87'), 'ANON^1');
  t.equal(shown('Ü', 'ISO_IR 192'), Buffer.from('Ü').toString('latin1'));
  t.equal(shown('Ü\u0416', 'ISO_IR 100'), '\xdc?');
  t.equal(shown('Ü'), '?');
});
