import t from 'tap';
import type { PixelTreatment } from '../../src/deidentify/pixels/treatment.ts';
import type { DataElement, DataSet } from '../../src/dicom/data-set.ts';
import { item, sequenceElement } from '../../src/dicom/edit.ts';
import { firstText, items, text } from '../../src/dicom/values.ts';
import { around, at, ct, mustPass, received, run, words } from './build.ts';

type Facts = Partial<Omit<PixelTreatment, 'dataSet'>>;

/** A treatment as redaction would make it: nothing else can, so it is forged here. */
function treated(dataSet: DataSet, facts: Facts = {}): PixelTreatment {
  return {
    dataSet,
    mode: 'all',
    complete: true,
    changed: true,
    boxes: [],
    elements: [],
    ...facts,
  } as unknown as PixelTreatment;
}

/** A secondary capture: held unless somebody answers for its pixels. */
const capture = (...elements: readonly DataElement[]): DataSet =>
  ct(words(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'), words(0x00080060, 'CS', 'OT'), ...elements);

const codesOf = (dataSet: DataSet): (string | undefined)[] =>
  items(dataSet, 0x00120064).map((code) => firstText(code, 0x00080100));

t.test('a whole treatment is told: 113101 behind 113100, Burned In Annotation NO', async (t) => {
  for (const burnedIn of [[], [words(0x00280301, 'CS', 'YES')], [words(0x00280301, 'CS', 'NO')]]) {
    const part = received(capture(...burnedIn));
    const { value, report } = mustPass(run(part, { pixels: treated(part.dataSet) }));
    t.strictSame(codesOf(value.dataSet), ['113100', '113101']);
    t.strictSame(text(value.dataSet, 0x00280301), ['NO']);
    t.equal(value.dataSet.elements.filter(({ tag }) => tag === 0x00280301).length, 1);
    t.strictSame(report.methodCodes, ['113100', '113101']);
    t.match(report.pixels, { risk: 'high', treatment: 'all', complete: true, changed: true });
    t.strictSame(
      [...report.elements, ...report.kept].filter(({ path }) => path === '(0028,0301)'),
      [{ path: '(0028,0301)', action: 'inserted', rule: 'marker', count: 1 }],
    );
  }
});

t.test('anything less is not', async (t) => {
  const cases: readonly Facts[] = [
    { complete: false },
    { mode: 'none', complete: false, changed: false },
    { mode: 'none', complete: true },
    { mode: 'person', complete: false },
  ];
  for (const facts of cases) {
    const part = received(capture(words(0x00280301, 'CS', 'YES')));
    const { value, report } = mustPass(run(part, { pixels: treated(part.dataSet, facts) }));
    t.strictSame(codesOf(value.dataSet), ['113100'], JSON.stringify(facts));
    t.strictSame(text(value.dataSet, 0x00280301), ['YES'], 'left as received');
    t.equal(report.pixels.complete, false);
  }
});

t.test("a sender's NO is not handed on as ours, except where nothing is feared", async (t) => {
  const no = words(0x00280301, 'CS', 'NO');
  const part = received(capture(no));
  const waived = { mode: 'none', complete: false, changed: false } as const;
  const { value, report } = mustPass(run(part, { pixels: treated(part.dataSet, waived) }));
  t.strictSame(text(value.dataSet, 0x00280301), ['YES']);
  t.strictSame(
    [...report.elements, ...report.kept].filter(({ path }) => path === '(0028,0301)'),
    [{ path: '(0028,0301)', action: 'replaced', rule: 'marker', count: 1 }],
  );
  const released = mustPass(run(received(capture(no)), { releasedCodes: ['BURNED_IN_TEXT_RISK'] }));
  t.strictSame(text(released.value.dataSet, 0x00280301), ['YES']);
  t.strictSame(text(mustPass(run(ct(no))).value.dataSet, 0x00280301), ['NO'], 'low risk: as received');
});

t.test('the treatment of another object is none', async (t) => {
  const part = received(capture());
  t.match(run(part, { pixels: treated(capture()) }), { kind: 'held', code: 'BURNED_IN_TEXT_RISK' });
  const low = ct();
  const { value, report } = mustPass(run(low, { pixels: treated(capture()) }));
  t.strictSame(codesOf(value.dataSet), ['113100']);
  t.equal(at(value.dataSet, 0x00280301), undefined);
  t.match(report.pixels, { treatment: null, complete: false, changed: false });
});

t.test('images of low risk, and those a person let pass, carry neither', async (t) => {
  const low = mustPass(run(ct()));
  t.strictSame(codesOf(low.value.dataSet), ['113100']);
  t.equal(at(low.value.dataSet, 0x00280301), undefined);
  t.match(low.report.pixels, { riskReason: null, treatment: null });
  const released = mustPass(run(capture(), { releasedCodes: ['BURNED_IN_TEXT_RISK'] }));
  t.strictSame(codesOf(released.value.dataSet), ['113100']);
  t.equal(at(released.value.dataSet, 0x00280301), undefined);
});

t.test('what an earlier de-identifier said of the pixels is not passed on', async (t) => {
  const earlier = sequenceElement(
    0x00120064,
    ['113101', '113102', '113103'].map((code) =>
      item(around, [words(0x00080100, 'SH', code), words(0x00080102, 'SH', 'DCM')]),
    ),
  );
  t.strictSame(codesOf(mustPass(run(ct(earlier))).value.dataSet), ['113103', '113100']);
  const part = received(capture(earlier));
  t.strictSame(codesOf(mustPass(run(part, { pixels: treated(part.dataSet) })).value.dataSet), [
    '113103',
    '113100',
    '113101',
  ]);
});

t.test('regions do not part the reports of a series; what was done does', async (t) => {
  const box = {
    frame: 1,
    frames: 1,
    left: 0,
    top: 0,
    width: 2,
    height: 2,
    source: 'ocr',
    reason: 'text',
  } as const;
  const fingerprint = (facts: Facts): string => {
    const part = received(capture());
    return mustPass(run(part, { pixels: treated(part.dataSet, facts) })).report.fingerprint;
  };
  t.equal(fingerprint({ boxes: [box] }), fingerprint({ boxes: [box, { ...box, left: 2 }] }));
  t.not(fingerprint({ changed: false }), fingerprint({}));
  t.not(fingerprint({ mode: 'identifying' }), fingerprint({}));
});
