import type { Config } from './config/config.ts';
import type { OnStop } from './gateway-lanes.ts';
import type { IngestOperationParts } from './http/operations/ingest.ts';
import { Ingest } from './ingest/ingest.ts';
import type { Emit } from './observe/events.ts';
import type { Intake } from './spool/intake.ts';

/** What takes instances in over HTTP, with the limits of the DIMSE side. Before the HTTP server: it is to outlive it. */
export function openIngest(
  { dimse, http }: Config,
  { intake, emit, onStop }: { readonly intake: Intake; readonly emit: Emit; readonly onStop: OnStop },
): IngestOperationParts {
  const settings = {
    maxRequests: http.ingest.maxRequests,
    maxInstanceMs: http.ingest.instanceTimeout,
    maxRequestMs: http.ingest.requestTimeout,
    calledAeTitle: dimse.aeTitle,
    acceptUnknownSopClasses: dimse.acceptUnknownSopClasses,
    maxInstanceBytes: dimse.maxInstanceBytes,
  };
  const ingest = new Ingest(settings, { intake, emit, now: () => performance.now() });
  onStop('ingest over HTTP', () => ingest.stop());
  return { ingest, aeTitle: http.ingestAeTitle };
}
