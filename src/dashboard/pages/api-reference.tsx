import type { JSX } from 'preact';
import type { Route } from '../shell/router.ts';
import { Page } from '../ui/page.tsx';

export function ApiReferencePage(_: { readonly route: Route }): JSX.Element {
  return <Page title="API reference">To come.</Page>;
}
