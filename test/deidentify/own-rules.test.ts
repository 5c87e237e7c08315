import t from 'tap';
import type { OwnRule } from '../../src/deidentify/profile-definition.ts';
import type { Vr } from '../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../src/dicom/edit.ts';
import { items, text } from '../../src/dicom/values.ts';
import { around, at, ct, mustPass, profileWith, pseudonyms, run, words, written } from './build.ts';

const tag = (pattern: string): OwnRule['select'] => ({ kind: 'tag', pattern });
const description = 0x00081030;

/** Values of an attribute after these rules, at the top level and inside a sequence. */
function after(
  rules: readonly OwnRule[],
  at: number,
  vr: Vr,
  value: string,
  callingAeTitle?: string,
): [string, string] {
  const dataSet = ct(
    words(at, vr, value),
    sequenceElement(0x00540016, [item(around, [words(at, vr, value), words(0x00080060, 'CS', 'CT')])]),
  );
  const { value: output } = mustPass(
    run(dataSet, {
      profile: profileWith({ rules }),
      ...(callingAeTitle === undefined ? {} : { callingAeTitle }),
    }),
  );
  const inner = items(output.dataSet, 0x00540016)[0];
  return [text(output.dataSet, at).join('\\'), inner === undefined ? '?' : text(inner, at).join('\\')];
}

t.test('each action does what it says, at every depth', async (t) => {
  const on = (action: OwnRule['action'], pattern: string, value?: string): OwnRule[] => [
    { select: tag(pattern), action, ...(value === undefined ? {} : { value }) },
  ];
  t.same(after(on('keep', '00081030'), description, 'LO', 'Thorax'), ['Thorax', 'Thorax']);
  t.same(after(on('remove', '00080070'), 0x00080070, 'LO', 'ACME'), ['', '']);
  t.same(after(on('empty', '00180050'), 0x00180050, 'DS', '5'), ['', '']);
  t.same(after(on('replace', '00081030', 'CT'), description, 'LO', 'Thorax'), ['CT', 'CT']);
  t.same(after(on('uid', '00081030'), description, 'LO', 'Thorax').length, 2);
  const token = pseudonyms.token('hash', 'A-17');
  t.same(after(on('hash', '00321060'), 0x00321060, 'LO', 'A-17'), [token, token]);
  const own = pseudonyms.token('attribute 321060', 'A-17');
  t.same(after(on('pseudonym', '00321060'), 0x00321060, 'LO', 'A-17'), [own, own]);
  const days = pseudonyms.dateShiftDays('', 'MRN-778899');
  const shifted = new Date(Date.UTC(2021, 2, 17 + days)).toISOString().slice(0, 10).replaceAll('-', '');
  t.same(after(on('shift', '00080020'), 0x00080020, 'DA', '20210317'), [shifted, shifted]);
  t.same(after(on('shift', '00080020'), 0x00080020, 'DA', '202103'), ['', ''], 'no date is nothing to shift');
  t.same(after(on('hash', '00100030'), 0x00100030, 'DA', '19700101'), ['', ''], 'a date holds no token');
});

t.test('selectors by pattern, VR and private creator; the last rule that fits wins', async (t) => {
  const keep = (select: OwnRule['select']): OwnRule => ({ select, action: 'keep' });
  t.same(after([keep(tag('0008103x'))], description, 'LO', 'Thorax'), ['Thorax', 'Thorax']);
  t.same(after([keep({ kind: 'vr', vr: 'TM' })], 0x00080030, 'TM', '101112'), ['101112', '101112']);
  const both: OwnRule[] = [keep({ kind: 'vr', vr: 'LO' }), { select: tag('00081030'), action: 'remove' }];
  t.same(after(both, description, 'LO', 'Thorax'), ['', '']);
  t.same(after([...both].reverse(), description, 'LO', 'Thorax'), ['Thorax', 'Thorax']);

  const dataSet = ct(
    words(0x00190010, 'LO', 'ACME 1'),
    words(0x00190011, 'LO', 'OTHER'),
    words(0x00191001, 'LO', 'kept'),
    words(0x00191002, 'LO', 'gone'),
    words(0x00191101, 'LO', 'gone too'),
  );
  const rule: OwnRule = { select: { kind: 'privateCreator', creator: 'ACME 1', element: 1 }, action: 'keep' };
  const { value } = mustPass(run(dataSet, { profile: profileWith({ rules: [rule] }) }));
  t.same(
    value.dataSet.elements.filter(({ tag }) => tag >>> 16 === 0x19).map((found) => found.tag),
    [0x00190010, 0x00191001],
    'the element and its creator',
  );
});

