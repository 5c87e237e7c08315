import fc from 'fast-check';
import t from 'tap';
import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataElement, DataSet, Vr } from '../../src/dicom/data-set.ts';
import { lookup } from '../../src/dicom/dictionary.ts';
import { bytesElement, item, sequenceElement } from '../../src/dicom/edit.ts';
import { dictionaryRows } from '../../src/dicom/generated/dictionary.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { traitsOf, vrs } from '../../src/dicom/vr.ts';
import { around, ct, mustPass, pseudonyms, received, run, words, written } from './build.ts';

/** The identity of one synthetic patient; none of it may be in any byte of an output. */
const identity = ['Zyxwvut', 'Qqrrst', 'ZX-9081726', 'ACC-5567788'] as const;
const patient = [
  words(0x00100010, 'PN', `${identity[0]}^${identity[1]}`),
  words(0x00100020, 'LO', identity[2]),
  words(0x00080050, 'SH', identity[3]),
  words(0x00100030, 'DA', '19631127'),
];
const spellings = [
  ...identity,
  identity[0].toUpperCase(),
  identity[2].replace('-', ''),
  `${identity[0]}_${identity[1]}`,
  '19631127',
  '27.11.1963',
  '1963-11-27',
];

function leaks(file: Buffer): string[] {
  const text = file.toString('latin1').toLowerCase();
  const wide = text.replaceAll('\0', '');
  return spellings.filter(
    (spelling) => text.includes(spelling.toLowerCase()) || wide.includes(spelling.toLowerCase()),
  );
}

const textTags = dictionaryRows
  .trim()
  .split('\n')
  .map((line) => line.split('|'))
  .filter(
    ([tag = '', vr = '']) => tag >= '00080000' && traitsOf(vr as Vr).kind === 'text' && !vr.includes(' '),
  )
  .map(([tag = '', vr = '']) => [Number.parseInt(tag, 16), vr as Vr] as const)
  // These decide what kind of object it is; with them changed it would be held.
  .filter(([tag]) => !ct().elements.some((own) => own.tag === tag));

t.test('an identifier in any text attribute of the dictionary does not leave', async (t) => {
  t.ok(textTags.length > 2500, `${textTags.length} attributes`);
  for (const [tag, vr] of textTags) {
    if (patient.some((own) => own.tag === tag)) continue;
    for (const value of [`note on ${identity[0]} here`, identity[2], '27.11.1963']) {
      const element = bytesElement(tag, vr, Buffer.from(value));
      const nested = sequenceElement(0x00540016, [item(around, [element])]);
      const dataSet = ct(...patient, element, nested);
      const result = run({ ...received(ct()), dataSet }, { releasedCodes: ['BURNED_IN_TEXT_RISK'] });
      if (result.kind === 'held') continue;
      const found = leaks(written(result.value));
      if (found.length > 0) t.fail(`(${tag.toString(16)}) ${lookup(tag)?.keyword}: ${found.length} left`);
    }
  }
});

const spelling = fc.constantFrom(...spellings);
const privateElement = fc
  .tuple(fc.constantFrom(...vrs.filter((vr) => vr !== 'SQ')), fc.integer({ min: 0, max: 0xfe }), spelling)
  .map(([vr, low, text]): DataElement => bytesElement(0x00091000 + low, vr, Buffer.from(text)));
const wrongVr = fc
  .tuple(fc.constantFrom(...textTags), fc.constantFrom(...vrs.filter((vr) => vr !== 'SQ')), spelling)
  .map(([[tag], vr, text]): DataElement => bytesElement(tag, vr, Buffer.from(text)));
const unregistered = fc
  .tuple(fc.integer({ min: 0x0008, max: 0x7fdf }), fc.integer({ min: 1, max: 0xffff }), spelling)
  .map(
    ([group, element, text]): DataElement =>
      bytesElement(((group & 0xfffe) * 0x10000 + element) >>> 0, 'LO', Buffer.from(text)),
  )
  .filter(({ tag }) => lookup(tag) === undefined);
