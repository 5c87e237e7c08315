import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { parse } from 'yaml';
import {
  pixelModes,
  redactedEncodings,
  standardPixelPolicy,
} from '../../src/deidentify/pixels/pixel-policy.ts';
import { defineProfile } from '../../src/deidentify/profile.ts';
import { parseProfile } from '../../src/profiles/parse-profile.ts';
import { loadProfileWithSource, ProfileFaults } from '../../src/profiles/profile-files.ts';
import { profileJsonSchema } from '../../src/profiles/schema.ts';

const validate = new Ajv2020({ strictTypes: false, strictRequired: false }).compile(profileJsonSchema());
const faultsOf = (pixels: string): string[] => {
  const parsed = parseProfile(`profile: p\npixels: ${pixels}\n`);
  return parsed.kind === 'faulty'
    ? parsed.faults.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
};
const noticesOf = (pixels: string): string[] => {
  const parsed = parseProfile(`profile: p\npixels: ${pixels}\n`);
  return parsed.kind === 'ok'
    ? parsed.notices.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : ['faulty'];
};
const rule = '{ name: r, provenance: me, when: always, action: treat }';

t.test(
  'what is left out is standard; every word of every key is known to schema and check alike',
  async (t) => {
    const parsed = parseProfile('profile: p\npixels: { fill: background }\n');
    t.same(parsed.kind === 'ok' && parsed.definition.pixels, standardPixelPolicy);
    for (const mode of pixelModes)
      for (const key of ['highRisk', 'lowRisk']) {
        const profile = { profile: 'p', pixels: { [key]: mode } };
        t.ok(validate(profile));
        t.match(parseProfile(JSON.stringify(profile)), {
          kind: 'ok',
          definition: { pixels: { [key]: mode } },
        });
      }
    for (const encoding of redactedEncodings)
      t.ok(validate({ profile: 'p', pixels: { encoding } }), encoding);
  },
);

t.test('what the schema refuses the check refuses too', async (t) => {
  for (const pixels of [
    '{}',
    '{ highRisk: some }',
    '{ highrisk: all }',
    '{ ultrasoundRegions: "true" }',
    '{ padding: 65 }',
    '{ padding: -1 }',
    '{ padding: 1.5 }',
    '{ fill: black }',
    '{ encoding: jpeg }',
    '{ deviceRules: [] }',
    '{ deviceRules: x.yaml }',
    '{ deviceRules: [{ name: r, when: always, action: treat }] }',
    '{ highRisk: identifying, harmlessWords: [] }',
    '{ highRisk: identifying, harmlessWords: [a, a] }',
  ]) {
    t.notOk(validate({ profile: 'p', pixels: parse(pixels) }), pixels);
    t.not(faultsOf(pixels).length, 0, pixels);
  }
});

t.test('faults say where and what to do', async (t) => {
  t.same(faultsOf('{ highRisk: everything }'), [
    '2:21 unknown word for highRisk "everything"; did you mean "all"?',
  ]);
  t.same(faultsOf('{ padding: 100 }'), ['2:20 padding must be a whole number from 0 to 64, not "100"']);
  t.match(faultsOf('{ harmlessWords: [abc] }'), [
    /^2:11 harmlessWords have an effect with `identifying` only/,
  ]);
  t.match(faultsOf('{ highRisk: identifying, harmlessWords: [a b] }'), [/"a b" must be a single word/]);
  t.match(faultsOf(`{ deviceRules: [${rule}, ${rule}] }`), [/two device rules have the name "r"/]);
  t.match(faultsOf('{ deviceRules: [./x.yaml] }'), [/^2:25 files of device rules cannot be read here/]);
});

t.test('choices that let text leave are told', async (t) => {
  t.same(noticesOf('{ highRisk: all, lowRisk: none }'), []);
  t.match(noticesOf('{ highRisk: none }'), [/^2:11 names in the pixels leave/]);
  t.match(noticesOf('{ highRisk: identifying }'), [/^2:11 text stays/]);
  t.match(noticesOf('{ ultrasoundRegions: false, starterRules: false }'), [
    /^2:11 what stands beside/,
    /^2:37 banners/,
  ]);
  t.match(noticesOf('{ deviceRules: [{ name: r, provenance: me, when: always, action: pass }] }'), [
    /the device rule "r" lets images pass/,
  ]);
  const treats = 'deviceRules: [{ name: r, provenance: me, when: always, action: treat }]';
  t.match(noticesOf(`{ highRisk: none, ${treats} }`), [
    /names in the pixels/,
    /"r".*highRisk: none lets those/,
  ]);
  t.same(noticesOf(`{ highRisk: all, ${treats} }`), []);
});

t.test(
  'files of device rules are read relative to the profile; their rules are part of the revision',
  async (t) => {
    const dir = t.testdir();
    mkdirSync(join(dir, 'rules'), { recursive: true });
    const profile = join(dir, 'p.yaml');
    const rules = join(dir, 'rules', 'us.yaml');
    const text = (height: number): string =>
      `provenance: seen\ndeviceRules:\n  - name: us\n    when: { keyword: Modality, equals: US }\n    action: blank\n    rectangles: [{ height: ${height} }]\n  - { name: ct, when: { keyword: Modality, equals: CT }, action: pass }\n`;
    writeFileSync(profile, `profile: p\npixels:\n  deviceRules:\n    - rules/us.yaml\n    - ${rule}\n`);
    writeFileSync(rules, text(40));
    const first = loadProfileWithSource(profile);
    t.match(first.profile.definition.pixels.deviceRules, [
      { name: 'us', provenance: 'seen', rectangles: [{ left: 0, top: 0, width: 0, height: 40 }] },
      { name: 'ct', action: 'pass' },
      { name: 'r' },
    ]);
    t.match(first.notices, [/rules\/us\.yaml:7:\d: the device rule "ct" lets images pass/]);
    t.equal(defineProfile(first.profile.definition).revision, first.profile.revision);
    writeFileSync(rules, text(41));
    t.not(loadProfileWithSource(profile).profile.revision, first.profile.revision);

    const faults = (): readonly string[] => {
      try {
        loadProfileWithSource(profile);
        return [];
      } catch (error) {
        if (error instanceof ProfileFaults) return error.faults;
        throw error;
      }
    };
    writeFileSync(rules, 'deviceRules:\n  - name: us\n    whn: always\n    action: blank\n');
    t.match(faults(), [
      `${profile}:4:7: the file "rules/us.yaml" has faults`,
      /rules\/us\.yaml:2:5: the device rule does not say where it comes from/,
      /rules\/us\.yaml:2:5: the device rule does not say when it holds/,
      /rules\/us\.yaml:3:5: unknown key "whn" in a device rule; did you mean "when"\?/,
      /rules\/us\.yaml:4:13: blank needs `rectangles`/,
    ]);
    writeFileSync(rules, text(40).replace('name: us', 'name: r'));
    t.match(faults(), [/two device rules have the name "r"/]);
    writeFileSync(profile, 'profile: p\npixels:\n  deviceRules: [none.yaml, rules/us.yaml, rules/us.yaml]\n');
    t.match(faults(), [
      /^.*p\.yaml:3:17: the file "none\.yaml" has faults$/,
      /^.*p\.yaml:3:43: the file "rules\/us\.yaml" stands here twice; remove one$/,
      /none\.yaml:1:1: the file of device rules cannot be read \(ENOENT\)/,
    ]);
  },
);
