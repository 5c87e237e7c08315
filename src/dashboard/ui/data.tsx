import type { ComponentChildren, JSX } from 'preact';
import type { Resource } from '../api/use-resource.ts';
import { ErrorNotice } from './notice.tsx';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Numbers stand to the right, below one another. */
  readonly numeric?: boolean;
}

export interface DataTableProps<T> {
  /** What the table holds; read out, and shown unless `captionHidden`. */
  readonly caption: string;
  readonly captionHidden?: boolean;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  /** Said in place of rows. */
  readonly empty: ComponentChildren;
}

/** A table; on narrow screens each row becomes a block whose cells carry their titles. */
export function DataTable<T>(props: DataTableProps<T>): JSX.Element {
  const { caption, captionHidden = true, columns, rows, rowKey, empty } = props;
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <table class="data">
      <caption class={captionHidden ? 'visually-hidden' : undefined}>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, numeric }) => (
            <th key={title} scope="col" class={numeric ? 'numeric' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map(({ title, cell, numeric }) => (
              <td key={title} data-title={title} class={numeric ? 'numeric' : undefined}>
                <div class="cell">{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What a resource brought, or that it is on its way, or why it did not come. */
export function Loaded<T>({
  resource,
  children,
}: {
  readonly resource: Resource<T>;
  readonly children: (data: T) => ComponentChildren;
}): JSX.Element {
  return (
    <>
      <ErrorNotice error={resource.error} />
      {resource.data === undefined && resource.error === undefined ? (
        <p class="wait" role="status">
          Loading…
        </p>
      ) : null}
      {resource.data === undefined ? null : children(resource.data)}
    </>
  );
}

/** Terms and what holds of them. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [string, ComponentChildren])[];
}): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** More, for those who want it. */
export function Disclosure({
  summary,
  children,
}: {
  readonly summary: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <details class="disclosure">
      <summary>{summary}</summary>
      <div class="disclosure-body">{children}</div>
    </details>
  );
}
