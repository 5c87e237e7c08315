import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { DeviceRule } from '../../src/deidentify/pixels/pixel-policy.ts';
import type { Profile } from '../../src/deidentify/profile.ts';
import { bytesElement, item, sequenceElement } from '../../src/dicom/edit.ts';
import type { Part10 } from '../../src/dicom/part10.ts';
import { firstText, items } from '../../src/dicom/values.ts';
import { textEngineOnce } from '../../src/ocr/engine-once.ts';
import type { RedactResult } from '../../src/redact/redact.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { cli } from '../crash/gateway-child.ts';
import { around, mustPass, number16, run, words } from '../deidentify/build.ts';
import { endoscopy } from '../pipeline/endoscopy.ts';
import { makeStream } from '../render/video/streams.ts';
import { requirePeer } from '../support/peers.ts';
import { run as runProgram } from '../support/run.ts';
import { capture, haunted, patientName, policy, reader, treat } from './stub-engine.ts';

type Options = NonNullable<Parameters<typeof treat>[1]>;

/** What the pipeline does with an instance: the pixels, then the header. */
async function leaves(
  part: Part10,
  options: Options & { readonly profile?: Profile } = {},
): Promise<{ readonly redacted: RedactResult; readonly code: string | undefined; readonly claims: boolean }> {
  const redacted = await treat(part, options);
  if (redacted.kind === 'held') return { redacted, code: redacted.code, claims: false };
  const released = { releasedCodes: options.releasedCodes ?? [] };
  const input = redacted.kind === 'treated' ? { ...part, ...redacted.input } : part;
  const result = run(input, {
    ...released,
    ...(options.profile && { profile: options.profile }),
    ...(redacted.kind === 'treated' && { pixels: redacted.treatment }),
  });
  if (result.kind === 'held') return { redacted, code: result.code, claims: false };
  const { dataSet } = mustPass(result).value;
  const codes = items(dataSet, 0x00120064).map((method) => firstText(method, 0x00080100));
  return {
    redacted,
    code: undefined,
    claims: codes.includes('113101') || firstText(dataSet, 0x00280301) === 'NO',
  };
}

/** Held with its code; released without boxes it leaves, and claims nothing of its pixels. */
async function heldUntilReleased(t: Test, part: Part10, code: string, options: Options = {}): Promise<void> {
  t.equal((await leaves(part, options)).code, code);
  t.match(await leaves(part, { ...options, releasedCodes: [code] }), { code: undefined, claims: false });
}

const drawnBoxes = [{ frame: null, ...patientName }];

function rule(action: DeviceRule['action'], ...rectangles: DeviceRule['rectangles']): DeviceRule {
  return { name: 'all devices', provenance: 'test', when: { all: [] }, action, rectangles };
}

t.test('BURNED_IN_TEXT_RISK: the profile wants a person to decide', async (t) => {
  const profile = policy({ highRisk: 'hold' });
  await heldUntilReleased(t, capture(), 'BURNED_IN_TEXT_RISK', { profile });
  const released = { profile, drawnBoxes, releasedCodes: ['BURNED_IN_TEXT_RISK'] };
  t.match(await leaves(capture(), released), { code: undefined, claims: true }, 'with boxes it is treated');
  t.match(
    run(capture()),
    { kind: 'held', code: 'BURNED_IN_TEXT_RISK' },
    'and nothing leaves without redaction',
  );
});

t.test('TEXT_LEFT_IN_PIXELS: the second look still finds it', async (t) => {
  await heldUntilReleased(t, capture(), 'TEXT_LEFT_IN_PIXELS', { engine: haunted() });
});

