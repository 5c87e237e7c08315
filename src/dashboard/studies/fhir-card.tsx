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
  const { fhir, instances, studyPseudonym } = study;
  const hasResource = instances.prepared + instances.delivered + instances.forgotten > 0;
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
        fhir.state === 'disabled' ? undefined : (
          <Button
            needs="operate"
            busy={busy}
            disabled={fhir.state === 'nothing'}
            onClick={() => void repost()}
          >
            Post again
          </Button>
        )
      }
    >
      <ErrorNotice error={error} />
      <p role="status">{told}</p>
      {fhir.state === 'disabled' ? (
        <p>No FHIR server is configured (fhir.baseUrl), so the study is posted to none.</p>
      ) : (
        <PostFacts fhir={fhir} />
      )}
      <Reason of={fhir} />
      {hasResource ? (
        <p>
          <a href={urlOf('/fhir/ImagingStudy/{id}', { id: studyPseudonym })}>Show the resource</a>
        </p>
      ) : null}
    </Card>
  );
}

function PostFacts({ fhir }: Pick<Schemas['Study'], 'fhir'>): JSX.Element {
  return (
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
  );
}
