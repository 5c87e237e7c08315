import type { JSX } from 'preact';
import { ProfileDetail } from '../profiles/profile-detail.tsx';
import { ProfileList } from '../profiles/profile-list.tsx';
import type { Route } from '../shell/router.ts';
import '../styles/work.css';

export function ProfilesPage({ route }: { readonly route: Route }): JSX.Element {
  const [name] = route.rest;
  return name === undefined ? <ProfileList /> : <ProfileDetail key={name} name={name} route={route} />;
}