t.test('REDACTION_UNSUPPORTED: a video cannot be blanked where its stream leaves', async (t) => {
  const part = { ...capture(), transferSyntaxUid: '1.2.840.10008.1.2.4.102' };
  const released = ['BURNED_IN_TEXT_RISK'];
  const result = await treat(part, { drawnBoxes, releasedCodes: released });
  t.match(result, { kind: 'held', code: 'REDACTION_UNSUPPORTED', detail: 'video' });
  const waived = await treat(part, { releasedCodes: [...released, 'REDACTION_UNSUPPORTED'] });
  t.match(waived, { kind: 'treated', treatment: { mode: 'none', complete: false } });
});

t.test('REDACTION_UNSUPPORTED: a video whose stream leaves is not searched first', async (t) => {
  const part = { ...capture(), transferSyntaxUid: '1.2.840.10008.1.2.4.102' };
  const held = { kind: 'held', code: 'REDACTION_UNSUPPORTED', detail: 'video' };
  const engine = reader();
  const banner = rule('blank', { left: 0, top: 0, width: 0, height: 9 });
  for (const highRisk of ['all', 'identifying'] as const)
    t.match(await treat(part, { profile: policy({ highRisk, deviceRules: [banner] }), engine }), {
      ...held,
      boxes: [{ source: 'rule', height: 9 }],
    });
  t.match(await treat(part, { profile: policy({ deviceRules: [rule('pass')] }), engine }), {
    kind: 'treated',
    treatment: { mode: 'none' },
  });
  t.match(
    await treat(part, { profile: policy({ lowRisk: 'identifying', deviceRules: [rule('pass')] }), engine }),
    held,
  );
  t.match(await treat(part, { profile: policy({ highRisk: 'none' }), engine }), {
    kind: 'treated',
    treatment: { mode: 'none' },
  });
  t.match(await treat(part, { profile: policy({ highRisk: 'hold' }), engine }), {
    code: 'BURNED_IN_TEXT_RISK',
  });
  t.equal(engine.searches, 0);
  const asked = () => Promise.reject(new Error('the search has begun'));
  await t.rejects(treat(part, { engine: asked, onlyFramesLeave: true }), /the search has begun/);
});

t.test('REDACTION_UNSUPPORTED: of a real video offline, whose banner a rule names', async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const dir = t.testdir({ in: {} });
  const at = (...parts: readonly string[]): string => join(dir, ...parts);
  const encode = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
  const stream = readFileSync(makeStream(dir, { file: 'v.mp4', encode }));
  writeFileSync(at('in', 'video.dcm'), encodePart10(endoscopy('a', stream, 25)));
  const banner = 'when: { keyword: Modality, equals: ES }, action: blank, rectangles: [{ height: 40 }]';
  writeFileSync(
    at('profile.yaml'),
    `profile: banners\nbase: basic\npixels:\n  highRisk: none\n  deviceRules:\n    - { name: banner, provenance: this test, ${banner} }\n`,
  );
  const { exitCode, output } = await runProgram(process.execPath, [
    ...[cli, 'deidentify', at('in'), '--output', at('out'), '--profile', at('profile.yaml')],
    ...['--manifest', at('manifest.jsonl'), '--workers', '1'],
  ]);
  t.equal(exitCode, 1, output);
  const [line = ''] = readFileSync(at('manifest.jsonl'), 'utf8').split('\n');
  t.match(JSON.parse(line), {
    code: 'REDACTION_UNSUPPORTED',
    detail: 'video',
    boxes: [{ frame: 1, left: 0, top: 0, height: 40, source: 'rule' }],
  });
  const written = existsSync(at('out')) ? readdirSync(at('out'), { recursive: true, encoding: 'utf8' }) : [];
  t.strictSame(
    written.filter((name) => name.endsWith('.dcm')),
    [],
    'nothing of it leaves',
  );
});

t.test('RECOGNIZABLE_FEATURES_RISK: a face is no text', async (t) => {
  const part = capture(words(0x00280302, 'CS', 'YES'));
  t.equal((await leaves(part)).code, 'RECOGNIZABLE_FEATURES_RISK');
  const released = ['RECOGNIZABLE_FEATURES_RISK'];
  const { redacted, code } = await leaves(part, { releasedCodes: released });
  t.equal(code, undefined, 'once a person has judged the face');
  t.match(
    redacted,
    { kind: 'treated', treatment: { mode: 'all', complete: true } },
    'its text is still treated',
  );
});

