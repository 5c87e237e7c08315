import t from 'tap';
import { safePrivateTable } from '../../../src/deidentify/generated/safe-private.ts';
import { privateJudge } from '../../../src/deidentify/private/judge.ts';
import { PrivateBlocks, withoutUnusedCreators } from '../../../src/deidentify/private/private-blocks.ts';
import { faultOfPrivate } from '../../../src/deidentify/private/private-values.ts';
import { basicProfile, defineProfile } from '../../../src/deidentify/profile.ts';
import {
  emptyDefinition,
  type SafePrivateClass,
  safePrivateClasses,
} from '../../../src/deidentify/profile-definition.ts';
import { createRuleBook } from '../../../src/deidentify/rule-book.ts';
import { readSubject } from '../../../src/deidentify/subject.ts';
import type { DataElement, DataSet, Vr } from '../../../src/dicom/data-set.ts';
import { bytesElement, item, numberElement, sequenceElement } from '../../../src/dicom/edit.ts';
import { element } from '../../../src/dicom/values.ts';
import { around, ct, implicit, pseudonyms, received, words } from '../build.ts';

function judgeOf(classes: readonly SafePrivateClass[] = safePrivateClasses, believeDeclarations = false) {
  const profile = defineProfile({
    ...emptyDefinition('test'),
    options: ['retainSafePrivate'],
    safePrivate: classes,
  });
  return privateJudge(profile, { believeDeclarations });
}

const philips = 'Philips Imaging DD 001';
const creator = (tag: number, name: string): DataElement => words(tag, 'LO', name);
const actionOf = (dataSet: DataSet, tag: number, judge = judgeOf()): string => {
  const found = element(dataSet, tag);
  if (found === undefined) throw new Error(`no ${tag.toString(16)}`);
  return judge.forDataSet(dataSet).judge(found).action;
};

function plausible(tag: number, vr: string): DataElement {
  if (vr === 'SQ') return sequenceElement(tag, [item(around, [])]);
  if (vr === 'US' || vr === 'SS' || vr === 'UL' || vr === 'SL' || vr === 'FL' || vr === 'FD' || vr === 'AT')
    return numberElement(around, tag, vr, [1]);
  if (vr === 'DS' || vr === 'IS') return words(tag, vr, '1');
  if (vr === 'UI') return words(tag, 'UI', '1.2.3');
  if (vr === '' || vr.startsWith('O')) return bytesElement(tag, 'OB', new Uint8Array(2));
  return words(tag, vr as Vr, 'A');
}

t.test(
  'every row is kept as its class says, in whatever block, and not without its class or option',
  async (t) => {
    const expected: Readonly<Record<string, string>> = {
      'numeric-or-code': 'keep',
      'remap-uid': 'uid',
      recurse: 'recurse',
      'text-check': 'clean-text',
      'opaque-binary': 'remove',
      'vr-not-published': 'remove',
    };
    t.equal(safePrivateTable.length, 479);
    for (const row of safePrivateTable) {
      const group = Number.parseInt(row.tag.slice(0, 4), 16);
      const low = Number.parseInt(row.tag.slice(7), 16);
      for (const block of [0x10, 0x3f, 0xff]) {
        const tag = group * 65536 + block * 256 + low;
        const dataSet = item(around, [creator(group * 65536 + block, row.creator), plausible(tag, row.vr)]);
        t.equal(actionOf(dataSet, tag), expected[row.handling], `${row.creator} ${row.tag}`);
        const others = safePrivateClasses.filter((name) => name !== row.handling);
        t.equal(actionOf(dataSet, tag, judgeOf(others)), 'remove');
        t.equal(actionOf(dataSet, tag, privateJudge(basicProfile)), 'remove');
        const stranger = item(around, [creator(group * 65536 + block, 'ACME 1.0'), plausible(tag, row.vr)]);
        t.equal(actionOf(stranger, tag), 'remove');
      }
    }
  },
);

