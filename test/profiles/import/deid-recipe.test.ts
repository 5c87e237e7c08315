import fc from 'fast-check';
import t from 'tap';
import type { DeviceRule } from '../../../src/deidentify/pixels/pixel-policy.ts';
import { standardPixelPolicy } from '../../../src/deidentify/pixels/pixel-policy.ts';
import { importDeidRecipe } from '../../../src/profiles/import/deid-recipe.ts';
import { parseDeidLine } from '../../../src/profiles/import/deid-tests.ts';
import { ruledRegions } from '../../../src/redact/regions/ruled-regions.ts';
import { ct, explicit, words } from '../../deidentify/build.ts';

/** pydicom/deid cannot be installed here: the recipes are written for the test, in its documented language. */
const filter = (text: string, group = 'graylist'): string => `FORMAT dicom\n%filter ${group}\n${text}\n`;
const imported = (recipe: string) => importDeidRecipe(recipe, 'test');
const messages = (recipe: string): string[] =>
  imported(recipe).untranslated.map(({ line, message }) => `${line} ${message}`);
const rule = (label: string): DeviceRule | undefined => imported(filter(`LABEL x\n${label}`)).rules[0];

t.test('labels become rules: coordinates are corners, ctpcoordinates sizes', async (t) => {
  const recipe = filter(`
# a comment
LABEL Banner of A # (somebody)
  contains Modality US
  + contains Manufacturer Acme|Maker || missing Manufacturer
  + notequals Rows 480
  coordinates 10,20,640,60
  ctpcoordinates 10,20,640,60
LABEL by hand
  present StationName
`);
  const { rules, untranslated, notes } = imported(recipe);
  t.same(untranslated, []);
  t.same(notes, []);
  t.match(rules, [
    {
      name: 'Banner of A, line 5',
      action: 'blank',
      provenance: 'test',
      when: {
        all: [
          { tag: '00080060', is: 'contains', values: ['US'] },
          {
            any: [
              { tag: '00080070', is: 'contains', values: ['Acme', 'Maker'] },
              { tag: '00080070', is: 'absent' },
            ],
          },
          { not: { tag: '00280010', is: 'equals', values: ['480'] } },
        ],
      },
      rectangles: [
        { left: 10, top: 20, width: 630, height: 40 },
        { left: 10, top: 20, width: 640, height: 60 },
      ],
    },
    { name: 'by hand, line 11', action: 'treat', rectangles: [] },
  ]);
  t.match(imported(filter('LABEL doc\ncontains Modality OT', 'blacklist')).rules, [{ action: 'hold' }]);
});

t.test('lines join from left to right, without precedence', async (t) => {
  const [a, b, c] = ['US', 'CT', 'MR'].map((value) => ({ tag: '00080060', is: 'equals', values: [value] }));
  t.same(rule('equals Modality US\n|| equals Modality CT\n+ equals Modality MR')?.when, {
    all: [{ any: [a, b] }, c],
  });
  t.same(rule('equals Modality US\n+ equals Modality CT\n|| equals Modality MR')?.when, {
    any: [{ all: [a, b] }, c],
  });
  t.same(rule('equals Modality US\nequals Modality CT')?.when, { all: [a, b] }, 'no sign is and');
  t.same(parseDeidLine('|| equals Modality US'), { operator: 'or', test: a });
});

t.test('contains searches for a pattern, a sign joins only before a test', async (t) => {
  t.same(rule('contains ImageType SCREEN SAVE')?.when, {
    tag: '00080008',
    is: 'contains',
    values: ['SCREEN SAVE'],
  });
  t.same(rule('contains ManufacturerModelName SOMATOM AS+')?.when, {
    tag: '00081090',
    is: 'matches',
    values: ['.*(?:somatom as+).*'],
  });
  t.same(rule('contains ImageType DERIVED+SECONDARY')?.when, {
    tag: '00080008',
    is: 'matches',
    values: ['.*(?:derived+secondary).*'],
  });
  t.same(rule('equals 0x00080060 US')?.when, { tag: '00080060', is: 'equals', values: ['US'] });
});

