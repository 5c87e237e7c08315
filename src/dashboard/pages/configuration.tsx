import type { JSX } from 'preact';
import { get } from '../api/client.ts';
import type { Schemas } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { go, href, type Route } from '../shell/router.ts';
import { DataTable, Loaded } from '../ui/data.tsx';
import { CheckField, TextField } from '../ui/fields.tsx';
import { count } from '../ui/figures.ts';
import { Badge } from '../ui/notice.tsx';
import { Card, Page } from '../ui/page.tsx';

type Option = Schemas['Option'];

export function ConfigurationPage({ route }: { readonly route: Route }): JSX.Element {
  const resource = useResource((signal) => get('/api/configuration', { signal }), []);
  const search = route.query.get('search') ?? '';
  const changed = route.query.get('changed') === 'yes';
  const filter = (next: { readonly search?: string; readonly changed?: string }): void =>
    go(href('configuration', [], { search, changed: changed ? 'yes' : '', ...next }), { replace: true });
  return (
    <Page
      title="Configuration"
      lead="Every option: what it means, what holds now, and how to set it. Options are set in the configuration file or by environment variables, and hold from the next start."
    >
      <Card>
        <div class="filters">
          <TextField
            label="Search"
            type="search"
            value={search}
            hint="In names, meanings and values"
            onValue={(value) => filter({ search: value })}
          />
          <CheckField
            label="Only those that differ from their default"
            checked={changed}
            onValue={(checked) => filter({ changed: checked ? 'yes' : '' })}
          />
        </div>
      </Card>
      <Loaded resource={resource}>
        {({ options }) => (
          <Options
            all={options.length}
            shown={options.filter((option) => (!changed || differs(option)) && isMeant(option, search))}
          />
        )}
      </Loaded>
    </Page>
  );
}

function Options({ all, shown }: { readonly all: number; readonly shown: readonly Option[] }): JSX.Element {
  return (
    <Card>
      <p class="hint" role="status">
        {shown.length === all ? `${count(all)} options` : `${count(shown.length)} of ${count(all)} options`}
      </p>
      <DataTable
        caption="Options"
        rows={shown}
        rowKey={({ path }) => path}
        empty="No option is like that."
        columns={[
          {
            title: 'Option',
            cell: ({ path, doc }) => (
              <>
                <code class="option-path">{path}</code>
                <div class="hint">{doc}</div>
              </>
            ),
          },
          {
            title: 'Now',
            cell: (option) => (
              <>
                <code>{textOf(option.value)}</code>{' '}
                {differs(option) ? (
                  <>
                    <Badge tone="neutral">changed</Badge>
                    {option.sensitive ? null : (
                      <div class="hint">
                        default: <code>{textOf(option.default)}</code>
                      </div>
                    )}
                  </>
                ) : (
                  <span class="hint">(default)</span>
                )}
                {option.sensitive ? <div class="hint">A secret: masked</div> : null}
              </>
            ),
          },
          {
            title: 'How to set it',
            cell: ({ format, environment }) => (
              <>
                {format}
                <div class="hint">
                  <code class="environment">{environment}</code>
                </div>
              </>
            ),
          },
        ]}
      />
    </Card>
  );
}

function differs(option: Option): boolean {
  return JSON.stringify(option.value) !== JSON.stringify(option.default);
}

function isMeant(option: Option, search: string): boolean {
  const words = search.trim().toLowerCase().split(/\s+/);
  const text = [option.path, option.doc, option.environment, textOf(option.value)].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (value === '') return 'empty';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
