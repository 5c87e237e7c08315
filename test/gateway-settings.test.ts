import { join } from 'node:path';
import t from 'tap';
import { ConfigurationFaults, loadConfig } from '../src/config/load.ts';
import { profileChoice } from '../src/gateway-settings.ts';

const configOf = (profile: string, byAe: unknown) =>
  loadConfig({
    environment: { SALLYPORT_DEIDENTIFY_PROFILE_BY_CALLING_AE: JSON.stringify(byAe) },
    args: [`--deidentify.profile=${profile}`],
  }).config;
const faultsOf = (make: () => unknown): readonly string[] => {
  try {
    make();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationFaults) return error.faults;
    throw error;
  }
};

t.test('profiles are read once each, and chosen by calling AE title', async (t) => {
  const dir = t.testdir({ 'a.yaml': 'profile: a\noptions: [retainUids]\n' });
  const path = join(dir, 'a.yaml');
  const choice = profileChoice(
    configOf('basic', [
      { callingAeTitle: ' PACS1 ', profile: path },
      { callingAeTitle: 'PACS2', profile: path },
      { callingAeTitle: 'PACS3', profile: 'ai-training' },
    ]),
  );
  t.equal(choice.standard.name, 'basic');
  t.same(
    choice.byCallingAeTitle.map(({ callingAeTitle, definition }) => [callingAeTitle, definition.name]),
    [
      ['PACS1', 'a'],
      ['PACS2', 'a'],
      ['PACS3', 'ai-training'],
    ],
  );
  t.equal(choice.byCallingAeTitle[0]?.definition, choice.byCallingAeTitle[1]?.definition);
  t.same(structuredClone(choice), choice, 'plain data for worker threads');
});

t.test('all faults of all files come at once', async (t) => {
  const dir = t.testdir({
    'a.yaml': 'profile: a\noptions: [nix]\n',
    'b.yaml': 'profil: b\n',
    'c.yaml': 'profile: same\n',
    'd.yaml': 'profile: same\noptions: [retainUids]\n',
  });
  const path = (name: string): string => join(dir, name);
  const byAe = (...names: string[]): unknown =>
    names.map((name, index) => ({ callingAeTitle: `AE${index}`, profile: path(name) }));
  t.match(
    faultsOf(() => profileChoice(configOf(path('a.yaml'), byAe('b.yaml', 'a.yaml', 'none.yaml')))),
    [
      /a\.yaml:2:11: unknown option "nix"/,
      /b\.yaml:1:1: unknown key "profil"/,
      /b\.yaml:1:1: the profile has no name/,
      /none\.yaml: the profile cannot be read \(ENOENT\)/,
    ],
  );
  t.match(
    faultsOf(() => profileChoice(configOf(path('c.yaml'), byAe('d.yaml')))),
    [/c\.yaml and .*d\.yaml are different profiles of one name, same; rename one/],
  );
});

t.test('the list of AE titles is held to its form', async (t) => {
  const wrong: [unknown, RegExp][] = [
    [{}, /must be a list of \{ callingAeTitle, profile \}/],
    [['PACS1'], /each entry must be/],
    [[{ callingAeTitle: 'PACS1' }], /name or path of a profile/],
    [[{ callingAeTitle: 'seventeen-letters', profile: 'basic' }], /AE title/],
    [[{ aeTitle: 'A', callingAeTitle: 'A', profile: 'basic' }], /unknown key aeTitle/],
    [
      [
        { callingAeTitle: 'A', profile: 'basic' },
        { callingAeTitle: 'A ', profile: 'basic' },
      ],
      /AE title A twice/,
    ],
  ];
  for (const [byAe, expected] of wrong)
    t.match(faultsOf(() => configOf('basic', byAe)).join('\n'), expected, JSON.stringify(byAe));
});