t.test('all, and what is kept of it', async (t) => {
  t.match(rule('contains Modality US\ncoordinates all\nkeepcoordinates 0,40,640,480'), {
    action: 'keep',
    rectangles: [{ left: 0, top: 40, width: 640, height: 440 }],
  });
  t.match(rule('coordinates all'), {
    action: 'blank',
    when: { all: [] },
    rectangles: [{ left: 0, top: 0, width: 0, height: 0 }],
  });
  t.match(imported(filter('LABEL x\ncoordinates all\nkeepcoordinates from:SequenceOfUltrasoundRegions')), {
    rules: [{ action: 'blank', when: { not: { tag: '00186011', is: 'present' } } }],
    untranslated: [],
    notes: [{ message: /ultrasoundRegions: true/ }],
  });
});

t.test('no rule is made that could never fit', async (t) => {
  const kept = 'keepcoordinates from:SequenceOfUltrasoundRegions';
  const made = (text: string) => {
    const { rules, untranslated, notes } = imported(filter(`LABEL x\n${text}`));
    t.same(untranslated, [], text);
    return { rules, notes };
  };
  const only = { rules: { length: 0 }, notes: [{ message: /ultrasoundRegions: true/ }] };
  for (const when of [
    'present SequenceOfUltrasoundRegions',
    'contains Modality US\n+ present SequenceOfUltrasoundRegions',
    'present SequenceOfUltrasoundRegions || present SequenceOfUltrasoundRegions\n+ contains Modality US',
  ]) {
    t.match(made(`${when}\ncoordinates all\n${kept}`), only, when);
    t.match(made(`${when}\ncoordinates all\nLABEL y\n${kept}`), only, `${when}, by a later label`);
  }
  t.match(made(`present SequenceOfUltrasoundRegions || contains Modality US\ncoordinates all\n${kept}`), {
    rules: [{ action: 'blank', when: { all: [{ any: { length: 2 } }, { not: { is: 'present' } }] } }],
  });
  t.match(made('contains Modality US\ncoordinates all\nLABEL y\nkeepcoordinates 1,2,3,4').rules, [
    { action: 'keep' },
  ]);
});

t.test('a label of too many tests, or too deep ones, is told once and not translated', async (t) => {
  const told = (lines: string): string[] => messages(filter(`LABEL x\n${lines}coordinates all`));
  t.match(told('missing Rows\n'.repeat(20_000)), [/^3 .*not translated/, /^203 .*more than 200 tests/]);
  const joined = 'missing Rows + missing Columns || missing Rows + '.repeat(5000);
  t.match(told(`${joined}missing Rows\n`), [/^3 .*not translated/, /^4 .*nested deeper than 5 levels/]);
});

t.test('the whole image, given back by a later label', async (t) => {
  const text =
    'LABEL all\ncoordinates all\nLABEL us\npresent SequenceOfUltrasoundRegions\nkeepcoordinates from:SequenceOfUltrasoundRegions';
  t.match(imported(filter(text)), {
    rules: [{ action: 'blank', when: { not: { tag: '00186011', is: 'present' } } }],
    untranslated: [],
    notes: [{ message: /ultrasoundRegions: true/ }],
  });
  const { rules, untranslated } = imported(
    filter('LABEL all\ncoordinates all\nLABEL ct\ncontains Modality CT\nkeepcoordinates 1,2,3,4'),
  );
  t.same(untranslated, []);
  const blanked = (modality: string): number[][] =>
    ruledRegions(
      { dataSet: ct(words(0x00080060, 'CS', modality)), transferSyntaxUid: explicit },
      { policy: { ...standardPixelPolicy, deviceRules: rules }, columns: 4, rows: 4, numberOfFrames: 1 },
    ).boxes.map(({ left, top, width, height }) => [left, top, width, height]);
  t.same(blanked('MR'), [[0, 0, 4, 4]]);
  t.same(blanked('CT'), [
    [0, 0, 4, 2],
    [0, 2, 1, 2],
    [3, 2, 1, 2],
  ]);
});

