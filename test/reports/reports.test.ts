import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import t from 'tap';
import type { InstanceReport } from '../../src/core/instance-report.ts';
import { deidentify } from '../../src/deidentify/deidentify.ts';
import { basicProfile, defineProfile } from '../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../src/deidentify/profile-definition.ts';
import { appliedActions } from '../../src/deidentify/report.ts';
import type { DataElement, DataSet } from '../../src/dicom/data-set.ts';
import { item, sequenceElement } from '../../src/dicom/edit.ts';
import { describeDeidentified, describeHeld } from '../../src/reports/describe.ts';
import { renderHtml } from '../../src/reports/html.ts';
import { ReportMerger } from '../../src/reports/merge.ts';
import type { StudyReport } from '../../src/reports/study-report.ts';
import { renderText } from '../../src/reports/text.ts';
import { around, ct, pseudonyms, received, run, words } from '../deidentify/build.ts';

const context = { profile: basicProfile, pseudonyms };
const schema = JSON.parse(
  readFileSync(new URL('../../config/deidentification-report.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true }).compile(schema);

/** Words that stand in the original below and nowhere in what is written of it. */
const planted = [
  'QXBERTHA',
  'QXWALDEMAR',
  'MRN-QX4711',
  'QXHOSPITAL',
  '1.2.840.99.1',
  '20210317',
  'QXMODALITY',
  'QXNOTE',
];

function original(uid: string, ...more: readonly DataElement[]): DataSet {
  return ct(
    words(0x00080018, 'UI', `1.2.840.99.1.${uid}`),
    words(0x0020000d, 'UI', '1.2.840.99.1'),
    words(0x0020000e, 'UI', '1.2.840.99.1.1'),
    words(0x00080020, 'DA', '20210317'),
    words(0x00080080, 'LO', 'QXHOSPITAL'),
    words(0x00100010, 'PN', 'QXBERTHA^QXWALDEMAR'),
    words(0x00100020, 'LO', 'MRN-QX4711'),
    words(0x00181030, 'LO', 'QXNOTE for QXBERTHA'),
    sequenceElement(0x00081140, [
      item(around, [
        words(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
        words(0x00081155, 'UI', '1.2.840.99.1.77'),
      ]),
    ]),
    ...more,
  );
}

function described(dataSet: DataSet, id?: string): InstanceReport {
  const result = run(dataSet);
  const report =
    result.kind === 'held'
      ? describeHeld(dataSet, result.code, { ...context, ...(id === undefined ? {} : { id }) })
      : describeDeidentified(result, { ...context, ...(id === undefined ? {} : { id }) });
  if (report === undefined) throw new Error('not described');
  return report;
}

function linesOf(...reports: readonly InstanceReport[]): string[] {
  return reports.flatMap(({ shared, line }) => (shared === null ? [line] : [shared.line, line]));
}

function merged(...lines: readonly string[]): ReturnType<ReportMerger['report']> {
  const merger = new ReportMerger();
  merger.addStudy(lines);
  return merger.report(pseudonyms.uid('1.2.840.99.1'));
}

t.test('instances of a study are summed up by attribute, action and rule', async (t) => {
  const [one, two, held] = [
    described(original('1')),
    described(original('2')),
    described(
      original(
        '3',
        words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'),
        words(0x00080060, 'CS', 'QXMODALITY'),
      ),
    ),
  ];
  t.equal(one.study, pseudonyms.uid('1.2.840.99.1'));
  t.equal(held.study, one.study, 'what is held is told of with its study');
  t.equal(one.shared?.fingerprint, two.shared?.fingerprint, 'alike instances share one report');
  t.not(one.line, two.line);
  const report = merged(...linesOf(one, two, held));
  t.ok(validate(report), JSON.stringify(validate.errors));
  t.strictSame(report.instances, { deidentified: 2, held: 1, series: 1 });
  t.strictSame(report.objects, [
    {
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      sopClassName: 'CT Image Storage',
      modality: 'CT',
      deidentified: 2,
      held: 0,
    },
    {
      sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
      sopClassName: 'Secondary Capture Image Storage',
      modality: null,
      deidentified: 0,
      held: 1,
    },
  ]);
  t.match(report.held, [{ code: 'BURNED_IN_TEXT_RISK', reason: /burned-in text/, instances: 1 }]);
  t.strictSame(report.methodCodes, [
    { code: '113100', meaning: 'Basic Application Confidentiality Profile', instances: 2 },
  ]);
  t.match(report.profiles, [
    {
      profile: 'basic',
      profileRevision: basicProfile.revision,
      keyId: pseudonyms.keyId,
      options: [],
      instances: 2,
    },
  ]);
  const row = (path: string): unknown => report.attributes.find((attribute) => attribute.path === path);
  t.match(row('(0010,0010)'), { keyword: 'PatientName', action: 'pseudonymized', elements: 2, instances: 2 });
  t.match(row('(0008,1140)/(0008,1155)'), {
    keyword: 'ReferencedImageSequence / ReferencedSOPInstanceUID',
    action: 'uidReplaced',
    elements: 2,
  });
  t.match(row('(0008,0060)'), { action: 'kept', elements: 2 }, 'what is kept is told of too');
  for (const action of appliedActions) {
    const rows = report.attributes.filter((attribute) => attribute.action === action);
    t.equal(
      rows.reduce((sum, { elements }) => sum + elements, 0),
      report.actions[action],
      `${action}: the rows add up to the sum`,
    );
  }
});

t.test('no original value is in a line, a report, a page or a text', async (t) => {
  const reports = [
    described(original('1')),
    described(original('3', words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'))),
    described(original('4', words(0x00080060, 'CS', 'QXMODALITY'))),
  ];
  const report = merged(...linesOf(...reports));
  for (const text of [...linesOf(...reports), JSON.stringify(report), renderHtml(report), renderText(report)])
    for (const word of planted) t.notOk(text.includes(word), word);
});

t.test('an instance of several lines counts once, as the last of them says', async (t) => {
  const sc = original('3', words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'));
  const held = described(sc, 'ledger-id');
  const result = run(sc, { releasedCodes: ['BURNED_IN_TEXT_RISK'] });
  if (result.kind === 'held') throw new Error('held');
  const released = describeDeidentified(result, {
    ...context,
    id: 'ledger-id',
    releasedCodes: ['BURNED_IN_TEXT_RISK'],
  });
  if (released === undefined) throw new Error('not described');
  const report = merged(...linesOf(held, released, released));
  t.match(report.instances, { deidentified: 1, held: 0 });
  t.match(report.released, [{ code: 'BURNED_IN_TEXT_RISK', instances: 1 }]);
  t.equal(merged(...linesOf(released, held)).instances.held, 1);
});

t.test('torn and foreign lines are skipped, and the report says that it is not whole', async (t) => {
  const one = described(original('1'));
  const report = merged(one.line, one.line.slice(0, 40), '{"kind":"instance"}', 'null', '', '42');
  t.match(report.instances, { deidentified: 1 });
  t.strictSame(report.incomplete, { lines: 4, instances: 1 });
  t.match(renderHtml(report), 'This report is not whole');
  t.match(renderText(report), 'NOT WHOLE');
  t.ok(validate(report), JSON.stringify(validate.errors));
});

t.test(
  'where no conformance is claimed the page says so, whatever codes an earlier de-identifier left',
  async (t) => {
    const profile = defineProfile({
      ...emptyDefinition('keeps-names'),
      rules: [{ select: { kind: 'tag', pattern: '00080080' }, action: 'keep' }],
    });
    const earlier = sequenceElement(0x00120064, [
      item(around, [
        words(0x00080100, 'SH', '113100'),
        words(0x00080102, 'SH', 'DCM'),
        words(0x00080104, 'LO', 'x'),
      ]),
    ]);
    const result = deidentify(received(original('1', earlier)), { profile, pseudonyms });
    if (result.kind === 'held') throw new Error('held');
    const one = describeDeidentified(result, { profile, pseudonyms });
    if (one === undefined) throw new Error('not described');
    const report = merged(...linesOf(one));
    t.strictSame(report.methodCodes, []);
    t.match(renderHtml(report), 'No conformance is claimed for 1 instances');
    t.match(renderHtml(merged(...linesOf(described(original('1'))))), 'in conformance with');
  },
);

t.test('the page escapes what comes from a profile, loads nothing and has no script', async (t) => {
  const profile = defineProfile(emptyDefinition('x', '<script>alert("1")</script> & more'));
  const result = deidentify(received(original('1')), { profile, pseudonyms });
  if (result.kind === 'held') throw new Error('held');
  const one = describeDeidentified(result, { profile, pseudonyms });
  if (one === undefined) throw new Error('not described');
  const page = renderHtml(merged(...linesOf(one)));
  t.notMatch(page, /<script/);
  t.match(page, '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more');
  t.notMatch(page, /\b(src|href)="(?!#)/);
  t.notMatch(page, /url\(|@import|https?:/);
  t.match(page, "default-src 'none'");
});

t.test('the sums over several studies', async (t) => {
  const merger = new ReportMerger();
  for (let study = 0; study < 3; study += 1) merger.addStudy(linesOf(described(original('1'))));
  const report = merger.report(null);
  t.match(report, { studyInstanceUid: null, studies: 3, instances: { deidentified: 3, series: 3 } });
  t.ok(validate(report), JSON.stringify(validate.errors));
});

/** Contrast of two colours (WCAG 2.1, 1.4.3). */
function contrast(one: string, other: string): number {
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

t.test('text stands out from what is behind it, in the light, in the dark and on paper', async (t) => {
  const page = renderHtml(merged());
  const themes = [...page.matchAll(/:root \{([^}]*--bad:[^}]*)\}/g)].map((match) =>
    Object.fromEntries(
      [...(match[1] ?? '').matchAll(/--(\w+): (#[0-9a-f]{6})/g)].map(([, name, color]) => [name, color]),
    ),
  );
  t.equal(themes.length, 3, 'light, dark, paper');
  for (const theme of themes) {
    for (const [text, back] of [
      ...['page', 'card', 'head'].flatMap((back) => [
        ['text', back],
        ['soft', back],
      ]),
      ['accent', 'card'],
      ['good', 'goodback'],
      ['warn', 'warnback'],
      ['warn', 'card'],
      ['bad', 'badback'],
    ])
      t.ok(contrast(theme[text ?? ''] ?? '', theme[back ?? ''] ?? '') >= 4.5, `${text} on ${back}`);
  }
});

t.test('the text for a terminal tells what was done about text in the pixels', async (t) => {
  const searched = { risk: 'high', riskReason: 'ultrasound', treatment: 'all' } as const;
  const report: StudyReport = {
    ...merged(...linesOf(described(original('1')))),
    pixels: {
      treatments: [
        { ...searched, complete: true, changed: true, instances: 3 },
        { risk: 'low', riskReason: null, treatment: null, complete: false, changed: false, instances: 1 },
      ],
      boxes: [{ source: 'ocr', reason: 'identifier', boxes: 7, instances: 3 }],
      boxesLeftOut: 2,
    },
  };
  const lines = renderText(report).split('\n');
  t.ok(
    lines.includes(
      'pixels, high risk, ultrasound: All text that was found is blanked; every frame: yes; changed: yes: 3',
    ),
  );
  t.ok(
    lines.includes(
      'pixels, low risk: Text was not looked for: the profile searches no images of low risk; every frame: no; changed: no: 1',
    ),
  );
  t.ok(
    lines.includes('blanked, Search for text, Repeats an identifier of the object: 7 regions in 3 instances'),
  );
  t.ok(lines.includes('blanked, and counted in none of these: 2'));
});