t.test('DEVICE_RULE_HOLD: a rule of the profile holds the device', async (t) => {
  const profile = policy({ deviceRules: [rule('hold')] });
  t.equal((await leaves(capture(), { profile })).code, 'DEVICE_RULE_HOLD');
  const released = await leaves(capture(), { profile, releasedCodes: ['DEVICE_RULE_HOLD'] });
  t.match(
    released.redacted,
    { kind: 'treated', treatment: { mode: 'all', complete: true } },
    'then searched',
  );
});

t.test('PIXEL_REGION_INVALID: regions of another image', async (t) => {
  const beyond = { left: 5000, top: 5000, width: 10, height: 10 };
  const profile = policy({ deviceRules: [rule('keep', beyond)] });
  t.equal((await leaves(capture(), { profile })).code, 'PIXEL_REGION_INVALID', 'a rule that keeps nothing');
  const location = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
  const region = item(
    around,
    [0, 0, 5000, 5000].map((value, index) => bytesElement(0x00186018 + 2 * index, 'UL', location(value))),
  );
  const ultrasound = capture(sequenceElement(0x00186011, [region]));
  t.equal(
    (await leaves(ultrasound, { profile: policy({ highRisk: 'none' }) })).code,
    'PIXEL_REGION_INVALID',
    'ultrasound regions beyond the image, where nobody searches',
  );
  for (const box of [{ ...beyond }, { ...patientName, width: 5000 }, { ...patientName, left: -1 }]) {
    const drawn = { drawnBoxes: [{ frame: null, ...box }], releasedCodes: ['BURNED_IN_TEXT_RISK'] };
    t.equal((await leaves(capture(), drawn)).code, 'PIXEL_REGION_INVALID', 'boxes drawn beyond the image');
  }
});

t.test('TEXT_SEARCH_UNAVAILABLE: the models cannot be loaded', async (t) => {
  let loads = 0;
  const engine = textEngineOnce({ threads: 1 }, async () => {
    loads += 1;
    if (loads === 1) throw new Error('no such module');
    return reader();
  });
  t.equal((await leaves(capture(), { engine })).code, 'TEXT_SEARCH_UNAVAILABLE');
  t.equal((await leaves(capture(), { engine })).code, undefined, 'retried when they are there');
  // No person can release it: the search is all there is.
  const never = textEngineOnce({ threads: 1 }, () => Promise.reject(new Error('no such module')));
  const releasedCodes = ['TEXT_SEARCH_UNAVAILABLE'];
  t.equal((await leaves(capture(), { engine: never, releasedCodes })).code, 'TEXT_SEARCH_UNAVAILABLE');
});

t.test('two elements of pixels: nobody knows which one is looked at', async (t) => {
  const floats = bytesElement(0x7fe00008, 'OF', new Uint8Array(16));
  t.equal((await leaves(capture(floats))).code, 'PIXEL_DATA_INVALID');
});

t.test('pixels that are not what the header says are held as such, not searched', async (t) => {
  const engine = reader();
  for (const [tag, value] of [
    [0x00280010, 0],
    [0x00280011, 9000],
    [0x00280002, 2],
  ] as const)
    t.equal((await leaves(capture(number16(tag, value)), { engine })).code, 'PIXEL_DATA_INVALID');
  t.equal(
    (await leaves(capture(words(0x00280008, 'IS', '7')), { engine })).code,
    'PIXEL_DATA_INVALID',
    'frames that are not there',
  );
  t.equal(
    (await leaves(capture(words(0x00280004, 'CS', 'HSV')), { engine })).code,
    'PIXEL_FORMAT_UNSUPPORTED',
  );
  t.equal(engine.searches, 0);
});
