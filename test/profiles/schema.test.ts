import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { parse } from 'yaml';
import { ownActions, safePrivateClasses } from '../../src/deidentify/profile-definition.ts';
import { profileOptions } from '../../src/deidentify/rules.ts';
import { parseProfile } from '../../src/profiles/parse-profile.ts';
import { actionDocs, optionDocs, profileJsonSchema } from '../../src/profiles/schema.ts';

const config = join(import.meta.dirname, '..', '..', 'config');
const examples = readdirSync(join(config, 'profiles')).map((name) => ({
  name,
  text: readFileSync(join(config, 'profiles', name), 'utf8'),
}));
const validate = new Ajv2020({ strictTypes: false, strictRequired: false }).compile(profileJsonSchema());

t.test('config/profile.schema.json is the schema of the code', async (t) => {
  t.same(JSON.parse(readFileSync(join(config, 'profile.schema.json'), 'utf8')), profileJsonSchema());
});

t.test(
  'every example is valid by the schema and by the check, and names the schema for editors',
  async (t) => {
    t.ok(examples.length >= 4);
    for (const { name, text } of examples) {
      t.ok(validate(parse(text)), `${name}: ${JSON.stringify(validate.errors)}`);
      const parsed = parseProfile(text, name);
      t.match(parsed, { kind: 'ok' }, name);
      t.equal(parsed.kind === 'ok' && parsed.definition.name, name.replace('.yaml', ''));
      t.same(parsed.kind === 'ok' && parsed.notices, [], 'nothing that an officer would have to waive');
      t.match(text, /^# yaml-language-server: \$schema=\.\.\/profile\.schema\.json$/m);
    }
  },
);

t.test('the example of README is valid', async (t) => {
  const readme = readFileSync(join(config, '..', 'README.md'), 'utf8');
  const text = /```yaml\n(# yaml-language-server[^`]*)```/.exec(readme)?.[1] ?? '';
  t.ok(validate(parse(text)), JSON.stringify(validate.errors));
  t.match(parseProfile(text), { kind: 'ok', definition: { name: 'research' }, notices: [] });
});

t.test('the device rule of README is valid', async (t) => {
  const readme = readFileSync(join(config, '..', 'README.md'), 'utf8');
  const text = /```yaml\n(pixels:\n[^`]*)```/.exec(readme)?.[1] ?? '';
  // The file that the example names is not there.
  const profile = `profile: p\n${text.replace(/^ +- \.\/.*$/m, '')}`;
  t.ok(validate(parse(profile)), JSON.stringify(validate.errors));
  t.match(parseProfile(profile), {
    kind: 'ok',
    definition: { pixels: { deviceRules: [{ name: 'handwritten notes', action: 'hold' }] } },
  });
});

t.test('the schema knows every word the engine knows', async (t) => {
  t.same(Object.keys(optionDocs).sort(), [...profileOptions].sort());
  t.same(Object.keys(actionDocs).sort(), [...ownActions].sort());
  for (const option of profileOptions) t.ok(validate({ profile: 'p', options: [option] }), option);
  for (const name of safePrivateClasses)
    t.ok(validate({ profile: 'p', options: ['retainSafePrivate'], safePrivate: [name] }), name);
  for (const action of ownActions) {
    const rule = { privateCreator: 'X', action, ...(action === 'replace' ? { value: 'v' } : {}) };
    t.ok(validate({ profile: 'p', rules: [rule] }), action);
    t.match(parseProfile(JSON.stringify({ profile: 'p', rules: [rule] })), { kind: 'ok' }, action);
  }
});

t.test('what the schema refuses the check refuses too', async (t) => {
  const rule = (parts: object): object => ({ profile: 'p', rules: [parts] });
  const wrong: object[] = [
    {},
    { profile: 'P' },
    { profile: 'p', bse: 'basic' },
    { profile: 'p', base: 'other' },
    { profile: 'p', options: ['retain-uids'] },
    { profile: 'p', options: ['retainUids', 'retainUids'] },
    { profile: 'p', options: ['retainLongFullDates', 'retainLongModifiedDates'] },
    { profile: 'p', options: 'retainUids' },
    { profile: 'p', structuredContent: 'drop' },
    { profile: 'p', trueDeviceDates: 'true' },
    { profile: 'p', options: ['retainSafePrivate'], safePrivate: ['numeric'] },
    { profile: 'p', options: ['cleanDescriptors'], descriptors: { vocabulary: 'some' } },
    rule({ keyword: 'StudyDate' }),
    rule({ action: 'remove' }),
    rule({ keyword: 'StudyDate', tag: '0008,0020', action: 'remove' }),
    rule({ keyword: 'StudyDate', action: 'delete' }),
    rule({ keyword: 'StudyDate', action: 'replace' }),
    rule({ keyword: 'StudyDate', action: 'remove', value: '1' }),
    rule({ keyword: 'StudyDate', element: '1F', action: 'remove' }),
    rule({ tag: '00080020', action: 'remove' }),
    rule({ vr: 'XX', action: 'remove' }),
    rule({ keyword: 'StudyDate', action: 'remove', when: {} }),
    rule({ keyword: 'StudyDate', action: 'remove', when: { modality: 'MRI' } }),
    rule({ keyword: 'StudyDate', action: 'remove', when: { sopClass: 'CTImagStorage' } }),
  ];
  for (const profile of wrong) {
    t.notOk(validate(profile), JSON.stringify(profile));
    t.match(parseProfile(JSON.stringify(profile), 'p.json'), { kind: 'faulty' }, JSON.stringify(profile));
  }
});
