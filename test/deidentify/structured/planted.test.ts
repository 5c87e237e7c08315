import fc from 'fast-check';
import t from 'tap';
import { contentValueTypes } from '../../../src/deidentify/structured/concept-row.ts';
import type { DataSet } from '../../../src/dicom/data-set.ts';
import { items, numbers, walk } from '../../../src/dicom/values.ts';
import { words } from '../build.ts';
import { byReference, code, contentItem, dcm, personName, textValue, uidValue } from './content.ts';
import { document, uidRoot } from './document-parts.ts';
import { always, bound, contentSequence, leaks, output, profiles } from './outputs.ts';

const term = fc.constantFrom('Zyxwvut', 'ZX-9081726', '27.11.1963', 'Keepsake');
const concept = fc.oneof(
  fc
    .constantFrom('121071', '121106', '112039', '113870', '121029', '999999', '111058')
    .map((value) => dcm(value)),
  term.map((value) => code('L1', '99LOCAL', value)),
);
const values = fc
  .tuple(term, fc.subarray([0, 1, 2, 3, 4, 5]))
  .map(([value, chosen]) =>
    chosen.map(
      (index) =>
        [
          textValue(value),
          personName(value),
          uidValue(`${uidRoot}.77`),
          words(0x0040a120, 'DT', value),
          words(0x0040a121, 'DA', value),
          words(0x0040a122, 'TM', value),
        ][index] ?? textValue(value),
    ),
  );
const tree = fc.letrec<{ found: DataSet }>((tie) => ({
  found: fc.oneof(
    {
      weight: 1,
      arbitrary: fc
        .array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 })
        .map((path) => byReference([1, ...path])),
    },
    {
      weight: 5,
      arbitrary: fc
        .record({
          type: fc.constantFrom<string>(...contentValueTypes, 'OTHER', ''),
          name: concept,
          values,
          below: fc.array(tie('found'), { maxLength: 3, depthIdentifier: 'tree' }),
        })
        .map(({ type, ...parts }) => contentItem(type, parts)),
    },
  ),
})).found;

t.test(
  'planted anywhere in any tree, it is in no byte of the output, and every reference by identifier is valid',
  async (t) => {
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 4 }),
        fc.constantFrom<keyof typeof profiles>('cleaned', 'retained', 'shifted', 'replaced'),
        (content, key) => {
          const { bytes, dataSet } = output(document('88.33', dcm('126000'), content), profiles[key]);
          if (leaks(bytes, [...always, ...bound[key]]).length > 0) return false;
          return [...walk(dataSet)].every(
            ({ element, dataSet: holder }) =>
              element.tag !== 0x0040db73 || leadsToItem(dataSet, numbers(holder, 0x0040db73)),
          );
        },
      ),
      { numRuns: 200 },
    );
    t.pass();
  },
);

function leadsToItem(root: DataSet, [first, ...path]: readonly number[]): boolean {
  if (first !== 1) return false;
  let found: DataSet | undefined = root;
  for (const position of path) found = found && items(found, contentSequence)[position - 1];
  return found !== undefined && numbers(found, 0x0040db73).length === 0;
}