const leaf = fc.oneof(privateElement, wrongVr, unregistered);

function unique(elements: readonly DataElement[]): DataElement[] {
  return [...new Map(elements.map((element) => [element.tag, element])).values()];
}

const { tree } = fc.letrec<{ tree: DataSet; node: DataElement }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    leaf,
    fc
      .tuple(
        fc.constantFrom(0x00540016, 0x00091099, 0x00081140, 0x52009230),
        fc.array(tie('tree'), { maxLength: 3 }),
      )
      .map(([tag, trees]) => sequenceElement(tag, trees)),
  ),
  tree: fc.array(tie('node'), { maxLength: 6 }).map((elements) => item(around, unique(elements))),
}));

t.test('identifiers planted at random, at any depth, under any VR, do not leave', async (t) => {
  let passed = 0;
  fc.assert(
    fc.property(tree, fc.boolean(), ({ elements }, implicit) => {
      const own = new Set(ct(...patient).elements.map(({ tag }) => tag));
      const dataSet = ct(...patient, ...elements.filter(({ tag }) => !own.has(tag)));
      const sent = implicit ? implicitly(dataSet) : dataSet;
      const result = run({
        dataSet: sent,
        transferSyntaxUid: implicit ? '1.2.840.10008.1.2' : '1.2.840.10008.1.2.1',
      } as never);
      if (result.kind === 'held') return true;
      passed += 1;
      return leaks(written(result.value)).length === 0;
    }),
    { numRuns: 1500 },
  );
  t.ok(passed > 500, `${passed} outputs searched`);
});

function implicitly(dataSet: DataSet): DataSet {
  return {
    ...dataSet,
    encoding: { explicitVr: false, littleEndian: true },
    elements: dataSet.elements.map((element) =>
      element.body.kind === 'items'
        ? { ...element, body: { kind: 'items', items: element.body.items.map(implicitly) } }
        : element,
    ),
  };
}

t.test('nothing of the container leaves: preamble, file meta, trailing padding', async (t) => {
  const part10 = received(ct(...patient, bytesElement(0xfffcfffc, 'OB', Buffer.from(`${identity[0]} `))));
  const bytes = new Uint8Array(part10.source.read(0, part10.source.size));
  Buffer.from(bytes.buffer).write(`preamble of ${identity[0]} ${identity[2]}`, 0);
  const value = mustPass(run(readPart10(memorySource(bytes)))).value;
  t.strictSame(leaks(written(value)), []);
  t.notOk(written(value).includes('preamble'));
});

t.test('identifiers in two-byte character sets are found', async (t) => {
  const japanese = { ...around, characterSets: ['', 'ISO 2022 IR 87'] };
  const name = Buffer.from('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'latin1');
  const dataSet: DataSet = {
    ...ct(
      words(0x00080005, 'CS', '\\ISO 2022 IR 87'),
      bytesElement(0x00100010, 'PN', name),
      bytesElement(0x00080070, 'LO', Buffer.from('x \x1b$B;3ED\x1b(B', 'latin1')),
    ),
    characterSets: japanese.characterSets,
  };
  const file = written(mustPass(run(dataSet)).value);
  t.notOk(file.includes(Buffer.from(';3ED')), 'the ideographs are gone');
  t.ok(file.includes('ISO 2022 IR 87'), 'the character set stays');
});

t.test('two runs with the same secret give the same bytes', async (t) => {
  fc.assert(
    fc.property(tree, ({ elements }) => {
      const own = new Set(ct(...patient).elements.map(({ tag }) => tag));
      const dataSet = ct(...patient, ...elements.filter(({ tag }) => !own.has(tag)));
      const input = { dataSet, transferSyntaxUid: '1.2.840.10008.1.2.1' } as never;
      const [first, second] = [run(input, { secret: 'q' }), run(input, { secret: 'q' })];
      if (first.kind === 'held' || second.kind === 'held') return first.kind === second.kind;
      return written(first.value).equals(written(second.value));
    }),
    { numRuns: 200 },
  );
  t.not(pseudonyms.keyId, '');
});
