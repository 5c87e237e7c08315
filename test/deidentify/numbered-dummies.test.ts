import t from 'tap';
import { numberedDummy } from '../../src/deidentify/numbered-dummies.ts';
import { item, sequenceElement } from '../../src/dicom/edit.ts';
import { items, text } from '../../src/dicom/values.ts';
import { around, ct, mustPass, number16, run, words } from './build.ts';

t.test('parts of an object keep names that tell them apart', async (t) => {
  const label = words(0x00620005, 'LO', 'Dr House');
  t.equal(numberedDummy(label, item(around, [number16(0x00620004, 7), label])), 'Segment 7');
  const roi = (number: string, name = words(0x30060026, 'LO', 'GTV')) =>
    numberedDummy(name, item(around, [words(0x30060022, 'IS', number), name]));
  t.equal(roi('12'), 'ROI 12');
  t.equal(roi('1234'), undefined, 'an identifier rather than a count');
  for (const number of ['-1', '1.5', 'Doe', '']) t.equal(roi(number), undefined, number);
  t.equal(roi('12', words(0x30060026, 'LO', 'ROI 12')), 'ROI no. 12', 'differs from the original');
  t.equal(roi('12', words(0x30060026, 'PN', 'GTV')), undefined, 'not of this VR');
  t.equal(roi('12', words(0x00100010, 'LO', 'Doe')), undefined, 'another attribute');
  const beam = words(0x300a00c2, 'LO', 'Dr House');
  t.equal(numberedDummy(beam, item(around, [words(0x300a00c0, 'IS', '3'), beam])), 'Beam 3');
});

t.test('segments keep labels that tell them apart under the basic profile', async (t) => {
  const segment = (number: number, label: string) =>
    item(around, [number16(0x00620004, number), words(0x00620005, 'LO', label)]);
  const { value } = mustPass(
    run(ct(sequenceElement(0x00620002, [segment(1, 'Dr House'), segment(2, 'Segment 2')]))),
  );
  t.strictSame(
    items(value.dataSet, 0x00620002).flatMap((found) => text(found, 0x00620005)),
    ['Segment 1', 'Segment no. 2'],
  );
});
