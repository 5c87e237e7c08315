import fc from 'fast-check';
import t from 'tap';
import type { DataElement } from '../../../src/dicom/data-set.ts';
import { parseCtpExpression } from '../../../src/profiles/import/ctp-expression.ts';
import { importCtpScript } from '../../../src/profiles/import/ctp-script.ts';
import { holds, testedInstance } from '../../../src/redact/regions/device-tests.ts';
import { ct, number16, words } from '../../deidentify/build.ts';

/** CTP itself is not to be had as a package: the scripts here are written for the test, in its documented language. */
const imported = (script: string) => importCtpScript(script, 'test');
const messages = (script: string): string[] =>
  imported(script).untranslated.map(({ line, message }) => `${line} ${message}`);

t.test('signatures with their regions become rules; all else is comment', async (t) => {
  const { rules, untranslated, notes } = imported(`
A library of signatures.

**** US ****
 Maker A
  { Modality.equals("US") * // only ultrasound
    Manufacturer.containsIgnoreCase("Maker") *
    ([0028,0010].equals("480") + ![0028,0011].isLessThan("640")) }
  (0,0,640,40) (600, 440, 40, 40)

 (seen twice) Maker B
  { true. }
  (-10,-5,100,45)
`);
  t.same(untranslated, []);
  t.match(rules, [
    {
      name: 'Maker A, line 6',
      provenance: 'test',
      action: 'blank',
      when: {
        all: [
          { tag: '00080060', is: 'equals', values: ['US'], caseSensitive: true },
          { tag: '00080070', is: 'contains', values: ['Maker'] },
          {
            any: [
              { tag: '00280010', is: 'equals', values: ['480'] },
              { not: { tag: '00280011', is: 'less', values: ['640'] } },
            ],
          },
        ],
      },
      rectangles: [
        { left: 0, top: 0, width: 640, height: 40 },
        { left: 600, top: 440, width: 40, height: 40 },
      ],
    },
    // Left and top before the image: only what lies inside.
    { name: 'Maker B, line 12', when: { all: [] }, rectangles: [{ left: 0, top: 0, width: 90, height: 40 }] },
  ]);
  t.match(notes, [
    { line: 1, message: /all rules that fit hold/ },
    { line: 11, message: /taken for a comment/ },
  ]);
});

t.test('nothing is dropped without a word', async (t) => {
  t.match(messages('no script'), [/^1 there is no signature/]);
  t.match(messages('{ Modality.equals("US") }\n(1,2,3)\n(1,2,3,4)'), [
    /^2 "\(1,2,3\)" is no region of four numbers/,
  ]);
  t.match(messages('{ Modality.equals("US") }\n(10,10,0,5)'), [/^2 the region .* covers nothing/]);
  t.match(messages('{ Modality.equals("US") }\n(-10,0,10,5)'), [/covers nothing/]);
  t.match(messages('(0,0,9,9)\n{ Modality.equals("US") }\n(0,0,1,1)'), [
    /^1 the region .* before any signature/,
  ]);
  t.match(messages('{ Modality.equals("US") *\n Modalty.equals("US") }\n(0,0,1,1)'), [
    /^2 .*no attribute "Modalty"; Modality may be meant/,
  ]);
  t.match(messages('{ [0009,1001].equals("x") }\n(0,0,1,1)'), [/private/]);
  t.match(messages('{ [0002,0013].equals("x") }\n(0,0,1,1)'), [/File Meta Information/]);
  t.match(messages('{ SeqOfUltrasoundRegions::RegionLocationMinY0.equals("1") }\n(0,0,1,1)'), [
    /looks into a sequence/,
  ]);
  t.match(messages('{ Modality.isLike("US") }\n(0,0,1,1)'), [/method "isLike" is not known/]);
  t.match(messages('{ Modality.equals("US" }\n(0,0,1,1)'), [/a term such as/]);
  t.match(messages('{ (Modality.equals("US") }\n(0,0,1,1)'), [/"\)" is missing/]);
  t.match(messages('{ Modality.equals("US")) }\n(0,0,1,1)'), [/"\)" was not expected/]);
  t.match(messages('{ Modality.matches("(U)\\1") }\n(0,0,1,1)'), [/uses/]);
  t.match(messages('{ Modality.matches(".*") }\n(0,0,1,1)'), [/fits the empty text too/]);
  t.match(messages('{ Rows.isLessThan("many") }\n(0,0,1,1)'), [/"many" is no number/]);
  t.match(messages('{ PixelData.contains("x") }\n(0,0,1,1)'), [/no value that can be compared/]);
  t.match(messages('{ Modality.equals("US") }\n(0,0,1,1)\n{ Modality'), [/^3 a "{" has no counterpart/]);
  t.match(messages(`{ ${'('.repeat(60)}true.${')'.repeat(60)} }\n(0,0,1,1)`), [/nested too deep/]);
  t.match(imported('{ Modality.equals("US") }').notes, [
    { message: /has no region/ },
    { message: /all rules/ },
  ]);
});