t.test('an element belongs to the block its own creator reserved, nobody else', async (t) => {
  const factor = (tag: number): DataElement => numberElement(around, tag, 'FL', [2]);
  const judged = (tag: number, ...elements: readonly DataElement[]): string =>
    actionOf(item(around, elements), tag);
  const good = creator(0x20010010, philips);
  t.equal(judged(0x20011003, good, factor(0x20011003)), 'keep');
  t.equal(judged(0x20011003, words(0x20010010, 'LO', `${philips}  `), factor(0x20011003)), 'keep', 'padding');
  t.equal(judged(0x20011103, good, factor(0x20011103)), 'remove', 'a block without creator');
  t.equal(judged(0x20011003, factor(0x20011003)), 'remove', 'no creator');
  t.equal(judged(0x20031003, creator(0x20030010, philips), factor(0x20031003)), 'remove', 'another group');
  t.equal(judged(0x20011003, words(0x20010010, 'LO', philips.toUpperCase()), factor(0x20011003)), 'remove');
  t.equal(judged(0x20011003, words(0x20010010, 'LO', [philips, 'Doe']), factor(0x20011003)), 'remove');
  t.equal(judged(0x20011003, words(0x20010010, 'PN', philips), factor(0x20011003)), 'remove');
  t.equal(judged(0x20011003, words(0x20010010, 'LO', ''), factor(0x20011003)), 'remove');
  t.equal(
    judged(0x20011003, good, factor(0x20011003), creator(0x20010011, philips)),
    'remove',
    'two blocks of one creator in a group',
  );
  t.equal(judged(0x20010003, good, factor(0x20010003)), 'remove', 'no place for a private element');
  t.equal(judged(0x20010803, good, factor(0x20010803)), 'remove', 'no place for a private element');
  t.equal(judged(0x20010000, good, factor(0x20010000)), 'remove', 'group length');
  t.equal(judged(0x00071003, creator(0x00070010, philips), factor(0x00071003)), 'remove', 'illegal group');
  t.equal(judged(0xffff1003, creator(0xffff0010, philips), factor(0xffff1003)), 'remove', 'illegal group');
  t.equal(judged(0x20010010, good), 'creator');
  t.equal(judged(0x20010010, creator(0x20010010, 'Jane Doe')), 'remove');
});

t.test('an item has blocks of its own; those around it do not hold in it', async (t) => {
  const factor = numberElement(around, 0x20011003, 'FL', [2]);
  const [bare, own] = [item(around, [factor]), item(around, [creator(0x20010010, philips), factor])];
  const outer = item(around, [
    creator(0x20010010, philips),
    factor,
    sequenceElement(0x2001105f, [bare, own]),
  ]);
  const place = judgeOf().forDataSet(outer);
  t.equal(place.judge(outer.elements[2] as DataElement).action, 'recurse');
  t.equal(place.within(bare).judge(factor).action, 'remove');
  t.equal(place.within(own).judge(factor).action, 'keep');
});

t.test('a VR that says nothing is taken from the table; one that contradicts it removes', async (t) => {
  const bytes = Buffer.from(Float32Array.of(2).buffer);
  const at = (vr: Vr, value: Uint8Array = bytes, tag = 0x20011003) =>
    judgeOf()
      .forDataSet(item(around, [creator(0x20010010, philips)]))
      .judge(bytesElement(tag, vr, value));
  t.match(at('UN'), { action: 'keep', vr: 'FL', maxValues: 1, creatorTag: 0x20010010 });
  t.match(at('FD'), { action: 'keep', vr: 'FD' });
  for (const vr of ['LO', 'PN', 'OB', 'OW', 'DS', 'LT', 'UI', 'DA'] as const)
    t.equal(at(vr).action, 'remove', vr);
  t.match(at('LO', Buffer.from('YES '), 0x20011004), { action: 'keep', vr: 'CS' }, 'a code sent as text');
  t.equal(at('PN', Buffer.from('YES '), 0x20011004).action, 'remove');
  t.equal(at('UN', bytes, 0x2001105f).action, 'remove', 'a sequence that is none');
  t.equal(
    judgeOf()
      .forDataSet(item(around, [creator(0x20010010, philips)]))
      .judge(sequenceElement(0x20011003, [item(around, [words(0x00100010, 'PN', 'Doe')])])).action,
    'remove',
    'a number that is a sequence',
  );
  const big = { ...around, encoding: { explicitVr: true, littleEndian: false } };
  const judgeBig = judgeOf().forDataSet(item(big, [creator(0x20010010, philips)]));
  t.equal(judgeBig.judge(bytesElement(0x20011003, 'UN', bytes)).action, 'remove', 'UN among big endian');
  t.equal(judgeBig.judge(bytesElement(0x20011003, 'FL', bytes)).action, 'keep');
  t.equal(judgeBig.judge(bytesElement(0x20011004, 'UN', Buffer.from('YES '))).action, 'keep');
});

