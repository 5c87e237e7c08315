import t from 'tap';
import { numberedDummy } from '../../src/deidentify/numbered-dummies.ts';
import { item } from '../../src/dicom/edit.ts';
import { around, number16, words } from './build.ts';

t.test('parts of an object keep names that tell them apart', async (t) => {
  const segment = item(around, [number16(0x00620004, 7), words(0x00620005, 'LO', 'Dr House')]);
  t.equal(numberedDummy(0x00620005, segment), 'Segment 7');
  const roi = (number: string) => item(around, [words(0x30060022, 'IS', number)]);
  t.equal(numberedDummy(0x30060026, roi('12')), 'ROI 12');
  t.equal(numberedDummy(0x30060026, roi('12345678')), undefined, 'an identifier rather than a count');
  t.equal(numberedDummy(0x30060026, roi('-1')), undefined);
  t.equal(numberedDummy(0x30060026, roi('1.5')), undefined);
  t.equal(numberedDummy(0x30060026, roi('Doe')), undefined);
  t.equal(numberedDummy(0x30060026, item(around, [])), undefined);
  t.equal(numberedDummy(0x300a00c2, item(around, [words(0x300a00c0, 'IS', '3')])), 'Beam 3');
  t.equal(numberedDummy(0x00100010, segment), undefined);
});
