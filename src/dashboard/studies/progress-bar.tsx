import type { JSX } from 'preact';
import type { Schemas } from '../api/types.ts';
import { progressOf, progressText } from './progress.ts';

/** How far a study is: a bar for the eye, and the same in words. */
export function ProgressBar({ study }: { readonly study: Pick<Schemas['Study'], 'instances'> }): JSX.Element {
  return (
    <div class="progress">
      <div class="progress-bar" aria-hidden="true">
        {progressOf(study).map(({ state, percent }) => (
          <span key={state} class={`progress-part ${state}`} style={{ flexGrow: percent }} />
        ))}
      </div>
      <span class="progress-text">{progressText(study)}</span>
    </div>
  );
}