type Expression =
  | { readonly kind: 'term'; readonly name: string; readonly method: string; readonly value: string }
  | { readonly kind: 'true' | 'false' }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly of: readonly [Expression, Expression] };

const term = fc.record({
  kind: fc.constant('term' as const),
  name: fc.constantFrom('Modality', '[0008,0070]', 'ImageType', 'Rows', 'StationName'),
  method: fc.constantFrom(
    'equals',
    'equalsIgnoreCase',
    'contains',
    'containsIgnoreCase',
    'startsWith',
    'startsWithIgnoreCase',
    'endsWith',
    'endsWithIgnoreCase',
  ),
  value: fc.constantFrom(
    '',
    'US',
    'us',
    'U',
    'S',
    'Acme',
    'ACME',
    'ME',
    '480',
    '48',
    'DERIVED',
    'DERIVED\\PRIMARY',
    'PRIMARY',
    'D\\P',
  ),
});
const expression = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'e' },
    term,
    fc.record({ kind: fc.constantFrom('true' as const, 'false' as const) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('node') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      of: fc.tuple(tie('node'), tie('node')),
    }),
  ),
})).node;

/** Parentheses only where the precedence of CTP asks for them. */
function written(node: Expression, inside: 'or' | 'and' | 'not' = 'or'): string {
  switch (node.kind) {
    case 'true':
    case 'false':
      return `${node.kind}.`;
    case 'term':
      return `${node.name}.${node.method}("${node.value}")`;
    case 'not':
      return `! ${written(node.of, 'not')}`;
    case 'and': {
      const text = node.of.map((one) => written(one, 'and')).join(' * // and\n');
      return inside === 'not' ? `(${text})` : text;
    }
    case 'or': {
      const text = node.of.map((one) => written(one, 'or')).join('+');
      return inside === 'or' ? text : `( ${text} )`;
    }
  }
}

/** By the words of CTP's documentation: an attribute that is not there is "", several values are one text. */
function evaluated(node: Expression, values: Readonly<Record<string, string>>): boolean {
  switch (node.kind) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'not':
      return !evaluated(node.of, values);
    case 'and':
      return node.of.every((one) => evaluated(one, values));
    case 'or':
      return node.of.some((one) => evaluated(one, values));
    case 'term': {
      const ignores = node.method.endsWith('IgnoreCase');
      const cased = (text: string): string => (ignores ? text.toLowerCase() : text);
      const found = cased(values[node.name] ?? '');
      const value = cased(node.value);
      const method = node.method.replace('IgnoreCase', '');
      if (method === 'equals') return found === value;
      if (method === 'contains') return found.includes(value);
      return method === 'startsWith' ? found.startsWith(value) : found.endsWith(value);
    }
  }
}

t.test('a translated signature says what CTP would say', async (t) => {
  const attribute = {
    modality: fc.constantFrom('US', 'us', 'CT'),
    maker: fc.constantFrom(undefined, '', 'Acme', 'ACME'),
    type: fc.constantFrom('DERIVED', 'DERIVED\\PRIMARY', 'ORIGINAL\\PRIMARY'),
    rows: fc.constantFrom(480, 48),
    station: fc.constantFrom(undefined, '', 'US'),
  };
  fc.assert(
    fc.property(expression, fc.record(attribute), (node, { modality, maker, type, rows, station }) => {
      const elements: DataElement[] = [
        words(0x00080060, 'CS', modality),
        words(0x00080008, 'CS', type.split('\\')),
        number16(0x00280010, rows),
        ...(station === undefined ? [] : [words(0x00081010, 'SH', station)]),
      ];
      const whole = ct(...elements, ...(maker === undefined ? [] : [words(0x00080070, 'LO', maker)]));
      const dataSet =
        maker === undefined
          ? { ...whole, elements: whole.elements.filter(({ tag }) => tag !== 0x00080070) }
          : whole;
      const values = {
        Modality: modality,
        '[0008,0070]': maker ?? '',
        ImageType: type,
        Rows: String(rows),
        StationName: station ?? '',
      };
      return holds(parseCtpExpression(written(node)), testedInstance(dataSet)) === evaluated(node, values);
    }),
    { numRuns: 1500 },
  );
  t.pass();
});

t.test('any text is read without a throw', async (t) => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '(',
    ')',
    '0,0,1,1',
    'Modality.equals("US")',
    '*',
    '+',
    '!',
    'true.',
    '"',
    '//',
    '\n',
    'x',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (parts) =>
      Array.isArray(imported(parts.join(' ')).rules),
    ),
  );
  t.pass();
});
