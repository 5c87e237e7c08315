import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { basicProfile } from '../../src/deidentify/profile.ts';
import {
  loadProfileFile,
  loadProfileWithSource,
  ProfileFaults,
  profileNames,
} from '../../src/profiles/profile-files.ts';

function faultsOf(nameOrPath: string): readonly string[] {
  try {
    loadProfileFile(nameOrPath);
    return [];
  } catch (error) {
    if (error instanceof ProfileFaults) return error.faults;
    throw error;
  }
}

t.test('a built-in name, a shipped name, a path', async (t) => {
  t.equal(loadProfileFile('basic'), basicProfile);
  t.equal(loadProfileFile('radiotherapy').id, 'radiotherapy');
  const dir = t.testdir({ 'mine.yml': 'profile: mine\nrules:\n  - {vr: PN, action: remove}\n' });
  const loaded = loadProfileWithSource(join(dir, 'mine.yml'));
  t.match(loaded, { profile: { id: 'mine' }, file: join(dir, 'mine.yml'), ruleLines: [3], notices: [] });
  t.not(loaded.profile.revision, basicProfile.revision);
});

t.test('the shipped basic.yaml is the built-in profile', async (t) => {
  const path = join(import.meta.dirname, '..', '..', 'config', 'profiles', 'basic.yaml');
  t.equal(loadProfileFile(path).revision, basicProfile.revision);
  t.same(
    profileNames().map(({ name }) => name),
    ['basic', 'ai-training', 'longitudinal-research', 'radiotherapy'],
  );
});

t.test('an unknown name tells the names, a missing file its reason, a faulty one every place', async (t) => {
  const dir = t.testdir({ 'bad.yaml': 'profile: p\nbse: basic\noptions: [nix]\n' });
  t.match(faultsOf('basci'), [/there is no profile named "basci"; did you mean basic\? .*path/]);
  t.match(faultsOf('zzz'), [/the names are basic, ai-training/]);
  t.match(faultsOf(join(dir, 'none.yaml')), [/none\.yaml: the profile cannot be read \(ENOENT\)/]);
  t.match(faultsOf(`${dir}/`), [/cannot be read \(EISDIR\)/]);
  t.match(faultsOf(join(dir, 'bad.yaml')), [
    /bad\.yaml:2:1: unknown key "bse"/,
    /bad\.yaml:3:11: unknown option "nix"/,
  ]);
});

t.test('files that are no text, or far too large, are refused before they are read whole', async (t) => {
  const dir = t.testdir();
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'binary.yaml'), Buffer.from([0x70, 0xff, 0xfe, 0x00]));
  writeFileSync(join(dir, 'huge.yaml'), Buffer.alloc(3_000_000, 'a'));
  t.match(faultsOf(join(dir, 'binary.yaml')).join('\n'), /binary\.yaml:1:2: the text is not UTF-8 here/);
  t.match(faultsOf(join(dir, 'huge.yaml')), [/huge\.yaml:1:1: the file is far larger/]);
});
