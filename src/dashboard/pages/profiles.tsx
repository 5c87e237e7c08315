import type { JSX } from 'preact';
import type { Route } from '../shell/router.ts';
import { Page } from '../ui/page.tsx';

export function ProfilesPage(_: { readonly route: Route }): JSX.Element {
  return <Page title="Profiles">To come.</Page>;
}