t.test('conditions by modality, SOP class and calling AE title', async (t) => {
  const when = (condition: OwnRule['when']): OwnRule[] => [
    { select: tag('00081030'), action: 'keep', ...(condition === undefined ? {} : { when: condition }) },
  ];
  const left = (condition: OwnRule['when'], ae?: string): string =>
    after(when(condition), description, 'LO', 'Thorax', ae)[0];
  t.equal(left({ modalities: ['MR', 'CT'] }), 'Thorax');
  t.equal(left({ modalities: ['MR'] }), '');
  t.equal(left({ sopClassUids: ['1.2.840.10008.5.1.4.1.1.2'] }), 'Thorax');
  t.equal(left({ sopClassUids: ['1.2.840.10008.5.1.4.1.1.4'] }), '');
  t.equal(left({ callingAeTitles: ['PACS1'] }, 'PACS1 '), 'Thorax');
  t.equal(left({ callingAeTitles: ['PACS1'] }, 'PACS2'), '');
  t.equal(left({ callingAeTitles: ['PACS1'] }), '', 'offline there is none');
  t.equal(left({ modalities: ['CT'], callingAeTitles: ['PACS1'] }, 'PACS2'), '', 'every part must match');
});

t.test("what is the gateway's no wide rule touches", async (t) => {
  const rules: OwnRule[] = [
    { select: tag('xxxxxxxx'), action: 'remove' },
    { select: { kind: 'vr', vr: 'UI' }, action: 'keep' },
    { select: { kind: 'vr', vr: 'US' }, action: 'empty' },
  ];
  const { value } = mustPass(run(ct(), { profile: profileWith({ rules }) }));
  t.equal(text(value.dataSet, 0x00080016)[0], '1.2.840.10008.5.1.4.1.1.2');
  t.match(text(value.dataSet, 0x00080018)[0], /^2\.25\./);
  t.match(text(value.dataSet, 0x0020000d)[0], /^2\.25\./);
  t.equal(text(value.dataSet, 0x00120062)[0], 'YES');
  t.ok(at(value.dataSet, 0x7fe00010));
  t.equal(at(value.dataSet, 0x00080070), undefined);
});

t.test('a rule that lets through what the standard does not costs the claim of conformance', async (t) => {
  const claim = (
    rules: readonly OwnRule[],
    dataSet = ct(words(description, 'LO', 'Thorax')),
  ): [number, string] => {
    const { value } = mustPass(run(dataSet, { profile: profileWith({ rules }) }));
    return [items(value.dataSet, 0x00120064).length, text(value.dataSet, 0x00120063).join(' ')];
  };
  t.equal(claim([])[0], 1);
  const [codes, method] = claim([{ select: tag('00081030'), action: 'keep' }]);
  t.equal(codes, 0);
  t.match(method, /no conformance/);
  t.equal(
    claim([{ select: tag('00081030'), action: 'keep' }], ct())[0],
    1,
    'not where nothing was let through',
  );
  t.equal(claim([{ select: tag('00080070'), action: 'keep' }])[0], 1, 'kept by the standard as well');
  t.equal(
    claim([{ select: tag('00081030'), action: 'replace', value: 'CT' }])[0],
    1,
    'a constant tells nothing',
  );
  t.equal(claim([{ select: tag('00081030'), action: 'hash' }])[0], 1);
});

t.test('kept by an own rule, a name is still kept out of everything else', async (t) => {
  const rules: OwnRule[] = [{ select: tag('00081030'), action: 'keep' }];
  const dataSet = ct(
    words(0x00100010, 'PN', 'Featherstone^Anne'),
    words(0x00081030, 'LO', 'Thorax'),
    words(0x00080070, 'LO', 'Featherstone Ltd'),
    bytesElement(0x00181401, 'LO', Buffer.from('Featherstone')),
  );
  const file = written(mustPass(run(dataSet, { profile: profileWith({ rules }) })).value);
  t.notOk(file.includes('Featherstone'));
  t.ok(file.includes('Thorax'));
});