t.test('nothing is dropped without a word', async (t) => {
  const label = (...lines: readonly string[]): string[] => messages(filter(`LABEL x\n${lines.join('\n')}`));
  const alone = /^3 the label is not translated/;
  t.match(label('contains Manfacturer Acme'), [
    alone,
    /^4 .*no attribute "Manfacturer"; Manufacturer may be meant/,
  ]);
  t.match(label('equals Rows 600|768'), [alone, /never true/]);
  t.match(label('contains Modality US # comment'), [alone, /a line of its own/]);
  t.match(label('contain Modality US'), [alone, /"contain" is no test/]);
  t.match(label('contains Modality'), [alone, /has no value/]);
  t.match(label('contains Modality (?=x)'), [alone, /looks ahead/]);
  t.match(label('missing Modality US'), [alone, /takes an attribute alone/]);
  t.match(label('coordinates 1,2,3'), [alone, /are no coordinates/]);
  t.match(label('coordinates 5,5,5,9'), [alone, /covers nothing/]);
  t.match(label('coordinates from:OtherSequence'), [alone, /are no coordinates/]);
  t.match(label('coordinates from:SequenceOfUltrasoundRegions'), [/would blank the image/]);
  t.match(label(), [/^3 the label says nothing/]);
  t.match(messages(filter('LABEL a\ncoordinates 0,0,9,9\nLABEL b\nkeepcoordinates 0,0,5,5')), [
    /^5 keepcoordinates that give back/,
  ]);
  t.match(messages(filter('LABEL a\ncontains Modality CT', 'whitelist')), [/^3 the label lets images pass/]);
  t.match(messages(filter('contains Modality CT')), [/^3 .* stands in no label/]);
  t.match(messages('FORMAT nifti\n%filter x\nLABEL a\ncontains Modality CT'), [
    /^1 only recipes of FORMAT dicom/,
  ]);
  t.match(messages('FORMAT dicom\n%filters x\nLABEL a\n'), [/^2 the section "%filters x" is not known/]);
  t.match(messages('FORMAT dicom\nLABEL a\n'), [/^2 "LABEL a" stands in no section/]);
  t.match(imported('FORMAT dicom\n%header\nREMOVE PatientID\n'), {
    rules: [],
    untranslated: [],
    notes: [{ line: 2 }],
  });
});

/** deid's own way: a mask over the image, painted line by line. */
t.test('coordinates of a label blank what a mask painted in their order blanks', async (t) => {
  const place = fc
    .tuple(fc.nat(7), fc.nat(7), fc.nat(7), fc.nat(7))
    .map(
      ([left, top, width, height]) =>
        [left, top, 1 + (width % (8 - left)), 1 + (height % (8 - top))] as const,
    );
  const line = fc.oneof(
    { arbitrary: fc.record({ keeps: fc.boolean(), place }), weight: 5 },
    { arbitrary: fc.record({ keeps: fc.constant(false), place: fc.constant(undefined) }), weight: 1 },
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 7 }), (lines) => {
      const mask = new Array<boolean>(64).fill(false);
      const text = lines.map(({ keeps, place }) => {
        const [left, top, width, height] = place ?? [0, 0, 8, 8];
        for (let row = top; row < Math.min(8, top + height); row += 1)
          for (let column = left; column < Math.min(8, left + width); column += 1)
            mask[row * 8 + column] = !keeps;
        return `${keeps ? 'keep' : ''}coordinates ${place === undefined ? 'all' : [left, top, left + width, top + height].join(',')}`;
      });
      const { rules, untranslated } = imported(filter(`LABEL x\n${text.join('\n')}`));
      t.same(untranslated, []);
      const found = ruledRegions(
        { dataSet: ct(), transferSyntaxUid: explicit },
        { policy: { ...standardPixelPolicy, deviceRules: rules }, columns: 8, rows: 8, numberOfFrames: 1 },
      );
      const blanked = new Array<boolean>(64).fill(false);
      for (const { left, top, width, height } of found.boxes)
        for (let row = top; row < top + height; row += 1)
          blanked.fill(true, row * 8 + left, row * 8 + left + width);
      return blanked.every((is, index) => is === mask[index]);
    }),
    { numRuns: 300 },
  );
});
