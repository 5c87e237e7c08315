import t from 'tap';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';
import { cleanElements, leaksOf, original, output, person, verified, withOptions } from './build.ts';

const text = (value: string): Uint8Array => Buffer.from(value, 'utf8');

t.test('values too short to be looked for everywhere are compared with their own attribute', async (t) => {
  const before = original(
    element(0x00100010, 'PN', 'Li^Na'),
    element(0x00100020, 'LO', '7'),
    element(0x00081010, 'SH', 'CT1'),
    element(0x00080030, 'TM', '112951'),
  );
  const short = [
    element(0x00100020, 'LO', '7'),
    element(0x00081010, 'SH', 'CT1'),
    element(0x00080030, 'TM', '112951'),
    element(0x00100040, 'CS', 'F'),
    element(0x00101010, 'AS', '060Y'),
  ];
  for (const planted of short) {
    const leaks = leaksOf(output(planted), before);
    t.equal(leaks.length, 1, `(${planted.tag.toString(16)})`);
  }
  t.same(leaksOf(output(element(0x00181030, 'LO', '7 CT1 F')), before), [], 'elsewhere they mean nothing');
  for (const spelling of ['Li^Na', 'NA LI', 'li, na', 'seen by Li Na.'])
    t.equal(leaksOf(output(element(0x00204000, 'LT', spelling)), before).length, 1, spelling);
  t.same(leaksOf(output(element(0x00204000, 'LT', 'Linac and nail')), before), []);
});

t.test('what an option lets pass is told apart', async (t) => {
  const cases = [
    ['113110', element(0x00080018, 'UI', person.uid)],
    ['113112', element(0x00080080, 'LO', person.institution)],
    ['113109', element(0x00181000, 'LO', person.serial)],
    ['113108', element(0x00101010, 'AS', '060Y')],
    ['113106', element(0x00080020, 'DA', person.study)],
  ] as const;
  for (const [code, kept] of cases) {
    const run = (...codes: string[]) =>
      verified({ originals: { a: original() }, outputs: { a: output(kept, withOptions(...codes)) } });
    t.equal(run('113100').verdict, 'leaks', code);
    const report = run('113100', code);
    t.same(
      [...new Set(report.rows.map(({ verdict, option }) => `${verdict} ${option}`))],
      [`kept-under-option ${code}`],
    );
    t.equal(report.verdict, 'clean');
  }
});

t.test('no option lets a birth date or a name pass', async (t) => {
  const codes = withOptions('113100', '113105', '113106', '113108', '113109', '113110', '113111', '113112');
  for (const planted of [element(0x00100030, 'DA', person.birth), element(0x00100010, 'PN', person.name)])
    t.ok(leaksOf(output(planted, codes)).length > 0);
});

t.test('shifted dates may be other dates of the patient, but not the own ones', async (t) => {
  const before = original(element(0x00080021, 'DA', '20230522'));
  const modified = withOptions('113100', '113107');
  t.same(
    leaksOf(output(modified, element(0x00080020, 'DA', '20230522')), before),
    [],
    'another date by chance',
  );
  const same = leaksOf(output(modified, element(0x00080020, 'DA', person.study)), before);
  t.same(
    same.map(({ where, kind }) => [where, kind]),
    [['(0008,0020)', 'date']],
  );
  t.equal(
    leaksOf(output(modified, element(0x00204000, 'LT', 'on 22.05.2023')), before).length,
    1,
    'in words it is a leak',
  );
});

t.test('text that went out unchanged is a notice', async (t) => {
  const report = verified({
    originals: { a: original() },
    outputs: { a: output(element(0x00081030, 'LO', 'Head after fall')) },
  });
  t.equal(report.verdict, 'clean');
  t.same(
    report.rows.map(({ verdict, where }) => [verdict, where]),
    [['kept-text', '(0008,1030)']],
  );
});

