import t from 'tap';
import { collectIdentifiers, identifiersOf } from '../../../src/deidentify/text/collect-identifiers.ts';
import { bytesElement } from '../../../src/dicom/edit.ts';
import { ct, received, words } from '../build.ts';

const none = () => false;
const patient = [
  words(0x00100010, 'PN', 'Zyxwvut^Qqrrst'),
  words(0x00100020, 'LO', 'ZX-9081726'),
  words(0x00080080, 'LO', 'Sankt Wunderbar Hospital'),
  words(0x00102154, 'SH', '+49 30 7654321'),
];
const moment = (value: string) => words(0x0008002a, 'DT', value);

t.test('instances of a study share a matcher, whatever their time of day', async (t) => {
  const first = identifiersOf(received(ct(...patient, moment('20240213101112.123'))).dataSet, none);
  const second = identifiersOf(received(ct(...patient, moment('20240213101113.456'))).dataSet, none);
  t.equal(first, second);
  t.ok(first.occurIn('zyxwvut head', 'LO'));
});

t.test('another value of any of them makes another matcher', async (t) => {
  const first = identifiersOf(ct(...patient, moment('20240213101112')), none);
  for (const other of [
    ct(...patient, moment('20240214101112')),
    ct(...patient, moment('20240213\\20240305')),
    ct(...patient.slice(1), words(0x00100010, 'PN', 'Zyxwvut^Qqrrsu'), moment('20240213101112')),
    ct(...patient.slice(0, 3), words(0x00102154, 'SH', '+49 30 7654322'), moment('20240213101112')),
    { ...ct(...patient, moment('20240213101112')), characterSets: ['ISO_IR 192'] },
  ]) {
    t.not(identifiersOf(other, none), first);
  }
  const two = identifiersOf(ct(...patient, moment('20240213\\20240305')), none);
  t.ok(two.occurIn('head 05.03.2024', 'LO'), 'the second date counts');
});

t.test('few matchers are kept', async (t) => {
  const first = identifiersOf(ct(...patient), none);
  t.equal(identifiersOf(ct(...patient), none), first);
  for (let index = 0; index < 9; index += 1)
    identifiersOf(ct(words(0x00100020, 'LO', `OTHER-${index}`)), none);
  t.not(identifiersOf(ct(...patient), none), first);
});

t.test('what the profile retains is not looked for', async (t) => {
  const all = collectIdentifiers(ct(...patient), none);
  t.same(all.addresses, ['Sankt Wunderbar Hospital']);
  t.same(all.phones, ['+49 30 7654321']);
  const retained = collectIdentifiers(ct(...patient), (tag) => tag === 0x00080080);
  t.same(retained.addresses, []);
  t.notOk(retained.ids.includes('Sankt Wunderbar Hospital'));
});

t.test('dates of ACR-NEMA, and values too long to be looked up', async (t) => {
  const old = identifiersOf(ct(words(0x00080020, 'DA', '1993.04.05')), none);
  t.ok(old.occurIn('head 05.04.1993', 'LO'));
  const long = ct(bytesElement(0x00100020, 'LO', Buffer.from(`${'x'.repeat(20_000)}\\SECRET99`)));
  t.ok(identifiersOf(long, none).occurIn('secret-99', 'LO'));
});
