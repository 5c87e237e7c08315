import type { JSX } from 'preact';
import type { Schemas } from '../api/types.ts';
import { Facts } from '../ui/data.tsx';
import { begun } from '../ui/figures.ts';
import { Card } from '../ui/page.tsx';
import { headOf } from './head-lines.ts';

/** What a profile is made of: base, options, what is done about text in the pixels. */
export function ProfileHead({
  page: { name, revision, description, lines },
}: {
  readonly page: Pick<Schemas['ProfilePage'], 'name' | 'revision' | 'description' | 'lines'>;
}): JSX.Element {
  const { groups, sentences } = headOf(lines, [description]);
  // The first sentence names profile, revision and file: the name is the heading of the page.
  const [named, ...others] = sentences;
  const origin = named?.replace(`Profile ${name}, revision ${revision}, `, '');
  return (
    <Card title="In short">
      <p>{description}</p>
      <Facts
        facts={[
          ...groups.map(
            ({ heading, lines: told }) =>
              [
                heading,
                told.length === 1 ? (
                  begun(told[0] ?? '')
                ) : (
                  <ul key={heading} class="plain">
                    {told.map((line) => (
                      <li key={line}>{begun(line)}</li>
                    ))}
                  </ul>
                ),
              ] as const,
          ),
          ['Revision', <code key="revision">{revision}</code>],
          ['Comes from', origin ?? '–'],
        ]}
      />
      {others.map((line) => (
        <p key={line} class="hint">
          {line}
        </p>
      ))}
      <p class="hint">
        The revision is part of what names each delivery: another revision, another delivery.
      </p>
    </Card>
  );
}
