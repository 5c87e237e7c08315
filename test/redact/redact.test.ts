import t from 'tap';
import type { DrawnBox } from '../../src/core/redaction.ts';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { firstText, items } from '../../src/dicom/values.ts';
import type { TextEngine } from '../../src/ocr/text-engine.ts';
import type { RedactResult } from '../../src/redact/redact.ts';
import { ct, mustPass, received, run, words } from '../deidentify/build.ts';
import {
  capture,
  grey,
  haunted,
  laterality,
  patientName,
  policy,
  reader,
  shown,
  treat,
} from './stub-engine.ts';

type Treated = Extract<RedactResult, { kind: 'treated' }>;

function mustTreat(result: RedactResult): Treated {
  if (result.kind !== 'treated') throw new Error(`${result.kind} ${'code' in result ? result.code : ''}`);
  return result;
}

/** What leaves says of its pixels: the method codes, Burned In Annotation. */
function claims({ input, treatment }: Treated, releasedCodes: readonly string[] = []): unknown[] {
  const { value } = mustPass(run({ ...received(ct()), ...input }, { pixels: treatment, releasedCodes }));
  return [codesOf(value.dataSet), firstText(value.dataSet, 0x00280301)];
}

const codesOf = (dataSet: DataSet): (string | undefined)[] =>
  items(dataSet, 0x00120064).map((code) => firstText(code, 0x00080100));
const clean = [['113100', '113101'], 'NO'];
const notClaimed = [['113100'], 'YES'];
/** Boxes without the text of the image. */
const kinds = ({ treatment }: Treated): string[] =>
  treatment.boxes.map(({ source, reason }) => `${source} ${reason}`);

t.test('an image of low risk is left alone, and no engine is loaded for it', async (t) => {
  const engine = async (): Promise<never> => t.fail('loaded') as never;
  t.strictSame(await treat(received(ct()), { engine }), { kind: 'untouched' });
  const searched = mustTreat(
    await treat(received(ct(...grey([]))), {
      profile: policy({ lowRisk: 'identifying', highRisk: 'identifying' }),
    }),
  );
  t.equal(searched.treatment.mode, 'identifying', 'unless the profile asks for it');
});

t.test('all: whatever text is found goes', async (t) => {
  const part = capture();
  const result = mustTreat(await treat(part));
  t.match(result.treatment, { mode: 'all', complete: true, changed: true, risk: String });
  t.equal(result.treatment.boxes.length, 2);
  t.strictSame(
    [shown(result.input, patientName), shown(result.input, laterality)],
    ['background', 'background'],
  );
  t.strictSame(
    [shown(part, patientName), shown(part, laterality)],
    ['ink', 'ink'],
    'the input stays what it was',
  );
  t.strictSame(claims(result), clean);
});

t.test(
  'what text says is read quickly where all of it goes, and with care wherever it decides',
  async (t) => {
    const asked = async (mode: 'all' | 'identifying') => {
      const engine = reader();
      const searches: boolean[] = [];
      const find: TextEngine['find'] = (picture, search) => {
        searches.push(search.quickly === true);
        return engine.find(picture, search);
      };
      mustTreat(
        await treat(capture(), {
          profile: policy({ highRisk: mode }),
          onlyShownLeaves: true,
          engine: { ...engine, find },
        }),
      );
      return searches;
    };
    t.strictSame(await asked('all'), [true, false], 'not in the second look');
    t.strictSame(await asked('identifying'), [false, false]);
  },
);

t.test('identifying: the name goes, the side marker stays', async (t) => {
  const result = mustTreat(await treat(capture(), { profile: policy({ highRisk: 'identifying' }) }));
  t.match(result.treatment, { mode: 'identifying', complete: true, changed: true });
  t.strictSame(kinds(result), ['ocr identifier']);
  t.strictSame([shown(result.input, patientName), shown(result.input, laterality)], ['background', 'ink']);
  t.strictSame(claims(result), clean);
});

t.test('without the header to compare with, all text goes whatever the profile says', async (t) => {
  const profile = policy({ highRisk: 'identifying' });
  const result = mustTreat(await treat(capture(), { profile, useMetadata: false }));
  t.match(result.treatment, { mode: 'all', complete: true, changed: true });
  t.equal(result.treatment.boxes.length, 2);
  t.notOk(kinds(result).includes('ocr identifier'));
  t.strictSame(
    [shown(result.input, patientName), shown(result.input, laterality)],
    ['background', 'background'],
  );
});

