import type { JSX } from 'preact';
import { CopyButton } from '../ui/copy-button.tsx';
import { DataTable, Disclosure } from '../ui/data.tsx';
import { Badge } from '../ui/notice.tsx';
import type { Content, Operation } from './contract.ts';
import { curlOf } from './curl.ts';
import { prose } from './prose.ts';
import { type SchemaNode, schemaTree } from './schema-tree.ts';

const rightWords: Readonly<Record<string, string>> = {
  none: 'no credentials',
  session: 'a session',
};

/** One operation: what it does, what it wants, what it answers, how to call it. Its inside is made when it is opened. */
export function OperationCard({
  operation,
  root,
  open,
  onToggle,
}: {
  readonly operation: Operation;
  readonly root: unknown;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}): JSX.Element {
  const { id, method, path, summary, right } = operation;
  return (
    <details
      class="operation"
      id={`operation-${id}`}
      open={open}
      onToggle={(event) => onToggle(event.currentTarget.open)}
    >
      <summary>
        <span class={`method ${method.toLowerCase()}`}>{method}</span> <code>{path}</code>{' '}
        <span class="operation-summary">{summary}</span>{' '}
        <Badge tone="neutral">{rightWords[right] ?? right}</Badge>
      </summary>
      {open ? <OperationBody operation={operation} root={root} /> : null}
    </details>
  );
}

function OperationBody({
  operation,
  root,
}: {
  readonly operation: Operation;
  readonly root: unknown;
}): JSX.Element {
  const { id, description, right, parameters, bodies, bodyRequired, answers } = operation;
  const curl = curlOf(root, location.origin, operation);
  return (
    <div class="operation-body">
      <Prose text={description} />
      <p class="hint">
        Needs {right === 'none' ? 'no credentials' : right === 'session' ? 'a session' : `the right ${right}`}{' '}
        · operation <code>{id}</code>
      </p>
      {parameters.length === 0 ? null : (
        <>
          <h3>Parameters</h3>
          <DataTable
            caption={`Parameters of ${id}`}
            rows={parameters}
            rowKey={({ name, where }) => `${where} ${name}`}
            empty=""
            columns={[
              {
                title: 'Name',
                cell: ({ name, required }) => (
                  <>
                    <code>{name}</code>
                    {required ? <b> needed</b> : null}
                  </>
                ),
              },
              { title: 'In', cell: ({ where }) => where },
              {
                title: 'What it may be',
                cell: ({ schema }) => {
                  const { type, limits } = schemaTree(root, schema);
                  return [type, limits].filter((part) => part !== '').join('; ');
                },
              },
              { title: 'Meaning', cell: (one) => <Prose text={one.description} /> },
            ]}
          />
        </>
      )}
      {bodies.length === 0 ? null : (
        <>
          <h3>Body{bodyRequired ? '' : ', if wanted'}</h3>
          <Contents contents={bodies} root={root} />
        </>
      )}
      <h3>Answers</h3>
      {answers.map(({ status, description: meaning, contents }) => (
        <div class="answer" key={status}>
          <p>
            <b class="mono">{status === 'default' ? 'any other' : status}</b> <Inline text={meaning} />
          </p>
          <Contents contents={contents} root={root} />
        </div>
      ))}
      <h3>From a terminal</h3>
      <pre class="command">
        <code>{curl}</code>
      </pre>
      <CopyButton text={curl} what={`the command for ${id}`} />
    </div>
  );
}

function Contents({
  contents,
  root,
}: {
  readonly contents: readonly Content[];
  readonly root: unknown;
}): JSX.Element {
  return (
    <>
      {contents.map(({ type, schema }) => {
        const tree = schemaTree(root, schema);
        return tree.children.length === 0 ? (
          <p key={type} class="hint">
            <code>{type}</code> {[tree.type, tree.limits].filter((part) => part !== '').join('; ')}
          </p>
        ) : (
          <Disclosure
            key={type}
            summary={
              <>
                <code>{type}</code> {tree.type}
              </>
            }
          >
            <SchemaList nodes={tree.children} />
          </Disclosure>
        );
      })}
    </>
  );
}

function SchemaList({ nodes }: { readonly nodes: readonly SchemaNode[] }): JSX.Element {
  return (
    <ul class="schema">
      {nodes.map((node) => (
        <li key={node.name}>
          <code>{node.name}</code>
          {node.required && node.name !== 'each' ? <b> needed</b> : null}{' '}
          <span class="hint">
            {[node.type, node.limits].filter((part) => part !== '').join('; ')}
            {node.cut ? ' (opened above)' : ''}
          </span>{' '}
          <Inline text={node.description} />
          {node.children.length === 0 ? null : <SchemaList nodes={node.children} />}
        </li>
      ))}
    </ul>
  );
}

export function Prose({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {prose(text).map((paragraph, index) => (
        <p key={`${index} ${paragraph[0]?.text}`}>
          {paragraph.map((part) => (
            <Part key={part.text} {...part} />
          ))}
        </p>
      ))}
    </>
  );
}

function Inline({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {prose(text)
        .flat()
        .map((part) => (
          <Part key={part.text} {...part} />
        ))}
    </>
  );
}

function Part({ kind, text }: { readonly kind: string; readonly text: string }): JSX.Element {
  if (kind === 'code') return <code>{text}</code>;
  return kind === 'strong' ? <strong>{text}</strong> : <span>{text}</span>;
}
