import type { JSX } from 'preact';
import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { Reason, StateBadge } from '../instances/parts.tsx';
import { href } from '../shell/router.ts';
import { DataTable, Loaded } from '../ui/data.tsx';
import { count } from '../ui/figures.ts';
import { Card } from '../ui/page.tsx';

/** Instances that are under no study: not looked into yet, or unreadable. */
export function UnassignedGroups(): JSX.Element {
  const groups = useResource((signal) => get('/api/studies/unassigned', { signal }), [], 15_000);
  return (
    <Card title="Instances without a study">
      <p class="hint">
        A study is known once an instance was read. What was not read yet, or cannot be read, is counted here.
      </p>
      <Loaded resource={groups}>
        {(data) => (
          <DataTable
            caption="Instances without a study"
            rows={data.groups}
            rowKey={({ callingAeTitle, state, code }) => `${callingAeTitle} ${state} ${code}`}
            empty="There are none."
            columns={[
              { title: 'From', cell: ({ callingAeTitle }) => callingAeTitle },
              { title: 'State', cell: ({ state }) => <StateBadge state={state} /> },
              { title: 'Instances', numeric: true, cell: ({ instances }) => count(instances) },
              { title: 'Why, and what to do', cell: (group) => <Reason of={group} /> },
              {
                title: 'Which',
                cell: ({ callingAeTitle, state, code }) => (
                  <a
                    href={href('instances', [], { ae: callingAeTitle, state, code: code ?? undefined })}
                    aria-label={`Show instances ${state} from ${callingAeTitle}${code === null ? '' : `, ${code}`}`}
                  >
                    Show
                  </a>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
