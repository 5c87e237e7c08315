import type { JSX } from 'preact';
import type { Route } from '../shell/router.ts';
import { Page } from '../ui/page.tsx';

export function SetUpPage(_: { readonly route: Route }): JSX.Element {
  return <Page title="Set-up">To come.</Page>;
}
