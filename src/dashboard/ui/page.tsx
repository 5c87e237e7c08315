import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';

export interface PageProps {
  readonly title: string;
  /** One plain sentence under the heading: what this page is for. */
  readonly lead?: ComponentChildren;
  /** Buttons and links beside the heading. */
  readonly actions?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A page: the one h1 (it takes the focus when the page changes), the title of the window, the content. */
export function Page({ title, lead, actions, children }: PageProps): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Sallyport`;
  }, [title]);
  return (
    <div class="page">
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {lead === undefined ? null : <p class="lead">{lead}</p>}
        </div>
        {actions === undefined ? null : <div class="actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

export interface CardProps {
  readonly title?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

/** A framed part of a page, under an h2. */
export function Card({ title, actions, class: more, children }: CardProps): JSX.Element {
  return (
    <section class={`card ${more ?? ''}`}>
      {title === undefined && actions === undefined ? null : (
        <div class="card-head">
          {title === undefined ? null : <h2>{title}</h2>}
          {actions === undefined ? null : <div class="actions">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
