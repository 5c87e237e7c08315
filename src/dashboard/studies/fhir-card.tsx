import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type ApiError, post, urlOf } from '../api/client.ts';
import type { Schemas } from '../api/types.ts';
import { asApiError } from '../api/use-resource.ts';
import { Reason } from '../instances/parts.tsx';
import { Button } from '../ui/button.tsx';
import { Facts } from '../ui/data.tsx';
import { ErrorNotice } from '../ui/notice.tsx';
import { Card } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { fhirText } from './progress.ts';

/** What became of posting the study's ImagingStudy, and doing it again. */
export function FhirCard({
  study,
  onPosted,
}: {
  readonly study: Schemas['Study'];
  readonly onPosted: () => void;
}): JSX.Element {
  const { fhir, studyPseudonym } = study;
  const [error, setError] = useState<ApiError>();
  const [told, setTold] = useState('');
  const [busy, setBusy] = useState(false);
  const repost = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await post('/api/studies/{study}/repost', { path: { study: studyPseudonym } });
      setTold('It is due to be posted again.');
      onPosted();
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card
      title="FHIR ImagingStudy"
      actions={
        <Button needs="operate" busy={busy} disabled={fhir.state === 'nothing'} onClick={() => void repost()}>
          Post again
        </Button>
      }
    >
      <ErrorNotice error={error} />
      <p role="status">{told}</p>
      <Facts
        facts={[
          ['State', fhirText(fhir)],
          ['Posted', <Time key="posted" at={fhir.postedAt} />],
          ['Attempts', fhir.attempts],
          ...(fhir.nextAttemptAt === null
            ? []
            : [['Next attempt', <Time key="next" at={fhir.nextAttemptAt} />] as const]),
        ]}
      />
      <Reason of={fhir} />
      {fhir.state === 'nothing' ? null : (
        <p>
          <a href={urlOf('/fhir/ImagingStudy/{id}', { id: studyPseudonym })}>Show the resource</a>
        </p>
      )}
    </Card>
  );
}