t.test('what is no identifier raises no alarm', async (t) => {
  const before = original(
    element(0x00100010, 'PN', 'Head^Chest'),
    element(0x00100020, 'LO', '10008'),
    element(0x00080050, 'SH', '778899'),
    element(0x00080090, 'PN', 'Anonymous'),
  );
  const after = output(
    element(0x00180015, 'CS', 'HEAD'),
    element(0x00200032, 'DS', ['0.778899', '-778899.5', '1.10008']),
    element(0x00200011, 'IS', '77'),
    element(0x00204000, 'LT', 'removed by anonymous; version 1.2.3; number 17788991'),
  );
  t.same(leaksOf(after, before), []);
  t.equal(
    leaksOf(output(element(0x00200011, 'IS', '778899')), before)[0]?.where,
    '(0020,0011)',
    'whole numbers are',
  );
});

t.test('pixels that happen to run up like letters and digits raise no alarm', async (t) => {
  const before = original(
    element(0x00100020, 'LO', '123456789'),
    element(0x00100010, 'PN', 'Abcdefghij^Klmnopqr'),
  );
  const ramp = Uint8Array.from({ length: 65_536 }, (_, index) => index & 0xff);
  const wide = new Uint8Array(Uint16Array.from({ length: 4096 }, (_, index) => index & 0xff).buffer);
  t.same(leaksOf(output(element(0x7fe00010, 'OW', ramp)), before), []);
  t.same(leaksOf(output(element(0x7fe00010, 'OW', wide)), before), []);
});

t.test('other instances of the same patient are searched for, other patients only with --all', async (t) => {
  const second = original(
    element(0x00080018, 'UI', '1.2.826.0.1.3680043.8.498.999888777666555'),
    element(0x0020000d, 'UI', '1.2.826.0.1.3680043.8.498.111888777666555'),
  );
  const stranger = original(
    element(0x00100010, 'PN', 'Marlowefinch^Barnaby'),
    element(0x00100020, 'LO', 'OTHER-556677'),
    element(0x0020000d, 'UI', '1.2.826.0.1.3680043.8.498.222888777666555'),
  );
  const originals = { a: original(), b: second, c: stranger };
  const leak = (words: string) => ({ a: output(element(0x00204000, 'LT', words)), b: output(), c: output() });
  const leaks = (words: string, all: boolean) => verified({ originals, outputs: leak(words), all }).verdict;
  t.equal(leaks('1.2.826.0.1.3680043.8.498.999888777666555', false), 'leaks');
  t.equal(leaks('Marlowefinch', false), 'clean');
  t.equal(leaks('Marlowefinch', true), 'leaks');
});

t.test('the manifest is held against the files', async (t) => {
  const line = (input: string, out: string | null, status: string) => ({
    input: `/in/${input}`,
    output: out === null ? null : `/out/${out}`,
    status,
  });
  const report = verified({
    originals: { a: original(), b: original(), c: original() },
    outputs: { a: output(), stray: output(element(0x00204000, 'LT', person.name)) },
    manifest: [
      line('a', 'a', 'deidentified'),
      line('b', 'gone', 'deidentified'),
      line('elsewhere', 'a', 'deidentified'),
      line('d', null, 'deidentified'),
      line('e', null, 'held'),
      { nothing: 1 },
    ],
  });
  t.same(Object.fromEntries(report.findings.map(({ finding, examples }) => [finding, examples])), {
    'manifest-line-unreadable': ['line 6'],
    'output-missing': ['line 2'],
    'original-missing': ['line 3'],
    'output-of-two-originals': ['line 3'],
    'status-unknown': ['line 4'],
    'original-not-in-manifest': [],
    'output-not-in-manifest': ['output 2'],
  });
  t.ok(
    report.rows.some(({ kind, examples }) => kind === 'name' && examples[0] === 'output 2'),
    'and it was searched',
  );
});

t.test('a folder that was moved is still paired', async (t) => {
  const report = verified({
    originals: { 'x/1.dcm': original(), 'y/1.dcm': original() },
    outputs: { 's/o.dcm': output() },
    manifest: [{ input: '/before/y/1.dcm', output: '/old/s/o.dcm', status: 'deidentified' }],
  });
  t.equal(report.pairs, 1);
});

