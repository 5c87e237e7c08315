import t from 'tap';
import { ownedByGateway } from '../../src/deidentify/owned-attributes.ts';
import { defineProfile, type Profile } from '../../src/deidentify/profile.ts';
import type { DataElement, Vr } from '../../src/dicom/data-set.ts';
import { formatTag } from '../../src/dicom/dictionary.ts';
import { knownAttributes } from '../../src/profiles/attributes.ts';
import { type AskedInstance, type Explanation, explainProfile } from '../../src/profiles/explain.ts';
import { parseProfile } from '../../src/profiles/parse-profile.ts';
import { loadProfileWithSource } from '../../src/profiles/profile-files.ts';
import { at, ct, mustPass, run, sample } from '../deidentify/build.ts';

const ctImage = { modality: 'CT', sopClassUid: '1.2.840.10008.5.1.4.1.1.2' } as const;

function profileOf(text: string): { profile: Profile; ruleLines: readonly number[] } {
  const parsed = parseProfile(text);
  if (parsed.kind === 'faulty') throw new Error(JSON.stringify(parsed.faults));
  return { profile: defineProfile(parsed.definition), ruleLines: parsed.ruleLines };
}

function explained(text: string, keyword: string, asked: AskedInstance = {}): Explanation | undefined {
  const { profile, ruleLines } = profileOf(text);
  return explainProfile(profile, ruleLines, asked).find((one) => one.keyword === keyword);
}

t.test('every attribute of PS3.6 is explained once, in the order of tags', async (t) => {
  const all = explainProfile(profileOf('profile: p').profile);
  t.ok(all.length > 5000);
  t.same(
    all.map(({ tag }) => tag),
    all.map(({ tag }) => tag).toSorted(),
  );
  t.equal(new Set(all.map(({ tag }) => tag)).size, all.length);
  for (const { keyword, action, why } of all) if (action === '' || why === '') t.fail(keyword);
});

t.test('row, option and own rule are named', async (t) => {
  t.match(explained('profile: p', 'StudyDate'), { outcome: 'emptied', why: 'Table E.1-1: Z', code: 'Z' });
  t.match(explained('profile: p\noptions: [retainLongModifiedDates]', 'StudyDate'), {
    outcome: 'shifted',
    option: 'retainLongModifiedDates',
    why: 'Table E.1-1: Z; option retainLongModifiedDates: C',
  });
  t.match(explained('profile: p\nrules:\n  - {keyword: StudyDate, action: keep}', 'StudyDate'), {
    outcome: 'kept',
    line: 3,
    weakens: true,
    why: 'own rule, line 3 (against PS3.15)',
  });
  t.match(explained('profile: p', 'PatientName'), { action: "replaced by the patient's pseudonym" });
  t.match(explained('profile: p', 'StudyInstanceUID'), { action: 'replaced by a new UID' });
  t.match(explained('profile: p', 'PatientIdentityRemoved'), { outcome: 'written' });
});

t.test('a rule whose condition is open is told apart; once asked it holds or not', async (t) => {
  const text =
    'profile: p\nrules:\n  - {keyword: Manufacturer, action: remove, when: {modality: [CT, MR], callingAeTitle: A}}';
  t.match(explained(text, 'Manufacturer'), {
    outcome: 'kept',
    unless: [{ when: 'modality CT or MR, sent by A', action: 'removed', line: 3 }],
  });
  t.match(explained(text, 'Manufacturer', { modality: 'CT' }), { outcome: 'kept', unless: [{ line: 3 }] });
  t.match(explained(text, 'Manufacturer', { modality: 'CT', callingAeTitle: 'A' }), {
    outcome: 'removed',
    line: 3,
    unless: undefined,
  });
  t.match(explained(text, 'Manufacturer', { modality: 'US' }), { outcome: 'kept', unless: undefined });
});

t.test('an earlier conditional rule that a later one overrules is not shown', async (t) => {
  const text =
    'profile: p\nrules:\n  - {keyword: Manufacturer, action: empty, when: {modality: CT}}\n  - {tag: "0008,007x", action: remove}';
  t.match(explained(text, 'Manufacturer'), { outcome: 'removed', line: 4, unless: undefined });
});

/** What the explanation allows to be seen in the output: removed, empty, the same bytes, other bytes. */
const allowed: Readonly<Record<Explanation['outcome'], readonly string[]>> = {
  kept: ['same', 'other', 'removed', 'empty'],
  cleaned: ['same', 'other', 'removed', 'empty'],
  shifted: ['other'],
  replaced: ['other', 'removed'],
  emptied: ['empty'],
  removed: ['removed'],
  written: ['other', 'removed'],
};

for (const name of ['basic', 'longitudinal-research', 'ai-training', 'radiotherapy']) {
  t.test(`${name}: what is explained is what is done to a CT image`, async (t) => {
    const { profile, ruleLines } = loadProfileWithSource(name);
    const explanations = explainProfile(profile, ruleLines, { ...ctImage, callingAeTitle: '' });
    const byTag = new Map(explanations.map((one) => [one.tag, one]));
    const own = new Set(ct().elements.map(({ tag }) => tag));
    const added: DataElement[] = [];
    for (const { tag, vr } of knownAttributes()) {
      const first = vr.split(' or ')[0] as Vr;
      // Sequences are kept for what is in them; what describes the pixels stays as the builder has it.
      if (tag >>> 16 < 8 || first === 'SQ' || own.has(tag) || ownedByGateway(tag) !== undefined) continue;
      if (byTag.get(formatTag(tag))?.outcome === 'cleaned') continue;
      added.push(sample(tag, first));
    }
    const input = ct(...added);
    const result = run(input, { profile, releasedCodes: ['BURNED_IN_TEXT_RISK'] });
    const { value } = mustPass(result);
    let compared = 0;
    for (const { tag } of added) {
      const explanation = byTag.get(formatTag(tag));
      const output = at(value.dataSet, tag);
      const seen = seenIn(at(input, tag), output);
      if (explanation === undefined) t.fail(formatTag(tag));
      else if (!allowed[explanation.outcome].includes(seen))
        t.fail(
          `${formatTag(tag)} ${explanation.keyword}: ${explanation.action} (${explanation.why}), but ${seen}`,
        );
      compared += 1;
    }
    t.ok(compared > 2500, `${compared} attributes compared`);
  });
}

function seenIn(before: DataElement | undefined, after: DataElement | undefined): string {
  if (after === undefined) return 'removed';
  const bytes = bytesOf(after);
  if (bytes === '') return 'empty';
  return bytes === bytesOf(before) ? 'same' : 'other';
}

function bytesOf(element: DataElement | undefined): string {
  const body = element?.body;
  if (body?.kind === 'bytes') return Buffer.from(body.bytes).toString('latin1');
  if (body?.kind === 'source')
    return Buffer.from(body.source.read(body.offset, body.length)).toString('latin1');
  return body?.kind ?? 'none';
}
