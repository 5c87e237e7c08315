import type { JSX } from 'preact';
import type { Route } from '../shell/router.ts';
import { StudyDetail } from '../studies/study-detail.tsx';
import { StudyList } from '../studies/study-list.tsx';
import '../styles/work.css';

export function StudiesPage({ route }: { readonly route: Route }): JSX.Element {
  const [pseudonym] = route.rest;
  return pseudonym === undefined ? (
    <StudyList route={route} />
  ) : (
    <StudyDetail key={pseudonym} pseudonym={pseudonym} />
  );
}
