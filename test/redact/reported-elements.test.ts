import t from 'tap';
import type { Profile } from '../../src/deidentify/profile.ts';
import type { ReportEntry } from '../../src/deidentify/report.ts';
import { bytesElement, item } from '../../src/dicom/edit.ts';
import type { Part10 } from '../../src/dicom/part10.ts';
import { firstText, has, rawBytes } from '../../src/dicom/values.ts';
import { bigEndian, mustPass, number16, profileWith, received, run, words } from '../deidentify/build.ts';
import { capture, policy, treat } from './stub-engine.ts';

/** The header of what leaves after redaction, and what its report says of the attributes, by path. */
async function reported(part: Part10, parts: Parameters<typeof policy>[0] = {}, profile?: Profile) {
  const redacted = await treat(part, { profile: policy(parts) });
  if (redacted.kind !== 'treated') throw new Error(redacted.kind);
  const { treatment, input } = redacted;
  const result = run({ ...part, ...input }, { pixels: treatment, ...(profile && { profile }) });
  const { value, report } = mustPass(result);
  const entries: readonly ReportEntry[] = [...report.elements, ...report.kept];
  const of = (path: string) =>
    entries.filter((entry) => entry.path === path).map(({ action, rule }) => `${action} ${rule}`);
  t.equal(new Set(entries.map(({ path }) => path)).size, entries.length, 'none is listed twice');
  const sum = entries.reduce((total, { count }) => total + count, 0);
  t.equal(
    Object.values(report.counts).reduce((total, count) => total + count, 0),
    sum,
  );
  return { dataSet: value.dataSet, of };
}

const derivation = '(0008,2111)';
const pixelData = '(7FE0,0010)';

t.test(
  'what redaction changed is told as a change, what it put in and nobody kept is not told',
  async (t) => {
    const { dataSet, of } = await reported(capture(number16(0x00280106, 3)));
    t.strictSame(of(pixelData), ['cleaned pixels']);
    t.strictSame(of('(0008,0008)'), ['replaced pixels'], 'Image Type');
    t.equal(firstText(dataSet, 0x00080008), 'DERIVED');
    t.strictSame(of('(0028,0106)'), ['removed pixels'], 'Smallest Image Pixel Value');
    t.notOk(has(dataSet, 0x00082111));
    t.strictSame(of(derivation), [], 'neither in what came nor in what leaves');
    t.strictSame(of('(0028,0010)'), ['kept default']);
  },
);

t.test('a derivation that was received is removed, or kept with what redaction adds', async (t) => {
  const part = capture(words(0x00082111, 'ST', 'averaged'));
  t.strictSame((await reported(part)).of(derivation), ['removed table-e1-1']);
  const keeping = profileWith({
    rules: [{ select: { kind: 'tag', pattern: '00082111' }, action: 'keep' }],
  });
  const kept = await reported(part, {}, keeping);
  t.strictSame(kept.of(derivation), ['replaced pixels']);
  t.match(firstText(kept.dataSet, 0x00082111), /^averaged; /);
  const written = await reported(capture(), {}, keeping);
  t.strictSame(written.of(derivation), ['inserted pixels']);
  t.ok(has(written.dataSet, 0x00082111));
});

t.test('pixels that nobody changed are kept', async (t) => {
  const { of } = await reported(capture(), { highRisk: 'none' });
  t.strictSame(of(pixelData), ['kept default']);
  t.strictSame(of('(0008,0008)'), ['kept default']);
});

t.test('another byte order is no other value', async (t) => {
  const little = capture().dataSet;
  const elements = little.elements.map((one) =>
    one.vr === 'US' ? bytesElement(one.tag, 'US', Buffer.from(rawBytes(one)).swap16()) : one,
  );
  const encoding = { explicitVr: true, littleEndian: false };
  const part = received(item({ ...little, encoding }, elements), bigEndian);
  const { of } = await reported(part, { encoding: 'rle' });
  t.strictSame(of(pixelData), ['cleaned pixels']);
  for (const path of ['(0028,0010)', '(0028,0011)', '(0028,0100)', '(0028,0004)', '(0018,0050)'])
    t.strictSame(of(path), ['kept default'], path);
});
