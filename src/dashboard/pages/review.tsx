import type { JSX } from 'preact';
import { ReviewInstance } from '../review/review-instance.tsx';
import { ReviewQueue } from '../review/review-queue.tsx';
import type { Route } from '../shell/router.ts';
import '../styles/review.css';
import '../styles/work.css';

export function ReviewPage({ route }: { readonly route: Route }): JSX.Element {
  const [id] = route.rest;
  return id === undefined ? <ReviewQueue /> : <ReviewInstance key={id} id={id} />;
}