t.test('implicit VR: elements read without any VR are known by the table', async (t) => {
  const { dataSet } = received(
    {
      ...ct(creator(0x20010010, philips), numberElement(around, 0x20011003, 'FL', [2])),
      encoding: { explicitVr: false, littleEndian: true },
    },
    implicit,
  );
  t.equal(element(dataSet, 0x20011003)?.vr, 'UN');
  t.equal(actionOf(dataSet, 0x20011003), 'keep');
});

t.test('a value must be what its VR says and repeat no identifier', async (t) => {
  const dataSet = ct(
    words(0x00100020, 'LO', '1234567'),
    words(0x00100010, 'PN', 'Zyxwvut^Qqrrst'),
    creator(0x20010010, philips),
  );
  const { identifiers } = readSubject(dataSet, pseudonyms, createRuleBook(basicProfile));
  const fault = (found: DataElement): string | undefined => {
    const verdict = judgeOf().forDataSet(dataSet).judge(found);
    if (verdict.action !== 'keep') throw new Error(verdict.action);
    const result = faultOfPrivate(
      found,
      verdict,
      { ...dataSet, elements: [...dataSet.elements, found] },
      identifiers,
    );
    return result?.rule;
  };
  const text = (tag: number, vr: Vr, value: string): DataElement => bytesElement(tag, vr, Buffer.from(value));
  t.equal(fault(text(0x20011004, 'CS', 'YES ')), undefined);
  t.equal(fault(text(0x20011004, 'UN', 'ZYXWVUT ')), 'identifier-found');
  t.equal(fault(text(0x20011004, 'CS', 'A very long text that no code is')), 'value-representation');
  t.equal(fault(text(0x20011004, 'CS', 'YES\\NO')), 'value-representation', 'one value allowed');
  t.equal(fault(text(0x20011002, 'IS', '12  ')), undefined);
  t.equal(fault(text(0x20011002, 'UN', 'Jane')), 'value-representation');
  t.equal(fault(text(0x20011002, 'IS', '1234567 ')), 'identifier-found');
  t.equal(fault(numberElement(dataSet, 0x20011030, 'UL', [7])), undefined);
  t.equal(fault(numberElement(dataSet, 0x20011030, 'UL', [1234567])), 'identifier-found');
  const unnamed = bytesElement(0x20011030, 'UN', Buffer.from(Uint32Array.of(1234567).buffer));
  t.equal(fault(unnamed), 'identifier-found', 'sent without a VR');
  t.equal(fault(numberElement(dataSet, 0x20011003, 'FL', [1, 2])), 'value-representation', 'two for one');
  t.equal(fault(text(0x20011003, 'FL', 'abc123')), 'value-representation', 'no whole number of values');
  // 1-n: as many as fit, but no name among them.
  t.equal(fault(numberElement(dataSet, 0x200110f2, 'FL', [1, 2, 3])), undefined);
  t.equal(fault(text(0x200110f2, 'FL', 'Zyxwvut ')), 'identifier-found');
});

