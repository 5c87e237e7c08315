import t from 'tap';
import { headOf } from '../../src/dashboard/profiles/head-lines.ts';
import { loadProfileWithSource } from '../../src/profiles/profile-files.ts';
import { profileHead } from '../../src/profiles/profile-page.ts';

t.test('the head of a profile is told in terms, and nothing of it is lost', async (t) => {
  for (const name of ['basic', 'config/profiles/longitudinal-research.yaml']) {
    const loaded = loadProfileWithSource(name);
    const { description } = loaded.profile.definition;
    const lines = [...profileHead({ loaded, asked: {} })].filter((line) => line !== '');
    const { groups, sentences } = headOf(lines, [description]);
    t.same(
      groups.map(({ heading }) => heading),
      [
        'Stands on',
        'Options',
        'Reports and documents',
        'Text in the pixels',
        'Rules for devices',
        'Key of the pseudonyms',
        'Rules of its own',
        'Explained for',
      ],
      'a heading of its own for each',
    );
    t.match(sentences[0], `Profile ${loaded.profile.id}, revision ${loaded.profile.revision}`);
    const told = [...sentences, description, ...groups.flatMap((group) => group.lines)];
    for (const line of lines)
      t.ok(
        told.some((text) => line.endsWith(text)),
        line,
      );
    t.equal(told.length, lines.length);
  }
});

t.test('a heading that is not known stands as it is', async (t) => {
  t.same(headOf(['Profile a, revision b', 'Colors    red', '          blue'], []), {
    groups: [{ heading: 'Colors', lines: ['red', 'blue'] }],
    sentences: ['Profile a, revision b'],
  });
});
