import type { JSX } from 'preact';
import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { instanceCount, isAboutPixels } from '../instances/instance-words.ts';
import { InstanceLink, Kind, Reason } from '../instances/parts.tsx';
import { href } from '../shell/router.ts';
import { DataTable, Loaded } from '../ui/data.tsx';
import { Notice } from '../ui/notice.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Pager, usePages } from '../ui/pager.tsx';
import { Time } from '../ui/time.tsx';

/** Held instances in order of arrival: the work of the privacy officer. */
export function ReviewQueue(): JSX.Element {
  const pages = usePages('queue');
  const held = useResource(
    (signal) =>
      get('/api/instances', {
        query: { state: 'held', order: 'oldest', limit: 50, after: pages.cursor },
        signal,
      }),
    [pages.cursor],
    15_000,
  );
  const first = held.data?.instances[0];
  return (
    <Page
      title="Review"
      lead="Images the gateway does not let out by itself. Look at each, blank what names the patient, and decide."
      actions={
        first === undefined ? undefined : (
          <a class="button primary" href={href('review', [first.id])}>
            Begin with the oldest
          </a>
        )
      }
    >
      <Loaded resource={held}>
        {(page) =>
          page.instances.length === 0 && pages.number === 1 ? (
            <Notice severity="good" title="No instance waits for you">
              <p>The gateway holds an image when it cannot make sure by itself that nobody is named in it.</p>
            </Notice>
          ) : (
            <Card
              title={`${instanceCount(page.instances.length)}${page.next === null ? '' : ' on this page'}`}
            >
              <DataTable
                caption="Held instances, the oldest first"
                rows={page.instances}
                rowKey={({ id }) => id}
                empty="None on this page."
                columns={[
                  {
                    title: 'Instance',
                    cell: (instance) => (
                      <>
                        <InstanceLink id={instance.id} />
                        <Kind of={instance} />
                      </>
                    ),
                  },
                  { title: 'Why, and what to do', cell: (instance) => <Reason of={instance} /> },
                  {
                    title: 'Found',
                    numeric: true,
                    cell: ({ boxes, boxesLeftOut }) => boxes.length + boxesLeftOut || '–',
                  },
                  { title: 'From', cell: ({ callingAeTitle }) => <span class="word">{callingAeTitle}</span> },
                  { title: 'Received', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
                  {
                    title: 'Do',
                    cell: ({ id, code }) => (
                      <a
                        class="file-link"
                        href={href(isAboutPixels(code) ? 'review' : 'instances', [id])}
                        aria-label={`${isAboutPixels(code) ? 'Review' : 'Open'} instance ${id}`}
                      >
                        {isAboutPixels(code) ? 'Review' : 'Open'}
                      </a>
                    ),
                  },
                ]}
              />
              <Pager pages={pages} next={page.next} what="held instances" />
            </Card>
          )
        }
      </Loaded>
    </Page>
  );
}
