import type { JSX } from 'preact';
import { optionText } from '../../reports/explanations.ts';
import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { href } from '../shell/router.ts';
import { Facts, Loaded } from '../ui/data.tsx';
import { Card, Page } from '../ui/page.tsx';

/** The profiles in use, and for whose images. */
export function ProfileList(): JSX.Element {
  const profiles = useResource((signal) => get('/api/profiles', { signal }), []);
  return (
    <Page
      title="Profiles"
      lead="A profile says what is done to every attribute and to text in the pixels. These are in use now."
    >
      <Loaded resource={profiles}>
        {(data) => (
          <div class="columns">
            {data.profiles.map(({ name, revision, description, standard, callingAeTitles, options }) => (
              <Card key={name} title={<a href={href('profiles', [name])}>{name}</a>}>
                <p>{description}</p>
                <Facts
                  facts={[
                    [
                      'For images from',
                      [
                        standard ? 'all AE titles without a profile of their own' : '',
                        callingAeTitles.join(', '),
                      ]
                        .filter((part) => part !== '')
                        .join('; ') || 'nobody',
                    ],
                    [
                      'Options',
                      options.length === 0 ? (
                        'none'
                      ) : (
                        <ul class="plain" key="options">
                          {options.map((option) => (
                            <li key={option}>{optionText(option)}</li>
                          ))}
                        </ul>
                      ),
                    ],
                    ['Revision', <code key="revision">{revision}</code>],
                  ]}
                />
                <a href={href('profiles', [name])}>Explain {name} attribute by attribute</a>
              </Card>
            ))}
          </div>
        )}
      </Loaded>
    </Page>
  );
}