t.test('outputs that cannot be what they should are findings', async (t) => {
  const find = (bytes: Uint8Array) =>
    verified({ originals: { a: original() }, outputs: { a: bytes } }).findings.map(({ finding }) => finding);
  t.same(find(text('no DICOM at all')), ['output-not-parseable']);
  t.same(find(new Uint8Array(0)), ['output-not-parseable']);
  t.same(find(encodePart10({ elements: cleanElements().filter(({ tag }) => tag !== 0x00120062) })), [
    'output-not-marked',
  ]);
  const report = verified({ originals: { a: Buffer.alloc(3000, 0x41) }, outputs: { a: output() } });
  t.same(
    report.findings.map(({ finding }) => finding),
    ['original-unreadable'],
  );
  t.equal(report.verdict, 'incomplete');
});

t.test('a file name that repeats an identifier is a leak, and is not printed', async (t) => {
  const report = verified({
    originals: { a: original() },
    outputs: { 'Quillfeather/1.dcm': output() },
    manifest: [{ input: '/in/a', output: '/out/Quillfeather/1.dcm', status: 'deidentified' }],
  });
  t.equal(report.verdict, 'leaks');
  t.notMatch(JSON.stringify(report), /quillfeather/i);
});

t.test('deliveries: JSON by its place, also in keys, numbers and base64; JPEG by its segment', async (t) => {
  const search = (name: string, content: string | Uint8Array) =>
    verified({
      originals: { a: original() },
      outputs: { [name]: typeof content === 'string' ? text(content) : content },
      manifest: null,
    });
  const json = JSON.stringify({ study: { series: [{ description: `of ${person.name}` }] } });
  t.same(
    search('i.json', json).rows.map(({ where, kind }) => [where, kind]),
    [['JSON/study/series/description', 'name']],
  );
  const key = search('i.json', JSON.stringify({ [person.id]: { inner: 1 } }));
  t.ok(key.rows.some(({ where }) => where === 'JSON key'));
  t.notMatch(JSON.stringify(key), person.id);
  t.ok(search('i.json', JSON.stringify({ value: 20240119 })).rows.some(({ kind }) => kind === 'date'));
  t.ok(search('i.json', `{"name":"\\u0051uillfeather"}`).rows.some(({ kind }) => kind === 'name'));
  t.ok(search('l.jsonl', `{"a":1}\n{"b":"${person.uid}"}\n`).rows.some(({ kind }) => kind === 'uid'));
  const jpeg = Buffer.concat([
    Buffer.from('ffd8fffe0018', 'hex'),
    text('seen: Quillfeather...'),
    Buffer.from('00ffd9', 'hex'),
  ]);
  t.same(
    search('1.jpg', jpeg).rows.map(({ where }) => where),
    ['segment FE'],
  );
  const framed = search('i.json', JSON.stringify({ frame: { data: jpeg.toString('base64') } }));
  t.ok(framed.rows.some(({ where }) => where.startsWith('JSON/frame/data base64')));
  const clean = search(
    'i.json',
    JSON.stringify({ study: { studyUid: '2.25.329800735698586629295641978511506172919', modality: 'CT' } }),
  );
  t.equal(clean.verdict, 'clean');
  t.same(clean.kinds, { json: 1 });
});

t.test('a report holds no value of an original', async (t) => {
  const everything = original();
  const report = JSON.stringify(verified({ originals: { a: everything }, outputs: { a: everything } }));
  for (const value of Object.values(person))
    for (const part of value.split('^')) t.notOk(report.includes(part), part);
});

t.test(
  'an output whose original is gone is searched for everybody, and verification is incomplete',
  async (t) => {
    const report = verified({
      originals: { b: original() },
      outputs: { a: output(element(0x00204000, 'LT', person.name)) },
      manifest: [{ input: '/in/a', output: '/out/a', status: 'deidentified' }],
    });
    t.ok(report.findings.some(({ finding }) => finding === 'original-missing'));
    t.ok(report.rows.some(({ kind }) => kind === 'name'));
  },
);