t.test('none: the pixels leave as they are, and nobody says that they are clean', async (t) => {
  const engine = async (): Promise<never> => t.fail('loaded') as never;
  const part = capture();
  const result = mustTreat(await treat(part, { profile: policy({ highRisk: 'none' }), engine }));
  t.match(result.treatment, { mode: 'none', complete: false, changed: false, boxes: [] });
  t.equal(result.input, part);
  t.strictSame(claims(result), notClaimed);
});

t.test('a person draws boxes: those are blanked, and nothing is searched', async (t) => {
  const engine = reader();
  const drawnBoxes: DrawnBox[] = [{ frame: null, ...patientName }];
  const releasedCodes = ['BURNED_IN_TEXT_RISK'];
  const result = mustTreat(await treat(capture(), { engine, drawnBoxes, releasedCodes }));
  t.equal(engine.searches, 0);
  t.match(result.treatment, { mode: 'person', complete: true, changed: true });
  t.strictSame(kinds(result), ['person drawn']);
  t.strictSame([shown(result.input, patientName), shown(result.input, laterality)], ['background', 'ink']);
  t.strictSame(claims(result, releasedCodes), clean);
});

t.test('a person lets the pixels pass: no claim', async (t) => {
  for (const code of ['BURNED_IN_TEXT_RISK', 'REDACTION_UNSUPPORTED']) {
    const engine = reader();
    const result = mustTreat(await treat(capture(), { engine, releasedCodes: [code] }));
    t.equal(engine.searches, 0);
    t.match(result.treatment, { mode: 'none', complete: false, changed: false });
    t.strictSame(claims(result, [code]), notClaimed, code);
  }
});

t.test('the second look blanks what only shows then', async (t) => {
  let searches = 0;
  const all = reader();
  // The first search sees only the side marker.
  const engine = {
    ...all,
    find: async (...args: Parameters<typeof all.find>) => {
      searches += 1;
      const texts = await all.find(...args);
      return searches === 1 ? texts.filter(({ left }) => left === laterality.left) : texts;
    },
  };
  const result = mustTreat(await treat(capture(), { engine }));
  t.ok(result.treatment.complete);
  t.strictSame(
    [shown(result.input, patientName), shown(result.input, laterality)],
    ['background', 'background'],
  );
});

t.test('text that is left is held, and passes without a claim once a person accepted it', async (t) => {
  const held = await treat(capture(), { engine: haunted() });
  t.match(held, { kind: 'held', code: 'TEXT_LEFT_IN_PIXELS' });
  if (held.kind === 'held') t.ok(held.boxes.length > 0, 'what was found is told');
  const releasedCodes = ['TEXT_LEFT_IN_PIXELS'];
  const result = mustTreat(await treat(capture(), { engine: haunted(), releasedCodes }));
  t.match(result.treatment, { mode: 'all', complete: false, changed: true });
  t.equal(shown(result.input, patientName), 'background', 'blanked all the same');
  t.strictSame(claims(result, releasedCodes), notClaimed);
});

t.test('text of one frame among many goes from that frame alone', async (t) => {
  const part = capture(...grey([patientName], 5, 4));
  const result = mustTreat(await treat(part));
  t.match(result.treatment, { complete: true, boxes: [{ frame: 4, frames: 1 }] });
  t.equal(shown(part, patientName, 4), 'ink');
  for (const frame of [1, 2, 3, 4, 5]) t.equal(shown(result.input, patientName, frame), 'background');
});

t.test('held for another reason: no time is spent on its text', async (t) => {
  const engine = reader();
  const part = capture(words(0x00280302, 'CS', 'YES'));
  t.strictSame(await treat(part, { engine }), { kind: 'untouched' });
  t.equal(engine.searches, 0);
  t.match(run(part), { kind: 'held', code: 'RECOGNIZABLE_FEATURES_RISK' }, 'and it cannot leave');
});

t.test('an error that nobody foresaw is no verdict', async (t) => {
  const engine = async (): Promise<never> => {
    throw new RangeError('a fault of this program');
  };
  await t.rejects(treat(capture(), { engine }), RangeError);
});
