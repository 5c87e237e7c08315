import type { ComponentChildren, JSX } from 'preact';
import type { ApiError } from '../api/client.ts';
import { begun } from './figures.ts';

export type Severity = 'critical' | 'warning' | 'info' | 'good';

/** Said in words and by a sign, never by color alone. */
export const severityWords: Readonly<Record<Severity, { readonly word: string; readonly sign: string }>> = {
  critical: { word: 'Critical', sign: '✕' },
  warning: { word: 'Warning', sign: '!' },
  info: { word: 'Note', sign: 'i' },
  good: { word: 'In order', sign: '✓' },
};

export interface NoticeProps {
  readonly severity: Severity;
  readonly title: ComponentChildren;
  /** In place of the word of its severity. */
  readonly word?: string;
  readonly children?: ComponentChildren;
}

export function Notice({ severity, title, word, children }: NoticeProps): JSX.Element {
  const { sign, word: usual } = severityWords[severity];
  return (
    <div class={`notice ${severity}`}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      <div class="notice-text">
        <p class="notice-title">
          <span class="notice-word">{word ?? usual}</span> {title}
        </p>
        {children}
      </div>
    </div>
  );
}

/** Why a call failed and what can be done; told to screen readers as it appears. */
export function ErrorNotice({ error }: { readonly error: ApiError | undefined }): JSX.Element {
  return (
    <div role="alert">
      {error === undefined ? null : (
        <Notice severity="critical" title={begun(error.message)}>
          {error.advice === undefined ? null : <p>{begun(error.advice)}</p>}
          {error.code === undefined ? null : (
            <p class="hint">
              Code <code>{error.code}</code>
              {error.detail === undefined ? null : ` (${error.detail})`}
            </p>
          )}
        </Notice>
      )}
    </div>
  );
}

/** A word with a sign in a colored frame: the state of something. */
export function Badge({
  tone,
  children,
}: {
  readonly tone: Severity | 'neutral';
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`badge ${tone}`}>
      {tone === 'neutral' ? null : (
        <span class="badge-sign" aria-hidden="true">
          {severityWords[tone].sign}
        </span>
      )}
      {children}
    </span>
  );
}
