import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { type Operation, readContract } from '../reference/contract.ts';
import { OperationCard, Prose } from '../reference/operation-card.tsx';
import { go, href, type Route } from '../shell/router.ts';
import { Loaded } from '../ui/data.tsx';
import { TextField } from '../ui/fields.tsx';
import { Card, Page } from '../ui/page.tsx';
import '../styles/work.css';
import '../styles/reference.css';

/** The contract of the HTTP API as a page, made from the document the gateway itself is bound to. */
export function ApiReferencePage({ route }: { readonly route: Route }): JSX.Element {
  const document = useResource((signal) => get('/openapi.json', { signal }), []);
  return (
    <Page
      title="API reference"
      lead={
        <>
          Everything this gateway answers over HTTP. The same for programs:{' '}
          <a href="/openapi.json">openapi.json</a>.
        </>
      }
    >
      <Loaded resource={document}>{(root) => <Reference root={root} route={route} />}</Loaded>
    </Page>
  );
}

function Reference({ root, route }: { readonly root: unknown; readonly route: Route }): JSX.Element {
  const contract = useMemo(() => readContract(root), [root]);
  const search = route.query.get('search') ?? '';
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set(route.rest));
  const fits = ({ id, path, method, summary, description, right }: Operation): boolean =>
    `${method} ${path} ${id} ${summary} ${description} ${right}`
      .toLowerCase()
      .includes(search.trim().toLowerCase());
  const sections = contract.sections
    .map((section) => ({ ...section, operations: section.operations.filter(fits) }))
    .filter(({ operations }) => operations.length > 0);
  const found = sections.reduce((sum, { operations }) => sum + operations.length, 0);
  return (
    <>
      <Card title={`${contract.title} ${contract.version}`} class="prose">
        <Prose text={contract.description} />
      </Card>
      <Card>
        <search aria-label="Search operations" class="filters">
          <TextField
            label="Search operations"
            type="search"
            hint="Path, name, right or words of the description"
            value={search}
            maxLength={64}
            onValue={(value) => go(href('api', [], { search: value }), { replace: true })}
          />
        </search>
        <p class="hint" role="status">
          {found} {found === 1 ? 'operation' : 'operations'}
        </p>
      </Card>
      {sections.map(({ name, description, operations }) => (
        <Card key={name} title={<span class="section-title">{name}</span>}>
          <Prose text={description} />
          {operations.map((operation) => (
            <OperationCard
              key={operation.id}
              operation={operation}
              root={root}
              open={opened.has(operation.id)}
              onToggle={(open) =>
                setOpened((now) => {
                  const next = new Set(now);
                  if (open) next.add(operation.id);
                  else next.delete(operation.id);
                  return next;
                })
              }
            />
          ))}
        </Card>
      ))}
    </>
  );
}