const declared = (status: string, ...elements: readonly DataElement[]): DataElement =>
  sequenceElement(0x00080300, [
    item(around, [
      numberElement(around, 0x00080301, 'US', [0x2001]),
      words(0x00080302, 'LO', philips),
      words(0x00080303, 'CS', status),
      ...elements,
    ]),
  ]);

t.test("a sender's warnings are believed, its assurances only where that is asked for", async (t) => {
  const factor = numberElement(around, 0x20011003, 'FL', [2]);
  const unlisted = numberElement(around, 0x200110e0, 'FL', [2]);
  const own = (...elements: readonly DataElement[]): DataSet =>
    item(around, [creator(0x20010010, philips), factor, unlisted, ...elements]);
  const nonidentifying = numberElement(around, 0x00080304, 'US', [0x03]);
  const actionOn = (low: number, action: string): DataElement =>
    sequenceElement(0x00080305, [
      item(around, [numberElement(around, 0x00080306, 'US', [low]), words(0x00080307, 'CS', action)]),
    ]);
  t.equal(actionOf(own(declared('SAFE')), 0x20011003), 'keep');
  t.equal(actionOf(own(declared('UNSAFE')), 0x20011003), 'remove');
  t.equal(actionOf(own(declared('UNSAFE', nonidentifying)), 0x20011003), 'remove');
  t.equal(actionOf(own(declared('MIXED')), 0x20011003), 'remove');
  t.equal(actionOf(own(declared('MIXED', nonidentifying)), 0x20011003), 'keep');
  t.equal(actionOf(own(declared('SAFE', actionOn(0x03, 'X'))), 0x20011003), 'remove');
  t.equal(actionOf(own(declared('SAFE')), 0x200110e0), 'remove', 'not in the table');
  const believing = judgeOf(safePrivateClasses, true);
  t.equal(actionOf(own(declared('SAFE')), 0x200110e0, believing), 'keep');
  t.equal(actionOf(own(declared('MIXED', nonidentifying)), 0x200110e0, believing), 'remove');
  t.equal(actionOf(own(declared('SAFE', actionOn(0xe0, 'X'))), 0x200110e0, believing), 'remove');
  const twice = own(
    sequenceElement(
      0x00080300,
      ['SAFE', 'UNSAFE'].flatMap((status) => {
        const { body } = declared(status);
        return body.kind === 'items' ? body.items : [];
      }),
    ),
  );
  t.equal(actionOf(twice, 0x20011003), 'remove', 'the warning of two items holds');
  // The warning of the object holds in its items too.
  const inner = item(around, [creator(0x20010010, philips), factor]);
  t.equal(
    judgeOf()
      .forDataSet(own(declared('UNSAFE')))
      .within(inner)
      .judge(factor).action,
    'remove',
  );
});

t.test('a creator without elements goes', async (t) => {
  const elements = [
    words(0x00080060, 'CS', 'MR'),
    creator(0x20010010, philips),
    creator(0x20010011, 'Philips Imaging DD 002'),
    numberElement(around, 0x20011103, 'FL', [2]),
  ];
  t.strictSame(
    withoutUnusedCreators(elements).map(({ tag }) => tag),
    [0x00080060, 0x20010011, 0x20011103],
  );
  const plain = elements.slice(0, 1);
  t.equal(withoutUnusedCreators(plain), plain);
});

t.test('the owner of an element and of a block is known by tag', async (t) => {
  const blocks = new PrivateBlocks(item(around, [creator(0x20010011, 'ACME 1.0')]));
  t.strictSame(blocks.ownerOf(0x20011103), { name: 'ACME 1.0', tag: 0x20010011 });
  t.strictSame(blocks.ownerOf(0x20010011), { name: 'ACME 1.0', tag: 0x20010011 });
  t.equal(blocks.ownerOf(0x20011003), undefined);
  t.equal(blocks.ownerOf(0x00100010), undefined);
});
